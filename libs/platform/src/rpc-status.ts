// How an answer with a reason, and a fault of ours, read on each edge.
import { Refusal } from './refusal.js';
import type { RefusalKind } from './refusal.js';

/** A fault of ours: its cause is in the log under `id`, and nothing of it leaves the exchange. */
export class Fault extends Error {
  override readonly name = 'Fault';

  constructor(
    readonly id: string,
    cause: unknown,
  ) {
    super(`the exchange failed; its operator finds the cause under ${id}`, { cause });
  }
}

/** HTTP status and gRPC code of each kind of refusal. */
export const statusOf: Readonly<Record<RefusalKind, { readonly http: number; readonly grpc: number; readonly title: string }>> = {
  invalid: { http: 400, grpc: 3, title: 'The request breaks a rule' },
  unauthenticated: { http: 401, grpc: 16, title: 'An API key is needed' },
  forbidden: { http: 403, grpc: 7, title: 'The caller may not do this' },
  absent: { http: 404, grpc: 5, title: 'There is no such thing' },
  conflict: { http: 409, grpc: 9, title: 'The present state forbids it' },
  exhausted: { http: 429, grpc: 8, title: 'Too much was asked' },
  too_large: { http: 413, grpc: 8, title: 'The request is too large' },
  unavailable: { http: 503, grpc: 14, title: 'Not now' },
};
/** Code and status of a fault. */
export const faultStatus = { http: 500, grpc: 13, title: 'The exchange failed' } as const;

/** One refusal for all that a request breaks: the first violation speaks, all are listed. One without a field is of a JSON body that is no object. */
export const invalidAll = (violations: Refusal['violations']): Refusal => {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new Refusal('invalid', first!.rule, `${first!.field || 'the body'} ${first!.detail}${more}`, first!.field, violations);
};
