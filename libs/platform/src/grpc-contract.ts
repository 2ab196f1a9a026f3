// A contract over gRPC, whoever may come in: its bytes, its streams, and how a refusal leaves.
import type { CallContext, Server } from 'nice-grpc';
import { bytesOf } from '#contracts';
import type { Method, ServiceDefinition } from '#contracts';
import type { Call } from './call.js';
import { readChecked } from './checked-reader.js';
import { serverError } from './grpc-status.js';
import { Refusal, invalid } from './refusal.js';
import type { RpcTable } from './rpc-table.js';
import type { Handler } from './rpc-types.js';

/** Who is let in by a port, and for how long. */
export interface Door {
  /** @throws Refusal */
  callOf(method: Method, context: CallContext): Promise<Call>;
  /** Tells `end` once a caller may not go on with a stream; the answer stops the watching. */
  watch(method: Method, context: CallContext, end: (refusal: Refusal) => void): () => void;
}

/** Bytes that are no message of their type. */
class Malformed {
  constructor(readonly cause: unknown) {}
}

export function addContract(server: Server, definition: ServiceDefinition, rpc: RpcTable, door: Door): void {
  const wires = Object.entries(definition.methods).map(([key, method]) => [key, wireOf(definition, method)] as const);
  const implementations = Object.entries(definition.methods).map(
    ([key, method]) =>
      [key, implementationOf(method, (request, call) => rpc.handler(definition, key, 'gRPC')(request, call), door)] as const,
  );
  server.add(Object.fromEntries(wires), Object.fromEntries(implementations) as never);
}

/** Bytes that cannot be read reach the implementation as Malformed, so that the refusal is the caller's fault and not the exchange's. */
export const wireOf = ({ fullName }: ServiceDefinition, { name, requestStream, responseStream, requestType, responseType }: Method) => ({
  path: `/${fullName}/${name}`,
  requestStream,
  responseStream,
  options: {},
  requestSerialize: (message: unknown) => bytesOf(requestType, message),
  requestDeserialize: (bytes: Uint8Array): unknown => {
    try {
      return readChecked(requestType.$type, bytes) ?? requestType.decode(bytes);
    } catch (error) {
      return new Malformed(error);
    }
  },
  responseSerialize: (message: unknown) => bytesOf(responseType, message),
  responseDeserialize: (bytes: Uint8Array) => responseType.decode(bytes),
});

function implementationOf(method: Method, handler: Handler, door: Door) {
  const asked = async (request: unknown, context: CallContext): Promise<[unknown, Call]> => {
    const call = await door.callOf(method, context);
    if (!method.requestStream) return [wellFormed(request), call];
    return [whole(request as AsyncIterable<unknown>, context.signal), call];
  };
  if (!method.responseStream)
    return async (request: unknown, context: CallContext): Promise<unknown> => {
      try {
        return await handler(...(await asked(request, context)));
      } catch (error) {
        throw serverError(error, context.trailer);
      }
    };
  return async function* (request: unknown, context: CallContext): AsyncGenerator<unknown> {
    const ended = new AbortController();
    const stopWatching = door.watch(method, context, (refusal) => ended.abort(refusal));
    try {
      const [message, call] = await asked(request, context);
      const signal = AbortSignal.any([ended.signal, ...(call.signal ? [call.signal] : [])]);
      for await (const response of handler(message, { ...call, signal }) as AsyncIterable<unknown>) {
        ended.signal.throwIfAborted();
        yield response;
      }
      ended.signal.throwIfAborted();
    } catch (error) {
      throw serverError(ended.signal.aborted ? ended.signal.reason : error, context.trailer);
    } finally {
      stopWatching();
    }
  };
}

function wellFormed(request: unknown): unknown {
  if (request instanceof Malformed)
    throw invalid('', 'message_must_be_well_formed', 'the bytes are no message of the type that the method takes');
  return request;
}

/** A caller that goes away midway has not said all: what came is then no whole stream. */
async function* whole(requests: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<unknown> {
  for await (const request of requests) yield wellFormed(request);
  if (signal.aborted) throw new Refusal('unavailable', 'call_must_not_be_cancelled', 'the caller went away');
}
