import { BidTerms, ComputeClass, ParticipantChanged, Precision, Tier, TimeInForce, Unit } from '#contracts';
import type { Refusal } from '#platform';
import { book, buyer, buyerId, firstSlot, oneHour, participant, poolId, provider, testMarket, yuan, type TestMarket } from './market.js';

describe('bad input is refused by field and rule, and nothing of it is done', () => {
  let market: TestMarket;
  beforeAll(async () => {
    market = await testMarket();
    await market.tell(ParticipantChanged, participant(buyerId, { orderValueCap: 500_000_000n }));
  });
  afterAll(() => market.exchange.stop());
  afterEach(async () => {
    expect(market.sequencer.market.engine.buyingPower(buyerId)!.reserved).toBe(0);
    expect((await market.scheduling(buyer).listBids({})).bids).toEqual([]);
    expect((await market.scheduling(provider).listOffers({})).offers).toEqual([]);
  });

  const bids: [name: string, terms: Partial<BidTerms>, field: string, rule: string][] = [
    ['no book and no floor', { books: [] }, 'terms.books', 'bid_must_name_books_or_a_floor'],
    [
      'both',
      { floor: { computeClass: 2, tier: 0, domesticOnly: false, precision: 0, tflopsMilliMin: 0, memoryGibMin: 0 } },
      'terms.books',
      'bid_must_name_books_or_a_floor',
    ],
    ['a book that is not there', { books: [{ ...book, model: 'H200' }] }, 'terms.books[0]', 'bid_books_must_be_defined'],
    [
      'an unknown class',
      { books: [{ ...book, computeClass: 9 as ComputeClass }] },
      'terms.books[0].computeClass',
      'value_must_be_one_of_the_list',
    ],
    ['a model that is no name', { books: [{ ...book, model: 'a b' }] }, 'terms.books[0].model', 'text_must_match_its_pattern'],
    ['units and PFLOPS', { pflops: 1, precision: Precision.FP16 }, 'terms.units', 'bid_must_ask_units_or_pflops'],
    ['neither', { units: 0 }, 'terms.units', 'bid_must_ask_units_or_pflops'],
    ['PFLOPS at no precision', { units: 0, pflops: 1 }, 'terms.precision', 'bid_by_pflops_must_name_a_precision'],
    ['units below 0', { units: -1 }, 'terms.units', 'number_must_be_in_range'],
    ['a part of a unit', { units: 1.5 }, 'terms.units', 'number_must_be_whole'],
    ['units that are no multiple of perNode', { units: 9, perNode: 8 }, 'terms.units', 'bid_units_must_be_a_multiple_of_per_node'],
    ['a price off the tick', { limitPrice: 150 }, 'terms.limitPrice', 'price_must_be_on_the_tick'],
    ['a price beyond the highest', { limitPrice: 9_000_000_100 }, 'terms.limitPrice', 'number_must_be_in_range'],
    ['no price', { limitPrice: 0 }, 'terms.limitPrice', 'field_must_be_given'],
    ['no duration', { durationSlots: 0 }, 'terms.durationSlots', 'field_must_be_given'],
    [
      'a window that ends before it starts',
      { earliest: firstSlot + 9, latest: firstSlot + 5 },
      'terms.latest',
      'bid_window_must_end_after_it_starts',
    ],
    ['a window in the past', { earliest: firstSlot - 9, latest: firstSlot - 2 }, 'terms.latest', 'bid_must_have_a_start_ahead'],
    [
      'a window too short',
      { durationSlots: 8, earliest: firstSlot + 2, latest: firstSlot + 6 },
      'terms.latest',
      'bid_window_must_hold_its_duration',
    ],
    ['a window beyond the horizon', { latest: firstSlot + 91 * 96 }, 'terms.latest', 'bid_window_must_end_within_the_horizon'],
    ['an hour that is none', { hours: [24] }, 'terms.hours[0]', 'number_must_be_in_range'],
    ['a date without GTD', { goodTill: 2_000_000_000_000 }, 'terms.goodTill', 'good_till_must_be_given_for_gtd_alone'],
    ['GTD without a date', { timeInForce: TimeInForce.GTD }, 'terms.goodTill', 'good_till_must_be_given_for_gtd_alone'],
    [
      'a worst case beyond safe integers',
      { units: 1_000_000, limitPrice: 9_000_000_000, durationSlots: 96 },
      'terms.units',
      'worst_case_must_be_within_safe_integers',
    ],
    ['GB from nowhere', { dataGb: 5 }, 'terms.demandRegion', 'bid_demand_region_must_be_given'],
  ];
  it.each(bids)('a bid with %s', async (_name, terms, field, rule) => {
    const refusal = await market
      .scheduling(buyer)
      .submitBid({ terms: oneHour(terms) })
      .then(
        () => 'accepted',
        (error: unknown) => error,
      );
    expect(refusal).toMatchObject({ kind: 'invalid' });
    const { violations, ...one } = refusal as Refusal;
    expect(violations.length ? violations : [one]).toContainEqual(expect.objectContaining({ field, rule }));
  });

  const guards: [name: string, terms: Partial<BidTerms>, kind: string, rule: string][] = [
    ['worth more than its cap', { units: 60 }, 'conflict', 'order_value_must_be_within_the_cap'],
    ['without the buying power', { units: 40 }, 'conflict', 'buying_power_must_cover_the_worst_case'],
  ];
  it.each(guards)('R-22: a bid %s', async (_name, terms, kind, rule) => {
    const power = market.sequencer.market.engine.buyingPower(buyerId)!;
    const limitPrice = rule.startsWith('buying') ? (Math.ceil((power.total - power.reserved) / 40 / 100) + 1) * 100 : 10 * yuan;
    if (rule.startsWith('buying')) await market.tell(ParticipantChanged, participant(buyerId));
    const call = { idempotencyKey: `guard-${rule}` };
    const bid = { terms: oneHour({ ...terms, limitPrice }) };
    await expect(market.scheduling(buyer).submitBid(bid, call)).rejects.toMatchObject({ kind, rule });
    // Not remembered (R-10a): the same key is asked again, and refused again for the same reason.
    await expect(market.scheduling(buyer).submitBid(bid, call)).rejects.toMatchObject({ kind, rule });
    if (rule.startsWith('buying')) await market.tell(ParticipantChanged, participant(buyerId, { orderValueCap: 500_000_000n }));
  });

  const window = { from: firstSlot + 1, to: firstSlot + 9 };
  const offers: [name: string, offer: object, field: string | undefined, rule: string][] = [
    [
      'a window that ends before it starts',
      { window: { from: window.to, to: window.from } },
      'window.to',
      'offer_window_must_end_after_it_starts',
    ],
    ['a window that is over', { window: { from: firstSlot - 9, to: firstSlot } }, 'window', 'offer_window_must_hold_its_shortest_lease'],
    ['IOC', { timeInForce: TimeInForce.IOC }, 'timeInForce', 'offer_time_in_force_must_be_gtc_or_gtd'],
  ];
  it.each(offers)('an offer of %s', async (_name, more, field, rule) => {
    const offer = { poolId, tier: Tier.FIRM, units: 4, window, ask: yuan, ...more };
    await expect(market.scheduling(provider).submitOffer(offer)).rejects.toMatchObject({ kind: 'invalid', field, rule });
  });

  it('an offer of a pool that is not there, or not its own', async () => {
    const rule = { kind: 'absent', field: 'poolId', rule: 'pool_must_be_known' };
    const offer = { tier: Tier.FIRM, units: 4, window, ask: yuan };
    await expect(market.scheduling(provider).submitOffer({ ...offer, poolId: 99 })).rejects.toMatchObject(rule);
    const other = market.scheduling({ participantId: buyerId, roles: ['provider'] });
    await expect(other.submitOffer({ ...offer, poolId })).rejects.toMatchObject(rule);
  });

  it('a role that may not', async () => {
    await expect(market.scheduling(provider).submitBid({ terms: oneHour() })).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(
      market.market(buyer).setBook({ book: { ...book, unit: Unit.CARD }, referencePrice: yuan, collarBp: 100 }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(market.market(buyer).getMarketState({})).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('a change of an order that does not exist', async () => {
    await expect(market.scheduling(buyer).cancelBid({ bidId: 77 })).rejects.toMatchObject({ kind: 'absent' });
    await expect(market.scheduling(provider).amendOffer({ offerId: 77, units: 1 })).rejects.toMatchObject({ kind: 'absent' });
  });
});

describe('R-22: the collar of a book', () => {
  it('is set by the operator and named when it refuses', async () => {
    const market = await testMarket();
    try {
      const entry = await market.market().setBook({ book, referencePrice: 2 * yuan, collarBp: 5_000 });
      expect(entry).toMatchObject({ book, referencePrice: 2 * yuan, collarBp: 5_000 });
      await expect(market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: 3 * yuan + 100 }) })).rejects.toMatchObject({
        kind: 'conflict',
        field: 'terms.limitPrice',
        rule: 'price_must_be_inside_the_collar',
      });
      await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: 3 * yuan }) });
    } finally {
      await market.exchange.stop();
    }
  });
});
