import { Health, Placement, Precision, Tier } from '#domain';
import type { Event, OfferTerms, Rejection } from '#matching-engine';
import { buyer, engines, kinds, of, offerTerms, origin, other, provider, refusal, rival, Scenario, trades, yuan } from './scenario.js';

const third = 3;

for (const [name, create] of engines) {
  /** The buyer has lease 1: 8 cards of pool 1 at 5 yuan in the slots 4 … 12. Nothing else is on offer. */
  const market = (units = 8): Scenario => {
    const at = new Scenario(create);
    at.participant(third);
    at.send('RaiseBuyingPower', { participantId: third, number: 1, amount: 1_000_000 * yuan });
    at.offer({ units }, 1, Tier.FIRM, provider, 1);
    at.bid({ units, durationSlots: 8, latest: origin + 12 });
    at.send('CancelOrder', { orderId: 1, participantId: provider });
    return at;
  };
  const resell = (at: Scenario, terms: Partial<OfferTerms> = {}, participantId = buyer, orderId = 7, tradeNumber = 1): Event[] => {
    const all = { ...offerTerms, ask: 3 * yuan, from: origin + 4, to: origin + 12, ...terms };
    return at.send('ResellLease', { orderId, participantId, sessionId: 0, tradeNumber, terms: all });
  };
  const extend = (at: Scenario, durationSlots = 4, limitPrice = 9 * yuan, participantId = buyer, tradeNumber = 1, orderId = 8): Event[] =>
    at.send('ExtendLease', { orderId, participantId, sessionId: 0, tradeNumber, durationSlots, limitPrice });
  const end = (at: Scenario, participantId = buyer, tradeNumber = 1): Event[] => at.send('EndLease', { participantId, tradeNumber });

  describe(`${name}: R-18 resale`, () => {
    it('offers what the lease has: its buyer is the provider of record, the pool’s provider delivers', () => {
      const at = market();
      expect(kinds(resell(at))).toEqual(['OrderAccepted', 'OrderRested']);
      const events = at.bid({ units: 3 }, rival);
      expect(kinds(events)).toEqual(['OrderAccepted', 'TradeMade', 'LeaseResold', 'OrderFilled']);
      expect(of(events, 'TradeMade')).toMatchObject([
        { providerId: buyer, poolId: 1, units: 3, price: 3 * yuan, nodes: [{ node: 0, units: 3 }] },
      ]);
      expect(of(events, 'LeaseResold')).toEqual([{ kind: 'LeaseResold', tradeNumber: 1, byTradeNumber: 2, deliveredById: provider }]);
    });

    it('sells no more than the lease has left, whatever else the pool has', () => {
      const at = market();
      resell(at);
      resell(at, { ask: 4 * yuan }, buyer, 9);
      expect(trades(at.bid({ units: 6 }, rival))).toEqual(['6@3+4#1']);
      expect(trades(at.bid({ units: 6, latest: origin + 9 }, third))).toEqual(['2@3+4#1']);
      expect(trades(at.bid({ units: 8, earliest: origin + 8, latest: origin + 12 }, rival))).toEqual(['8@3+8#1']);
    });

    it('a resold part may be resold; nobody buys from itself', () => {
      const at = market();
      resell(at, { units: 4 });
      at.bid({ units: 4 }, rival);
      expect(kinds(resell(at, { units: 2, to: origin + 8 }, rival, 10, 2))).toEqual(['OrderAccepted', 'OrderRested']);
      expect(trades(at.bid({ units: 4 }, rival))).toEqual([]);
      expect(of(at.bid({ units: 2 }, third), 'LeaseResold')).toMatchObject([{ tradeNumber: 2, byTradeNumber: 3 }]);
    });

    it('fills a bid of one pool together with what the pool has itself, which alone has too little', () => {
      const at = market();
      resell(at);
      expect(trades(at.bid({ units: 16, placement: Placement.ONE_POOL, latest: origin + 8 }, rival))).toEqual([]);
      expect(trades(at.offer())).toEqual(['8@3+4#1', '8@10+4#1']);
    });

    it('may be amended within the lease, and cancelled', () => {
      const at = market();
      resell(at);
      const amend = (changes: Partial<OfferTerms>) => refusal(at.send('AmendOffer', { orderId: 7, participantId: buyer, changes }));
      expect(amend({ units: 9 })).toBe('resale_must_lie_within_its_lease');
      expect(amend({ units: 8, ask: 4 * yuan })).toBeNull();
      expect(kinds(at.send('CancelOrder', { orderId: 7, participantId: buyer }))).toEqual(['OrderCancelled']);
    });

    it('lost nodes are lost to both; what was resold is placed anew for its new buyer alone', () => {
      const at = market();
      resell(at);
      at.bid({ units: 3, durationSlots: 8, latest: origin + 12 }, rival);
      at.offer({ units: 16 }, 2);
      const events = at.send('PoolHealthChanged', { poolId: 1, health: Health.LOST });
      expect(of(events, 'LeaseLost').map(({ tradeNumber, units }) => [tradeNumber, units])).toEqual([
        [1, 8],
        [2, 3],
      ]);
      expect(of(events, 'TradeMade').map(({ replaces, units }) => [replaces, units])).toEqual([[2, 3]]);
      expect(of(events, 'OrderCancelled')).toMatchObject([{ orderId: 7, reason: 'lease_ended' }]);
    });

    it('a lease that its provider fails leaves what was resold of it standing on its own', () => {
      const at = market();
      resell(at);
      at.bid({ units: 3 }, rival);
      expect(kinds(at.send('FailLease', { tradeNumber: 1 }))).toEqual(['Applied', 'LeaseLost', 'OrderCancelled']);
      at.offer({ units: 16 });
      expect(trades(at.bid({ units: 16 }, third))).toEqual(['13@5+4#1']);
    });

    const rows: [Rejection, (at: Scenario) => Event[]][] = [
      ['lease_must_be_running_or_to_come', (at) => resell(at, {}, buyer, 7, 9)],
      ['lease_must_be_its_buyers_own', (at) => resell(at, {}, rival)],
      ['lease_must_be_firm_to_be_resold', (at) => (at.offer({}, 2, Tier.RECLAIMABLE), at.bid({ books: [2] }), resell(at, {}, buyer, 7, 2))],
      ['resale_must_lie_within_its_lease', (at) => resell(at, { units: 9 })],
      ['resale_must_lie_within_its_lease', (at) => resell(at, { from: origin + 3 })],
      ['resale_must_lie_within_its_lease', (at) => resell(at, { to: origin + 13 })],
      ['price_must_be_on_the_tick_and_within_range', (at) => resell(at, { ask: 1 })],
      ['participant_must_be_active', (at) => (at.participant(buyer, { active: false }), resell(at))],
    ];
    it.each(rows)('%s %#', (rejection, send) => {
      expect(refusal(send(market()))).toBe(rejection);
    });
  });

  describe(`${name}: R-18 extension`, () => {
    it('is a FOK bid for the lease’s units on its nodes from its end on, at the market', () => {
      const at = market(3);
      at.offer({ ask: 4 * yuan });
      at.offer({ ask: 2 * yuan }, 2);
      const events = extend(at);
      expect(kinds(events)).toEqual(['OrderAccepted', 'TradeMade', 'LeaseExtended', 'OrderFilled']);
      expect(of(events, 'TradeMade')).toMatchObject([{ bidId: 8, poolId: 1, units: 3, nodes: [{ node: 0, units: 3 }], price: 4 * yuan }]);
      expect(trades(events)).toEqual(['3@4+12#1']);
      expect(of(events, 'LeaseExtended')).toMatchObject([{ tradeNumber: 1, byTradeNumber: 2 }]);
    });

    const rows: [string, (at: Scenario) => unknown][] = [
      [
        'the nodes are taken',
        (at) => (at.offer({ units: 16 }), at.bid({ units: 6, perNode: 6, earliest: origin + 12, latest: origin + 16 }, rival)),
      ],
      ['the offers ask more', (at) => at.offer({ ask: 9 * yuan + 100 })],
      ['no one offer has all of it', (at) => (at.offer({ units: 2 }), at.offer({ units: 2 }))],
      ['the offer is of another pool', (at) => at.offer({}, 2)],
      [
        'RECLAIMABLE leases are in the way',
        (at) => {
          at.offer({ units: 16 }, 1, Tier.RECLAIMABLE);
          at.bid({ books: [2], units: 16, earliest: origin + 12, latest: origin + 16 }, rival);
          at.offer({ units: 16 });
        },
      ],
    ];
    it.each(rows)('ends where %s', (_, prepare) => {
      const at = market(3);
      prepare(at);
      expect(kinds(extend(at))).toEqual(['OrderAccepted', 'OrderCancelled']);
    });

    it('is a bid as any other for faults and guards', () => {
      const at = market();
      expect(refusal(extend(at, 0))).toBe('bid_duration_must_be_positive');
      expect(refusal(extend(at, 4, 50, buyer, 1, 9))).toBe('price_must_be_on_the_tick_and_within_range');
      expect(refusal(extend(at, 4, yuan, rival, 1, 10))).toBe('lease_must_be_its_buyers_own');
      expect(refusal(extend(at, 4, yuan, buyer, 9, 11))).toBe('lease_must_be_running_or_to_come');
    });

    it('of a PFLOPS lease asks its units', () => {
      const at = new Scenario(create);
      at.offer({ units: 16 });
      at.bid({ precision: Precision.FP16, units: 1, limitPrice: 40 * yuan });
      expect(trades(extend(at))).toEqual(['4@5+8#1']);
    });
  });

  describe(`${name}: R-18 early end`, () => {
    it('FIRM pays its window; its nodes are free from the first sellable slot', () => {
      const at = market();
      at.now = 5.5;
      expect(end(at)).toEqual([
        { kind: 'Applied', command: 'EndLease' },
        { kind: 'LeaseCutShort', tradeNumber: 1, units: 8, from: origin + 6, reason: 'ended_early', unheld: 0 },
      ]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 80 * yuan });
      expect(kinds(at.at(6))).toEqual(['LeaseEnded', 'Applied']);
    });

    it('RECLAIMABLE pays what was delivered, and the transfer unless that is nothing', () => {
      const at = new Scenario(create);
      at.offer({}, 1, Tier.RECLAIMABLE);
      at.bid({ books: [2], units: 2 });
      at.bid({ books: [2], units: 2, earliest: origin + 8, latest: origin + 12 });
      at.now = 4.5;
      expect(of(end(at), 'LeaseCutShort')).toMatchObject([{ from: origin + 5, unheld: 7.5 * yuan }]);
      expect(of(end(at, buyer, 2), 'LeaseCutShort')).toMatchObject([{ from: origin + 8, unheld: 10 * yuan }]);
    });

    it('what the provider sells of it again goes first to that buyer, at most what it pays', () => {
      const at = market();
      end(at);
      at.offer({ units: 16, ask: 4 * yuan });
      const cheaper = at.bid({ units: 5 }, rival);
      expect(kinds(cheaper)).toEqual(['OrderAccepted', 'TradeMade', 'ProceedsShared', 'OrderFilled']);
      expect(of(cheaper, 'ProceedsShared')).toEqual([
        { kind: 'ProceedsShared', tradeNumber: 1, byTradeNumber: 2, participantId: buyer, amount: 5 * 4 * yuan },
      ]);
      at.send('CancelAll', { participantId: provider });
      at.offer({ units: 16, ask: 9 * yuan });
      expect(of(at.bid({ units: 8, durationSlots: 8, latest: origin + 12 }, third), 'ProceedsShared')).toMatchObject([
        { byTradeNumber: 3, amount: 3 * 5 * 2 * yuan },
      ]);
      expect(of(at.bid({ units: 4, perNode: 4, earliest: origin + 8, latest: origin + 12 }, rival), 'ProceedsShared')).toMatchObject([
        { byTradeNumber: 4, amount: 4 * 5 * yuan },
      ]);
    });

    it('what was resold of it stands; what still is on resale is withdrawn', () => {
      const at = market();
      resell(at);
      at.bid({ units: 3 }, rival);
      const events = end(at);
      expect(kinds(events)).toEqual(['Applied', 'LeaseCutShort', 'OrderCancelled']);
      at.offer({ units: 16 });
      expect(of(at.bid({ units: 13 }, third), 'ProceedsShared')).toMatchObject([{ amount: 5 * 5 * yuan }]);
    });

    it('a rest is bound no more (R-6)', () => {
      const at = new Scenario(create);
      at.offer({ units: 4 });
      at.bid({ units: 8, latest: origin + 40, placement: Placement.ONE_SITE });
      at.offer({ units: 2, from: origin + 10 }, 2);
      expect(kinds(end(at)).includes('TradeMade')).toBe(true);
    });

    const rows: [Rejection, (at: Scenario) => Event[]][] = [
      ['lease_must_be_running_or_to_come', (at) => end(at, buyer, 9)],
      ['lease_must_be_running_or_to_come', (at) => ((at.now = 11), end(at))],
      ['lease_must_be_its_buyers_own', (at) => end(at, other)],
    ];
    it.each(rows)('%s %#', (rejection, send) => {
      expect(refusal(send(market()))).toBe(rejection);
    });
  });
}
