import { Health, Placement, Precision, Tier, TimeInForce } from '#domain';
import type { BidTerms, Event, Rejection } from '#matching-engine';
import { buyer, engines, kinds, of, origin, other, provider, refusal, rival, Scenario, trades, yuan } from './scenario.js';

const rest = 2 ** 52;
const third = 3;

for (const [name, create] of engines) {
  /** Pool 1 is one node of 8 cards; its FIRM offer asks 6, its RECLAIMABLE one 2. Pool 2 offers nothing yet. */
  const market = (shard = 0): Scenario => {
    const at = new Scenario(create, false, { shard });
    at.setUp(1);
    at.participant(third);
    at.send('RaiseBuyingPower', { participantId: third, number: 1, amount: 1_000_000 * yuan });
    at.offer({ ask: 6 * yuan, units: 8 });
    at.offer({ ask: 2 * yuan, units: 8 }, 1, Tier.RECLAIMABLE);
    return at;
  };
  const cheap = (at: Scenario, terms: Partial<BidTerms> = {}, participantId = buyer, orderId?: number): Event[] =>
    at.bid({ books: [2], limitPrice: 3 * yuan, ...terms }, participantId, orderId);
  const reclaimed = (events: readonly Event[]): [number, number][] =>
    of(events, 'LeaseReclaimed').map(({ tradeNumber, from }) => [tradeNumber, from - origin]);

  describe(`${name}: R-17 what a FIRM bid reclaims`, () => {
    it('goes on under an id that no other shard gives', () => {
      const restOf = (shard: number): number => {
        const at = market(shard);
        cheap(at, { units: 6 }, buyer, 1);
        return of(at.bid({ units: 4 }, rival, 2), 'BidContinued')[0]!.orderId;
      };
      expect([0, 1, 2].map(restOf)).toEqual([rest, rest + 2 ** 40, rest + 2 ** 41]);
    });

    it('takes what it lacks, tells all in order, and what was reclaimed goes on as a bid', () => {
      const at = market();
      cheap(at, { units: 6 }, buyer, 1);
      const events = at.bid({ units: 4 }, rival, 2);
      expect(kinds(events)).toEqual([
        'OrderAccepted',
        'LeaseReclaimed',
        'TradeMade',
        'TradeMade',
        'OrderFilled',
        'BidContinued',
        'TradeMade',
        'TradeMade',
        'OrderFilled',
      ]);
      expect(events[1]).toEqual({
        kind: 'LeaseReclaimed',
        tradeNumber: 1,
        units: 6,
        from: origin + 4,
        unheld: 12 * yuan,
        byOrderId: 2,
      });
      expect(of(events, 'BidContinued')).toMatchObject([
        {
          orderId: rest,
          parentId: 1,
          tradeNumber: 1,
          participantId: buyer,
          rest: 6,
          terms: { units: 6, durationSlots: 4, latest: origin + 12 },
        },
      ]);
      expect(trades(events)).toEqual(['2@6+4#1', '2@6+4#1', '4@2+4#1', '2@2+8#1']);
    });

    it('spares what it does not need, oldest first; the others go whole', () => {
      const at = market();
      for (const units of [3, 2, 3]) cheap(at, { units });
      expect(reclaimed(at.bid({ units: 3 }, rival))).toEqual([[3, 4]]);
      const again = market();
      for (const units of [2, 3, 3]) cheap(again, { units });
      expect(reclaimed(again.bid({ units: 4 }, rival))).toEqual([
        [2, 4],
        [3, 4],
      ]);
    });

    it('a lease that has begun keeps its slots before the start, and holds money for those alone', () => {
      const at = market();
      cheap(at, { units: 8, durationSlots: 8, latest: origin + 12 });
      at.now = 6.5;
      const events = at.bid({ units: 8, earliest: origin + 7, latest: origin + 11 }, rival);
      expect(of(events, 'LeaseReclaimed')).toMatchObject([{ from: origin + 7, unheld: 8 * 5 * 0.5 * yuan }]);
      expect(of(events, 'BidContinued')).toMatchObject([{ terms: { durationSlots: 5, earliest: origin + 7, latest: origin + 16 } }]);
      expect(trades(events)).toEqual(['8@6+7#1', '8@2+11#1']);
      expect(of(at.at(7), 'LeaseEnded')).toMatchObject([{ tradeNumber: 1 }]);
    });

    const notices: [string, number, number, number[]][] = [
      ['a lease that has not begun needs none', 3.5, 4, [8]],
      ['one that has begun has what its bid accepted', 4.5, 4, []],
      ['counted from the first sellable slot', 4.5, 2, [9]],
    ];
    it.each(notices)('notice: %s', (_, now, noticeSlots, starts) => {
      const at = market();
      cheap(at, { units: 8, durationSlots: 8, latest: origin + 12, noticeSlots });
      at.now = now;
      const start = starts[0] ?? 8;
      const events = at.bid(
        { earliest: origin + start, latest: origin + start + 1, durationSlots: 1, timeInForce: TimeInForce.IOC },
        rival,
      );
      expect(reclaimed(events)).toEqual(starts.map((from) => [1, from]));
    });

    it('takes the first start that the notice lets it take', () => {
      const at = market();
      cheap(at, { units: 8, durationSlots: 12, latest: origin + 16, noticeSlots: 4 });
      at.now = 4.5;
      expect(trades(at.bid({ earliest: origin + 5, latest: origin + 16, durationSlots: 2 }, rival))[0]).toBe('1@6+9#1');
    });

    it('an ANYWHERE bid reclaims at one start; allOrNone and minUnits bind the reclaim as a matching of its own', () => {
      const rows: [Partial<BidTerms>, number][] = [
        [{ allOrNone: true }, 1],
        [{ units: 9, allOrNone: true }, 0],
        [{ minUnits: 8 }, 1],
        [{ timeInForce: TimeInForce.FOK }, 1],
        [{ placement: Placement.ONE_POOL }, 1],
      ];
      for (const [terms, count] of rows) {
        const at = market();
        cheap(at, { units: 6 });
        expect(reclaimed(at.bid({ units: 8, ...terms }, rival))).toHaveLength(count);
      }
    });

    const none: [string, Partial<BidTerms>, number?][] = [
      ['a RECLAIMABLE bid reclaims nothing', { books: [2] }],
      ['nor one below the FIRM ask', { limitPrice: 5 * yuan }],
    ];
    it.each(none)('%s', (_, terms) => {
      const at = market();
      cheap(at, { units: 8 });
      expect(reclaimed(at.bid({ units: 4, ...terms }, rival))).toEqual([]);
    });

    it('never its own bid’s lease, its parent’s or its rests’', () => {
      const at = market();
      // Takes 8 of the cheap tier; what it lacks it could only take from itself.
      expect(kinds(at.bid({ books: [1, 2], units: 9, limitPrice: 6 * yuan }))).toEqual(['OrderAccepted', 'TradeMade', 'OrderRested']);
    });

    it('FIRM leases are never in the way', () => {
      const at = market();
      at.bid({ units: 8 });
      expect(kinds(at.bid({ units: 1 }, rival))).toEqual(['OrderAccepted', 'OrderRested']);
    });

    it('a resting FIRM bid reclaims in the pass that finds it an offer', () => {
      const at = market();
      cheap(at, { units: 8 });
      at.bid({ units: 4, limitPrice: 5 * yuan }, rival);
      expect(reclaimed(at.offer({ ask: 5 * yuan, units: 4 }))).toEqual([[1, 4]]);
    });

    it('the whole lease goes, and what is free of it then goes to the passes', () => {
      const at = market();
      cheap(at, { units: 8 });
      cheap(at, { units: 2, limitPrice: 2 * yuan }, third);
      const events = at.bid({ units: 5 }, rival);
      // The rest of 8 comes first and goes where all 8 are free; the resting bid of 2 gets what the reclaimer left.
      expect(trades(events)).toEqual(['5@6+4#1', '3@2+4#1', '5@2+8#1']);
    });

    it('whom a pass unbinds from the site of its reclaimed lease gains by that in the next pass (R-6, R-14)', () => {
      const at = new Scenario(create);
      at.participant(third);
      at.send('RaiseBuyingPower', { participantId: third, number: 1, amount: 1_000_000 * yuan });
      at.pool(1, { nodes: 4 });
      at.send('PoolHealthChanged', { poolId: 1, health: Health.LOST });
      at.offer({ ask: 5 * yuan }, 1);
      at.offer({ ask: 2 * yuan, units: 24 }, 1, Tier.RECLAIMABLE);
      at.offer({ ask: 6 * yuan }, 2);
      at.offer({ ask: 2 * yuan, units: 16 }, 2, Tier.RECLAIMABLE);
      expect(trades(cheap(at, { units: 18, placement: Placement.ONE_SITE }))).toEqual(['16@2+4#2']);
      at.bid({ units: 10, allOrNone: true }, rival);
      cheap(at, {}, third);
      const events = at.send('PoolHealthChanged', { poolId: 1, health: Health.OK });
      expect(of(events, 'TradeMade').map(({ buyerId, units, poolId }) => [buyerId, units, poolId])).toEqual([
        [rival, 8, 1],
        [rival, 2, 2],
        [buyer, 16, 1],
        [third, 1, 1],
        [buyer, 2, 1],
      ]);
    });
  });

  describe(`${name}: R-17 rests`, () => {
    it('have the old time, pay the ask, and rest as GTC', () => {
      const at = market();
      cheap(at, { units: 8, limitPrice: 5 * yuan, timeInForce: TimeInForce.IOC }, buyer, 1);
      cheap(at, { units: 8, limitPrice: 5 * yuan }, third, 2);
      at.send('CancelOrder', { orderId: 102, participantId: provider });
      const events = at.bid({ units: 8 }, rival);
      expect(kinds(events).slice(-2)).toEqual(['BidContinued', 'OrderRested']);
      expect(of(events, 'BidContinued')[0]!.terms).toMatchObject({ timeInForce: TimeInForce.GTC, goodTill: null });
      const later = of(at.offer({ ask: 4 * yuan, units: 8 }, 2, Tier.RECLAIMABLE), 'TradeMade');
      expect(later).toMatchObject([{ bidId: rest, price: 4 * yuan, bidWasFirst: true }]);
    });

    it('are matched in trade order, each told with its trades', () => {
      const at = market();
      cheap(at, { units: 4 }, buyer, 1);
      cheap(at, { units: 4 }, third, 2);
      const events = at.bid({ units: 8 }, rival);
      expect(kinds(events).slice(-6)).toEqual(['BidContinued', 'TradeMade', 'OrderFilled', 'BidContinued', 'TradeMade', 'OrderFilled']);
      expect(of(events, 'BidContinued').map(({ orderId, parentId }) => [orderId - rest, parentId])).toEqual([
        [0, 1],
        [1, 2],
      ]);
    });

    it('may be cancelled, amended and reclaimed again', () => {
      const at = market();
      cheap(at, { units: 8 }, buyer, 1);
      at.bid({ units: 8 }, rival);
      const again = at.bid({ units: 8, earliest: origin + 8, latest: origin + 12 }, rival);
      expect(of(again, 'BidContinued')).toMatchObject([{ orderId: rest + 1, parentId: rest, terms: { latest: origin + 16 } }]);
      expect(kinds(at.send('CancelOrder', { orderId: rest + 1, participantId: buyer }))).toEqual(['ChangeRefused']);
      at.bid({ units: 8, earliest: origin + 12, latest: origin + 16 }, rival);
      at.send('CancelOrder', { orderId: 102, participantId: provider });
      at.bid({ units: 8, earliest: origin + 16, latest: origin + 20 }, rival);
      expect(kinds(at.send('AmendBid', { orderId: rest + 3, participantId: buyer, changes: { limitPrice: 4 * yuan } }))).toEqual([
        'OrderAmended',
        'OrderRested',
      ]);
      expect(kinds(at.send('CancelOrder', { orderId: rest + 3, participantId: buyer }))).toEqual(['OrderCancelled']);
    });

    it('the limit falls to the highest tick that buying power covers; below the first there is no rest', () => {
      for (const [left, limit] of [
        [15 * yuan + 7, 15 * yuan],
        [0, 0],
      ] as const) {
        const at = market();
        at.send('CancelOrder', { orderId: 102, participantId: provider });
        at.offer({ ask: 20 * yuan, units: 1 }, 1, Tier.RECLAIMABLE);
        cheap(at, { units: 1, limitPrice: 20 * yuan, timeInForce: TimeInForce.IOC }, buyer, 1);
        // What the lease held is settled at its whole price: nothing comes back.
        at.send('SettleTrade', { tradeNumber: 1, cost: 20 * yuan });
        const { total } = at.engine.buyingPower(buyer)!;
        at.send('LowerBuyingPower', { participantId: buyer, requestId: 'all', amount: total - left });
        const made = of(at.bid({ units: 8 }, rival), 'BidContinued');
        expect(made.map(({ terms }) => terms.limitPrice)).toEqual(limit === 0 ? [] : [limit]);
      }
    });

    it('a suspended participant has no rest', () => {
      const at = market();
      cheap(at, { units: 8 });
      at.participant(buyer, { active: false });
      expect(kinds(at.bid({ units: 8 }, rival))).toEqual(['OrderAccepted', 'LeaseReclaimed', 'TradeMade', 'OrderFilled']);
    });

    it('stay at the site of the bid’s other leases where the placement asks it', () => {
      const at = market();
      at.pool(3);
      at.offer({ ask: 2 * yuan, units: 4 }, 3, Tier.RECLAIMABLE);
      at.offer({ ask: yuan }, 2, Tier.RECLAIMABLE);
      cheap(at, { units: 12, placement: Placement.ONE_SITE });
      const events = at.bid({ units: 8, timeInForce: TimeInForce.IOC }, rival);
      expect(reclaimed(events)).toEqual([[1, 4]]);
      expect(trades(events).at(-1)).toBe('8@2+8#1');
    });

    it('of a PFLOPS bid count what the lease counted, and keep its share of the transfer', () => {
      const at = market();
      at.link(1, { fromRegion: 1, toRegion: 500_000, pricePerGb: yuan });
      const asked = { precision: Precision.FP16, units: 2, limitPrice: 40 * yuan, demandRegion: 1, dataGb: 10 };
      cheap(at, { ...asked, timeInForce: TimeInForce.IOC }, buyer, 1);
      expect(at.engine.snapshot().trades).toMatchObject([{ counted: 2_000_000, transferAmount: 10 * yuan, held: 24 * yuan }]);
      const events = at.bid({ units: 8 }, rival);
      expect(of(events, 'LeaseReclaimed')).toMatchObject([{ units: 7, unheld: 24 * yuan }]);
      expect(of(events, 'TradeMade').at(-1)).toMatchObject({ counted: 2_000_000, transferAmount: 10 * yuan });
    });
  });

  describe(`${name}: R-24 with reclaim`, () => {
    it('a lost FIRM lease takes the place of RECLAIMABLE ones, a lost RECLAIMABLE one does not', () => {
      const at = market();
      at.offer({ ask: 6 * yuan }, 2);
      at.offer({ ask: 2 * yuan, units: 16 }, 2, Tier.RECLAIMABLE);
      at.bid({ units: 8, limitPrice: 6 * yuan }, rival, 1);
      at.participant(third);
      cheap(at, { units: 8, limitPrice: 2 * yuan }, buyer, 2);
      cheap(at, { units: 8, limitPrice: 2 * yuan }, third, 3);
      const events = at.send('PoolHealthChanged', { poolId: 1, health: Health.LOST });
      expect(kinds(events)).toEqual(['Applied', 'LeaseLost', 'LeaseReclaimed', 'TradeMade', 'BidContinued', 'TradeMade', 'OrderFilled']);
      expect(of(events, 'TradeMade')[0]).toMatchObject({ replaces: 1, poolId: 2, units: 8, price: 6 * yuan });
    });

    it('a lease that was placed anew counts as begun if the lost one had', () => {
      const at = market();
      at.offer({ ask: 2 * yuan, units: 8 }, 2, Tier.RECLAIMABLE);
      at.offer({ ask: 6 * yuan, units: 16 }, 2);
      cheap(at, { units: 8, durationSlots: 12, latest: origin + 16, noticeSlots: 4 });
      at.now = 6.5;
      const moved = at.send('PoolHealthChanged', { poolId: 1, health: Health.LOST });
      expect(trades(moved)).toEqual(['8@2+7#2']);
      const firm = { units: 16, earliest: origin + 7, latest: origin + 16, durationSlots: 2, allOrNone: true };
      expect(trades(at.bid(firm, rival))[0]).toBe('16@6+11#2');
    });
  });

  describe(`${name}: R-17 grid curtailment`, () => {
    it('reclaims the RECLAIMABLE leases of the site, after their notice, and sells none there meanwhile', () => {
      const at = market();
      at.bid({ units: 2, durationSlots: 8, latest: origin + 12 }, rival);
      cheap(at, { units: 2, durationSlots: 8, latest: origin + 12, noticeSlots: 2 });
      cheap(at, { units: 2, earliest: origin + 6, latest: origin + 10, noticeSlots: 90 });
      at.now = 4.5;
      const events = at.send('CurtailSite', { siteId: 1, from: origin, to: origin + 12 });
      expect(kinds(events).slice(0, 4)).toEqual(['Applied', 'LeaseReclaimed', 'LeaseReclaimed', 'BidContinued']);
      expect(reclaimed(events)).toEqual([
        [2, 7],
        [3, 6],
      ]);
      expect(of(events, 'BidContinued').map(({ terms }) => terms.latest - origin)).toEqual([17, 16]);
      expect(trades(events)).toEqual(['2@2+12#1', '2@2+12#1']);
      expect(trades(cheap(at, { earliest: origin + 8, latest: origin + 12 }))).toEqual([]);
      expect(trades(at.bid({ earliest: origin + 8, latest: origin + 12 }, rival))).toEqual(['1@6+8#1']);
    });

    it('a lease that ends before its notice does stays; lifting it lets the resting bids pass', () => {
      const at = market();
      cheap(at, { units: 2, noticeSlots: 8 });
      at.now = 4.5;
      expect(kinds(at.send('CurtailSite', { siteId: 1, from: origin, to: origin + 12 }))).toEqual(['Applied']);
      cheap(at, { earliest: origin + 8, latest: origin + 12 }, third);
      expect(trades(at.send('CurtailSite', { siteId: 1, from: 0, to: 0 }))).toEqual(['1@2+8#1']);
    });

    const rows: [Rejection, number, number, number][] = [
      ['fact_must_be_within_its_range', 1, 5, 4],
      ['site_must_be_known', 9, 4, 5],
    ];
    it.each(rows)('%s', (rejection, siteId, from, to) => {
      expect(refusal(market().send('CurtailSite', { siteId, from, to }))).toBe(rejection);
    });
  });

  it(`${name}: the notice of a bid is at most a day`, () => {
    const at = market();
    expect(refusal(at.bid({ noticeSlots: 97, limitPrice: 1 }))).toBe('bid_notice_must_be_within_range');
    expect(refusal(at.bid({ noticeSlots: 96 }, other))).toBeNull();
  });
}
