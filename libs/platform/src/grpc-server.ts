// Every contract that runs here, over gRPC: the same pipeline as in process, behind an API key, with health and reflection.
import { createServer } from 'nice-grpc';
import type { CallContext, Server } from 'nice-grpc';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import { bytesOf, IdentityDefinition, descriptors } from '#contracts';
import type { Method, ServiceDefinition } from '#contracts';
import type { Call } from './call.js';
import { readChecked } from './checked-reader.js';
import type { Config } from './config.js';
import { serverError } from './grpc-status.js';
import type { Health } from './health.js';
import type { Listeners } from './listeners.js';
import { Refusal, invalid } from './refusal.js';
import { anonymous, askAgain, callerOf } from './rpc-caller.js';
import { RateLimit } from './rpc-limit.js';
import type { RpcTable } from './rpc-table.js';
import type { Client, Handler } from './rpc-types.js';
import { authorise } from './rpc.js';

export interface GrpcEdge {
  readonly config: Config;
  readonly rpc: RpcTable;
  readonly health: Health;
  readonly listeners: Listeners;
}

/** Bytes that are no message of their type. */
class Malformed {
  constructor(readonly cause: unknown) {}
}

const second = 1_000;

/** Opens the port. Closing it refuses new calls, ends streams, and waits for the rest. */
export async function serveGrpc({ config, rpc, health, listeners }: GrpcEdge): Promise<void> {
  const server = createServer({
    'grpc.max_receive_message_length': config.bodyLimit,
    'grpc.max_send_message_length': 64 << 20,
    'grpc.keepalive_time_ms': 60 * second,
    'grpc.keepalive_timeout_ms': 20 * second,
    'grpc.max_connection_idle_ms': 600 * second,
    'grpc.max_concurrent_streams': 1_000,
  });
  const stopping = new AbortController();
  const identity = rpc.client(IdentityDefinition);
  const local = rpc.local();
  const limit = new RateLimit(config.requestsPerSecond);
  for (const definition of local) add(server, definition, rpc, { identity, health, limit, stopping: stopping.signal });

  const state = HealthState();
  for (const name of ['', ...local.map(({ fullName }) => fullName)]) state.setStatus('healthy', name);
  server.add(HealthDefinition, HealthServiceImpl(state));
  server.add(
    ServerReflectionService,
    ServerReflection(
      Buffer.from(descriptors, 'base64'),
      local.map(({ fullName }) => fullName),
    ),
  );

  const port = await server.listen(`${config.host}:${config.grpcPort}`);
  listeners.add({
    name: 'grpc',
    address: `${config.host}:${port}`,
    close: async () => {
      for (const name of ['', ...local.map(({ fullName }) => fullName)]) state.setStatus('unhealthy', name);
      stopping.abort();
      await server.shutdown();
    },
  });
}

interface Guard {
  readonly identity: Client<typeof IdentityDefinition>;
  readonly health: Health;
  readonly limit: RateLimit;
  readonly stopping: AbortSignal;
}

function add(server: Server, definition: ServiceDefinition, rpc: RpcTable, guard: Guard): void {
  const wires = Object.entries(definition.methods).map(([key, method]) => [key, wireOf(definition, method)] as const);
  const implementations = Object.entries(definition.methods).map(
    ([key, method]) => [key, implementationOf(method, rpc.handler(definition, key), guard)] as const,
  );
  server.add(Object.fromEntries(wires), Object.fromEntries(implementations) as never);
}

/** Bytes that cannot be read reach the implementation as Malformed, so that the refusal is the caller's fault and not the exchange's. */
const wireOf = ({ fullName }: ServiceDefinition, { name, requestStream, responseStream, requestType, responseType }: Method) => ({
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

function implementationOf(method: Method, handler: Handler, guard: Guard) {
  const asked = async (request: unknown, context: CallContext): Promise<[unknown, Call]> => {
    const call = await callOf(method, context, guard);
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
    const stopAsking = askAgain(guard.identity, method, context.metadata.get('authorization'), (refusal) => ended.abort(refusal));
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
      stopAsking();
    }
  };
}

async function callOf(
  method: Method,
  { metadata, signal, peer }: CallContext,
  { identity, health, limit, stopping }: Guard,
): Promise<Call> {
  if (health.state !== 'ready') throw new Refusal('unavailable', 'exchange_must_be_ready', `the exchange is ${health.state}`);
  const caller = method.rule.anonymous ? anonymous : await callerOf(identity, metadata.get('authorization'));
  limit.take(method.rule.anonymous ? peer : caller.name);
  authorise(method, caller);
  return {
    caller,
    method: '',
    idempotencyKey: metadata.get('idempotency-key'),
    signal: method.responseStream ? AbortSignal.any([signal, stopping]) : signal,
    traceparent: metadata.get('traceparent'),
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
