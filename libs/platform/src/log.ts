// Structured logs, one JSON object a line. Secrets never reach them: requests are not logged, and known names are cut out.
import { pino } from 'pino';
import { codeOf, messageOf } from './fault.js';
import { traceIds } from './telemetry.js';

/** A service's logger, injected; `this.log.info({ orderId }, 'order placed')`. */
export abstract class Logger {
  abstract debug(fields: object, text: string): void;
  abstract info(fields: object, text: string): void;
  abstract warn(fields: object, text: string): void;
  /** An error goes under the name `err`. */
  abstract error(fields: object, text: string): void;
  abstract child(fields: { service: string }): Logger;
}

/** What is said of an error: drivers hang whole connections on theirs. */
interface Said {
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: Said;
}

function said(error: unknown): Said {
  if (!(error instanceof Error)) return { type: typeof error, message: messageOf(error) };
  const code = codeOf(error);
  return {
    type: error.name,
    ...(code && { code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause ? { cause: said(error.cause) } : {}),
  };
}

export const makeLogger = (level: string): Logger =>
  pino({
    level,
    base: undefined,
    mixin: traceIds,
    serializers: { err: said },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', 'secret', 'key', 'token', 'authorization', '*.password', '*.secret', '*.key', '*.token'],
      censor: '[cut]',
    },
  });
