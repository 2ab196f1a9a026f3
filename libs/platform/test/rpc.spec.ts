// The pipeline that every call passes, around handlers that do what each test needs.
import { Empty, IdentityDefinition, MarketDefinition, OperationsDefinition, RegistryDefinition } from '#contracts';
import type { MarketEvent, ServiceDefinition } from '#contracts';
import type { Call } from '../src/call.js';
import { serviceCall } from '../src/call.js';
import { makeLogger } from '../src/log.js';
import { Refusal, conflict } from '../src/refusal.js';
import { Fault } from '../src/rpc-status.js';
import type { Handler, Implementation } from '../src/rpc-types.js';
import { guarded } from '../src/rpc.js';

const handlerOf = (definition: ServiceDefinition, method: string, handler: Handler): Handler =>
  guarded(definition, { [method]: handler } as unknown as Implementation<ServiceDefinition>, makeLogger('silent')).get(method)!;
const operator: Call = { caller: { participantId: 1, roles: ['operator'], name: 'key/1' }, method: '', idempotencyKey: 'k' };
const advance = (handler: Handler, to: number, call = operator) => handlerOf(OperationsDefinition, 'advanceClock', handler)({ to }, call);
const caught = async (call: () => unknown): Promise<unknown> => {
  try {
    await call();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('a call is refused', () => {
  const never: Handler = () => {
    throw new Error('the handler must not be reached');
  };

  it.each([
    ['caller_must_hold_a_role_of_the_method', { ...operator, caller: { ...operator.caller, roles: ['buyer'] as const } }, 1],
    ['caller_must_hold_a_role_of_the_method', { ...operator, caller: { ...operator.caller, roles: [] } }, 1],
    ['caller_must_hold_a_role_of_the_method', serviceCall('settlement', 'k'), 1],
    ['idempotency_key_must_be_given', { ...operator, idempotencyKey: undefined }, 1],
    ['idempotency_key_must_be_plain', { ...operator, idempotencyKey: 'two words' }, 1],
    ['idempotency_key_must_be_plain', { ...operator, idempotencyKey: 'x'.repeat(129) }, 1],
    ['field_must_be_given', operator, 0],
  ])('%s', async (rule, call, to) => {
    expect(await caught(() => advance(never, to, call))).toMatchObject({ rule });
  });

  it('to a service that is not named by the method, and only to it', async () => {
    const authenticate = handlerOf(IdentityDefinition, 'authenticate', async () => 'reached');
    expect(await authenticate({ secret: 'x' }, serviceCall('gateway'))).toBe('reached');
    expect(await caught(() => authenticate({ secret: 'x' }, operator))).toMatchObject({ kind: 'forbidden' });
  });
});

it('hands on refusals as they are and hides every other error behind an id', async () => {
  const refusal = conflict('lease_must_be_active', 'it has ended');
  expect(await caught(() => advance(() => Promise.reject(refusal), 1))).toBe(refusal);
  const fault = await caught(() => advance(() => Promise.reject(new Error('password is hunter2')), 1));
  expect(fault).toBeInstanceOf(Fault);
  expect((fault as Fault).message).toMatch(/finds the cause under [0-9a-f-]{36}$/);
  expect((fault as Fault).message).not.toContain('hunter2');
});

it('tells the handler the method and the hash of the request', async () => {
  const seen: Call[] = [];
  const handler: Handler = async (_request, call) => void seen.push({ ...call });
  await advance(handler, 1);
  await advance(handler, 1);
  await advance(handler, 2);
  expect(seen.map(({ method }) => method)).toEqual(Array.from({ length: 3 }, () => 'exchange.common.v1.Operations/AdvanceClock'));
  expect(seen[0]!.requestHash).toMatch(/^[0-9a-f]{64}$/);
  expect(seen[1]!.requestHash).toBe(seen[0]!.requestHash);
  expect(seen[2]!.requestHash).not.toBe(seen[0]!.requestHash);
});

it('asks no idempotency key of who only reads', async () => {
  const getClock = handlerOf(OperationsDefinition, 'getClock', async () => 'reached');
  expect(await getClock(Empty.create(), { ...operator, idempotencyKey: undefined })).toBe('reached');
});

it('takes a made-up cursor for what it is where the database stumbles over it', async () => {
  const stumble = () => Promise.reject(Object.assign(new Error('invalid input syntax for type integer'), { code: '22P02' }));
  const list = handlerOf(IdentityDefinition, 'listKeys', stumble);
  expect(await caught(() => list({ page: { cursor: 'WyJhIl0', limit: 0 }, participantId: 0 }, operator))).toMatchObject({
    field: 'page.cursor',
  });
  expect(await caught(() => list({ page: undefined, participantId: 0 }, operator))).toBeInstanceOf(Fault);
});

describe('a stream of requests', () => {
  const [, stream] = Object.entries(RegistryDefinition.methods).find(([, method]) => method.requestStream)!;
  const key = Object.entries(RegistryDefinition.methods).find(([, method]) => method === stream)![0];
  const provider: Call = { ...operator, caller: { participantId: 2, roles: ['provider', 'operator'], name: 'key/2' } };
  const given = async function* (...messages: object[]) {
    yield* messages;
  };
  const count: Handler = async (requests, call) => {
    let read = 0;
    for await (const _ of requests as AsyncIterable<unknown>) read++;
    return { read, hash: call.requestHash };
  };
  const row = (serial: string) =>
    (stream.requestType as unknown as { create(base: object): object }).create({ poolId: 1, serial, units: 1 });

  it('is checked message by message, and its hash covers all', async () => {
    const once = (await handlerOf(RegistryDefinition, key, count)(given(row('a'), row('b')), provider)) as { hash: string; read: number };
    const twice = (await handlerOf(RegistryDefinition, key, count)(given(row('a'), row('b')), provider)) as { hash: string };
    const other = (await handlerOf(RegistryDefinition, key, count)(given(row('a'), row('c')), provider)) as { hash: string };
    expect(once.read).toBe(2);
    expect(twice.hash).toBe(once.hash);
    expect(other.hash).not.toBe(once.hash);
    const bad = await caught(() => handlerOf(RegistryDefinition, key, count)(given(row('a'), { ...row('b'), poolId: 0 }), provider));
    expect(bad).toMatchObject({ kind: 'invalid', field: '[1].poolId' });
  });
});

describe('a stream of responses', () => {
  const watch = (handler: Handler, call = operator) =>
    handlerOf(MarketDefinition, 'watchMarket', handler)({ after: 0, bookId: 0 }, call) as AsyncIterable<MarketEvent>;

  it('is refused at the call where the caller may not', () => {
    expect(() => watch(() => 1, { ...operator, caller: { ...operator.caller, roles: [] } })).toThrow(Refusal);
  });

  it('hides errors on the way too', async () => {
    const broken = watch(async function* () {
      yield 1;
      throw new Error('secret');
    });
    const read: unknown[] = [];
    const error = await caught(async () => {
      for await (const event of broken) read.push(event);
    });
    expect(read).toEqual([1]);
    expect(error).toBeInstanceOf(Fault);
  });
});
