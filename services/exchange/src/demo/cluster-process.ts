// The distributed form as a process that starts the others: what `npm run cluster` runs.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endedWithUs } from '#platform';
import { mustBeNew } from './exchange-process.js';

export interface ClusterProcess {
  /** Of the gateways' HTTP API. */
  readonly addresses: readonly string[];
  /** The first operator key. */
  readonly key: string;
  /** Everything ends, services first. */
  stop(): Promise<void>;
}

interface Told {
  /** Null on data whose operators have theirs. */
  readonly key: string | null;
  readonly parts: readonly { readonly name: string; readonly address: string }[];
}

const tool = join(import.meta.dirname, '../../../../deploy/cluster/main.js');

/**
 * Everything of it goes away with it, or is in the folder that is given, which stays and must be new.
 * @param settings EXCHANGE_ settings of every process
 * @throws Error where it ends before it is ready; why stands on standard error
 */
export async function startPrivateCluster(settings: Record<string, string>, kept?: string): Promise<ClusterProcess> {
  if (!existsSync(tool)) throw new Error('the cluster is started from a checkout: an image holds the product alone');
  if (kept !== undefined) await mustBeNew(kept);
  const child = spawn(process.execPath, ['--enable-source-maps', tool, '--json', ...(kept === undefined ? [] : ['--folder', kept])], {
    env: { ...process.env, ...settings },
    // A Ctrl-C at the terminal is for us alone, who ask it to end: twice, it would not wait for what it has started.
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = endedWithUs(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const told = await new Promise<Told>((resolve, reject) => {
    createInterface(child.stdout).once('line', (line) => resolve(JSON.parse(line) as Told));
    void ended.then(() => reject(new Error('the cluster ended before it was ready')));
  });
  const addresses = told.parts.filter(({ name }) => name.startsWith('gateway')).map(({ address }) => address);
  return { addresses, key: told.key!, stop };
}
