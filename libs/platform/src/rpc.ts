// The one pipeline that every call passes, in process or from outside: may the caller, is it said once, is the request good, then the handler.
import { randomUUID } from 'node:crypto';
import { bytesOf, type Method, type ServiceDefinition } from '#contracts';
import type { Call, Caller } from './call.js';
import { checkedBytes } from './checked-reader.js';
import { sha256, sha256Hex } from './crypto.js';
import type { Logger } from './log.js';
import { isAway } from './fault.js';
import { Cursors } from './page.js';
import { Refusal, forbidden, invalid } from './refusal.js';
import { Fault, invalidAll } from './rpc-status.js';
import { measureCall } from './rpc-telemetry.js';
import type { Handler, Implementation } from './rpc-types.js';
import { validate } from './validate.js';

export const isIdempotencyKey = (key: string): boolean => /^[\x21-\x7e]{1,128}$/.test(key);

/** A method, and who hears of its faults. */
export interface Guarded {
  /** 'exchange.registry.v1.Registry/CreateSite' */
  readonly name: string;
  readonly method: Method;
  readonly log: Logger;
  /** Where one process leads the service: throws in the others, and resolves when it is known again that this one does. */
  readonly mustLead?: () => Promise<void> | undefined;
}

/** What is followed live is read from the tables, which every process of a service reads, and not from what its leader knows. */
export const isLive = ({ rule }: Method): boolean => rule.streamType === 'text/event-stream';

/** Answered as a file, in pieces. */
export const isFile = ({ responseType }: Method): boolean => responseType.$type === 'exchange.common.v1.FileChunk';

/**
 * A contract's methods by name in lower camel case, each behind the pipeline. They throw Refusal as the handler threw it, and Fault where it
 * failed. A method that answers by a stream refuses what it can before it gives the stream.
 */
export function guarded<D extends ServiceDefinition>(
  definition: D,
  implementation: Implementation<D>,
  log: Logger,
  mustLead?: Guarded['mustLead'],
): Map<string, Handler> {
  const methods = implementation as unknown as Record<string, Handler>;
  return new Map(
    Object.entries(definition.methods).map(([key, method]) => {
      const step = { name: `${definition.fullName}/${method.name}`, method, log, mustLead: isLive(method) ? undefined : mustLead };
      return [key, guard(step, (request, call) => methods[key]!(request, call))];
    }),
  );
}

/** A handler behind the pipeline of its method; for calls that come within a stream of another method, too. */
export function guard(step: Guarded, handler: Handler): Handler {
  const { requestStream, responseStream } = step.method;
  const accept = (request: unknown, call: Call): [unknown, Call] => {
    if (!requestStream) return [request, accepted(step, request, call)];
    enter(step, call);
    return checkedStream(step, request as AsyncIterable<object>, call);
  };
  if (responseStream) return (request, call) => answers(step, handler, ...accept(request, call));
  const cursors = new Cursors(step.name, step.method.requestType);
  return async (request, call) => {
    const began = performance.now();
    try {
      const unsure = step.mustLead?.();
      if (unsure) await unsure;
      const [entered, as] = accept(request, call);
      const response = await handler(cursors.unmarked(entered), as);
      measureCall(step.name, began);
      return cursors.marked(entered, response);
    } catch (error) {
      const said = failure(step, call, error, request);
      measureCall(step.name, began, said);
      throw said;
    }
  };
}

/** What stands before the handler, for a call that is carried out with others. @returns the call as its handler sees it. @throws Refusal */
export function accepted(step: Guarded, request: unknown, call: Call): Call {
  enter(step, call);
  const { requestType } = step.method;
  const bytes = checkedBytes(requestType.$type, request as object);
  const violations = bytes ? [] : validate(requestType.$type, request as object);
  if (violations.length) throw invalidAll(violations);
  const entered = passed(step, call);
  // Who is given a key reads the hash.
  if (call.idempotencyKey !== undefined) entered.requestHash = sha256Hex(bytes ?? bytesOf(requestType, request));
  return entered;
}

function enter(step: Guarded, call: Call): void {
  authorise(step.method, call.caller);
  requireIdempotencyKey(step, call);
}

/** As JSON and paths write a field's name. */
export const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());

/** A service acting for itself passes only where the contract names it; acting for a participant it hands on the participant's call. */
export function authorise({ name, rule }: Method, caller: Caller): void {
  if (rule.anonymous || rule.roles.some((role) => caller.roles.includes(role))) return;
  const roles = rule.roles.filter((role) => role !== 'service');
  const where = rule.verb ? ` (${rule.verb} ${camel(rule.path!)})` : '';
  throw forbidden('caller_must_hold_a_role_of_the_method', `${name}${where} is for ${roles.join(', ') || 'the exchange itself'}`);
}

/** True where a call changes something and may come twice: whatever stands over HTTP under another verb than GET, and is not known again by its bytes. */
export const needsIdempotencyKey = ({ rule }: Method): boolean =>
  rule.verb !== undefined && rule.verb !== 'GET' && rule.bodyType === undefined && rule.roles.some((role) => role !== 'service');

function requireIdempotencyKey({ method }: Guarded, call: Call): void {
  if (call.idempotencyKey === undefined) {
    if (needsIdempotencyKey(method))
      throw invalid('Idempotency-Key', 'idempotency_key_must_be_given', 'a call that changes something needs an Idempotency-Key');
  } else if (!isIdempotencyKey(call.idempotencyKey))
    throw invalid('Idempotency-Key', 'idempotency_key_must_be_plain', 'must be 1 to 128 visible ASCII characters');
}

type Entered = Call & { requestHash: string | undefined };

/** The call as the handler sees it, but for the hash of what it asks. */
const passed = ({ name }: Guarded, { caller, idempotencyKey, signal, certificate }: Call): Entered => ({
  caller,
  method: name,
  idempotencyKey,
  requestHash: undefined,
  signal,
  certificate,
});

/** Checks each message as it comes. The hash read at the end of the stream covers every message of it. */
function checkedStream(step: Guarded, requests: AsyncIterable<object>, call: Call): [AsyncIterable<object>, Call] {
  let hash = sha256();
  async function* checked() {
    let index = 0;
    for await (const request of requests) {
      const violations = checkedBytes(step.method.requestType.$type, request) ? [] : validate(step.method.requestType.$type, request);
      if (violations.length) throw invalidAll(violations.map((violation) => ({ ...violation, field: `[${index}].${violation.field}` })));
      if (call.idempotencyKey !== undefined) hash = sha256(hash, bytesOf(step.method.requestType, request));
      index++;
      yield request;
    }
  }
  const entered = passed(step, call);
  if (call.idempotencyKey === undefined) return [checked(), entered];
  return [
    checked(),
    {
      ...entered,
      get requestHash() {
        return hash.toString('hex');
      },
    },
  ];
}

function answers(step: Guarded, handler: Handler, request: unknown, call: Call): AsyncIterable<unknown> {
  const began = performance.now();
  const failed = (error: unknown): Refusal | Fault => {
    const said = failure(step, call, error, request);
    measureCall(step.name, began, said);
    return said;
  };
  let responses: AsyncIterable<unknown>;
  try {
    responses = handler(request, call) as AsyncIterable<unknown>;
  } catch (error) {
    throw failed(error);
  }
  return (async function* () {
    try {
      const unsure = step.mustLead?.();
      if (unsure) await unsure;
      yield* responses;
      measureCall(step.name, began);
    } catch (error) {
      throw failed(error);
    }
  })();
}

/** What a caller may learn of an error. */
export function failure({ name, log }: Guarded, call: Call, error: unknown, request: unknown): Refusal | Fault {
  if (error instanceof Refusal || error instanceof Fault) return error;
  if (call.signal?.aborted) return new Refusal('unavailable', 'call_must_not_be_cancelled', 'the caller went away');
  if (isOfAForeignCursor(error, request))
    return invalid('page.cursor', 'cursor_must_come_from_a_list', 'the cursor was not given by this list');
  if (isAway(error)) {
    log.warn({ err: error, method: name }, 'a call found the database away');
    return new Refusal(
      'unavailable',
      'database_must_be_reachable',
      'the database is away just now; say the same again, under the same key',
    );
  }
  const id = randomUUID();
  log.error({ err: error, id, method: name, caller: call.caller.name }, 'a call failed');
  return new Fault(id, error);
}

/** A cursor that was made up holds values that the database cannot read as its keys' (SQLSTATE class 22). */
const isOfAForeignCursor = (error: unknown, request: unknown): boolean =>
  Boolean((request as { page?: { cursor?: string } } | undefined)?.page?.cursor) &&
  error instanceof Error &&
  'code' in error &&
  String(error.code).startsWith('22');
