// kafkajs 2.2.4 looks every millisecond, on each connection and for ever, whether a request waits to be sent (its issue 1704, unmended there): some 6 % of a core a
// process that does nothing, by timers whose delay is negative (Node's TimeoutNegativeWarning). From here on it looks where one does; whatever makes one wait has it look
// again.
import { createRequire } from 'node:module';

interface Queue {
  readonly pending: readonly unknown[];
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as { prototype: Queue };
const schedule = Object.getOwnPropertyDescriptor(prototype, 'scheduleCheckPendingRequests')!.value as (this: Queue) => void;

prototype.scheduleCheckPendingRequests = function () {
  if (this.pending.length > 0) schedule.call(this);
};
