// A whole exchange in a test: its own database on the shared server, a virtual clock, any free ports.
import { randomUUID } from 'node:crypto';
import type { DynamicModule, Type } from '@nestjs/common';
import { type Channel, createChannel, createClient, Metadata } from 'nice-grpc';
import { AdvanceClockRequest, IdentityDefinition, OperationsDefinition, Role } from '#contracts';
import type { AnyMessage, Method, RoleName, ServiceDefinition } from '#contracts';
import { type Call, Clock, type Config, type Running, RpcTable, run } from '#platform';
import type { TestDatabase } from './postgres.js';
import { migratedDatabase } from './template.js';

/** Who calls in a test. */
export interface TestCaller {
  readonly participantId: number;
  readonly roles: readonly RoleName[];
}

type Short<M extends AnyMessage> = M extends { create(base?: infer P): unknown } ? P : never;
type Given<M extends Method> = M['requestStream'] extends true
  ? AsyncIterable<ReturnType<M['requestType']['decode']>>
  : Short<M['requestType']>;
type Answer<M extends Method> = M['responseStream'] extends true
  ? AsyncIterable<ReturnType<M['responseType']['decode']>>
  : Promise<ReturnType<M['responseType']['decode']>>;

/** A contract's methods with the request in short (what is left out is empty) and the caller filled in. */
export type TestClient<D extends ServiceDefinition> = {
  [K in keyof D['methods']]: (request: Given<D['methods'][K]>, call?: Partial<Call>) => Answer<D['methods'][K]>;
};

export interface HttpRequest {
  /** GET, or POST where there is a body. */
  readonly method?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Secret of an API key. */
  readonly key?: string;
  /** A fresh one where the method changes something; null sends none. */
  readonly idempotencyKey?: string | null;
  readonly headers?: Record<string, string>;
}

export interface HttpAnswer<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where it is JSON, else the text. */
  readonly body: T;
}

export const operator: TestCaller = { participantId: 1, roles: ['operator'] };

/** 2026-01-01T00:00:00+08:00 */
export const firstMoment = Date.parse('2026-01-01T00:00:00+08:00');

/** Exchanges that run: those that a failed test leaves are stopped after its file, or Jest would wait for them for ever. */
const open = new Set<TestExchange>();
Object.assign(globalThis, { stopTestExchanges: () => Promise.all([...open].map((exchange) => exchange.stop())) });

export class TestExchange {
  private channel: Channel | undefined;

  private constructor(
    private readonly modules: (Type | DynamicModule)[],
    private config: Partial<Config>,
    readonly database: TestDatabase,
    public running: Running,
  ) {}

  static async start(modules: (Type | DynamicModule)[], given: Partial<Config>): Promise<TestExchange> {
    const database = await migratedDatabase(modules);
    const config: Partial<Config> = {
      ...{ databaseUrl: database.url, databasePool: 6, clock: 'virtual', clockStart: firstMoment },
      // That the shared server stalls for seconds takes the lead from no scheduler that nobody else could follow.
      ...{ httpPort: 0, grpcPort: 0, logLevel: 'warn', leaseTermMs: 5_000, ...given },
    };
    try {
      const exchange = new TestExchange(modules, config, database, await run(modules, config));
      open.add(exchange);
      return exchange;
    } catch (error) {
      await database.drop();
      throw error;
    }
  }

  /** A contract in process, through the whole pipeline of a call; each call that names no idempotency key has one of its own. */
  call<D extends ServiceDefinition>(definition: D, caller: TestCaller = operator): TestClient<D> {
    const table = this.running.get<RpcTable>(RpcTable);
    const methods = Object.entries(definition.methods).map(([name, { requestType, requestStream }]) => [
      name,
      (request: unknown, more: Partial<Call> = {}) => {
        const message = requestStream ? request : (requestType as unknown as { create(base: unknown): unknown }).create(request);
        const call: Call = {
          caller: { ...caller, name: `test/${caller.participantId}` },
          method: '',
          idempotencyKey: randomUUID(),
          ...more,
        };
        return table.handler(definition, name)(message, call);
      },
    ]);
    return Object.fromEntries(methods) as TestClient<D>;
  }

  /** A contract over gRPC, by the API key's secret; each call that names no idempotency key has one of its own. */
  grpc<D extends ServiceDefinition>(definition: D, key: string): TestClient<D> {
    this.channel ??= createChannel(this.running.grpcAddress!);
    const client = createClient(definition as never, this.channel) as Record<string, (request: unknown, options: object) => unknown>;
    const methods = Object.keys(definition.methods).map((name) => [
      name,
      (request: unknown, { idempotencyKey = randomUUID() }: Partial<Call> = {}) =>
        client[name]!(request, { metadata: Metadata({ authorization: `Bearer ${key}`, 'idempotency-key': idempotencyKey }) }),
    ]);
    return Object.fromEntries(methods) as TestClient<D>;
  }

  /** Makes an API key for the participant and answers its secret. */
  async key({ participantId, roles }: TestCaller): Promise<string> {
    const numbers = roles.map((role) => Role[role.toUpperCase() as keyof typeof Role]);
    const { secret } = await this.call(IdentityDefinition).createKey({ participantId, name: 'test', roles: numbers });
    return secret;
  }

  async http<T = Record<string, unknown>>(path: string, request: HttpRequest = {}): Promise<HttpAnswer<T>> {
    const method = request.method ?? (request.body === undefined ? 'GET' : 'POST');
    const { idempotencyKey = method === 'GET' ? null : randomUUID() } = request;
    const answer = await fetch(`${this.running.httpAddress}${path}`, {
      method,
      headers: {
        ...(request.key === undefined ? {} : { authorization: `Bearer ${request.key}` }),
        ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
    });
    const text = await answer.text();
    const isJson = /\bjson\b/.test(answer.headers.get('content-type') ?? '');
    return { status: answer.status, headers: answer.headers, body: (isJson && text ? JSON.parse(text) : text) as T };
  }

  /** Milliseconds since the Unix epoch, by the exchange's clock. */
  now(): number {
    return this.running.get<Clock>(Clock).now();
  }

  /** Moves the clock and waits until all is quiet; without an argument it only waits. */
  async advance(ms = 0): Promise<void> {
    await this.advanceTo(this.now() + ms);
  }

  async advanceTo(to: number): Promise<void> {
    await this.call(OperationsDefinition).advanceClock(AdvanceClockRequest.create({ to }));
  }

  /** Stops and starts again on the same data; with these settings changed. */
  async restart(change: Partial<Config> = {}): Promise<void> {
    await this.halt();
    this.config = { ...this.config, ...change };
    this.running = await run(this.modules, this.config);
  }

  async stop(): Promise<void> {
    if (!open.delete(this)) return;
    await this.halt();
    await this.database.drop();
  }

  private async halt(): Promise<void> {
    this.channel?.close();
    this.channel = undefined;
    await this.running.stop();
  }
}

/** Starts an exchange of these modules, or of all. Stop it when the test is over. */
export async function testExchange({
  modules,
  config = {},
}: { modules?: (Type | DynamicModule)[]; config?: Partial<Config> } = {}): Promise<TestExchange> {
  return TestExchange.start(modules ?? (await import('#exchange')).modules, config);
}
