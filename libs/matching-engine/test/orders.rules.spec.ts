import { ComputeClass, firstSellableSlot, maxPrice, Placement, Precision, slotMs, Tier, TimeInForce } from '#domain';
import type { BidTerms, OfferTerms, Rejection } from '#matching-engine';
import { noConstraints, rejections } from '#matching-engine';
import { bidTerms, buyer, engines, kinds, of, origin, other, provider, refusal, rival, Scenario, trades, yuan } from './scenario.js';

const floor = {
  computeClass: ComputeClass.INTELLIGENT,
  tier: null,
  domesticOnly: false,
  precision: null,
  tflopsMilliMin: 0,
  memoryGibMin: 0,
};
const day = 96;

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: terms of a bid, by descending precedence (R-1 … R-8, R-13)`, () => {
    const rows: [Rejection, Partial<BidTerms>][] = [
      ['bid_must_name_books_or_a_floor', { books: [] }],
      ['bid_must_name_books_or_a_floor', { floor }],
      ['bid_books_must_be_defined', { books: [1, 99], units: 0 }],
      ['bid_books_must_be_of_one_class', { books: [1, 3], units: 0 }],
      ['bid_floor_must_be_within_range', { books: [], floor: { ...floor, tflopsMilliMin: 1 }, units: 0 }],
      ['bid_units_must_be_within_range', { units: 0, perNode: 2 }],
      ['bid_units_must_be_within_range', { units: 1_000_001 }],
      ['bid_units_must_be_within_range', { units: 1.5 }],
      ['bid_units_must_be_within_range', { perNode: 0 }],
      ['bid_units_must_be_a_multiple_of_per_node', { units: 3, perNode: 2, minUnits: 4 }],
      ['bid_min_units_must_be_within_its_units', { minUnits: 2, durationSlots: 0 }],
      ['bid_duration_must_be_positive', { durationSlots: 0, latest: 1 }],
      ['bid_window_must_end_after_it_starts', { earliest: origin + 8, latest: origin + 8, durationSlots: 1 }],
      ['bid_window_must_hold_its_duration', { latest: origin + 7, hours: 0 }],
      ['bid_window_must_end_within_the_horizon', { latest: origin + 1 + 90 * day + 1, hours: 0 }],
      ['bid_hours_and_weekdays_must_be_given', { hours: 0, dataGb: -1 }],
      ['bid_constraints_must_be_within_range', { constraints: { ...noConstraints, greenShareBpMin: 10_001 }, dataGb: 1 }],
      ['bid_demand_region_must_be_given', { dataGb: 1, limitPrice: 1 }],
      ['bid_data_gb_must_be_within_range', { dataGb: -1, limitPrice: 1 }],
      ['price_must_be_on_the_tick_and_within_range', { limitPrice: 150, goodTill: 5 }],
      ['price_must_be_on_the_tick_and_within_range', { limitPrice: maxPrice + 100 }],
      ['price_must_be_on_the_tick_and_within_range', { limitPrice: 0 }],
      ['good_till_must_be_given_for_gtd_alone', { goodTill: 5 }],
      ['good_till_must_be_given_for_gtd_alone', { timeInForce: TimeInForce.GTD, limitPrice: maxPrice, units: 1_000_000 }],
      [
        'worst_case_must_be_within_safe_integers',
        { limitPrice: maxPrice, units: 1_000_000, durationSlots: 5, latest: origin + 9, timeInForce: TimeInForce.GTD, goodTill: 5 },
      ],
      ['good_till_must_lie_ahead', { timeInForce: TimeInForce.GTD, goodTill: origin * slotMs, earliest: origin - 9, latest: origin - 5 }],
      ['bid_must_have_a_start_ahead', { earliest: origin - 9, latest: origin - 5 }],
      ['bid_must_have_a_start_ahead', { earliest: origin, latest: origin + 4 }],
      ['bid_must_have_a_start_ahead', { hours: 0b1 }],
    ];
    it.each(rows)('%s %#', (rejection, terms) => {
      const at = market();
      at.send('DefineBook', {
        bookId: 3,
        computeClass: ComputeClass.GENERAL,
        modelId: 1,
        unit: 1,
        tier: 1,
        referencePrice: 0,
        collarBp: 0,
        bandBp: 0,
      });
      expect(refusal(at.bid(terms))).toBe(rejection);
    });

    it('stand in the order of the list of rejections', () => {
      const places = rows.map(([rejection]) => rejections.indexOf(rejection));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    });

    it('takes a window to the very horizon and the dearest order that fits', () => {
      const at = market();
      expect(refusal(at.bid({ latest: origin + 1 + 90 * day }))).toBeNull();
      expect(refusal(at.bid({ limitPrice: maxPrice, units: 1_000_000, durationSlots: 4 }))).toBe('buying_power_must_cover_the_worst_case');
    });
  });

  describe(`${name}: terms of an offer, by descending precedence (R-1, R-3, R-5, R-13)`, () => {
    const rows: [Rejection, Partial<OfferTerms>, number?, number?][] = [
      ['pool_must_be_known', { units: 0 }, 99, provider],
      ['offer_pool_must_be_its_providers', { units: 0 }, 1, other],
      ['offer_book_must_be_defined', { units: 0 }, 3, provider],
      ['offer_units_must_be_within_range', { units: 0, to: origin }],
      ['offer_window_must_end_after_it_starts', { to: origin, minSlots: 0 }],
      ['offer_window_must_end_within_the_horizon', { to: origin + 1 + 90 * day + 1, minSlots: 0 }],
      ['offer_min_slots_must_be_positive', { minSlots: 0, timeInForce: TimeInForce.IOC }],
      ['offer_time_in_force_must_be_gtc_or_gtd', { timeInForce: TimeInForce.FOK, ask: 1 }],
      ['price_must_be_on_the_tick_and_within_range', { ask: 101, goodTill: 1 }],
      ['good_till_must_be_given_for_gtd_alone', { goodTill: 1 }],
      ['worst_case_must_be_within_safe_integers', { ask: maxPrice, units: 1_000_000, timeInForce: TimeInForce.GTD, goodTill: 1 }],
      ['good_till_must_lie_ahead', { timeInForce: TimeInForce.GTD, goodTill: 1, minSlots: 97 }],
      ['offer_window_must_hold_its_shortest_lease', { minSlots: 97 }],
      ['offer_window_must_hold_its_shortest_lease', { from: origin - 5, to: origin + 1, minSlots: 1 }],
    ];
    it.each(rows)('%s %#', (rejection, terms, poolId = 1, participantId = provider) => {
      const at = market();
      at.pool(3, { modelId: 77 });
      expect(refusal(at.offer(terms, poolId, Tier.FIRM, participantId))).toBe(rejection);
    });
  });

  describe(`${name}: R-5 time in force, all-or-none, least units`, () => {
    const rows: [string, Partial<BidTerms>, string[], string[]][] = [
      ['GTC rests', {}, ['8@5+4#1'], ['TradeMade', 'OrderRested']],
      ['IOC ends', { timeInForce: TimeInForce.IOC }, ['8@5+4#1'], ['TradeMade', 'OrderCancelled']],
      ['FOK takes nothing less', { timeInForce: TimeInForce.FOK }, [], ['OrderCancelled']],
      ['FOK takes all', { timeInForce: TimeInForce.FOK, units: 8 }, ['8@5+4#1'], ['TradeMade', 'OrderFilled']],
      ['allOrNone waits', { allOrNone: true }, [], ['OrderRested']],
      ['minUnits waits', { minUnits: 9 }, [], ['OrderRested']],
      ['minUnits is met', { minUnits: 8 }, ['8@5+4#1'], ['TradeMade', 'OrderRested']],
    ];
    it.each(rows)('%s', (_, terms, made, then) => {
      const at = market();
      at.offer();
      const events = at.bid({ units: 12, ...terms });
      expect(trades(events)).toEqual(made);
      expect(kinds(events).slice(1)).toEqual(then);
    });

    it('minUnits asks the whole rest where less is left', () => {
      const at = market();
      at.offer({ units: 4 });
      expect(trades(at.bid({ units: 6, minUnits: 4 }))).toEqual(['4@5+4#1']);
      expect(trades(at.offer({ units: 1 }, 2))).toEqual([]);
      expect(trades(at.offer({ units: 1 }, 1))).toEqual(['1@10+4#2', '1@10+4#1']);
    });
  });

  describe(`${name}: R-9 amend and cancel`, () => {
    it('lowering keeps the time, any other change loses it, none keeps it', () => {
      const rows: [Partial<BidTerms>, boolean][] = [
        [{ units: 3 }, true],
        [{}, true],
        [{ units: 4, limitPrice: 10 * yuan }, true],
        [{ units: 5 }, false],
        [{ units: 3, limitPrice: 9 * yuan }, false],
        [{ latest: origin + 9 }, false],
      ];
      for (const [changes, keepsTime] of rows) {
        const at = market();
        at.bid({ units: 4 });
        const events = at.send('AmendBid', { orderId: at.last, participantId: buyer, changes });
        expect(events).toMatchObject([{ kind: 'OrderAmended', keepsTime }, { kind: 'OrderRested' }]);
      }
    });

    it('an earlier bid that was raised stands behind', () => {
      const at = market();
      at.bid({ units: 4 }, buyer, 1);
      at.bid({ units: 4 }, rival, 2);
      at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { units: 5 } });
      expect(of(at.offer({ units: 4 }), 'TradeMade').map((trade) => trade.bidId)).toEqual([2]);
    });

    it('a bid may not fall below its fills; equal closes it', () => {
      const at = market();
      at.offer({ units: 3 });
      at.bid({ units: 5 }, buyer, 1);
      expect(refusal(at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { units: 2 } }))).toBe(
        'bid_units_must_not_fall_below_its_fills',
      );
      expect(kinds(at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { units: 3 } }))).toEqual([
        'OrderAmended',
        'OrderFilled',
      ]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 15 * yuan });
    });

    it('what is filled keeps its precision and groups', () => {
      const at = market();
      at.offer({ units: 4 });
      at.bid({ units: 8 }, buyer, 1);
      for (const changes of [{ perNode: 2 }, { precision: Precision.FP16 }]) {
        expect(refusal(at.send('AmendBid', { orderId: 1, participantId: buyer, changes }))).toBe(
          'amend_must_keep_precision_and_per_node_of_what_is_filled',
        );
      }
    });

    it('an offer may fall below what it sold; nothing is free then', () => {
      const at = market();
      at.offer({ units: 6 }, 1, Tier.FIRM, provider, 1);
      at.bid({ units: 4 });
      expect(kinds(at.send('AmendOffer', { orderId: 1, participantId: provider, changes: { units: 2 } }))).toEqual([
        'OrderAmended',
        'OrderRested',
      ]);
      expect(trades(at.bid({ units: 1 }))).toEqual([]);
      expect(trades(at.send('AmendOffer', { orderId: 1, participantId: provider, changes: { units: 6 } }))).toEqual(['1@10+4#1']);
    });

    it('an amended offer is matched again', () => {
      const at = market();
      at.offer({ ask: 20 * yuan }, 1, Tier.FIRM, provider, 1);
      at.bid({ units: 2 });
      expect(trades(at.send('AmendOffer', { orderId: 1, participantId: provider, changes: { ask: 7 * yuan } }))).toEqual(['2@10+4#1']);
    });

    it('a refused amend changes nothing', () => {
      const at = market();
      at.bid({ units: 2 }, buyer, 1);
      const before = at.engine.stateHash();
      expect(refusal(at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { limitPrice: 1 } }))).not.toBeNull();
      expect(refusal(at.send('AmendBid', { orderId: 1, participantId: rival, changes: { units: 1 } }))).toBe('order_must_be_open');
      expect(at.engine.snapshot().bids).toMatchObject([{ orderId: 1, terms: { units: 2, limitPrice: 10 * yuan } }]);
      at.send('CancelOrder', { orderId: 1, participantId: buyer });
      expect(at.engine.stateHash()).not.toBe(before);
    });

    it('cancel removes what rests; trades stand', () => {
      const at = market();
      at.offer({ units: 3 });
      at.bid({ units: 5 }, buyer, 1);
      expect(at.send('CancelOrder', { orderId: 1, participantId: rival })).toMatchObject([
        { kind: 'ChangeRefused', rejection: 'order_must_be_open' },
      ]);
      expect(at.send('CancelOrder', { orderId: 1, participantId: buyer })).toMatchObject([
        { kind: 'OrderCancelled', orderId: 1, reason: 'asked' },
      ]);
      expect(at.engine.snapshot().trades).toHaveLength(1);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 15 * yuan });
      expect(refusal(at.send('CancelOrder', { orderId: 1, participantId: buyer }))).toBe('order_must_be_open');
    });

    it('cancel-all takes every resting order of the participant, by time', () => {
      const at = market();
      at.participant(provider, { group: provider });
      at.bid({}, buyer, 1);
      at.bid({}, rival, 2);
      at.bid({}, buyer, 3);
      const events = at.send('CancelAll', { participantId: buyer });
      expect(kinds(events)).toEqual(['Applied', 'OrderCancelled', 'OrderCancelled']);
      expect(of(events, 'OrderCancelled').map((each) => each.orderId)).toEqual([1, 3]);
    });
  });

  describe(`${name}: R-10, R-10a, R-13 sequence, ids and time`, () => {
    it('refuses a sequence that does not grow and a time that goes back', () => {
      const { engine } = market();
      const { sequence, time } = engine.snapshot();
      const before = engine.stateHash();
      expect(engine.apply({ kind: 'AdvanceTime', sequence, time })).toEqual([
        { kind: 'CommandRefused', command: 'AdvanceTime', rejection: 'sequence_must_grow' },
      ]);
      expect(refusal(engine.apply({ kind: 'AdvanceTime', sequence: sequence + 1, time: time - 1 }))).toBe('time_must_not_go_back');
      expect(refusal(engine.apply({ kind: 'AdvanceTime', sequence: sequence + 1, time: Number.NaN }))).toBe('time_must_not_go_back');
      expect(engine.stateHash()).toBe(before);
    });

    it('puts the events of a command in their order', () => {
      const at = market();
      at.offer({ units: 1, to: origin + 5 });
      at.bid({ units: 1, durationSlots: 1, earliest: origin + 1, latest: origin + 2 });
      at.offer({ units: 2, from: origin + 3 });
      at.bid({ durationSlots: 1, latest: origin + 5, limitPrice: 100 });
      at.now = 4;
      const events = at.bid({ units: 6, earliest: origin + 10, latest: origin + 14 });
      expect(kinds(events)).toEqual(['LeaseEnded', 'OrderExpired', 'OrderExpired', 'OrderAccepted', 'TradeMade', 'OrderRested']);
      expect(of(events, 'OrderExpired').map((each) => each.isBid)).toEqual([false, true]);
    });

    it('answers a known id as at first, without its trades, until 24 hours after the order closed', () => {
      const at = market();
      at.offer();
      const first = at.bid({}, buyer, 1);
      expect(kinds(first)).toEqual(['OrderAccepted', 'TradeMade', 'OrderFilled']);
      expect([at.engine.knows(1), at.engine.knows(2)]).toEqual([true, false]);
      const again = [{ kind: 'OrderAccepted', orderId: 1, participantId: buyer, isBid: true, repeated: true }];
      expect(at.bid({ units: 3 }, buyer, 1)).toEqual(again);
      at.now = 96 - 1 / slotMs;
      expect(of(at.bid({}, buyer, 1), 'OrderAccepted')).toEqual(again);
      at.now = 96;
      expect(refusal(at.bid({}, buyer, 1))).toBe('bid_must_have_a_start_ahead');
    });

    it('remembers a refusal, but none by a guard', () => {
      const at = market();
      at.bid({ units: 0 }, buyer, 1);
      expect(at.bid({}, buyer, 1)).toMatchObject([{ kind: 'OrderRefused', rejection: 'bid_units_must_be_within_range', repeated: true }]);
      expect(refusal(at.bid({}, rival, 1))).toBe('order_id_must_be_its_participants_own');
      at.participant(buyer, { active: false });
      expect(refusal(at.bid({}, buyer, 2))).toBe('participant_must_be_active');
      at.participant(buyer);
      expect(at.engine.knows(2)).toBe(false);
      expect(at.bid({}, buyer, 2)).toMatchObject([{ kind: 'OrderAccepted', repeated: false }, { kind: 'OrderRested' }]);
    });

    it('an expired order closed when it fell due', () => {
      const at = market();
      at.bid({}, buyer, 1);
      at.at(50);
      at.now = 4 + 96 - 1 / slotMs;
      expect(at.bid({}, buyer, 1)).toMatchObject([{ repeated: true }]);
      at.now = 4 + 96;
      expect(refusal(at.bid({}, buyer, 1))).toBe('bid_must_have_a_start_ahead');
    });

    it('sells the slot after the one that holds the time, at a boundary too', () => {
      expect(firstSellableSlot(origin * slotMs)).toBe(origin + 1);
      expect(firstSellableSlot(origin * slotMs - 1)).toBe(origin);
      const at = market();
      at.offer();
      at.now = 1;
      expect(trades(at.bid({ earliest: 0, latest: 0, durationSlots: 2 }))).toEqual(['1@5+2#1']);
    });

    const expiries: [string, number, (at: Scenario) => void][] = [
      ['an offer once less than minSlots of its window lies ahead', 92, (at) => at.offer({ minSlots: 4 })],
      ['a bid at its last allowed start', 10, (at) => at.bid({ latest: origin + 14 })],
      [
        'a bid at the last start that its hours allow',
        3,
        (at) => at.bid({ durationSlots: 1, earliest: origin, latest: origin + 40, hours: 1 }),
      ],
      ['a GTD bid at its date', 3.5, (at) => at.bid({ timeInForce: TimeInForce.GTD, goodTill: (origin + 3.5) * slotMs })],
      ['a GTD offer at its date', 2.5, (at) => at.offer({ timeInForce: TimeInForce.GTD, goodTill: (origin + 2.5) * slotMs })],
      [
        'a bound rest at its bound start',
        6,
        (at) => {
          at.bid({ placement: Placement.ONE_SITE, units: 9, latest: origin + 40 });
          at.offer({ from: origin + 6 });
          at.send('CancelOrder', { orderId: at.last, participantId: provider });
        },
      ],
    ];
    it.each(expiries)('%s expires', (_, slots, place) => {
      const at = market();
      place(at);
      expect(of(at.at(slots - 1 / slotMs), 'OrderExpired')).toEqual([]);
      expect(of(at.at(slots), 'OrderExpired')).toMatchObject([{ due: (origin + slots) * slotMs }]);
    });

    it('an earlier `earliest` is raised, once; a latest of 0 is the earliest end', () => {
      const at = market();
      at.bid({ earliest: origin - 50, latest: 0 });
      expect(at.engine.snapshot().bids[0]!.terms).toEqual({ ...bidTerms, earliest: origin + 1, latest: origin + 5 });
      at.bid({ earliest: origin - 50, latest: origin + 40 }, buyer, 1);
      at.now = 1.5;
      const amend = (earliest: number) => at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { earliest } });
      expect(of(amend(origin - 50), 'OrderAmended')).toMatchObject([{ keepsTime: true }]);
      expect(of(amend(origin + 3), 'OrderAmended')).toMatchObject([{ keepsTime: false }]);
    });
  });
}
