// Load for the order benchmarks: POSTs of distinct bids over 64 connections, and what came back.
import autocannon from 'autocannon';

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export const connectionsUsual = 64;

/**
 * Posts a distinct body with a distinct idempotency key each time.
 * @throws Error where any answer is not 2xx, since a refused order is not a durable one
 */
export async function post(
  url: string,
  key: string,
  bodies: (index: number) => string,
  seconds: number,
  run: string,
  connections = connectionsUsual,
): Promise<Load> {
  let index = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    requests: [
      {
        setupRequest: (request) => {
          index += 1;
          return { ...request, headers: { ...request.headers, 'idempotency-key': `${run}-${index}` }, body: bodies(index) };
        },
      },
    ],
  });
  if (result.non2xx || result.errors) throw new Error(`${result.non2xx} answers were not 2xx and ${result.errors} calls failed`);
  return { perSecond: result.requests.total / result.duration, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}
