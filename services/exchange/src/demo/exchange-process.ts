// A private exchange for one demo: its own process and data folder, a virtual clock, gone afterwards.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrivateExchange {
  readonly address: string;
  readonly key: string;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a port must be free on 127.0.0.1');
  return address.port;
}

/**
 * Starts an exchange and waits until it is ready.
 * @param start where its virtual clock stands, milliseconds since the Unix epoch
 * @throws Error with the process's output where it ends before it is ready
 */
export async function startPrivateExchange(start: number): Promise<PrivateExchange> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-demo-'));
  const [http, grpc] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ['--enable-source-maps', join(import.meta.dirname, '../main.js')], {
    env: {
      ...process.env,
      EXCHANGE_DATA: join(folder, 'data'),
      EXCHANGE_HTTP_PORT: String(http),
      EXCHANGE_GRPC_PORT: String(grpc),
      EXCHANGE_CLOCK: 'virtual',
      EXCHANGE_CLOCK_START: new Date(start).toISOString(),
      EXCHANGE_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const key = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const found = /\bcx_[A-Za-z0-9_-]+/.exec(output);
      if (found && output.includes('ready')) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      process.stderr.write(chunk);
    });
    child.once('exit', (code) => reject(new Error(`the exchange ended with ${code} before it was ready:\n${output}`)));
  });
  return { address: `http://127.0.0.1:${http}`, key, stop };
}
