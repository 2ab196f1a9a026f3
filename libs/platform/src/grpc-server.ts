// Every contract that runs here, over gRPC: the same pipeline as in process, behind an API key, with health and reflection.
import { createServer } from 'nice-grpc';
import type { CallContext } from 'nice-grpc';
import { HealthDefinition, HealthServiceImpl, HealthState } from 'nice-grpc-server-health';
import { ServerReflection, ServerReflectionService } from 'nice-grpc-server-reflection';
import { definitions, descriptors, IdentityDefinition } from '#contracts';
import type { Method } from '#contracts';
import type { Call } from './call.js';
import type { Config } from './config.js';
import { addContract, type Door } from './grpc-contract.js';
import { addForeign } from './grpc-foreign.js';
import type { Health } from './health.js';
import type { HotState } from './hot-state.js';
import { type Listeners, opened } from './listeners.js';
import { Refusal } from './refusal.js';
import { anonymous, askAgain, callerOf } from './rpc-caller.js';
import { addressOf, type RateLimit } from './rpc-limit.js';
import type { RpcTable } from './rpc-table.js';
import type { Client } from './rpc-types.js';
import { authorise } from './rpc.js';

export interface GrpcEdge {
  readonly config: Config;
  readonly rpc: RpcTable;
  readonly health: Health;
  readonly listeners: Listeners;
  readonly hot: HotState;
  readonly limit: RateLimit;
}

const second = 1_000;

/** Opens the port. Closing it refuses new calls, ends streams, and waits for the rest. */
export async function serveGrpc({ config, rpc, health, listeners, hot, limit }: GrpcEdge): Promise<void> {
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
  const served = definitions.filter((definition) => rpc.reaches(definition));
  const guard = { identity, health, limit, stopping: stopping.signal };
  const door: Door = {
    callOf: (method, context) => callOf(method, context, guard),
    watch: (method, { metadata }, end) => askAgain(identity, hot, method, metadata.get('authorization'), end),
  };
  for (const definition of served) addContract(server, definition, rpc, door);
  const names = [...served.map(({ fullName }) => fullName), ...addForeign(server, rpc, door)];

  const state = HealthState();
  for (const name of ['', ...names]) state.setStatus('healthy', name);
  server.add(HealthDefinition, HealthServiceImpl(state));
  server.add(ServerReflectionService, reflectionOf(served.map(({ fullName }) => fullName)));

  const address = `${config.host}:${config.grpcPort}`;
  const port = await opened('EXCHANGE_GRPC_PORT', address, () => server.listen(address));
  listeners.add({
    name: 'grpc',
    address: `${config.host}:${port}`,
    close: async () => {
      for (const name of ['', ...names]) state.setStatus('unhealthy', name);
      stopping.abort();
      await server.shutdown();
    },
  });
}

/** Reads the descriptors when it is first asked, which most processes never are. */
function reflectionOf(names: string[]): ReturnType<typeof ServerReflection> {
  let made: ReturnType<typeof ServerReflection> | undefined;
  return {
    serverReflectionInfo: (requests, context) =>
      (made ??= ServerReflection(Buffer.from(descriptors, 'base64'), names)).serverReflectionInfo(requests, context),
  };
}

interface Guard {
  readonly identity: Client<typeof IdentityDefinition>;
  readonly health: Health;
  readonly limit: RateLimit;
  readonly stopping: AbortSignal;
}

async function callOf(
  method: Method,
  { metadata, signal, peer }: CallContext,
  { identity, health, limit, stopping }: Guard,
): Promise<Call> {
  if (health.state !== 'ready') throw new Refusal('unavailable', 'exchange_must_be_ready', `the exchange is ${health.state}`);
  const caller = method.rule.anonymous ? anonymous : await callerOf(identity, metadata.get('authorization'));
  limit.take(method.rule.anonymous ? addressOf(peer) : caller.name);
  authorise(method, caller);
  return {
    caller,
    method: '',
    idempotencyKey: metadata.get('idempotency-key'),
    signal: method.responseStream ? AbortSignal.any([signal, stopping]) : signal,
  };
}
