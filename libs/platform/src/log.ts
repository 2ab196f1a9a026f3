// Structured logs, one JSON object a line. Secrets never reach them: requests are not logged, and known names are cut out.
import { pino } from 'pino';

/** A service's logger, injected; `this.log.info({ orderId }, 'order placed')`. */
export abstract class Logger {
  abstract debug(fields: object, text: string): void;
  abstract info(fields: object, text: string): void;
  abstract warn(fields: object, text: string): void;
  /** An error goes under the name `err`. */
  abstract error(fields: object, text: string): void;
  abstract child(fields: { service: string }): Logger;
}

export const makeLogger = (level: string): Logger =>
  pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', 'secret', 'key', 'token', 'authorization', '*.password', '*.secret', '*.key', '*.token'],
      censor: '[cut]',
    },
  });
