// What a cluster's probes ask of a process that has no port for clients.
import { createServer, type AddressInfo } from 'node:net';
import { Health } from '../src/health.js';
import { serveHealth } from '../src/health-server.js';

async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

it('is alive from the first moment to the last, and ready while every part is well', async () => {
  const [address, health] = [await freeAddress(), new Health()];
  let isWell = true;
  health.add('part', () => (isWell ? Promise.resolve('works') : Promise.reject(new Error('is away'))));
  const close = await serveHealth(address, health);
  const statusOf = async (path: string) => (await fetch(`http://${address}${path}`)).status;

  expect([await statusOf('/healthz'), await statusOf('/readyz'), await statusOf('/v1/me')]).toEqual([200, 503, 404]);
  health.state = 'ready';
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200]);
  isWell = false;
  const answer = await fetch(`http://${address}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { state: 'ready', ready: false, checks: [{ name: 'part', ok: false, detail: 'is away' }] },
  ]);
  isWell = true;
  health.state = 'draining';
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 503]);
  await close();
  await expect(statusOf('/healthz')).rejects.toThrow('fetch failed');
});
