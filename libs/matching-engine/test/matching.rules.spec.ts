import { ComputeClass, Interconnect, Placement, Precision, Preference, ResidencyZone, DataClass, Health, Tier } from '#domain';
import type { BidTerms, Constraints } from '#matching-engine';
import { noConstraints } from '#matching-engine';
import {
  buyer,
  chongqing,
  engines,
  hami,
  kinds,
  of,
  offerTerms,
  origin,
  other,
  provider,
  rival,
  Scenario,
  trades,
  yuan,
} from './scenario.js';

const floor = {
  computeClass: ComputeClass.INTELLIGENT,
  tier: null,
  domesticOnly: false,
  precision: null,
  tflopsMilliMin: 0,
  memoryGibMin: 0,
};

/** Nodes of the trades, as node×units. */
const nodes = (events: Parameters<typeof trades>[0]): string[][] =>
  of(events, 'TradeMade').map((trade) => trade.nodes.map(({ node, units }) => `${node}×${units}`));

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: R-1 books and floors`, () => {
    it('trades in the books named alone', () => {
      const at = market();
      at.offer({ ask: 3 * yuan }, 1, Tier.RECLAIMABLE);
      at.offer({ ask: 5 * yuan }, 2);
      expect(trades(at.bid({ books: [1] }))).toEqual(['1@5+4#2']);
      expect(trades(at.bid({ books: [2, 1] }))).toEqual(['1@3+4#1']);
    });

    it('a floor opens what passes, pool by pool', () => {
      const at = market();
      at.pool(3, { domestic: true, memoryGib: 32, tflopsFp16Milli: 256_000 });
      at.offer({ ask: 5 * yuan });
      at.offer({ ask: 6 * yuan }, 3);
      at.offer({ ask: 4 * yuan }, 1, Tier.RECLAIMABLE);
      const rows: [Partial<NonNullable<BidTerms['floor']>>, string[]][] = [
        [{}, ['1@4+4#1']],
        [{ tier: Tier.FIRM }, ['1@5+4#1']],
        [{ domesticOnly: true }, ['1@6+4#3']],
        [{ memoryGibMin: 33, tier: Tier.FIRM }, ['1@5+4#1']],
        [{ memoryGibMin: 81 }, []],
        [{ precision: Precision.FP16, tflopsMilliMin: 256_001 }, ['1@4+4#1']],
        [{ precision: Precision.FP16, tflopsMilliMin: 312_001 }, []],
        [{ computeClass: ComputeClass.GENERAL }, []],
      ];
      for (const [change, made] of rows) expect(trades(at.bid({ books: [], floor: { ...floor, ...change } }))).toEqual(made);
    });
  });

  describe(`${name}: R-2 PFLOPS`, () => {
    const pflops = { precision: Precision.FP16, limitPrice: 100 * yuan } as const;

    it('rounds units up pool by pool, and counts what was asked', () => {
      const at = market();
      at.offer();
      const events = at.bid({ ...pflops, units: 1 });
      expect(of(events, 'TradeMade')).toMatchObject([{ units: 4, counted: 1_000_000 }]);
      expect(kinds(events)).toContain('OrderFilled');
    });

    it('rounds down what would cost more than the limit allows', () => {
      const at = market();
      at.offer({ ask: 30 * yuan });
      const events = at.bid({ ...pflops, units: 1 });
      expect(of(events, 'TradeMade')).toMatchObject([{ units: 3, counted: 936_000 }]);
      expect(of(events, 'OrderRested')).toMatchObject([{ rest: 64_000 }]);
    });

    it('compares prices by what a PFLOPS-hour costs', () => {
      const at = market();
      at.pool(3, { tflopsFp16Milli: 624_000 });
      at.offer({ ask: 5 * yuan });
      at.offer({ ask: 9 * yuan }, 3);
      expect(trades(at.bid({ ...pflops, units: 1 }))).toEqual(['2@9+4#3']);
    });

    it('an earlier bid pays the highest tick at which its units fit', () => {
      const at = market();
      at.bid({ ...pflops, units: 1 });
      const [trade] = of(at.offer(), 'TradeMade');
      expect(trade).toMatchObject({ units: 4, price: 25 * yuan, computeAmount: 100 * yuan });
    });

    it('takes nothing of a pool that was not measured', () => {
      const at = market();
      at.pool(3, { tflopsFp16Milli: 0 });
      at.offer({}, 3);
      expect(trades(at.bid({ ...pflops, units: 1 }))).toEqual([]);
    });
  });

  describe(`${name}: R-2a nodes`, () => {
    it('groups stay on one node, best fit first, ties to the lowest index', () => {
      const at = market();
      at.offer({ units: 16 });
      expect(nodes(at.bid({ units: 2 }))).toEqual([['0×2']]);
      expect(nodes(at.bid({ units: 8, perNode: 8 }))).toEqual([['1×8']]);
      expect(nodes(at.bid({ units: 4, perNode: 4 }))).toEqual([['0×4']]);
      expect(trades(at.bid({ units: 4, perNode: 4 }))).toEqual([]);
      expect(nodes(at.bid({ units: 2, perNode: 2 }))).toEqual([['0×2']]);
    });

    it('names nodes that are free for the whole window', () => {
      const at = market();
      at.offer({ units: 16 });
      at.bid({ units: 8, perNode: 8, earliest: origin + 7, latest: origin + 11 });
      expect(nodes(at.bid({ units: 8, perNode: 8 }))).toEqual([['1×8']]);
      expect(nodes(at.bid({ units: 8, perNode: 8, durationSlots: 3, latest: origin + 7 }))).toEqual([['0×8']]);
    });

    it('leaves pools with smaller nodes out', () => {
      const at = market();
      at.pool(3, { unitsPerNode: 4 });
      at.offer({}, 3);
      expect(trades(at.bid({ units: 8, perNode: 8 }))).toEqual([]);
    });
  });

  describe(`${name}: R-3 offers`, () => {
    it('sells its units at any instant, in leases of its shortest length, in its window', () => {
      const at = market();
      at.offer({ units: 4, minSlots: 4, from: origin + 4, to: origin + 12 });
      expect(trades(at.bid({ durationSlots: 3, latest: origin + 7 }))).toEqual([]);
      expect(trades(at.bid({ earliest: origin + 3, latest: origin + 7 }))).toEqual([]);
      expect(trades(at.bid({ units: 4 }))).toEqual(['4@5+4#1']);
      expect(trades(at.bid({ earliest: origin + 8, latest: origin + 12, units: 5 }))).toEqual(['4@5+8#1']);
      expect(trades(at.bid({ earliest: origin + 7, latest: origin + 11 }))).toEqual([]);
    });

    it('overlapping offers never sell more than the nodes hold', () => {
      const at = market();
      at.offer({ units: 16 });
      at.offer({ units: 16 });
      expect(trades(at.bid({ units: 20 }))).toEqual(['16@5+4#1']);
    });
  });

  describe(`${name}: R-4 hours and weekdays`, () => {
    it('the whole lease lies in the hours and days allowed; each slot is judged by its own', () => {
      const night = 0b1100_0000_0000_0000_0000_0011;
      const rows: [string, Partial<BidTerms>, string[]][] = [
        ['from two hours on', { hours: 1 << 2, durationSlots: 2 }, ['1@5+8#1']],
        ['over midnight', { hours: night, durationSlots: 12, earliest: origin + 20 }, ['1@5+88#1']],
        ['not over its end', { hours: night, durationSlots: 17, earliest: origin + 20 }, []],
        ['on a Tuesday', { weekdays: 0b10, durationSlots: 4 }, ['1@5+96#1']],
        ['on no other day', { weekdays: 0b100, durationSlots: 4 }, []],
      ];
      for (const [, terms, made] of rows) {
        const at = market();
        at.offer({ to: origin + 400 });
        expect(trades(at.bid({ latest: origin + 180, ...terms }))).toEqual(made);
      }
    });
  });

  describe(`${name}: R-6 placement`, () => {
    /** 8 free in pool 1 and 6 in pool 3, both in Chongqing's site 1; 8 in pool 2 in Hami; 4 in pool 4 at site 3 in Chongqing. */
    const spread = (): Scenario => {
      const at = market();
      at.site(3);
      at.pool(3);
      at.pool(4, { siteId: 3 });
      at.offer({ units: 8, ask: 5 * yuan }, 1);
      at.offer({ units: 8, ask: 4 * yuan }, 2);
      at.offer({ units: 6, ask: 3 * yuan }, 3);
      at.offer({ units: 4, ask: 2 * yuan }, 4);
      return at;
    };
    const rows: [string, Partial<BidTerms>, string[]][] = [
      ['ANYWHERE takes the cheapest pieces', { units: 15 }, ['4@2+4#4', '6@3+4#3', '5@4+4#2']],
      ['ONE_POOL takes one pool or none', { units: 7, placement: Placement.ONE_POOL }, ['7@4+4#2']],
      ['ONE_POOL takes nothing less', { units: 9, placement: Placement.ONE_POOL }, []],
      ['ONE_SITE takes the site with most units', { units: 15, placement: Placement.ONE_SITE }, ['6@3+4#3', '8@5+4#1']],
      ['ONE_SITE takes the cheapest of those that fill it', { units: 8, placement: Placement.ONE_SITE }, ['6@3+4#3', '2@5+4#1']],
      ['ONE_REGION joins sites', { units: 20, placement: Placement.ONE_REGION }, ['4@2+4#4', '6@3+4#3', '8@5+4#1']],
    ];
    it.each(rows)('%s', (_, terms, made) => {
      expect(trades(spread().bid(terms))).toEqual(made);
    });

    it('pieces of an ANYWHERE bid start on their own, unless it says together', () => {
      for (const [together, made] of [
        [false, ['4@5+4#1', '4@5+8#1']],
        [true, ['4@5+4#1']],
      ] as const) {
        const at = market();
        at.offer({ units: 4 });
        expect(trades(at.bid({ units: 8, latest: origin + 12, together }))).toEqual(made);
      }
    });

    it('the rest of a part-filled bid stays bound to its region', () => {
      const at = market();
      at.site(3);
      at.pool(3, { siteId: 3 });
      at.offer({ units: 4 });
      expect(trades(at.bid({ units: 10, placement: Placement.ONE_REGION }))).toEqual(['4@5+4#1']);
      expect(trades(at.offer({}, 2))).toEqual([]);
      expect(trades(at.offer({}, 3, Tier.FIRM, provider))).toEqual(['6@10+4#3']);
    });

    it('the rest of a part-filled bid stays bound to its site and start', () => {
      const at = market();
      at.offer({ units: 4 });
      at.bid({ units: 8, latest: origin + 40, placement: Placement.ONE_SITE });
      expect(trades(at.offer({ units: 8 }, 2))).toEqual([]);
      expect(trades(at.offer({ units: 8, from: origin + 5 }))).toEqual([]);
      expect(trades(at.offer({ units: 3 }))).toEqual(['3@10+4#1']);
    });
  });

  describe(`${name}: R-7 constraints`, () => {
    const rows: [string, Partial<Constraints>, string[]][] = [
      ['regions in', { regionsIn: [hami] }, ['1@6+4#2']],
      ['regions out', { regionsOut: [chongqing] }, ['1@6+4#2']],
      ['round trip within one region without a link', { roundTripUsMax: 0 }, ['1@5+4#1']],
      ['zone', { zone: ResidencyZone.BONDED }, ['1@6+4#2']],
      ['security grade', { securityGradeMin: 4 }, ['1@6+4#2']],
      ['core data: grade and zone', { dataClass: DataClass.CORE }, []],
      ['important data', { dataClass: DataClass.IMPORTANT }, ['1@5+4#1']],
      ['domestic', { domesticOnly: true }, ['1@6+4#2']],
      ['memory', { memoryGibMin: 81 }, ['1@6+4#2']],
      ['interconnect', { interconnect: Interconnect.INFINIBAND }, ['1@6+4#2']],
      ['green share', { greenShareBpMin: 5_001 }, ['1@6+4#2']],
      ['PUE', { pueMilliMax: 1_200 }, ['1@6+4#2']],
      ['providers in', { providersIn: [other] }, ['1@6+4#2']],
      ['providers out', { providersOut: [provider] }, ['1@6+4#2']],
      ['reliability', { reliabilityBpMin: 9_950 }, ['1@6+4#2']],
    ];
    it.each(rows)('%s', (_, constraints, made) => {
      const at = market();
      at.site(2, { region: hami, zone: ResidencyZone.BONDED, securityGrade: 4, greenShareBp: 8_000, pueMilli: 1_150 });
      at.pool(2, {
        siteId: 2,
        providerId: other,
        domestic: true,
        memoryGib: 96,
        interconnect: Interconnect.INFINIBAND,
        reliabilityBp: 9_990,
      });
      at.offer({ ask: 5 * yuan });
      at.offer({ ask: 6 * yuan }, 2);
      expect(trades(at.bid({ demandRegion: chongqing, constraints: { ...noConstraints, ...constraints } }))).toEqual(made);
    });

    it('a site’s link comes before its region’s, and a missing one fails', () => {
      const at = market();
      at.offer({}, 2);
      const near = { demandRegion: chongqing, constraints: { ...noConstraints, roundTripUsMax: 10_000 } };
      expect(trades(at.bid(near))).toEqual([]);
      at.link(1, { roundTripUs: 20_000 });
      expect(trades(at.bid(near))).toEqual([]);
      expect(trades(at.link(2, { toSiteId: 2, roundTripUs: 10_000 }))).toEqual(['1@5+4#2', '1@5+4#2']);
    });
  });

  describe(`${name}: R-8, R-11 preferences`, () => {
    const rows: [string, Partial<BidTerms>, string[]][] = [
      ['CHEAPEST', { preference: Preference.CHEAPEST }, ['1@4+12#1']],
      ['GREENEST', { preference: Preference.GREENEST }, ['1@6+8#2']],
      ['NEAREST', { preference: Preference.NEAREST, demandRegion: hami }, ['1@6+8#2']],
      ['EARLIEST', { preference: Preference.EARLIEST }, ['1@5+4#1']],
      ['GREENEST together', { preference: Preference.GREENEST, together: true }, ['1@6+8#2']],
      ['GREENEST of one site', { preference: Preference.GREENEST, placement: Placement.ONE_SITE }, ['1@6+8#2']],
      ['GREENEST by PFLOPS', { preference: Preference.GREENEST, precision: Precision.FP16, limitPrice: 100 * yuan }, ['4@6+8#2']],
      ['CHEAPEST together', { preference: Preference.CHEAPEST, together: true }, ['1@4+12#1']],
      ['EARLIEST together', { preference: Preference.EARLIEST, together: true }, ['1@5+4#1']],
    ];
    it.each(rows)('%s', (_, terms, made) => {
      const at = market();
      at.site(2, { region: hami, greenShareBp: 9_000 });
      at.offer({ ask: 5 * yuan, to: origin + 12 });
      at.offer({ ask: 6 * yuan, from: origin + 8 }, 2);
      at.offer({ ask: 4 * yuan, from: origin + 12 });
      expect(trades(at.bid({ latest: origin + 40, ...terms }))).toEqual(made);
    });

    it('then start, then the offer’s time', () => {
      const at = market();
      at.offer({ from: origin + 6 });
      at.offer({ from: origin + 5 }, 2);
      expect(trades(at.bid({ latest: origin + 40 }))).toEqual(['1@5+5#2']);
      expect(trades(at.bid({ earliest: origin + 6, latest: origin + 10 }))).toEqual(['1@5+6#1']);
    });

    it('the time is that of the command that last gave it (R-10)', () => {
      for (const together of [false, true]) {
        const at = market();
        at.offer({}, 1, Tier.FIRM, provider, 1);
        at.offer({}, 2);
        at.send('AmendOffer', { orderId: 1, participantId: provider, changes: { units: 9 } });
        expect(trades(at.bid({ units: 9, together }))).toEqual(['8@5+4#2', '1@5+4#1']);
      }
    });

    it('takes no start at which nothing is free', () => {
      const at = market();
      at.offer({ units: 1 });
      at.bid({ durationSlots: 3, latest: origin + 7 });
      expect(trades(at.bid({ latest: origin + 40 }))).toEqual(['1@5+7#1']);
    });
  });

  describe(`${name}: R-12 the best fill of a group and start`, () => {
    const rows: [string, [number, number, number, number][], Partial<BidTerms>, string[]][] = [
      // [pool, units, ask, from]
      [
        'most units',
        [
          [1, 2, 1, 0],
          [2, 3, 9, 0],
        ],
        { units: 4 },
        ['3@9+4#2'],
      ],
      [
        'then least cost',
        [
          [1, 4, 6, 0],
          [2, 4, 5, 0],
        ],
        { units: 4 },
        ['4@5+4#2'],
      ],
      [
        'then the earliest start',
        [
          [1, 4, 5, 6],
          [2, 4, 5, 5],
        ],
        { units: 4, latest: origin + 40 },
        ['4@5+5#2'],
      ],
      [
        'then the earlier offers',
        [
          [2, 4, 5, 0],
          [1, 4, 5, 0],
        ],
        { units: 4 },
        ['4@5+4#2'],
      ],
      [
        'in the order taken',
        [
          [1, 1, 5, 0],
          [2, 4, 5, 0],
          [1, 3, 5, 0],
        ],
        { units: 4 },
        ['1@5+4#1', '3@5+4#1'],
      ],
    ];
    it.each(rows)('%s', (_, offers, terms, made) => {
      const at = market();
      for (const [poolId, units, ask, from] of offers) at.offer({ units, ask: ask * yuan, from: origin + from }, poolId);
      expect(trades(at.bid({ placement: Placement.ONE_SITE, ...terms }))).toEqual(made);
    });

    it('least key × units comes before cost', () => {
      const at = market();
      at.site(2, { region: hami, greenShareBp: 9_000 });
      at.offer({ units: 4, ask: 5 * yuan });
      at.offer({ units: 4, ask: 9 * yuan }, 2);
      expect(trades(at.bid({ units: 4, placement: Placement.ONE_REGION, preference: Preference.GREENEST }))).toEqual(['4@9+4#2']);
    });
  });

  describe(`${name}: R-14 passes`, () => {
    it('match the highest limit first, then the earlier bid', () => {
      const at = market();
      at.bid({ limitPrice: 8 * yuan }, buyer, 1);
      at.bid({ limitPrice: 9 * yuan }, buyer, 2);
      at.bid({ limitPrice: 9 * yuan }, rival, 3);
      at.bid({ limitPrice: 9 * yuan, precision: Precision.FP16 }, rival, 4);
      expect(of(at.offer({ units: 3 }), 'TradeMade').map((trade) => trade.bidId)).toEqual([2, 3, 1]);
    });

    it('match against all candidates', () => {
      const at = market();
      at.offer({ units: 2, ask: 4 * yuan });
      at.bid({ units: 4, allOrNone: true });
      expect(trades(at.offer({ units: 2, ask: 3 * yuan }, 2))).toEqual(['2@10+4#2', '2@4+4#1']);
    });

    const changes: [string, (at: Scenario) => ReturnType<Scenario['at']>][] = [
      ['a link', (at) => at.link(1)],
      ['a site that is verified', (at) => at.site(2, { region: chongqing })],
      ['a pool that is verified', (at) => at.pool(2, { siteId: 2, providerId: other })],
      ['health that comes back', (at) => at.send('PoolHealthChanged', { poolId: 2, health: Health.OK })],
      ['a drain that ends', (at) => at.send('DrainChanged', { poolId: 2, nodes: [], draining: false })],
      ['a group that changes', (at) => at.participant(other)],
    ];
    it.each(changes)('come after %s', (what, change) => {
      const at = market();
      if (what === 'a pool that is verified') at.pool(2, { siteId: 2, providerId: other, active: false });
      if (what === 'health that comes back') at.send('PoolHealthChanged', { poolId: 2, health: Health.SUSPECT });
      if (what === 'a drain that ends') at.send('DrainChanged', { poolId: 2, nodes: [], draining: true });
      if (what === 'a group that changes') at.participant(other, { group: buyer });
      const far = what === 'a link' || what.startsWith('a site') ? { demandRegion: chongqing, dataGb: 1 } : {};
      at.offer({}, 2);
      expect(trades(at.bid({ ...far, limitPrice: 50 * yuan }))).toEqual([]);
      expect(trades(change(at))).toHaveLength(1);
    });

    it('a lease that ends frees nothing that can be sold', () => {
      const at = market();
      at.offer({ units: 1 });
      at.bid();
      at.bid({ earliest: origin + 6, latest: origin + 30, durationSlots: 20, allOrNone: true, units: 2 });
      expect(kinds(at.at(8))).toEqual(['LeaseEnded', 'Applied']);
    });
  });

  describe(`${name}: R-15 price of the order with the earlier time`, () => {
    it('whoever came later takes the improvement', () => {
      const at = market();
      at.offer({ units: 1 });
      expect(trades(at.bid({ units: 2 }))).toEqual(['1@5+4#1']);
      expect(trades(at.offer({ units: 1, ask: 7 * yuan }))).toEqual(['1@10+4#1']);
    });

    it('an amend that loses the time makes the order the later one', () => {
      const at = market();
      at.bid({ limitPrice: 4 * yuan }, buyer, 1);
      at.offer();
      expect(of(at.send('AmendBid', { orderId: 1, participantId: buyer, changes: { limitPrice: 8 * yuan } }), 'TradeMade')).toMatchObject([
        { price: offerTerms.ask, bidWasFirst: false },
      ]);
    });
  });

  describe(`${name}: R-16 self-trade`, () => {
    it('skips orders of one owner', () => {
      const at = market();
      at.participant(provider, { group: buyer });
      at.offer({ ask: 4 * yuan });
      at.offer({ ask: 6 * yuan }, 2);
      expect(trades(at.bid())).toEqual(['1@6+4#2']);
      expect(trades(at.bid({}, rival))).toEqual(['1@4+4#1']);
    });
  });
}
