// Three exchanges that are partners, as a tool of the checkout plays them.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { endedWithUs } from '#platform';

const tool = join(import.meta.dirname, '../../../../deploy/regions/main.js');

/** Prints what it prints, and ends as it ends. @param args the demo's own */
export async function playRegions(args: readonly string[]): Promise<void> {
  if (!existsSync(tool)) throw new Error('regions are started from a checkout: an image holds the product alone');
  const child = spawn(process.execPath, ['--enable-source-maps', tool, ...args], { stdio: 'inherit', detached: true });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  // It stops what it has started.
  endedWithUs(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  process.exitCode = await ended;
}
