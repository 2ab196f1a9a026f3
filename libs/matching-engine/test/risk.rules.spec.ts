import { ComputeClass, Health, Placement, Precision, startOfSlot, Tier, TimeInForce } from '#domain';
import type { Rejection } from '#matching-engine';
import { isGuard, noConstraints } from '#matching-engine';
import {
  bidTerms,
  buyer,
  chongqing,
  engines,
  hami,
  kinds,
  of,
  origin,
  provider,
  refusal,
  rival,
  Scenario,
  trades,
  yuan,
} from './scenario.js';

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: R-22 guards, in their order`, () => {
    // Each row breaks its own guard and all after it.
    const rows: [Rejection, number][] = [
      ['participant_must_be_active', 0],
      ['participant_must_owe_nothing_overdue', 1],
      ['participant_must_be_allowed_the_book', 2],
      ['participant_must_be_within_its_order_rate', 3],
      ['order_value_must_be_within_the_cap', 4],
      ['price_must_be_inside_the_collar', 5],
      ['buying_power_must_cover_the_worst_case', 6],
    ];
    it.each(rows)('%s', (rejection, first) => {
      const at = market();
      at.send('DefineBook', { ...book, referencePrice: first <= 5 ? 5 * yuan : 0, collarBp: 9_999 });
      at.participant(3, {
        active: first > 0,
        tradableClasses: first <= 2 ? [ComputeClass.SUPER] : [],
        ordersPerSecond: first <= 3 ? 0 : 5,
        orderValueCap: first <= 4 ? 10 * yuan - 1 : 10 * yuan,
      });
      if (first <= 1) at.send('OverdueChanged', { participantId: 3, overdue: true });
      expect(refusal(at.bid({}, 3))).toBe(rejection);
      expect(isGuard(rejection)).toBe(true);
    });

    it('what is overdue (R-28) stops new orders and amends until it is paid, and nothing else', () => {
      const at = market();
      const overdue = (participantId: number, is: boolean) => at.send('OverdueChanged', { participantId, overdue: is });
      at.bid({ units: 4 }, buyer, 7);
      at.offer({ ask: 20 * yuan });
      expect(kinds(overdue(buyer, true))).toEqual(['Applied']);
      expect(refusal(at.bid())).toBe('participant_must_owe_nothing_overdue');
      expect(refusal(at.send('AmendBid', { orderId: 7, participantId: buyer, changes: { units: 2 } }))).toBe(
        'participant_must_owe_nothing_overdue',
      );
      expect(at.engine.quote({ participantId: buyer, terms: bidTerms }, 0).rejection).toBe('participant_must_owe_nothing_overdue');
      at.participant(buyer);
      expect(refusal(at.bid())).toBe('participant_must_owe_nothing_overdue');
      expect(trades(at.offer({ units: 3 }))).toEqual(['3@10+4#1']);
      overdue(provider, true);
      expect(refusal(at.offer())).toBe('participant_must_owe_nothing_overdue');
      expect(trades(at.bid({ limitPrice: 30 * yuan }, rival))).toEqual(['1@20+4#1']);
      expect(kinds(at.send('CancelOrder', { orderId: 7, participantId: buyer }))).toEqual(['OrderCancelled']);
      expect(kinds(overdue(buyer, false))).toEqual(['Applied']);
      expect(refusal(at.bid())).toBeNull();
      expect(refusal(overdue(77, true))).toBe('participant_must_be_known');
    });

    it('orders of somebody of whom only money is known count against no rate', () => {
      const at = market();
      at.send('RaiseBuyingPower', { participantId: 77, number: 1, amount: 1_000 * yuan });
      expect(refusal(at.bid({}, 77))).toBe('participant_must_be_active');
      at.participant(77, { ordersPerSecond: 1 });
      expect(refusal(at.bid({}, 77))).toBeNull();
      expect(refusal(at.bid({}, 77))).toBe('participant_must_be_within_its_order_rate');
    });

    it('the rate counts every order in a second of command time, refused ones too', () => {
      const at = market();
      at.participant(buyer, { ordersPerSecond: 2 });
      at.bid({ units: 0 });
      expect(refusal(at.bid({}, buyer, 7))).toBeNull();
      expect(refusal(at.bid())).toBe('participant_must_be_within_its_order_rate');
      expect(refusal(at.bid({}, buyer, 7))).toBeNull();
      at.now += 1 / 900;
      expect(refusal(at.bid())).toBeNull();
      expect(refusal(at.send('AmendBid', { orderId: 7, participantId: buyer, changes: { units: 2 } }))).toBeNull();
      expect(refusal(at.send('AmendBid', { orderId: 7, participantId: buyer, changes: { units: 3 } }))).toBe(
        'participant_must_be_within_its_order_rate',
      );
    });

    it('an offer is worth ask × units × window, a bid limit × whole quantity × hours', () => {
      const at = market();
      at.participant(provider, { orderValueCap: 5 * 8 * 24 * yuan });
      expect(refusal(at.offer())).toBeNull();
      expect(refusal(at.offer({ units: 9 }))).toBe('order_value_must_be_within_the_cap');
      at.participant(buyer, { orderValueCap: 20 * yuan });
      expect(refusal(at.bid({ units: 2 }))).toBeNull();
      expect(refusal(at.bid({ units: 3 }))).toBe('order_value_must_be_within_the_cap');
    });

    it('the collar lies around the reference price; one of a bid’s books must take its limit', () => {
      const at = market();
      at.send('DefineBook', { ...book, referencePrice: 10 * yuan, collarBp: 2_000 });
      for (const [price, inside] of [
        [8, true],
        [12, true],
        [7.9999, false],
        [12.0001, false],
      ] as const) {
        expect(refusal(at.offer({ ask: price * yuan }))).toBe(inside ? null : 'price_must_be_inside_the_collar');
        expect(refusal(at.bid({ limitPrice: price * yuan }))).toBe(inside ? null : 'price_must_be_inside_the_collar');
      }
      expect(refusal(at.bid({ limitPrice: 5 * yuan, books: [1, 2] }))).toBeNull();
      expect(refusal(at.bid({ limitPrice: 32 * yuan, precision: Precision.FP16 }))).toBeNull();
      expect(refusal(at.bid({ limitPrice: 10 * yuan, precision: Precision.FP16 }))).toBe('price_must_be_inside_the_collar');
    });

    it('a participant that is suspended loses its resting orders at once', () => {
      const at = market();
      at.offer({ ask: 20 * yuan });
      at.bid({}, buyer, 1);
      expect(at.participant(buyer, { active: false })).toMatchObject([
        { kind: 'Applied' },
        { kind: 'OrderCancelled', orderId: 1, reason: 'suspended' },
      ]);
    });
  });

  describe(`${name}: R-26 buying power`, () => {
    it('an open bid holds its worst case; a trade what it costs; a settled one nothing', () => {
      const at = market();
      const reserved = (): number => at.engine.buyingPower(buyer)!.reserved / yuan;
      at.bid({ units: 4 });
      expect(reserved()).toBe(40);
      at.send('CancelOrder', { orderId: at.last, participantId: buyer });
      expect(reserved()).toBe(0);
      at.offer({ units: 3 });
      at.bid({ units: 4 });
      expect(reserved()).toBe(3 * 5 + 10);
      expect(at.send('SettleTrade', { tradeNumber: 1, cost: 14 * yuan })).toEqual([
        { kind: 'TradeReleased', tradeNumber: 1, participantId: buyer, cost: 14 * yuan, freed: yuan },
      ]);
      expect(at.engine.buyingPower(buyer)).toEqual({ total: 999_986 * yuan, reserved: 10 * yuan, raises: 1 });
      at.at(4);
      expect(reserved()).toBe(0);
    });

    it('raises are numbered, without gaps', () => {
      const at = market();
      const raise = (number: number, amount = yuan): string | null =>
        refusal(at.send('RaiseBuyingPower', { participantId: buyer, number, amount }));
      expect(raise(1)).toBe('raise_must_be_the_next_of_its_participant');
      expect(raise(3)).toBe('raise_must_be_the_next_of_its_participant');
      expect(raise(2, 0)).toBe('fact_must_be_within_its_range');
      expect(raise(2, Number.MAX_SAFE_INTEGER)).toBe('buying_power_must_stay_a_safe_integer');
      expect(raise(2)).toBeNull();
      expect(at.engine.buyingPower(buyer)).toMatchObject({ total: 1_000_001 * yuan, raises: 2 });
    });

    it('is lowered only by what no order and no trade needs', () => {
      const at = market();
      at.bid({ units: 4 });
      const lower = (amount: number) => at.send('LowerBuyingPower', { participantId: buyer, requestId: 'w1', amount });
      expect(lower(1_000_000 * yuan - 40 * yuan + 1)).toMatchObject([{ accepted: false, requestId: 'w1', buyingPower: 1_000_000 * yuan }]);
      expect(lower(1_000_000 * yuan - 40 * yuan)).toMatchObject([{ accepted: true, buyingPower: 40 * yuan }]);
      expect(refusal(at.bid())).toBe('buying_power_must_cover_the_worst_case');
      expect(
        refusal(at.send('AmendBid', { orderId: at.last - 1, participantId: buyer, changes: { units: 3, limitPrice: 13.3333 * yuan } })),
      ).toBeNull();
    });

    it('a trade settles once, for no more than it holds', () => {
      const at = market();
      at.offer();
      at.bid();
      const settle = (cost: number): string | null => refusal(at.send('SettleTrade', { tradeNumber: 1, cost }));
      expect(settle(5 * yuan + 1)).toBe('cost_must_be_within_what_the_trade_holds');
      expect(settle(5 * yuan)).toBeNull();
      expect(settle(0)).toBe('trade_must_be_open');
    });
  });

  describe(`${name}: R-24 health, drains and losses`, () => {
    const lost = (at: Scenario, poolId = 1) => at.send('PoolHealthChanged', { poolId, health: Health.LOST });

    it('a suspect pool or node stops matching and keeps its leases', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid();
      expect(kinds(at.send('PoolHealthChanged', { poolId: 1, health: Health.SUSPECT }))).toEqual(['Applied']);
      expect(trades(at.bid())).toEqual([]);
      expect(trades(at.send('PoolHealthChanged', { poolId: 1, health: Health.OK }))).toEqual(['1@5+4#1']);
      at.send('NodeHealthChanged', { poolId: 1, nodes: [1], health: Health.SUSPECT });
      expect(trades(at.bid({ units: 16 }))).toEqual(['6@5+4#1']);
    });

    it('a draining node takes nothing new, loses nothing, and goes on draining when it reports again', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid();
      expect(kinds(at.send('DrainChanged', { poolId: 1, nodes: [0], draining: true }))).toEqual(['Applied']);
      at.send('NodeHealthChanged', { poolId: 1, nodes: [0], health: Health.SUSPECT });
      at.send('NodeHealthChanged', { poolId: 1, nodes: [0], health: Health.OK });
      expect(trades(at.bid({ units: 16 }))).toEqual(['8@5+4#1']);
      expect(trades(at.send('DrainChanged', { poolId: 1, nodes: [0], draining: false }))).toEqual(['7@5+4#1']);
    });

    it('lost nodes lose their leases from the next slot; they are placed anew at the old price', () => {
      const at = market();
      at.offer({ ask: 5 * yuan });
      at.bid({ units: 4 });
      at.offer({ ask: 7 * yuan }, 2);
      at.now = 5.5;
      const events = lost(at);
      expect(kinds(events)).toEqual(['Applied', 'LeaseLost', 'TradeMade']);
      expect(of(events, 'LeaseLost')).toMatchObject([
        { tradeNumber: 1, nodes: [{ node: 0, units: 4 }], units: 4, from: origin + 6, unheld: 10 * yuan },
      ]);
      expect(of(events, 'TradeMade')).toMatchObject([
        { replaces: 1, units: 4, from: origin + 6, to: origin + 8, price: 5 * yuan, computeAmount: 10 * yuan, owedAmount: 4 * yuan },
      ]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 20 * yuan });
      expect(of(at.at(8), 'LeaseEnded').map(({ tradeNumber, due }) => [tradeNumber, due / 900_000 - origin])).toEqual([
        [1, 6],
        [2, 8],
      ]);
    });

    it('at a lower ask the buyer pays less; beyond its limit nothing is placed', () => {
      const cheap = market();
      cheap.offer({ ask: 5 * yuan });
      cheap.bid({ units: 4 });
      cheap.offer({ ask: 3 * yuan }, 2);
      expect(of(lost(cheap), 'TradeMade')).toMatchObject([{ price: 3 * yuan, owedAmount: 0 }]);
      const dear = market();
      dear.offer({ ask: 5 * yuan });
      dear.bid({ units: 4 });
      dear.offer({ ask: 11 * yuan }, 2);
      expect(lost(dear)).toMatchObject([
        { kind: 'Applied' },
        { kind: 'LeaseLost' },
        { kind: 'LeaseCutShort', units: 4, from: origin + 4, reason: 'lost' },
      ]);
      expect(dear.engine.buyingPower(buyer)).toMatchObject({ reserved: 0 });
    });

    it('a trade that is settled is paid once: its new place costs the buyer nothing more', () => {
      const at = market();
      at.offer({ ask: 5 * yuan });
      at.bid({ units: 4 });
      at.offer({ ask: 7 * yuan }, 2);
      at.send('SettleTrade', { tradeNumber: 1, cost: 20 * yuan });
      expect(of(lost(at), 'TradeMade')).toMatchObject([{ price: 0, computeAmount: 0, owedAmount: 28 * yuan }]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 0 });
    });

    it('only the units on the lost nodes go, in the order of the trades, before resting bids', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid({ units: 10 }, buyer, 1);
      at.bid({ units: 6 }, rival, 2);
      at.offer({ units: 3, ask: 20 * yuan }, 2);
      at.bid({ units: 3, limitPrice: 9 * yuan }, rival, 3);
      at.send('AmendOffer', { orderId: at.last, participantId: 12, changes: {} });
      const events = at.send('NodeHealthChanged', { poolId: 1, nodes: [1], health: Health.LOST });
      expect(of(events, 'LeaseLost').map(({ tradeNumber, units }) => [tradeNumber, units])).toEqual([
        [1, 2],
        [2, 6],
      ]);
      expect(of(events, 'LeaseCutShort').map(({ tradeNumber, units }) => [tradeNumber, units])).toEqual([
        [1, 2],
        [2, 6],
      ]);
      const again = market();
      again.offer({ units: 16 });
      again.bid({ units: 10 }, buyer, 1);
      again.bid({ units: 6 }, rival, 2);
      again.offer({ units: 5 }, 2);
      const replaced = of(again.send('NodeHealthChanged', { poolId: 1, nodes: [1], health: Health.LOST }), 'TradeMade');
      expect(replaced.map(({ replaces, units }) => [replaces, units])).toEqual([
        [1, 2],
        [2, 3],
      ]);
    });

    it('stay at the site of the bid’s other leases where the placement asks it', () => {
      const at = market();
      at.pool(3);
      at.offer({ units: 4 });
      at.offer({ units: 8 }, 3);
      at.bid({ units: 8, placement: Placement.ONE_SITE });
      at.offer({ ask: yuan }, 2);
      expect(trades(lost(at))).toEqual(['4@5+4#3']);
    });

    it('a gang that finds no place ends as a whole', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid({ units: 16, placement: Placement.ONE_POOL });
      at.now = 4.5;
      const events = at.send('NodeHealthChanged', { poolId: 1, nodes: [1], health: Health.LOST });
      expect(of(events, 'LeaseCutShort')).toMatchObject([
        { units: 8, from: origin + 5, reason: 'lost', unheld: 0 },
        { units: 8, from: origin + 5, reason: 'gang_broken', unheld: 30 * yuan },
      ]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 20 * yuan });
      expect(trades(at.bid({ earliest: origin + 5, latest: origin + 8, durationSlots: 3, units: 8 }))).toEqual(['8@5+5#1']);
    });

    it('a gang is placed anew whole or not at all', () => {
      const at = market();
      at.offer({ units: 4 });
      at.offer({ units: 4 }, 2);
      at.bid({ units: 8, allOrNone: true });
      at.offer({ units: 6, ask: 9 * yuan }, 2);
      at.pool(3);
      expect(trades(lost(at))).toEqual(['4@5+4#2']);
      at.offer({ units: 7, ask: 9 * yuan }, 3);
      const events = lost(at, 2);
      expect(trades(events)).toEqual([]);
      expect(of(events, 'LeaseCutShort').map((each) => each.units)).toEqual([4, 4]);
    });

    it('what a broken gang had found for a part is free again', () => {
      const at = market();
      at.offer({ units: 4 });
      at.offer({ units: 4 });
      at.bid({ units: 8, allOrNone: true });
      at.offer({ units: 4, ask: 9 * yuan }, 2);
      expect(kinds(lost(at))).toEqual(['Applied', 'LeaseLost', 'LeaseLost', 'LeaseCutShort', 'LeaseCutShort']);
      expect(trades(at.bid({ units: 4 }))).toEqual(['4@9+4#2']);
    });

    it('a lease that fails to be confirmed is placed outside of its pool', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid({ units: 4 });
      at.offer({ ask: 6 * yuan }, 2);
      expect(trades(at.send('FailLease', { tradeNumber: 1 }))).toEqual(['4@5+4#2']);
      expect(refusal(at.send('FailLease', { tradeNumber: 1 }))).toBe('lease_must_be_running_or_to_come');
      expect(trades(at.bid({ units: 16 }))).toEqual(['16@5+4#1']);
    });

    it('a rest is bound no more once its bid’s leases are gone (R-6)', () => {
      const at = market();
      at.offer({ units: 4 });
      at.bid({ units: 8, limitPrice: 9 * yuan, latest: origin + 40, placement: Placement.ONE_SITE });
      at.offer({ units: 2, from: origin + 10, ask: 9 * yuan }, 2);
      expect(kinds(lost(at))).toEqual(['Applied', 'LeaseLost', 'LeaseCutShort', 'TradeMade']);
    });

    it('refuses nodes that the pool has not', () => {
      const at = market();
      expect(refusal(at.send('NodeHealthChanged', { poolId: 1, nodes: [2], health: Health.OK }))).toBe('node_must_be_of_the_pool');
      expect(refusal(at.send('PoolHealthChanged', { poolId: 9, health: Health.OK }))).toBe('pool_must_be_known');
    });
  });

  describe(`${name}: facts`, () => {
    const rows: [Rejection, (at: Scenario) => ReturnType<Scenario['at']>][] = [
      ['fact_must_be_within_its_range', (at) => at.pool(1, { unitsPerNode: 0 })],
      ['fact_must_be_within_its_range', (at) => at.site(1, { greenShareBp: 10_001 })],
      ['fact_must_be_within_its_range', (at) => at.participant(1, { group: 0 })],
      ['fact_must_be_within_its_range', (at) => at.link(1, { pricePerGb: -1 })],
      ['site_must_be_known', (at) => at.pool(5, { siteId: 9 })],
      ['pool_must_keep_its_shape', (at) => at.pool(1, { nodes: 1 })],
      ['pool_must_keep_its_shape', (at) => at.pool(1, { unitsPerNode: 4 })],
      ['book_must_keep_its_product', (at) => at.send('DefineBook', { ...book, modelId: 2 })],
      ['product_must_have_one_book', (at) => at.send('DefineBook', { ...book, bookId: 9 })],
      ['rules_version_must_be_known_and_grow', (at) => at.send('RulesVersion', { version: 2 })],
    ];
    it.each(rows)('%s %#', (rejection, send) => {
      expect(refusal(send(market()))).toBe(rejection);
    });
  });

  describe(`${name}: R-20 explanation and quote`, () => {
    it('tells the most units free and what each constraint takes of them, in order', () => {
      const at = market();
      at.link(1, { roundTripUs: 90_000 });
      at.participant(provider, { group: buyer });
      at.pool(3, { siteId: 2, providerId: 12, domestic: true });
      at.offer({ units: 8 });
      at.offer({ units: 5 }, 2);
      at.offer({ units: 4, ask: 20 * yuan }, 3, Tier.FIRM, 12);
      at.bid({ units: 8, demandRegion: chongqing, constraints: { ...noConstraints, regionsOut: [500_100] } });
      expect(at.engine.explain(at.last)).toMatchObject({
        rest: 3,
        start: origin + 4,
        free: 12,
        removed: [
          { obstacle: 'self_trade', counted: 8 },
          { obstacle: 'limit', counted: 4 },
        ],
        left: 0,
        fillingLimit: 20 * yuan,
      });
      expect(at.engine.explain(99)).toBeNull();
    });

    it('names the limit, the single tie or the later start that would have filled it', () => {
      const at = market();
      at.offer({ ask: 12.3456 * yuan });
      at.bid({ units: 2 }, buyer, 1);
      expect(at.engine.explain(1)).toMatchObject({ fillingLimit: 12_345_600, relaxations: [], predictedStart: 0 });
      at.offer({ from: origin + 20 }, 2);
      expect(at.engine.explain(1)).toMatchObject({ predictedStart: origin + 20 });
      at.offer({ units: 3 }, 2);
      at.bid({ units: 2, timeInForce: TimeInForce.IOC, constraints: { ...noConstraints, regionsOut: [hami] } }, rival, 2);
      expect(at.engine.explain(2)).toMatchObject({
        rest: 2,
        free: 9,
        removed: [
          { obstacle: 'regions', counted: 1 },
          { obstacle: 'limit', counted: 8 },
        ],
        relaxations: [],
      });
      at.offer({ units: 4, ask: 6 * yuan }, 2);
      expect(at.engine.explain(2)).toMatchObject({ relaxations: ['regions'] });
    });

    it('is of a bid that expired what is free with its last start, as long as that slot is under way; then there is no start any more', () => {
      const at = market();
      at.offer({ ask: 20 * yuan });
      at.bid({ units: 3, earliest: origin + 4, latest: origin + 12, durationSlots: 8, limitPrice: 20 * yuan }, rival);
      at.bid({ units: 4, earliest: origin + 2, latest: origin + 6, durationSlots: 4, limitPrice: 20 * yuan }, rival);
      at.bid({ units: 2, earliest: origin + 2, latest: origin + 10, durationSlots: 2 }, buyer, 1);
      expect(at.at(8)).toContainEqual({
        kind: 'OrderExpired',
        orderId: 1,
        participantId: buyer,
        isBid: true,
        due: startOfSlot(origin + 8),
      });
      const limit = { obstacle: 'limit', counted: 5 };
      expect(at.engine.explain(1)).toMatchObject({
        rest: 2,
        start: origin + 8,
        free: 5,
        removed: [limit],
        left: 0,
        fillingLimit: 20 * yuan,
      });
      at.at(9);
      expect(at.engine.explain(1)).toMatchObject({ rest: 2, start: 0, free: 0, removed: [], left: 0, fillingLimit: 0, relaxations: [] });
    });

    it('names the runner-up and the key that decided', () => {
      const at = market();
      at.offer({ ask: 5 * yuan });
      at.offer({ ask: 6 * yuan }, 2);
      at.bid({}, buyer, 1);
      expect(at.engine.explain(1)!.choices).toMatchObject([
        { tradeNumber: 1, deliveredPrice: 5 * yuan, runnerUpDeliveredPrice: 6 * yuan, decidedBy: 'price' },
      ]);
    });

    it('quotes fills, cost and what is reserved', () => {
      const at = market();
      at.offer({ units: 3 });
      const quote = at.engine.quote({ participantId: buyer, terms: { ...bidTerms, units: 4 } }, 0);
      expect(quote).toMatchObject({ rejection: null, filled: 3, rest: 1, cost: 15 * yuan, buyingPowerUsed: 40 * yuan });
      expect(at.engine.quote({ participantId: 77, terms: bidTerms }, 0)).toMatchObject({
        rejection: 'participant_must_be_active',
        fills: [],
      });
      // What it took is there again.
      expect(at.bid({ units: 3 }, buyer, 1)).toContainEqual({ kind: 'OrderFilled', orderId: 1, participantId: buyer });
    });
  });
}

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
