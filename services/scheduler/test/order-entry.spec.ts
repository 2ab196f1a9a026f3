// orders over one stream, in process. Over gRPC: order-entry-grpc.spec.ts.
import { OrderState, TimeInForce } from '#contracts';
import type { TestCaller } from '#testing';
import { orderIdOf } from '../src/order-id.js';
import {
  buyer,
  buyerId,
  oneHour,
  operatorState,
  otherBuyer,
  provider,
  poolId,
  firstSlot,
  testMarket,
  yuan,
  type TestMarket,
} from './market.js';
import { StreamClient } from './order-stream.js';

let market: TestMarket;
beforeEach(async () => {
  market = await testMarket();
});
afterEach(() => market.exchange.stop());

const open = (caller: TestCaller, cancelOnDisconnect = true, participantId = 0) =>
  StreamClient.open(
    (requests, signal) => market.scheduling(caller).enterOrders(requests, { signal, idempotencyKey: undefined }),
    cancelOnDisconnect,
    participantId,
  );
const bid = (correlation: number, terms = oneHour({ limitPrice: yuan }), idempotencyKey = `key-${correlation}`) => ({
  correlation,
  idempotencyKey,
  submitBid: { terms },
});
const states = async (caller: TestCaller = buyer) =>
  (await market.scheduling(caller).listBids({})).bids.map(({ state, reason }) => [state, reason]);

describe('a stream of orders', () => {
  it('places, changes and takes back, each answered under its correlation', async () => {
    const stream = await open(buyer);
    expect(stream.opened).toEqual({ sessionId: 1, window: 4_096 });
    const answers = await stream.ask(
      ...Array.from({ length: 50 }, (_, index) => bid(index + 1)),
      { correlation: 60, idempotencyKey: 'change', amendBid: { bidId: orderIdOf(buyerId, 'key-1'), limitPrice: 2 * yuan } },
      { correlation: 61, idempotencyKey: 'take', cancel: { orderId: orderIdOf(buyerId, 'key-2') } },
    );
    expect(answers[0]).toMatchObject({ correlation: 1, bid: { bidId: orderIdOf(buyerId, 'key-1'), state: OrderState.OPEN, open: 1 } });
    expect(answers[50]).toMatchObject({ changed: { orderId: orderIdOf(buyerId, 'key-1'), state: OrderState.OPEN } });
    expect(answers[51]).toMatchObject({ changed: { orderId: orderIdOf(buyerId, 'key-2'), state: OrderState.CANCELLED } });
    const sequences = answers.map((answer) => (answer.bid ?? answer.changed)!.sequence);
    expect(sequences).toEqual([...sequences].sort((one, other) => one - other));
    const [all] = await stream.ask({ correlation: 70, idempotencyKey: 'all', cancelAll: {} });
    expect(all!.cancelled!.orderIds).toHaveLength(49);
    expect(await market.scheduling(buyer).getBid({ bidId: orderIdOf(buyerId, 'key-1') })).toMatchObject({
      state: OrderState.CANCELLED,
      terms: { limitPrice: 2 * yuan },
    });
    await stream.end();
    expect(stream.ended).toBeNull();
  });

  it('takes a provider’s offers and tells the trades that they make', async () => {
    const stream = await open(provider, false);
    expect(stream.opened!.sessionId).toBe(0);
    const window = { from: firstSlot + 1, to: firstSlot + 97 };
    const offer = { poolId, tier: 1, units: 4, window, ask: yuan };
    const buying = await open(buyer, false);
    await buying.ask(bid(1, oneHour({ units: 4 })));
    const [placed] = await stream.ask({ correlation: 1, idempotencyKey: 'o', submitOffer: offer });
    expect(placed!.offer).toMatchObject({ state: OrderState.OPEN, trades: [{ units: 4 }] });
    const offerId = placed!.offer!.offerId;
    const [amended] = await stream.ask({ correlation: 2, idempotencyKey: 'a', amendOffer: { offerId, units: 5 } });
    expect(amended!.changed).toMatchObject({ orderId: offerId, state: OrderState.OPEN });
    await Promise.all([stream.end(), buying.end()]);
  });

  it('refuses an entry alone, as the unary call would', async () => {
    const stream = await open(buyer);
    const answers = await stream.ask(
      bid(1, oneHour({ limitPrice: 150 })),
      bid(2, oneHour({ units: 0 })),
      { ...bid(3), idempotencyKey: '' },
      { ...bid(4), idempotencyKey: 'a b' },
      { correlation: 5, idempotencyKey: 'none' },
      { correlation: 6, idempotencyKey: 'not-mine', submitOffer: { poolId, tier: 1, units: 1, ask: yuan } },
      { ...bid(7), submitBid: { terms: oneHour(), participantId: otherBuyer.participantId } },
      bid(8, oneHour({ units: 100_000 })),
      { correlation: 9, idempotencyKey: 'gone', cancel: { orderId: 77 } },
      { correlation: 10, idempotencyKey: 'x\0y', cancel: { orderId: 77 } },
      bid(11),
    );
    expect(answers.map(({ refused }) => refused && [refused.code, refused.rule, refused.field])).toEqual([
      [3, 'price_must_be_on_the_tick', 'terms.limitPrice'],
      [3, 'bid_must_ask_units_or_pflops', 'terms.units'],
      [3, 'idempotency_key_must_be_given', 'Idempotency-Key'],
      [3, 'idempotency_key_must_be_plain', 'Idempotency-Key'],
      [3, 'entry_must_hold_one_action', ''],
      [7, 'caller_must_hold_a_role_of_the_method', ''],
      [5, 'entity_must_exist', ''],
      [9, 'buying_power_must_cover_the_worst_case', ''],
      [9, 'order_must_be_open', ''],
      [3, 'idempotency_key_must_be_plain', 'Idempotency-Key'],
      undefined,
    ]);
    expect(await states()).toEqual([[OrderState.OPEN, '']]);
    await stream.end();
  });

  it('cannot take back or change what is another’s', async () => {
    const stream = await open(buyer, false);
    await stream.ask(bid(1));
    const other = await open(otherBuyer, false);
    const orderId = orderIdOf(buyerId, 'key-1');
    const answers = await other.ask(
      { correlation: 1, idempotencyKey: 'c', cancel: { orderId } },
      { correlation: 2, idempotencyKey: 'a', amendBid: { bidId: orderId, limitPrice: 2 * yuan } },
      { correlation: 3, idempotencyKey: 'u', amendBid: { bidId: orderId, units: 2 } },
      { correlation: 4, idempotencyKey: 'l', cancelAll: { participantId: buyerId } },
    );
    expect(answers.map(({ refused }) => refused?.rule)).toEqual([
      'order_must_be_open',
      'order_must_be_open',
      'entity_must_exist',
      'entry_must_be_for_whom_its_session_is',
    ]);
    expect(await states()).toEqual([[OrderState.OPEN, '']]);
    await Promise.all([stream.end(), other.end()]);
  });

  it('answers the same key as before, in the same stream and in the next (R-10a)', async () => {
    const stream = await open(buyer, false);
    const entries: Parameters<typeof stream.ask> = [
      bid(1),
      bid(2),
      { correlation: 3, idempotencyKey: 'c', cancel: { orderId: orderIdOf(buyerId, 'key-2') } },
      { correlation: 4, idempotencyKey: 'a', amendBid: { bidId: orderIdOf(buyerId, 'key-1'), limitPrice: 3 * yuan } },
    ];
    const quantity = { correlation: 5, idempotencyKey: 'u', amendBid: { bidId: orderIdOf(buyerId, 'key-1'), units: 2 } };
    const first = [...(await stream.ask(...entries)), ...(await stream.ask(quantity))];
    entries.push(quantity);
    expect(first.flatMap(({ refused }) => refused ?? [])).toEqual([]);
    const again = await stream.ask(...entries.map((entry) => ({ ...entry, correlation: entry!.correlation! + 100 })));
    await stream.vanish();
    const next = await open(buyer, false);
    const later = await next.ask(...entries);
    const plain = (answers: typeof first) => answers.map(({ correlation: _correlation, ...answer }) => answer);
    expect(plain(again)).toEqual(plain(first));
    expect(later).toEqual(first);
    // The unary call of the same key and body is the same call.
    expect(await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan }) }, { idempotencyKey: 'key-1' })).toEqual(
      first[0]!.bid,
    );
    const [reused] = await next.ask({ ...bid(9, oneHour({ limitPrice: 5 * yuan })), idempotencyKey: 'key-1' });
    expect(reused!.refused).toMatchObject({ code: 9, rule: 'idempotency_key_must_not_be_reused' });
    await next.end();
  });

  it('acts for whom the operator names', async () => {
    const stream = await open({ participantId: 1, roles: ['operator'] }, false, buyerId);
    const answers = await stream.ask(bid(1), { correlation: 2, idempotencyKey: 'c', cancel: { orderId: orderIdOf(buyerId, 'key-1') } });
    expect(answers[1]!.changed).toMatchObject({ state: OrderState.CANCELLED });
    expect(await states()).toEqual([[OrderState.CANCELLED, 'cancelled']]);
    await stream.end();
    await expect(open(buyer, false, otherBuyer.participantId)).rejects.toMatchObject({ cause: { rule: 'entity_must_exist' } });
  });

  it('begins with its session, once', async () => {
    const enter = (requests: AsyncIterable<never>, signal: AbortSignal) => market.scheduling(buyer).enterOrders(requests, { signal });
    const silent = new StreamClient(enter as never);
    silent.send(bid(1));
    await silent.over;
    expect(silent.ended).toMatchObject({ rule: 'session_must_be_opened_first' });
    const twice = await open(buyer);
    await twice.ask(bid(2));
    twice.say({ open: { cancelOnDisconnect: false, participantId: 0 }, entries: [] });
    await twice.over;
    expect(twice.ended).toMatchObject({ rule: 'session_must_be_opened_once' });
    expect(await states()).toEqual([[OrderState.CANCELLED, 'disconnected']]);
  });
});

describe('a session that takes its orders with it', () => {
  it('does so when its client vanishes, ends, or the exchange stops; and takes no others', async () => {
    const kept = await open(buyer, false);
    await kept.ask(bid(1));
    for (const leave of ['vanish', 'end'] as const) {
      const stream = await open(buyer);
      await stream.ask(bid(2, oneHour({ limitPrice: yuan }), leave));
      await stream[leave]();
      expect(await market.scheduling(buyer).getBid({ bidId: orderIdOf(buyerId, leave) })).toMatchObject({
        state: OrderState.CANCELLED,
        reason: 'disconnected',
      });
    }
    expect(await market.scheduling(buyer).getBid({ bidId: orderIdOf(buyerId, 'key-1') })).toMatchObject({ state: OrderState.OPEN });
    await kept.end();
  });

  it('is ended by the next leader, before any other command', async () => {
    const stream = await open(buyer);
    await stream.ask(bid(1), bid(2));
    const other = await open(otherBuyer);
    await other.ask(bid(3));
    const { sequence } = await operatorState(market);
    // Nobody ends these streams, so it is as if the process had died.
    await market.exchange.restart();
    expect(await states()).toEqual([
      [OrderState.CANCELLED, 'disconnected'],
      [OrderState.CANCELLED, 'disconnected'],
    ]);
    expect((await operatorState(market)).sequence).toBe(sequence + 1);
    const next = await open(buyer);
    expect(next.opened!.sessionId).toBeGreaterThan(2);
    await next.end();
    await market.exchange.restart();
    expect((await market.market().verifyMarket({})).same).toBe(true);
  });
});

it('reads no more than its window, and goes on as answers are read', async () => {
  let sent = 0;
  async function* requests() {
    yield { open: { cancelOnDisconnect: false, participantId: 0 }, entries: [] };
    for (; sent < 30; sent++) {
      const entries = Array.from({ length: 1_000 }, (_, index) => ({
        ...{ correlation: sent * 1_000 + index, idempotencyKey: `${sent}/${index}`, submitBid: undefined },
        cancel: { orderId: 5 },
      }));
      yield { open: undefined, entries } as never;
    }
  }
  const answers = market.scheduling(buyer).enterOrders(requests())[Symbol.asyncIterator]();
  await answers.next();
  await answers.next();
  await market.exchange.advance();
  const before = sent;
  expect(before).toBeLessThan(10);
  let heard = 0;
  for (let next = await answers.next(); !next.done; next = await answers.next()) heard += next.value.answers.length;
  expect(heard).toBeGreaterThan(25_000);
  expect(sent).toBe(30);
});

it('trades what it can and lets IOC end', async () => {
  await market.offer(3);
  const stream = await open(buyer);
  const [filled, ended] = await stream.ask(
    bid(1, oneHour({ units: 2 })),
    bid(2, oneHour({ units: 2, timeInForce: TimeInForce.IOC, limitPrice: yuan })),
  );
  expect(filled!.bid).toMatchObject({ state: OrderState.FILLED, filled: 2, trades: [{ units: 2 }] });
  expect(ended!.bid).toMatchObject({ state: OrderState.ENDED, filled: 0 });
  await stream.end();
});
