// Methods that are also served under a name that others gave them, so that their senders need to know nothing of this exchange's contracts.
import type { CallContext, Server } from 'nice-grpc';
import { definitions } from '#contracts';
import type { Method, ServiceDefinition } from '#contracts';
import type { Door } from './grpc-contract.js';
import { serverError } from './grpc-status.js';
import { fromJson, jsonOfParameters } from './json-codec-read.js';
import type { RpcTable } from './rpc-table.js';
import type { Handler } from './rpc-types.js';

const prefix = 'exchange-';
const bytes = (message: Uint8Array): Uint8Array => message;

/** Adds those that can be reached. @returns the services' names */
export function addForeign(server: Server, rpc: RpcTable, door: Pick<Door, 'callOf'>): string[] {
  const names: string[] = [];
  for (const definition of definitions)
    for (const [key, method] of Object.entries<Method>(definition.methods)) {
      const [service, name] = method.rule.grpc?.split('/') ?? [];
      if (!service || !rpc.reaches(definition)) continue;
      names.push(service);
      server.add({ [name!]: wireOf(`/${service}/${name}`) }, { [name!]: unary(method, handlerOf(rpc, definition, key), door) } as never);
    }
  return names;
}

/** The bytes are the method's own affair, as its body over HTTP is. */
const wireOf = (path: string) => ({
  ...{ path, requestStream: false, responseStream: false, options: {} },
  ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
});

const handlerOf =
  (rpc: RpcTable, definition: ServiceDefinition, key: string): Handler =>
  (request, call) =>
    rpc.handler(definition, key, 'gRPC')(request, call);

function unary(method: Method, handler: Handler, door: Pick<Door, 'callOf'>) {
  return async (body: Uint8Array, context: CallContext): Promise<Uint8Array> => {
    try {
      const call = await door.callOf(method, context);
      const request = { ...fromJson(method.requestType.$type, jsonOfParameters(method.requestType.$type, told(context))), body };
      return ((await handler(request, call)) as { body: Uint8Array }).body;
    } catch (error) {
      throw serverError(error, context.trailer);
    }
  };
}

/** Fields beside the body: `exchange-pool-id` of the metadata is poolId. */
function told({ metadata }: CallContext): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, values] of metadata)
    if (name.startsWith(prefix) && typeof values[0] === 'string') parameters[fieldOf(name)] = values[0];
  return parameters;
}

const fieldOf = (name: string): string =>
  name.slice(prefix.length).replace(/-([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
