import { setLogger } from '@grpc/grpc-js';
import type { Logger } from './log.js';

/** What it throws as well, whole: of a port that another process has. */
const thrownToo = /^No address added out of total/;

/** What the gRPC library says of itself goes to the log and not past it to standard error. It has one ear in a process: the last exchange's that started. */
export function hearGrpc(log: Logger): void {
  setLogger({
    error: (text: unknown, ...more: unknown[]) => {
      if (!thrownToo.test(String(text))) log.warn({ library: 'gRPC', more }, String(text));
    },
    info: () => undefined,
    debug: () => undefined,
  });
}
