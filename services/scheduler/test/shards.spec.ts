// A market of two shards: A100 in the first, H100 in the second (decision 0008).
import { BuyingPowerLowered, BuyingPowerLowerRequested, ParticipantChanged, TradeSettled, OrderState, Tier } from '#contracts';
import { tradeId } from '#domain';
import { freeIn } from '../src/gathering.js';
import { orderIdOf } from '../src/order-id.js';
import {
  book,
  buyer,
  buyerId,
  firstSlot,
  oneHour,
  otherBuyer,
  participant,
  poolId,
  provider,
  slowBook,
  slowPoolId,
  testMarket,
  yuan,
  type TestMarket,
} from './market.js';
import { StreamClient } from './order-stream.js';

const second = 'INTELLIGENT/H100';
const operator = { participantId: 0, roles: ['operator'] } as const;
const offerSlow = (market: TestMarket, units: number, ask = 2 * yuan) => market.offer(units, ask, slowPoolId);
const slow = (terms: Parameters<typeof oneHour>[0] = {}) => oneHour({ books: [slowBook], ...terms });
const free = (market: TestMarket, participantId = buyerId) => market.shards.all.map((sequencer) => freeIn(sequencer, participantId) / yuan);
/** Micro-yuan over both shards and between them. */
const total = (market: TestMarket, participantId = buyerId) =>
  market.shards.all.reduce((sum, { market: { engine } }) => sum + (engine.buyingPower(participantId)?.total ?? 0), 0);

describe('two shards', () => {
  let market: TestMarket;
  beforeEach(async () => {
    market = await testMarket({ shards: second });
  });
  afterEach(() => market.exchange.stop());

  it('are published with the books, and have each its books', async () => {
    expect(await market.market(buyer).listShards({})).toMatchObject({
      count: 2,
      rules: [{ computeClass: 2, model: 'H100', unit: 0, shard: 1 }],
    });
    const { books } = await market.market(buyer).listBooks({});
    expect(books.map(({ bookId, book: { model, tier } = book, shard }) => [bookId, model, tier, shard])).toEqual([
      [1, 'A100', Tier.FIRM, 0],
      [2, 'A100', Tier.RECLAIMABLE, 0],
      [3, 'H100', Tier.FIRM, 1],
      [4, 'H100', Tier.RECLAIMABLE, 1],
    ]);
  });

  it('refuse a bid for books of both, and a floor over a class that is divided', async () => {
    const refused = { kind: 'invalid', rule: 'bid_books_must_lie_in_one_shard', field: 'terms.books' };
    const bids = market.scheduling(buyer);
    await expect(bids.submitBid({ terms: oneHour({ books: [book, slowBook] }) })).rejects.toMatchObject(refused);
    const floor = { computeClass: 2, tier: 0, domesticOnly: false, precision: 0, tflopsMilliMin: 0, memoryGibMin: 0 };
    await expect(bids.submitBid({ terms: oneHour({ books: [], floor }) })).rejects.toMatchObject(refused);
    await expect(bids.quoteBid({ terms: oneHour({ books: [book, slowBook] }) })).rejects.toMatchObject(refused);
  });

  it('trade each its own; rows, numbers, events, depth and explanations are told of the right one', async () => {
    await market.offer(4);
    await offerSlow(market, 4);
    const one = await market.scheduling(buyer).submitBid({ terms: oneHour() });
    const other = await market.scheduling(buyer).submitBid({ terms: slow({ units: 5, latest: firstSlot + 5 }) });
    expect([one.trades[0]!.tradeId, other.trades[0]!.tradeId]).toEqual([tradeId(0, 1), tradeId(1, 1)]);
    expect(other).toMatchObject({ state: OrderState.OPEN, filled: 4, open: 1 });
    await market.exchange.advance();
    expect(market.toldSequences('scheduler/0').length).toBeGreaterThan(0);
    expect(market.toldSequences('scheduler/1')).toEqual(market.toldSequences('scheduler/1').map((_, index) => index + 1));
    const bids = market.scheduling(buyer);
    expect((await bids.listBids({})).bids.map(({ bidId }) => bidId).toSorted()).toEqual([one.bidId, other.bidId].toSorted());
    expect((await bids.listTrades({})).trades).toHaveLength(2);
    expect(await bids.explainBid({ bidId: other.bidId })).toMatchObject({ rest: 1, choices: [{ tradeId: tradeId(1, 1) }] });
    expect((await market.market().getDepth({ bookId: 3 })).bids).toMatchObject([{ price: 10 * yuan, units: 1 }]);
    expect((await market.market().getDepth({ bookId: 1 })).bids).toEqual([]);
    await market.scheduling(provider).confirmLease({
      leaseId: tradeId(1, 1),
      endpoint: 'ssh://node',
      sealedSecret: Buffer.from('secret'),
    });
    const certificate = await bids.certifyExplanation({ bidId: other.bidId });
    expect(certificate).toMatchObject({ shard: 1, explanation: { rest: 1 } });
    expect(await bids.verifyCertificate({ certificate })).toMatchObject({ same: true });
    const changed = await bids.amendBid({ bidId: other.bidId, limitPrice: 11 * yuan });
    expect(changed).toMatchObject({ state: OrderState.OPEN });
    expect(await bids.cancelBid({ bidId: other.bidId })).toMatchObject({ state: OrderState.CANCELLED });
  });

  it('know an order of one key in one shard alone', async () => {
    const bids = market.scheduling(buyer);
    const call = { idempotencyKey: 'both' };
    const answers = await Promise.allSettled([
      bids.submitBid({ terms: oneHour() }, call),
      bids.submitBid({ terms: slow() }, call),
      bids.submitBid({ terms: oneHour() }, call),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { rule: 'idempotency_key_must_not_be_reused' } });
    await expect(bids.submitBid({ terms: slow() }, call)).rejects.toMatchObject({ rule: 'idempotency_key_must_not_be_reused' });
    expect((await bids.listBids({})).bids).toHaveLength(1);
  });

  it('take back everything in one call, once', async () => {
    const bids = market.scheduling(buyer);
    const [one, other] = [await bids.submitBid({ terms: oneHour() }), await bids.submitBid({ terms: slow() })];
    const call = { idempotencyKey: 'all' };
    const answer = await bids.cancelAll({}, call);
    expect(answer.orderIds).toEqual([one.bidId, other.bidId]);
    const later = await bids.submitBid({ terms: slow() });
    expect(await bids.cancelAll({}, call)).toEqual(answer);
    expect(await bids.getBid({ bidId: later.bidId })).toMatchObject({ state: OrderState.OPEN });
  });

  it('take back what a suspended participant has in either', async () => {
    const bids = market.scheduling(buyer);
    const placed = [await bids.submitBid({ terms: oneHour() }), await bids.submitBid({ terms: slow() })];
    await market.tell(ParticipantChanged, participant(buyerId, { state: 4 }));
    for (const { bidId } of placed)
      expect(await bids.getBid({ bidId })).toMatchObject({ state: OrderState.CANCELLED, reason: 'suspended' });
  });

  it('share the order rate', async () => {
    await market.tell(ParticipantChanged, participant(buyerId, { orderRatePerSecond: 5 }));
    const rejections = async (terms: ReturnType<typeof oneHour>) => {
      const answers = await Promise.allSettled(Array.from({ length: 5 }, () => market.scheduling(buyer).submitBid({ terms })));
      return answers.filter(({ status }) => status === 'rejected').length;
    };
    expect([await rejections(oneHour()), await rejections(slow())]).toEqual([2, 2]);
  });

  it('stop and start together, and curtail a site as one', async () => {
    const control = market.control(operator);
    const bid = await market.scheduling(buyer).submitBid({ terms: slow() });
    await control.stopMarket({ reason: 'test' }, { idempotencyKey: 'stop' });
    await expect(control.stopMarket({ reason: 'again' })).rejects.toMatchObject({ kind: 'conflict' });
    await offerSlow(market, 4);
    await market.offer(4);
    expect((await market.scheduling(buyer).getBid({ bidId: bid.bidId })).state).toBe(OrderState.OPEN);
    await control.startMarket({ reason: 'test' });
    expect((await market.scheduling(buyer).getBid({ bidId: bid.bidId })).state).toBe(OrderState.FILLED);
    expect((await control.listMarketActions({})).actions.map(({ kind }) => kind)).toHaveLength(2);

    for (const pool of [poolId, slowPoolId]) {
      const window = { from: firstSlot + 8, to: firstSlot + 97 };
      await market.scheduling(provider).submitOffer({ poolId: pool, tier: Tier.RECLAIMABLE, units: 2, window, ask: yuan });
      const cheap = { ...(pool === poolId ? book : slowBook), tier: Tier.RECLAIMABLE };
      const got = await market.scheduling(buyer).submitBid({ terms: oneHour({ books: [cheap], earliest: firstSlot + 8 }) });
      expect(got.state).toBe(OrderState.FILLED);
    }
    const window = { from: firstSlot + 8, to: firstSlot + 16 };
    const action = await control.curtailSite({ siteId: 1, window, reason: 'grid' }, { idempotencyKey: 'grid' });
    expect(action).toMatchObject({ reclaimedLeases: 2 });
    expect(await control.curtailSite({ siteId: 1, window, reason: 'grid' }, { idempotencyKey: 'grid' })).toEqual(action);
    const { notices } = await market.leasing(buyer).listReclaimNotices({});
    expect(new Set(notices.map(({ leaseId }) => Math.floor(leaseId / 2 ** 44)))).toEqual(new Set([0, 1]));
    expect(new Set(notices.map(({ noticeId }) => noticeId)).size).toBe(2);
  });

  it('bring buying power where a bid needs it, and back for a withdrawal', async () => {
    expect(free(market)).toEqual([1_000, 0]);
    const bids = market.scheduling(buyer);
    expect(await bids.quoteBid({ terms: slow({ units: 30 }) })).toMatchObject({ rejection: '', buyingPower: BigInt(300 * yuan) });
    const bid = await bids.submitBid({ terms: slow({ units: 30 }) });
    expect(free(market)).toEqual([400, 300]);
    await bids.submitBid({ terms: slow({ units: 70 }) });
    expect(free(market)).toEqual([0, 0]);
    await expect(bids.submitBid({ terms: oneHour() })).rejects.toMatchObject({ rule: 'buying_power_must_cover_the_worst_case' });
    await bids.cancelBid({ bidId: bid.bidId });
    await bids.submitBid({ terms: oneHour({ units: 5 }) });
    expect(total(market)).toBe(1_000 * yuan);

    const lower = (requestId: string, amount: number) =>
      market.tell(
        BuyingPowerLowerRequested,
        BuyingPowerLowerRequested.create({ participantId: buyerId, requestId, amount: BigInt(amount * yuan) }),
      );
    await lower('too much', 251);
    await lower('all', 250);
    expect(market.told(BuyingPowerLowered).map(({ requestId, accepted }) => [requestId, accepted])).toEqual([
      ['too much', false],
      ['all', true],
    ]);
    expect(total(market)).toBe(750 * yuan);
  });

  it('an amend that needs power from elsewhere gets it', async () => {
    const bids = market.scheduling(buyer);
    const { bidId } = await bids.submitBid({ terms: slow({ units: 40 }) });
    await bids.submitBid({ terms: oneHour({ units: 20 }) });
    expect(await bids.amendBid({ bidId, units: 80 })).toMatchObject({ open: 80 });
    await expect(bids.amendBid({ bidId, units: 81 })).rejects.toMatchObject({ rule: 'buying_power_must_cover_the_worst_case' });
    expect(total(market)).toBe(1_000 * yuan);
  });

  it('bids at once take no more than there is, and what there is', async () => {
    const terms = (index: number) => (index % 2 ? oneHour({ units: 10 }) : slow({ units: 10 }));
    const answers = await Promise.allSettled(
      Array.from({ length: 14 }, (_, index) => market.scheduling(index < 14 ? buyer : otherBuyer).submitBid({ terms: terms(index) })),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect([free(market), total(market)]).toEqual([[0, 0], 1_000 * yuan]);
  });

  it('take the orders of one stream, and the end of its session takes them back in both', async () => {
    const stream = await StreamClient.open((requests, signal) =>
      market.scheduling(buyer).enterOrders(requests, { signal, idempotencyKey: undefined }),
    );
    const bid = (correlation: number, terms = oneHour()) => ({ correlation, idempotencyKey: `key-${correlation}`, submitBid: { terms } });
    const answers = await stream.ask(
      ...[1, 2, 3].map((correlation) => bid(correlation)),
      ...[4, 5, 6].map((correlation) => bid(correlation, slow({ units: 2 }))),
      { correlation: 7, idempotencyKey: 'take', cancel: { orderId: orderIdOf(buyerId, 'key-4') } },
      bid(8, oneHour({ books: [book, slowBook] })),
      { ...bid(9, slow()), idempotencyKey: 'key-1' },
    );
    expect(answers.slice(0, 6).map((answer) => answer.bid?.state)).toEqual(Array.from({ length: 6 }, () => OrderState.OPEN));
    expect(answers[6]).toMatchObject({ changed: { state: OrderState.CANCELLED } });
    expect(answers[7]).toMatchObject({ refused: { rule: 'bid_books_must_lie_in_one_shard', field: 'terms.books' } });
    expect(answers[8]).toMatchObject({ refused: { rule: 'idempotency_key_must_not_be_reused' } });
    await stream.vanish();
    const { bids } = await market.scheduling(buyer).listBids({});
    expect(bids.map(({ reason }) => reason).toSorted()).toEqual(['cancelled', ...Array.from({ length: 5 }, () => 'disconnected')]);
    expect(market.shards.all.map(({ market: { sessions } }) => sessions.size)).toEqual([0, 0]);
  });

  it('settle in the shard that traded', async () => {
    await offerSlow(market, 4);
    const { trades } = await market.scheduling(buyer).submitBid({ terms: slow({ units: 4 }) });
    const { tradeId: id } = trades[0]!;
    await market.tell(TradeSettled, TradeSettled.create({ tradeId: id, buyerId, money: BigInt(5 * yuan) }));
    expect(total(market)).toBe(995 * yuan);
    expect(await market.scheduling(buyer).getTrade({ tradeId: id })).toMatchObject({ released: true });
  });

  it('are found by a restart as they were, from journals and from snapshots', async () => {
    await market.offer(4);
    await offerSlow(market, 4);
    await market.scheduling(buyer).submitBid({ terms: slow({ units: 6 }) });
    await market.scheduling(buyer).submitBid({ terms: oneHour({ units: 6 }) });
    const before = await market.market().getMarketState({});
    expect(before.shards.map(({ shard }) => shard)).toEqual([0, 1]);
    expect(before.sequence).toBe(before.shards[0]!.sequence + before.shards[1]!.sequence);
    expect(await market.market().verifyMarket({})).toMatchObject({ same: true, stateHash: before.stateHash });
    await market.exchange.restart();
    expect((await market.market().getMarketState({})).stateHash).toBe(before.stateHash);
    for (const { snapshots } of market.shards.all) await snapshots.take();
    await market.exchange.restart();
    const after = await market.market().getMarketState({});
    expect(after.shards.map(({ stateHash }) => stateHash)).toEqual(before.shards.map(({ stateHash }) => stateHash));
    expect(market.shards.all.every(({ replayedFrom }) => replayedFrom > 1)).toBe(true);
    expect(total(market)).toBe(1_000 * yuan);
  });
});
