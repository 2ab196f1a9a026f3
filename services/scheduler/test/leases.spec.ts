import {
  BuyingPowerLowered,
  BuyingPowerLowerRequested,
  Health,
  LeaseChanged,
  LeaseState,
  NodeHealthChanged,
  OrderClosed,
  Tier,
  TradeMade,
  TradeReleased,
  TradeSettled,
} from '#contracts';
import {
  book,
  buyer,
  buyerId,
  firstSlot,
  oneHour,
  otherBuyer,
  poolId,
  provider,
  providerId,
  slowBook,
  slowPoolId,
  testMarket,
  yuan,
  type TestMarket,
} from './market.js';

describe('leases (R-27a)', () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await testMarket();
    await market.offer(4, 2 * yuan);
    await market.offer(4, yuan, slowPoolId);
  });
  afterAll(() => market.exchange.stop());
  const lease = (leaseId: number) => market.scheduling(buyer).getLease({ leaseId });
  const place = async (terms = {}) => {
    const { trades } = await market.scheduling(buyer).submitBid({ terms: oneHour(terms), image: 'image', publicKey: 'key' });
    return trades[0]!.tradeId;
  };
  let confirmed = 0;
  let forgotten = 0;

  it('wait for the provider, who says where and how', async () => {
    confirmed = await place({ books: [slowBook] });
    expect(await lease(confirmed)).toMatchObject({ state: LeaseState.PENDING, poolId: slowPoolId, endpoint: '' });
    const request = { leaseId: confirmed, endpoint: 'ssh://10.0.0.1', sealedSecret: Buffer.from('sealed') };
    await expect(market.scheduling({ participantId: 9, roles: ['provider'] }).confirmLease(request)).rejects.toMatchObject({
      kind: 'absent',
    });
    const answer = await market.scheduling(provider).confirmLease(request, { idempotencyKey: 'confirm' });
    expect(answer).toMatchObject({ state: LeaseState.CONFIRMED, image: 'image', publicKey: 'key' });
    expect(answer.sealedSecret).toHaveLength(0);
    expect(await market.scheduling(provider).confirmLease(request, { idempotencyKey: 'confirm' })).toEqual(answer);
    await expect(market.scheduling(provider).confirmLease({ ...request, endpoint: 'other' })).rejects.toMatchObject({
      rule: 'lease_must_be_pending',
    });
    const seen = await lease(confirmed);
    expect(Buffer.from(seen.sealedSecret).toString()).toBe('sealed');
    expect(seen.endpoint).toBe('ssh://10.0.0.1');
  });

  it('are active from their first slot and end after their last', async () => {
    const atOnce = await place({ units: 4 });
    forgotten = await place({ books: [slowBook], units: 2, durationSlots: 12 });
    expect(await lease(atOnce)).toMatchObject({ state: LeaseState.CONFIRMED, poolId, confirmBy: 0 });
    await market.slots(1);
    expect(await lease(atOnce)).toMatchObject({ state: LeaseState.ACTIVE });
    expect(await lease(confirmed)).toMatchObject({ state: LeaseState.ACTIVE });
    expect(await lease(forgotten)).toMatchObject({ state: LeaseState.PENDING });
    await market.slots(4);
    expect(await lease(atOnce)).toMatchObject({ state: LeaseState.ENDED });
    expect(await lease(confirmed)).toMatchObject({ state: LeaseState.ENDED, delivered: { from: firstSlot + 1, to: firstSlot + 5 } });
  });

  it('are lost where the provider does not confirm, and delivered nothing', async () => {
    const { window, ...cut } = await lease(forgotten);
    expect(cut).toMatchObject({
      state: LeaseState.CUT_SHORT,
      reason: 'not_confirmed',
      delivered: { from: window!.from, to: window!.from },
    });
    const changes = market.told(LeaseChanged).filter(({ leaseId }) => leaseId === forgotten);
    expect(changes.at(-1)).toMatchObject({ state: LeaseState.CUT_SHORT, unitSlots: 0, units: 2 });
  });

  it('lose what runs on a lost node, and find another place for the rest of the window (R-24)', async () => {
    const leaseId = await place({ units: 3, durationSlots: 8 });
    await market.slots(2);
    const before = await lease(leaseId);
    const node = before.nodes[0]!.node;
    await market.tell(NodeHealthChanged, { poolId: before.poolId, nodes: [node], health: Health.LOST, reason: 'gone' });
    const after = await lease(leaseId);
    expect(after).toMatchObject({ state: LeaseState.CUT_SHORT, reason: 'lost' });
    expect(after.delivered!.to).toBeLessThan(before.delivered!.to);
    const replacement = market.told(TradeMade).find((trade) => trade.replacesTradeId === leaseId)!;
    expect(replacement).toMatchObject({ buyerId, window: { from: after.delivered!.to, to: before.window!.to }, price: 2 * yuan });
    const lost = market
      .told(LeaseChanged)
      .filter((change) => change.leaseId === leaseId)
      .at(-1)!;
    expect(lost.held + replacement.computeAmount).toBe(market.told(TradeMade).find((trade) => trade.tradeId === leaseId)!.computeAmount);
    expect(lost.unitSlots).toBe(3 * (after.delivered!.to - after.delivered!.from));
  });

  it('are told in the order of the journal, with no gap', () => {
    const sequences = market.toldSequences('scheduler/0');
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  it('give back what they did not cost, once settled (R-26)', async () => {
    const { engine } = market.sequencer.market;
    const reserved = engine.buyingPower(buyerId)!.reserved;
    await market.tell(TradeSettled, { tradeId: confirmed, buyerId, cost: BigInt(2 * yuan), money: BigInt(yuan), subsidyKept: 0n });
    expect(engine.buyingPower(buyerId)!.reserved).toBe(reserved - yuan);
    expect(market.told(TradeReleased)).toContainEqual({ tradeId: confirmed });
    expect(await market.scheduling(buyer).getTrade({ tradeId: confirmed })).toMatchObject({ released: true });
  });

  it('leave buying power that a withdrawal may take, and no more', async () => {
    const ask = (requestId: string, amount: bigint) =>
      market.tell(BuyingPowerLowerRequested, { participantId: buyerId, requestId, amount, cause: 'withdrawal' });
    await ask('too much', 1_000_000_000n);
    await ask('some', 1_000_000n);
    expect(market.told(BuyingPowerLowered)).toMatchObject([
      { requestId: 'too much', accepted: false },
      { requestId: 'some', accepted: true },
    ]);
  });

  it('close their orders once', async () => {
    const closed = market.told(OrderClosed).filter(({ isBid }) => isBid);
    expect(closed.every(({ reason }) => reason === 'filled')).toBe(true);
    expect(new Set(closed.map(({ orderId }) => orderId)).size).toBe(closed.length);
  });

  it('come live to their sides, from where a reader left off', async () => {
    const read = async (caller: typeof buyer, after: number, count: number) => {
      const stop = new AbortController();
      const events = [];
      for await (const event of market.scheduling(caller).watchOrders({ after }, { signal: stop.signal })) {
        events.push(event);
        if (events.length === count) stop.abort();
      }
      return events;
    };
    const first = await read(buyer, 0, 6);
    expect(first.every(({ participantId }) => participantId === buyerId)).toBe(true);
    expect(await read(buyer, first[2]!.sequence, 3)).toEqual(first.slice(3));
    expect((await read(provider, 0, 3)).every(({ participantId }) => participantId === providerId)).toBe(true);
    const next = read(otherBuyer, 0, 1);
    const { bidId } = await market.scheduling(otherBuyer).submitBid({ terms: oneHour({ limitPrice: yuan / 2, latest: firstSlot + 90 }) });
    expect((await next)[0]!.bid!.bidId).toBe(bidId);
  });

  describe('reclaimed (R-17)', () => {
    const pools = { books: [{ ...book, tier: Tier.RECLAIMABLE }], noticeSlots: 0, limitPrice: yuan };
    const statesOf = (leaseId: number) => market.told(LeaseChanged).filter((change) => change.leaseId === leaseId);

    it('go on until their new end and are cut short then, told once', async () => {
      const now = firstSlot + 7;
      await market.scheduling(provider).submitOffer({
        poolId,
        tier: Tier.RECLAIMABLE,
        units: 32,
        window: { from: now + 1, to: now + 60 },
        ask: yuan / 2,
      });
      const runs = await place({ ...pools, units: 32, earliest: now + 1, durationSlots: 16 });
      const never = await place({ ...pools, units: 32, earliest: now + 21, durationSlots: 4 });
      const trade = await market.scheduling(buyer).getTrade({ tradeId: runs });
      await market.slots(2);
      const [firm] = (await market.scheduling(otherBuyer).submitBid({ terms: oneHour({ units: 4, earliest: now + 9, latest: now + 13 }) }))
        .trades;
      await market.scheduling(otherBuyer).submitBid({ terms: oneHour({ units: 4, earliest: now + 21, latest: now + 25 }) });
      expect(firm).toMatchObject({ window: { from: now + 9 } });
      // What is told comes by the bus.
      await market.exchange.advance();
      expect(await lease(never)).toMatchObject({
        state: LeaseState.CUT_SHORT,
        reason: 'reclaimed',
        delivered: { from: now + 21, to: now + 21 },
      });
      expect(await lease(runs)).toMatchObject({ state: LeaseState.ACTIVE, reason: 'reclaimed', delivered: { from: now + 1, to: now + 9 } });
      expect(statesOf(runs).at(-1)).toMatchObject({ state: LeaseState.ACTIVE, unitSlots: trade.units * 8, held: trade.computeAmount / 2n });
      await market.slots(7);
      expect(await lease(runs)).toMatchObject({ state: LeaseState.CUT_SHORT, delivered: { from: now + 1, to: now + 9 } });
      for (const leaseId of [runs, never]) expect(statesOf(leaseId).filter(({ state }) => state === LeaseState.CUT_SHORT)).toHaveLength(1);
      expect(statesOf(runs).some(({ state }) => state === LeaseState.ENDED)).toBe(false);
    });
  });
});
