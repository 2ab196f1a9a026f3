// Ports for servers that must be told one: not of those that the system hands out, or a stranger's connection could have one before its server does.
import { createServer } from 'node:net';

const [first, last] = [10_000, 32_000];
/** Ports in a row that one process gives; the next process's are others. */
const block = 64;
let next = first + ((process.pid * block) % (last - first));

/** Ports of 127.0.0.1 that nobody listens on, each given once by this process. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = last - first; ports.length < count; tries -= 1) {
    if (tries === 0) throw new Error(`ports_must_be_free: ${count} of ${first} to ${last} on 127.0.0.1`);
    const port = next;
    next = port + 1 < last ? port + 1 : first;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}
