// Is the process alive and may it be given work, for whoever runs it: plain HTTP on a port of its own, since the port for other services asks for a certificate.
import { createServer } from 'node:http';
import type { Health } from './health.js';
import { opened } from './listeners.js';

/** Answers from the first moment until the last: also who starts for long, or drains, is alive. @returns to close it */
export async function serveHealth(address: string, health: Health): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<[number, unknown]> => {
      if (request.url === '/healthz') return [200, { state: health.state }];
      if (request.url !== '/readyz') return [404, { state: health.state }];
      const report = await health.report();
      return [report.ready ? 200 : 503, report];
    };
    void answer().then(([status, body]) =>
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
        .end(JSON.stringify(body)),
    );
  });
  const colon = address.lastIndexOf(':');
  const listen = () =>
    new Promise<void>((resolve, reject) =>
      server.once('error', reject).listen(Number(address.slice(colon + 1)), address.slice(0, colon), resolve),
    );
  await opened('EXCHANGE_HEALTH_LISTEN', address, listen);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
}
