import { ComputeClass, Health, slotMs, Tier, TimeInForce } from '#domain';
import type { BidTerms, Rejection } from '#matching-engine';
import { buyer, chongqing, engines, hami, kinds, of, origin, other, provider, refusal, rival, Scenario, trades, yuan } from './scenario.js';

const book = {
  bookId: 1,
  computeClass: ComputeClass.INTELLIGENT,
  modelId: 1,
  unit: 1,
  tier: 1,
  referencePrice: 0,
  collarBp: 0,
  bandBp: 0,
} as const;
const nextHour = 4;

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: R-19 index`, () => {
    it('is the volume-weighted price of an hour’s trades by book and region, with their number', () => {
      const at = market();
      at.offer({ units: 3, ask: 5 * yuan });
      at.offer({ units: 8, ask: 8 * yuan });
      at.bid({ units: 4 });
      expect(at.engine.index(1)).toEqual([
        { region: chongqing, hour: (origin * slotMs) / 3_600_000, price: 5.75 * yuan, trades: 2, unitSlots: 16 },
      ]);
      at.offer({ units: 1, ask: 2 * yuan }, 2);
      at.bid();
      at.now = nextHour;
      at.bid({ units: 2, earliest: origin + 8, latest: origin + 9, durationSlots: 1 });
      expect(at.engine.index(1).map(({ region, price, trades: number }) => [region, price / yuan, number])).toEqual([
        [chongqing, 5.75, 2],
        [chongqing, 5, 1],
        [hami, 2, 1],
        [hami, 2, 1],
      ]);
      expect(at.engine.index(2)).toEqual([]);
    });

    it('is rounded down to the tick, and exact whatever the sums', () => {
      const at = market();
      at.offer({ units: 2, ask: 5 * yuan });
      at.offer({ units: 1, ask: 5 * yuan + 100 });
      at.bid({ units: 3 });
      expect(at.engine.index(1)).toMatchObject([{ price: 5 * yuan, unitSlots: 12 }]);
    });

    const rows: [string, number, number, boolean][] = [
      ['the operator’s price stands while the hour of the trades runs', 0, 10, true],
      ['the index stands once that hour is over', nextHour, 10, false],
      ['the index stands once that hour is over', nextHour, 5, true],
      ['for 24 hours', 24 * 4 + 3, 5, true],
      ['and no longer', 25 * 4, 10, true],
    ];
    it.each(rows)('guards: %s %#', (_, later, price, inside) => {
      const at = market();
      at.offer({ ask: 5 * yuan, to: origin + 400 });
      at.bid();
      at.send('DefineBook', { ...book, referencePrice: 10 * yuan, collarBp: 1_000 });
      at.send('DefineBook', { ...book, bookId: 2, tier: 2 });
      at.now = later;
      const offered = at.offer({ ask: price * yuan, from: origin + 200, to: origin + 300 });
      expect(refusal(offered)).toBe(inside ? null : 'price_must_be_inside_the_collar');
    });

    it('an index holds in its region alone; a bid must be inside in one of the regions of its books', () => {
      const at = market();
      at.offer({ ask: 5 * yuan });
      at.bid();
      at.send('DefineBook', { ...book, referencePrice: 10 * yuan, collarBp: 1_000 });
      at.now = nextHour;
      const window = { from: origin + 8, to: origin + 20 };
      expect(refusal(at.offer({ ...window, ask: 10 * yuan }, 2))).toBeNull();
      expect(refusal(at.offer({ ...window, ask: 5 * yuan }, 2))).toBe('price_must_be_inside_the_collar');
      const bid = (limitPrice: number) => refusal(at.bid({ limitPrice, earliest: origin + 8, latest: origin + 12 }));
      expect([bid(5 * yuan), bid(10 * yuan), bid(7 * yuan)]).toEqual([null, null, 'price_must_be_inside_the_collar']);
    });
  });

  describe(`${name}: R-23 bands`, () => {
    const banded = (): Scenario => {
      const at = market();
      at.send('DefineBook', { ...book, referencePrice: 5 * yuan, bandBp: 2_000 });
      return at;
    };

    it('a fill outside the band is not made: what comes before it is, the book halts, the rest collects', () => {
      const at = banded();
      at.offer({ units: 2, ask: 6 * yuan });
      at.offer({ units: 2, ask: 6 * yuan + 100 });
      at.offer({ units: 2, ask: 6 * yuan + 200 });
      const events = at.bid({ units: 6 });
      expect(kinds(events)).toEqual(['OrderAccepted', 'TradeMade', 'BookHalted', 'OrderRested']);
      expect(of(events, 'BookHalted')).toEqual([
        { kind: 'BookHalted', bookId: 1, reason: 'band', price: 6 * yuan + 100, referencePrice: 5 * yuan },
      ]);
      expect(at.engine.snapshot()).toMatchObject({ halted: [1], bids: [{ collected: true, filled: 2 }] });
    });

    it('the price that counts is the one of the trade: an earlier bid’s own', () => {
      const at = banded();
      at.bid({ limitPrice: 7 * yuan });
      expect(kinds(at.offer({ ask: 5 * yuan }))).toEqual(['OrderAccepted', 'OrderRested', 'BookHalted']);
    });

    const rows: [string, Partial<BidTerms>, string[]][] = [
      ['IOC ends', { timeInForce: TimeInForce.IOC }, ['2@5+4#1']],
      ['FOK ends', { timeInForce: TimeInForce.FOK }, []],
      ['what starts together is one fill', { together: true }, []],
    ];
    it.each(rows)('%s', (_, terms, made) => {
      const at = banded();
      at.offer({ units: 2 });
      at.offer({ units: 2, ask: 7 * yuan });
      const events = at.bid({ units: 4, ...terms });
      expect(trades(events)).toEqual(made);
      expect(kinds(events).slice(-2)).toEqual(['BookHalted', terms.together ? 'OrderRested' : 'OrderCancelled']);
    });

    it('what the halted book does not give the other books may', () => {
      const at = banded();
      at.offer({ units: 2, ask: 7 * yuan });
      at.offer({ units: 2, ask: 8 * yuan }, 2, Tier.RECLAIMABLE);
      expect(kinds(at.bid({ units: 2, books: [1, 2] }))).toEqual(['OrderAccepted', 'TradeMade', 'BookHalted', 'OrderFilled']);
    });

    it('a book without a reference has no band, nor one with a band of 0', () => {
      const at = market();
      at.send('DefineBook', { ...book, bandBp: 100 });
      at.offer({ ask: 9 * yuan });
      expect(trades(at.bid())).toEqual(['1@9+4#1']);
      at.send('DefineBook', { ...book, referencePrice: yuan });
      expect(trades(at.bid())).toEqual(['1@9+4#1']);
    });

    it('an offer outside that nobody meets halts nothing', () => {
      const at = banded();
      at.offer({ ask: 20 * yuan });
      expect(kinds(at.bid())).toEqual(['OrderAccepted', 'OrderRested']);
    });
  });

  describe(`${name}: R-23 halts and what they collect`, () => {
    it('nothing of a halted book trades; orders collect, IOC ends, cancels and expiries go on', () => {
      const at = market();
      at.offer({}, 1, Tier.FIRM, provider, 1);
      at.offer({ units: 1 }, 2, Tier.RECLAIMABLE);
      expect(at.send('HaltBook', { bookId: 1 })).toMatchObject([{ kind: 'BookHalted', bookId: 1, reason: 'operator' }]);
      expect(kinds(at.bid({}, buyer, 2))).toEqual(['OrderAccepted', 'OrderRested']);
      expect(kinds(at.bid({ timeInForce: TimeInForce.IOC }))).toEqual(['OrderAccepted', 'OrderCancelled']);
      expect(trades(at.bid({ units: 2, books: [1, 2] }, rival))).toEqual(['1@5+4#2']);
      expect(kinds(at.offer())).toEqual(['OrderAccepted', 'OrderRested']);
      expect(kinds(at.send('CancelOrder', { orderId: 2, participantId: buyer }))).toEqual(['OrderCancelled']);
      expect(kinds(at.at(4))).toEqual(['OrderExpired', 'Applied']);
    });

    it('on reopening each collected order is applied as if arriving, by sequence, whatever the limits', () => {
      const at = market();
      at.send('HaltBook', { bookId: 1 });
      at.bid({ units: 2, limitPrice: 7 * yuan }, buyer, 1);
      at.offer({ units: 1 }, 1, Tier.FIRM, provider, 2);
      at.bid({ units: 2, limitPrice: 9 * yuan }, rival, 3);
      at.offer({ units: 2, ask: 6 * yuan }, 2, Tier.FIRM, other, 4);
      const events = at.send('ReopenBook', { bookId: 1, referencePrice: 0 });
      expect(kinds(events)).toEqual(['BookReopened', 'TradeMade', 'TradeMade', 'OrderFilled']);
      // Offer 2 met bid 1 alone; offer 4 the highest limit of those that stood by then.
      expect(of(events, 'TradeMade').map((trade) => [trade.bidId, trade.offerId, trade.price / yuan])).toEqual([
        [1, 2, 7],
        [3, 4, 9],
      ]);
    });

    it('an order amended meanwhile is collected; a resting one is matched after the collected ones', () => {
      const at = market();
      at.bid({ units: 2, limitPrice: 9 * yuan }, buyer, 1);
      at.bid({ units: 2, limitPrice: 7 * yuan }, rival, 2);
      at.send('HaltBook', { bookId: 1 });
      at.send('AmendBid', { orderId: 2, participantId: rival, changes: { limitPrice: 8 * yuan } });
      at.offer({ units: 3 }, 1, Tier.FIRM, provider, 3);
      at.offer({ units: 1 }, 2, Tier.FIRM, other, 4);
      at.send('CancelOrder', { orderId: 3, participantId: provider });
      const made = of(at.send('ReopenBook', { bookId: 1, referencePrice: 0 }), 'TradeMade');
      expect(made.map((trade) => [trade.bidId, trade.units])).toEqual([[1, 1]]);
    });

    it('a fill outside the band halts the book again; the operator’s new reference price takes the index’s place', () => {
      const at = market();
      at.offer({ to: origin + 8 });
      at.bid();
      at.now = nextHour;
      at.send('DefineBook', { ...book, bandBp: 1_000 });
      at.offer({ ask: 8 * yuan });
      at.bid({ earliest: origin + 8, latest: origin + 20 });
      const again = at.send('ReopenBook', { bookId: 1, referencePrice: 0 });
      expect(again).toMatchObject([
        { kind: 'BookReopened' },
        { kind: 'BookHalted', reason: 'band', price: 8 * yuan, referencePrice: 5 * yuan },
      ]);
      expect(kinds(at.send('ReopenBook', { bookId: 1, referencePrice: 8 * yuan }))).toEqual(['BookReopened', 'TradeMade', 'OrderFilled']);
    });

    it('a bid that the halt kept from an offer is tried with the pass of each offer that is applied, whatever that one has', () => {
      const at = market();
      at.send('DefineBook', { ...book, referencePrice: 5 * yuan, bandBp: 2_000 });
      at.bid({ units: 2, limitPrice: 7 * yuan }, buyer, 1);
      at.bid({ units: 1, limitPrice: 5.9 * yuan }, rival, 2);
      expect(kinds(at.offer({ units: 4, ask: 5.8 * yuan }, 1, Tier.FIRM, provider, 3))).toContain('BookHalted');
      at.send('NodeHealthChanged', { poolId: 2, nodes: [0, 1], health: Health.LOST });
      at.offer({ ask: 5.8 * yuan }, 2, Tier.FIRM, other, 4);
      at.bid({ units: 1, limitPrice: 8 * yuan }, buyer, 5);
      const made = of(at.send('ReopenBook', { bookId: 1, referencePrice: 7 * yuan }), 'TradeMade');
      expect(made.map((trade) => [trade.bidId, trade.offerId])).toEqual([
        [1, 3],
        [2, 3],
        [5, 3],
      ]);
    });

    it('the market stops and starts as all its books; what was halted on its own stays so', () => {
      const at = market();
      at.send('HaltBook', { bookId: 2 });
      at.send('StopMarket', {});
      at.offer();
      at.offer({}, 2, Tier.RECLAIMABLE);
      at.bid({}, buyer, 1);
      at.bid({ books: [2] }, buyer, 2);
      const events = at.send('StartMarket', {});
      expect(kinds(events)).toEqual(['Applied', 'TradeMade', 'OrderFilled']);
      expect(of(events, 'TradeMade')).toMatchObject([{ bidId: 1 }]);
      expect(of(at.send('ReopenBook', { bookId: 2, referencePrice: 0 }), 'TradeMade')).toMatchObject([{ bidId: 2 }]);
    });

    it('the explanation names the halt, and a quote gives nothing of it', () => {
      const at = market();
      at.offer();
      at.send('HaltBook', { bookId: 1 });
      at.bid({ units: 2 }, buyer, 1);
      expect(at.engine.explain(1)).toMatchObject({ free: 8, removed: [{ obstacle: 'halted', counted: 8 }], left: 0 });
    });

    const rows: [Rejection, (at: Scenario) => ReturnType<Scenario['at']>][] = [
      ['book_must_be_known', (at) => at.send('HaltBook', { bookId: 9 })],
      ['book_must_be_known', (at) => at.send('ReopenBook', { bookId: 9, referencePrice: 0 })],
      ['fact_must_be_within_its_range', (at) => at.send('ReopenBook', { bookId: 9, referencePrice: 50 })],
      ['book_must_be_halted', (at) => at.send('ReopenBook', { bookId: 1, referencePrice: 0 })],
      ['book_must_be_open', (at) => (at.send('HaltBook', { bookId: 1 }), at.send('HaltBook', { bookId: 1 }))],
      ['market_must_be_stopped', (at) => at.send('StartMarket', {})],
      ['market_must_be_running', (at) => (at.send('StopMarket', {}), at.send('StopMarket', {}))],
      ['fact_must_be_within_its_range', (at) => at.send('EndSessions', { first: 3, last: 2 })],
      ['session_must_be_within_range', (at) => at.bid({ units: 0 }, buyer, 1, -1)],
      ['session_must_be_within_range', (at) => at.offer({ units: 0 }, 1, Tier.FIRM, provider, 1, 0.5)],
    ];
    it.each(rows)('%s %#', (rejection, send) => {
      expect(refusal(send(market()))).toBe(rejection);
    });
  });

  describe(`${name}: R-23 suspension and sessions`, () => {
    it('nothing of a suspended participant fills after: what it loses finds no new place', () => {
      const at = market();
      at.offer();
      at.bid({ units: 4 });
      at.offer({}, 2);
      at.participant(buyer, { active: false });
      expect(kinds(at.send('PoolHealthChanged', { poolId: 1, health: 4 }))).toEqual(['Applied', 'LeaseLost', 'LeaseCutShort']);
    });

    it('sessions that end lose their resting orders, bids and offers by time; trades stand', () => {
      const at = market();
      at.offer({ units: 1 }, 1, Tier.FIRM, provider, 1, 7);
      at.bid({ units: 3 }, buyer, 2, 8);
      at.bid({}, buyer, 3, 0);
      at.bid({}, rival, 4, 7);
      at.bid({}, rival, 5, 9);
      const events = at.send('EndSessions', { first: 1, last: 8 });
      expect(kinds(events)).toEqual(['Applied', 'OrderCancelled', 'OrderCancelled', 'OrderCancelled']);
      expect(of(events, 'OrderCancelled').map(({ orderId, reason }) => [orderId, reason])).toEqual([
        [1, 'disconnected'],
        [2, 'disconnected'],
        [4, 'disconnected'],
      ]);
      expect(at.engine.snapshot().trades).toHaveLength(1);
    });
  });
}
