// what a platform's own pools have on sale, slot by slot, as partners are told of it.
import { Health, Placement, ResidencyZone, Tier } from '#domain';
import { buyer, chongqing, engines, hami, offerTerms, origin, Scenario, yuan } from './scenario.js';

const from = origin + 4;
const to = origin + 12;
const window = { from, to };
const remotePool = 1_000_000_001;
const partner = 31;

/** Per kind its region, and units@ask+first-end of its asks. */
const onSale = (at: Scenario, bookId = 1): string[] =>
  at.engine
    .onSale(bookId, from, to)
    .flatMap(({ region, asks }) => [
      String(region),
      ...asks.flatMap(({ ask, levels }) => levels.map((range) => `${range.units}@${ask / yuan}+${range.from - from}-${range.to - from}`)),
    ]);
const bought = (at: Scenario, units: number, first: number, slots: number): unknown =>
  at.bid({ units, earliest: from + first, latest: from + first + slots, durationSlots: slots });

for (const [name, create] of engines) {
  describe(`${name}: what is on sale`, () => {
    /** Pool 1 has two nodes of eight cards in Chongqing, pool 2 the same in Hami. */
    const rows: readonly (readonly [what: string, send: (at: Scenario) => unknown, ...expected: string[]])[] = [
      ['nothing where nobody offers', () => undefined, '500000', '650500'],
      ['what is offered, where its window is', (at) => at.offer({ units: 5, from: from + 2 }), '500000', '5@5+2-8', '650500'],
      ['by region', (at) => [at.offer(window), at.offer({ ...window, units: 3 }, 2)], '500000', '8@5+0-8', '650500', '3@5+0-8'],
      [
        'no unit twice, the best ask first',
        (at) => [at.offer({ ...window, units: 9, ask: 7 * yuan }), at.offer({ ...window, units: 12, ask: 6 * yuan })],
        ...['500000', '12@6+0-8', '4@7+0-8', '650500'],
      ],
      [
        'less in the slots that are sold',
        (at) => [at.offer(window), bought(at, 3, 2, 4)],
        '500000',
        '8@5+0-2',
        '5@5+2-6',
        '8@5+6-8',
        '650500',
      ],
      [
        'less where another tier has sold of the pool',
        (at) => [
          at.offer({ ...window, units: 16 }),
          at.offer({ ...window, units: 16, ask: yuan }, 1, Tier.RECLAIMABLE),
          at.bid({ books: [2], units: 6, earliest: from, latest: from + 4 }),
        ],
        ...['500000', '10@5+0-4', '16@5+4-8', '650500'],
      ],
      [
        'single units, also of offers for long leases',
        (at) => at.offer({ ...window, units: 5, minSlots: 8 }),
        ...['500000', '5@5+0-8', '650500'],
      ],
      [
        'nothing of nodes that are ill',
        (at) => [at.offer({ ...window, units: 16 }), at.send('NodeHealthChanged', { poolId: 1, health: Health.LOST, nodes: [0] })],
        ...['500000', '8@5+0-8', '650500'],
      ],
      [
        'nothing of a pool that drains',
        (at) => [at.offer(window), at.send('DrainChanged', { poolId: 1, draining: true, nodes: [] })],
        ...['500000', '650500'],
      ],
      ['nothing of a book that is halted', (at) => [at.offer(window), at.send('HaltBook', { bookId: 1 })], '500000', '650500'],
      ['nothing while the market is stopped', (at) => [at.offer(window), at.send('StopMarket', {})], '500000', '650500'],
      ['nothing of slots that have begun', (at) => [at.offer(window), at.at(6.5)], '500000', '8@5+3-8', '650500'],
      [
        'nothing of a lease that is resold',
        (at) => [
          at.offer({ ...window, units: 4 }),
          bought(at, 4, 0, 8),
          at.send('ResellLease', {
            ...{ orderId: 900, participantId: buyer, sessionId: 0, tradeNumber: 1 },
            terms: { ...offerTerms, ...window, units: 4 },
          }),
        ],
        ...['500000', '650500'],
      ],
      [
        'nothing of a partner',
        (at) => [
          at.participant(partner),
          at.site(remotePool, { region: hami + 1, platform: partner }),
          at.pool(remotePool, { siteId: remotePool, providerId: partner }),
          at.offer(window, remotePool, Tier.FIRM, partner),
        ],
        ...['500000', '650500'],
      ],
    ];
    it.each(rows.map(([what, send, ...expected]) => ({ what, send, expected })))('$what', ({ send, expected }) => {
      const at = new Scenario(create);
      send(at);
      expect(onSale(at)).toEqual(expected);
    });

    it('by zone and whether chips are domestic, too; and of no book that is not there', () => {
      const at = new Scenario(create);
      at.site(3, { region: chongqing, zone: ResidencyZone.ABROAD });
      at.pool(3, { siteId: 3, domestic: true });
      at.pool(4, { siteId: 1, domestic: true });
      expect(at.engine.onSale(1, from, to).map(({ zone, domestic }) => [zone, domestic])).toEqual([
        [ResidencyZone.DOMESTIC, false],
        [ResidencyZone.DOMESTIC, true],
        [ResidencyZone.ABROAD, true],
        [ResidencyZone.DOMESTIC, false],
      ]);
      expect(at.engine.onSale(77, from, to)).toEqual([]);
    });

    it('looking changes nothing', () => {
      const at = new Scenario(create);
      at.offer(window);
      bought(at, 3, 2, 4);
      const before = at.engine.stateHash();
      onSale(at);
      expect(at.engine.stateHash()).toBe(before);
      expect(
        at.bid({ units: 8, placement: Placement.ONE_POOL, earliest: from, latest: from + 2, durationSlots: 2 }).map(({ kind }) => kind),
      ).toContain('TradeMade');
    });
  });
}
