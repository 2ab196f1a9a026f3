// the stream of orders as a client in any language has it: a real connection, a real key.
import { createChannel, createClient, Metadata, type Channel } from 'nice-grpc';
import { ComputeClass, Tier, Unit } from '#domain';
import { OrderState, OrganisationSize, RegistryDefinition, Role, SchedulingDefinition } from '#contracts';
import { testExchange, type TestExchange } from '#testing';
import { Shards } from '../src/shards.js';
import { book, oneHour, yuan } from './market.js';
import { StreamClient } from './order-stream.js';

let exchange: TestExchange;
let channel: Channel;
let participantId: number;
let key: string;

beforeAll(async () => {
  exchange = await testExchange();
  const details = { name: 'buyer', roles: [Role.BUYER, Role.AUTHORITY], region: 500_000, industry: 'I', size: OrganisationSize.SMALL };
  ({ participantId } = await exchange.call(RegistryDefinition).registerParticipant({ details }));
  key = await exchange.key({ participantId, roles: ['buyer'] });
  await exchange.advance();
  const product = { computeClass: ComputeClass.INTELLIGENT, modelId: 1, unit: Unit.CARD, tier: Tier.FIRM };
  await exchange.running.get(Shards).home.submit([
    {
      command: {
        ...{ kind: 'SetParticipant', participantId, group: participantId, active: true, tradableClasses: [] },
        ...{ ordersPerSecond: 1_000_000, orderValueCap: 1_000_000_000_000 },
      },
    },
    { command: { kind: 'DefineBook', bookId: 1, ...product, referencePrice: 0, collarBp: 0, bandBp: 0 }, model: book.model },
    { command: { kind: 'RaiseBuyingPower', participantId, number: 1, amount: 9_000_000 * yuan } },
  ]);
  channel = createChannel(exchange.running.grpcAddress!);
});
afterAll(async () => {
  channel?.close();
  await exchange?.stop();
});

const open = (cancelOnDisconnect: boolean, secret = key) =>
  StreamClient.open((requests, signal) => {
    const metadata = Metadata({ authorization: `Bearer ${secret}` });
    return createClient(SchedulingDefinition, channel).enterOrders(requests, { metadata, signal });
  }, cancelOnDisconnect);
const bids = (from: number, count: number, name: string) =>
  Array.from({ length: count }, (_, index) => ({
    correlation: from + index,
    idempotencyKey: `${name}-${from + index}`,
    submitBid: { terms: oneHour({ limitPrice: yuan }) },
  }));
const openBids = async () => {
  const states = [];
  for (let cursor = ''; ;) {
    const { bids: some, page } = await exchange
      .call(SchedulingDefinition, { participantId, roles: ['buyer'] })
      .listBids({ state: OrderState.OPEN, page: { limit: 1_000, cursor } });
    states.push(...some);
    cursor = page!.nextCursor;
    if (!cursor) return states.length;
  }
};

it('answers thousands of entries, each once, over a window many times smaller', async () => {
  const stream = await open(true);
  const count = 9_000;
  for (let from = 0; from < count; from += 1_000) stream.send(...bids(from + 1, 1_000, 'many'));
  await stream.end();
  expect(stream.ended).toBeNull();
  expect(stream.answers.size).toBe(count);
  expect([...stream.answers.values()].filter(({ bid }) => bid?.state !== OrderState.OPEN)).toEqual([]);
  // It ended, and took them with it.
  expect(await openBids()).toBe(0);
});

it('takes the orders of a client that is gone with it, and keeps the others', async () => {
  const kept = await open(false);
  await kept.ask(...bids(1, 5, 'kept'));
  const gone = await open(true);
  await gone.ask(...bids(1, 5, 'gone'));
  expect(await openBids()).toBe(10);
  await gone.vanish();
  const sequencer = exchange.running.get(Shards).home;
  while (sequencer.market.sessions.size) await sequencer.projector.nextBatch(1_000);
  expect(await openBids()).toBe(5);
  await kept.ask({ correlation: 9, idempotencyKey: 'all', cancelAll: {} });
  await kept.end();
});

it('refuses an entry by code, rule and field, and whoever has no key or no role whole', async () => {
  const stream = await open(false);
  const [bad, good] = await stream.ask(
    { correlation: 1, idempotencyKey: 'bad', submitBid: { terms: oneHour({ limitPrice: 150 }) } },
    ...bids(2, 1, 'good'),
  );
  expect(bad!.refused).toMatchObject({ code: 3, rule: 'price_must_be_on_the_tick', field: 'terms.limitPrice' });
  expect(good!.bid!.state).toBe(OrderState.OPEN);
  await stream.end();
  await expect(open(false, 'cx_none')).rejects.toMatchObject({ cause: { code: 16 } });
  const officer = await exchange.key({ participantId, roles: ['authority'] });
  await expect(open(false, officer)).rejects.toMatchObject({ cause: { code: 7 } });
});
