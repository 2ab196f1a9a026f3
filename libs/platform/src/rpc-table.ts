// Who implements which contract: one table, read by clients in process, by the gRPC server and by the gateway.
import type { ServiceDefinition } from '#contracts';
import { Refusal } from './refusal.js';
import { spanned } from './rpc-telemetry.js';
import type { Client, Handler } from './rpc-types.js';

interface Bound {
  readonly definition: ServiceDefinition;
  /** As others call it by gRPC. */
  readonly served: ReadonlyMap<string, Handler>;
  /** As it is called in this process. */
  readonly handlers: ReadonlyMap<string, Handler>;
}

export class RpcTable {
  /** Who reaches what runs in another process. */
  elsewhere: (definition: ServiceDefinition, method: string) => Handler | undefined = () => undefined;
  private readonly bound = new Map<string, Bound>();

  /** `handlers` by method name in lower camel case; each is the whole pipeline: authorise, validate, handle. */
  bind(definition: ServiceDefinition, handlers: ReadonlyMap<string, Handler>): void {
    if (this.bound.has(definition.fullName)) throw new Error(`contract_must_have_one_implementation: ${definition.fullName}`);
    const inProcess = [...handlers].map(([key, handler]): [string, Handler] => [
      key,
      spanned(definition, definition.methods[key]!, handler),
    ]);
    this.bound.set(definition.fullName, { definition, served: handlers, handlers: new Map(inProcess) });
  }

  /** Contracts implemented in this process. */
  local(): ServiceDefinition[] {
    return [...this.bound.values()].map(({ definition }) => definition);
  }

  /** Does this process, or one that it knows, implement the contract. */
  reaches(definition: ServiceDefinition): boolean {
    const [method] = Object.keys(definition.methods);
    return this.bound.has(definition.fullName) || (method !== undefined && this.elsewhere(definition, method) !== undefined);
  }

  /** The pipeline of a method; `by`: who calls it. Throws a refusal where nobody is known to implement it. */
  handler(definition: ServiceDefinition, method: string, by: 'process' | 'gRPC' = 'process'): Handler {
    const bound = this.bound.get(definition.fullName);
    const handler = bound?.[by === 'gRPC' ? 'served' : 'handlers'].get(method) ?? this.elsewhere(definition, method);
    if (!handler) throw new Refusal('unavailable', 'service_must_be_reachable', `${definition.name}.${method} is not served here`);
    return handler;
  }

  /** May be asked before the implementation is bound: it is looked up at each call. */
  client<D extends ServiceDefinition>(definition: D): Client<D> {
    const methods = Object.keys(definition.methods).map((method): [string, Handler] => [
      method,
      (request, call) => this.handler(definition, method)(request, call),
    ]);
    return Object.fromEntries(methods) as unknown as Client<D>;
  }
}
