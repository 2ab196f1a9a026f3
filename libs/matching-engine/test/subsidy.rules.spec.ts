import { Tier, TimeInForce } from '#domain';
import { buyer, engines, of, origin, provider, refusal, Scenario, trades, yuan } from './scenario.js';

// a subsidy belongs to its bid alone. It never counts as the buyer's money.

const poor = 3;

for (const [name, create, restore] of engines) {
  /** A buyer with so many yuan. */
  const market = (money: number): Scenario => {
    const at = new Scenario(create);
    at.participant(poor);
    if (money > 0) at.send('RaiseBuyingPower', { participantId: poor, number: 1, amount: money * yuan });
    return at;
  };
  const reserved = (at: Scenario): number => at.engine.buyingPower(poor)!.reserved / yuan;
  const percent = (amount: number, rate: number): { amount: number; rateBp: number } => ({ amount: amount * yuan, rateBp: rate * 100 });

  describe(`${name}: R-26, R-31 a bid's subsidy`, () => {
    it('covers its own bid: money is held for the rest alone', () => {
      const at = market(28);
      expect(refusal(at.subsidised(percent(12, 30), { units: 4 }, poor))).toBeNull();
      expect(at.engine.buyingPower(poor)).toMatchObject({ total: 28 * yuan, reserved: 28 * yuan });
    });

    it('is no money: a bid whose own part is not covered is refused', () => {
      const at = market(27);
      expect(refusal(at.subsidised(percent(12, 30), { units: 4 }, poor))).toBe('buying_power_must_cover_the_worst_case');
      expect(refusal(market(0).subsidised(percent(12, 30), { units: 4 }, poor))).toBe('buying_power_must_cover_the_worst_case');
    });

    it('is of no use to other bids or to a withdrawal', () => {
      const at = market(30);
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      expect(refusal(at.bid({ limitPrice: 3 * yuan }, poor))).toBe('buying_power_must_cover_the_worst_case');
      expect(refusal(at.bid({ limitPrice: 2 * yuan }, poor))).toBeNull();
      expect(at.send('LowerBuyingPower', { participantId: poor, requestId: 'w', amount: yuan })).toMatchObject([{ accepted: false }]);
    });

    it('pays its rate of each fill, and of what the bid still lacks', () => {
      const at = market(28);
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      const [made] = of(at.offer({ units: 3 }), 'TradeMade');
      // The bid came first: 10 a unit-hour.
      expect(made).toMatchObject({ units: 3, computeAmount: 30 * yuan, subsidy: 9 * yuan });
      expect(reserved(at)).toBe(21 + 7);
    });

    it('leaves the bid where a fill is cheaper than its limit', () => {
      const at = market(28);
      at.offer({ units: 3, ask: 5 * yuan });
      const [made] = of(at.subsidised(percent(12, 30), { units: 4 }, poor), 'TradeMade');
      expect(made).toMatchObject({ computeAmount: 15 * yuan, subsidy: 4.5 * yuan });
      expect(reserved(at)).toBe(10.5 + 7);
      expect(of(at.offer({ units: 1, ask: 10 * yuan }), 'TradeMade')).toMatchObject([{ subsidy: 3 * yuan }]);
    });

    it('pays no more than its amount', () => {
      const at = market(34);
      at.offer({ units: 4, ask: 10 * yuan });
      expect(of(at.subsidised(percent(6, 30), { units: 4 }, poor), 'TradeMade')).toMatchObject([{ subsidy: 6 * yuan }]);
      expect(reserved(at)).toBe(34);
    });

    it('rounds so that a hold never lacks a micro-yuan of money', () => {
      const at = market(1);
      const limitPrice = 100;
      // Worst case 400, a third of it 133; each fill costs 100, a third of it 33: the last one has 34 left to make up for it.
      at.subsidised({ amount: 133, rateBp: 3333 }, { units: 4, limitPrice }, poor);
      const shares = [1, 2, 3, 4].map(() => of(at.offer({ units: 1, ask: 100 }), 'TradeMade')[0]!.subsidy);
      expect(shares).toEqual([33, 33, 33, 34]);
      expect(at.engine.buyingPower(poor)).toMatchObject({ reserved: 400 - 133 });
    });

    it.each([
      [{ amount: 0, rateBp: 3000 }],
      [{ amount: 40 * yuan + 1, rateBp: 3000 }],
      [{ amount: 1.5, rateBp: 3000 }],
      [{ amount: yuan, rateBp: 0 }],
      [{ amount: yuan, rateBp: 10_001 }],
    ])('lies within the value of its bid: %j', (subsidy) => {
      expect(refusal(market(100).subsidised(subsidy, { units: 4 }, poor))).toBe('subsidy_must_be_within_the_bids_value');
    });

    it('ends with the bid', () => {
      const at = market(28);
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      at.send('CancelOrder', { orderId: at.last, participantId: poor });
      expect(reserved(at)).toBe(0);
    });

    it('does not grow with an amend: what the bid gave up is gone', () => {
      const at = market(60);
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      const amend = (units: number): number => {
        at.send('AmendBid', { orderId: at.last, participantId: poor, changes: { units } });
        return reserved(at);
      };
      expect(amend(6)).toBe(60 - 12);
      expect(amend(2)).toBe(20 - 6);
      expect(amend(4)).toBe(40 - 6);
    });

    it('an amend is held against the money that it would need', () => {
      const at = market(28);
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      const amend = (units: number): string | null =>
        refusal(at.send('AmendBid', { orderId: at.last, participantId: poor, changes: { units } }));
      expect(amend(5)).toBe('buying_power_must_cover_the_worst_case');
      expect(amend(4)).toBeNull();
    });

    it('a trade is settled by the money that it holds, and its subsidy is free of the engine', () => {
      const at = market(28);
      at.offer({ ask: 10 * yuan });
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      expect(refusal(at.send('SettleTrade', { tradeNumber: 1, cost: 28 * yuan + 1 }))).toBe('cost_must_be_within_what_the_trade_holds');
      expect(at.send('SettleTrade', { tradeNumber: 1, cost: 20 * yuan })).toEqual([
        { kind: 'TradeReleased', tradeNumber: 1, participantId: poor, cost: 20 * yuan, freed: 8 * yuan },
      ]);
      expect(at.engine.buyingPower(poor)).toEqual({ total: 8 * yuan, reserved: 0, raises: 1 });
    });

    it('R-24: what is placed anew keeps its share of the subsidy', () => {
      const at = market(28);
      at.offer({ units: 4, ask: 10 * yuan });
      at.subsidised(percent(12, 30), { units: 4 }, poor);
      at.send('SubmitOffer', {
        orderId: 9_001,
        participantId: 12,
        sessionId: 0,
        poolId: 2,
        tier: Tier.FIRM,
        terms: { units: 3, from: origin, to: origin + 96, minSlots: 1, ask: 10 * yuan, timeInForce: TimeInForce.GTC, goodTill: null },
      });
      const events = at.send('PoolHealthChanged', { poolId: 1, health: 4 });
      expect(trades(events)).toEqual(['3@10+4#2']);
      expect(of(events, 'TradeMade')).toMatchObject([{ replaces: 1, subsidy: 9 * yuan }]);
      expect(reserved(at)).toBe(21);
    });

    it('a snapshot keeps it', () => {
      const at = market(29);
      at.subsidised({ amount: 133, rateBp: 3333 }, { units: 4, limitPrice: 100 }, poor);
      at.offer({ units: 1, ask: 100 });
      const again = restore(at.engine.snapshot());
      expect(again.buyingPower(poor)).toEqual(at.engine.buyingPower(poor));
      expect(again.stateHash()).toBe(at.engine.stateHash());
    });
  });
}

for (const [name, create] of engines) {
  it(`${name}: R-17 the rest of a reclaimed lease has none`, () => {
    const at = new Scenario(create);
    at.participant(poor);
    at.send('RaiseBuyingPower', { participantId: poor, number: 1, amount: 80 * yuan });
    at.offer({ units: 16, ask: 5 * yuan }, 1, Tier.RECLAIMABLE);
    at.subsidised(percent(24, 30), { books: [2], units: 16, limitPrice: 5 * yuan }, poor);
    at.offer({ units: 16, ask: 5 * yuan });
    const events = at.bid({ units: 16, limitPrice: 6 * yuan }, buyer);
    expect(of(events, 'BidContinued')).toMatchObject([{ participantId: poor }]);
    expect(of(events, 'TradeMade')).toMatchObject([
      { buyerId: buyer, providerId: provider },
      { buyerId: poor, subsidy: 0 },
    ]);
    expect(at.engine.buyingPower(poor)).toMatchObject({ reserved: 80 * yuan });
  });

  const percent = (amount: number, rate: number): { amount: number; rateBp: number } => ({ amount: amount * yuan, rateBp: rate * 100 });
}
