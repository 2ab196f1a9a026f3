import { OrderState, Tier, TimeInForce } from '#contracts';
import { book, buyer, buyerId, firstSlot, oneHour, otherBuyer, provider, testMarket, yuan, type TestMarket } from './market.js';

describe('orders through the market', () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await testMarket();
  });
  afterAll(() => market.exchange.stop());

  it('fills a bid from an offer and shows both sides', async () => {
    const offer = await market.offer(8);
    expect(offer).toMatchObject({ state: OrderState.OPEN, trades: [] });
    const answer = await market
      .scheduling(buyer)
      .submitBid({ terms: oneHour({ units: 3 }), clientOrderId: 'a', project: 'p', image: 'i', publicKey: 'k' });
    expect(answer).toMatchObject({ state: OrderState.FILLED, filled: 3, open: 0 });
    expect(answer.trades).toHaveLength(1);
    expect(answer.trades[0]).toMatchObject({
      book,
      units: 3,
      price: 2 * yuan,
      computeAmount: BigInt(6 * yuan),
      window: { from: firstSlot + 1 },
    });

    const bid = await market.scheduling(buyer).getBid({ bidId: answer.bidId });
    expect(bid).toMatchObject({
      participantId: buyerId,
      state: OrderState.FILLED,
      filled: 3,
      project: 'p',
      reason: 'filled',
      trades: answer.trades,
    });
    const found = await market.scheduling(buyer).listBids({ clientOrderId: 'a' });
    expect(found.bids).toEqual([bid]);
    const [trade] = (await market.scheduling(provider).listTrades({})).trades;
    expect(trade).toMatchObject({ tradeId: answer.trades[0]!.tradeId, bidId: 0, offerId: offer.offerId, project: '', units: 3 });
    const lease = await market.scheduling(provider).getLease({ leaseId: trade!.tradeId });
    expect(lease).toMatchObject({ image: 'i', publicKey: 'k', project: '', clientOrderId: '' });
    expect(await market.scheduling(buyer).explainBid({ bidId: answer.bidId })).toMatchObject({ rest: 0, summary: 'It was filled whole.' });
  });

  it('answers ids of others as absent', async () => {
    const { bidId } = await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan }) });
    const other = market.scheduling(otherBuyer);
    const absent = { kind: 'absent' };
    await expect(other.getBid({ bidId })).rejects.toMatchObject(absent);
    await expect(other.explainBid({ bidId })).rejects.toMatchObject(absent);
    await expect(other.cancelBid({ bidId })).rejects.toMatchObject(absent);
    await expect(other.amendBid({ bidId, units: 2 })).rejects.toMatchObject(absent);
    await expect(other.submitBid({ participantId: buyerId, terms: oneHour() })).rejects.toMatchObject(absent);
    await expect(other.listBids({ participantId: buyerId })).rejects.toMatchObject(absent);
    await market.scheduling(buyer).cancelBid({ bidId });
  });

  it('R-10a: places an order once for its key', async () => {
    const call = { idempotencyKey: 'once' };
    const terms = oneHour({ units: 2 });
    const first = await market.scheduling(buyer).submitBid({ terms }, call);
    expect(await market.scheduling(buyer).submitBid({ terms }, call)).toEqual(first);
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour({ units: 1 }) }, call)).rejects.toMatchObject({
      kind: 'conflict',
      rule: 'idempotency_key_must_not_be_reused',
    });
    const twice = { idempotencyKey: 'twice-at-once' };
    const answers = await Promise.all([1, 2, 3].map(() => market.scheduling(buyer).submitBid({ terms }, twice)));
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    const other = await market.scheduling(otherBuyer).submitBid({ terms }, call);
    expect(other.bidId).not.toBe(first.bidId);
  });

  it('R-10a: says that a refusal is of the first order of its key', async () => {
    const call = { idempotencyKey: 'refused' };
    const wrong = oneHour({ units: 9, perNode: 8 });
    const rule = 'bid_units_must_be_a_multiple_of_per_node';
    await expect(market.scheduling(buyer).submitBid({ terms: wrong }, call)).rejects.toMatchObject({
      rule,
      detail: rule.replaceAll('_', ' '),
    });
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour() }, call)).rejects.toMatchObject({
      rule,
      detail: expect.stringContaining('the first order of this Idempotency-Key was refused') as string,
    });
  });

  it('R-22: says how much buying power a bid needs, and how much is free', async () => {
    const { total, reserved } = market.sequencer.market.engine.buyingPower(buyerId)!;
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour({ units: 200, limitPrice: 10 * yuan }) })).rejects.toMatchObject({
      rule: 'buying_power_must_cover_the_worst_case',
      detail: expect.stringContaining(`the bid needs 2000 yuan, ${(total - reserved) / yuan} are free now`) as string,
    });
  });

  it('R-9: amends and cancels once for their key', async () => {
    const { bidId } = await market.scheduling(buyer).submitBid({ terms: oneHour({ units: 5, limitPrice: yuan }) });
    const amended = await market.scheduling(buyer).amendBid({ bidId, units: 4 }, { idempotencyKey: 'amend' });
    expect(amended).toMatchObject({ bidId, state: OrderState.OPEN, open: 4 });
    const second = await market.scheduling(buyer).amendBid({ bidId, units: 3 });
    expect(second).toMatchObject({ open: 3 });
    expect(await market.scheduling(buyer).amendBid({ bidId, units: 4 }, { idempotencyKey: 'amend' })).toEqual(amended);
    expect(await market.scheduling(buyer).getBid({ bidId })).toMatchObject({ open: 3, terms: { units: 3 } });
    const call = { idempotencyKey: 'cancel' };
    const cancelled = await market.scheduling(buyer).cancelBid({ bidId }, call);
    expect(cancelled).toMatchObject({ state: OrderState.CANCELLED, open: 0 });
    expect(await market.scheduling(buyer).cancelBid({ bidId }, call)).toEqual(cancelled);
    await expect(market.scheduling(buyer).cancelBid({ bidId })).rejects.toMatchObject({ kind: 'conflict', rule: 'order_must_be_open' });
    await expect(market.scheduling(buyer).amendBid({ bidId, units: 2 }, call)).rejects.toMatchObject({
      rule: 'idempotency_key_must_not_be_reused',
    });
  });

  it('cancels all that rests in one command', async () => {
    const placed = [];
    for (const units of [1, 2, 3])
      placed.push(await market.scheduling(otherBuyer).submitBid({ terms: oneHour({ units, limitPrice: yuan }) }));
    const { orderIds } = await market.scheduling(otherBuyer).cancelAll({});
    expect([...orderIds].sort()).toEqual(placed.map(({ bidId }) => bidId).sort());
    expect((await market.scheduling(otherBuyer).listBids({ state: OrderState.OPEN })).bids).toEqual([]);
  });

  it('keeps why a bid was not filled (R-20)', async () => {
    const terms = oneHour({ units: 2, limitPrice: yuan, timeInForce: TimeInForce.IOC });
    const { bidId, state } = await market.scheduling(buyer).submitBid({ terms });
    expect(state).toBe(OrderState.ENDED);
    const explanation = await market.scheduling(buyer).explainBid({ bidId });
    expect(explanation).toMatchObject({ bidId, rest: 2, fillingLimit: 2 * yuan });
    expect(explanation.removed.map(({ obstacle }) => obstacle)).toContain('limit');
    expect(explanation.summary).toMatch(/^It lacks 2 units: .*a limit of 2 yuan/);
  });

  it('quotes without changing anything', async () => {
    const before = await market.hash();
    const quote = await market.scheduling(buyer).quoteBid({ terms: oneHour({ units: 1 }) });
    expect(quote).toMatchObject({ rejection: '', filled: 1, rest: 0, cost: BigInt(2 * yuan), buyingPower: BigInt(10 * yuan) });
    expect(await market.hash()).toBe(before);
  });

  it('shows depth, books and trades without identities', async () => {
    const { books } = await market.market(buyer).listBooks({});
    const firm = books.find((entry) => entry.book!.tier === Tier.FIRM)!;
    expect(firm).toMatchObject({ book, lastPrice: 2 * yuan });
    await market.scheduling(buyer).submitBid({ terms: oneHour({ units: 7, limitPrice: 1_500_000 }) });
    const depth = await market.market(buyer).getDepth({ bookId: firm.bookId });
    expect(depth.bids).toContainEqual({ price: 1_500_000, units: 7, orders: 1 });
    expect(depth.offers[0]).toMatchObject({ price: 2 * yuan, orders: 1 });
    const { trades } = await market.market(buyer).listMarketTrades({ bookId: firm.bookId });
    expect(trades.length).toBeGreaterThan(0);
    expect(Object.keys(trades[0]!)).not.toContain('buyerId');
  });
});
