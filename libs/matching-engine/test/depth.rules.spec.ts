import { Health, Tier } from '#domain';
import type { OfferTerms } from '#matching-engine';
import { buyer, engines, offerTerms, origin, Scenario, yuan } from './scenario.js';

const day = { earliest: origin + 1, latest: origin + 96, durationSlots: 95 };
const window = { from: origin + 1, to: origin + 96 };
const morning = { earliest: origin + 1, latest: origin + 48, durationSlots: 47 };
const evening = { earliest: origin + 48, latest: origin + 96, durationSlots: 48 };

/** Offers of pool 1 as [units, ask in yuan]. */
const offers = (at: Scenario, ...terms: [number, number][]): void => terms.forEach(([units, ask]) => at.offer({ units, ask: ask * yuan }));
const reclaimable = (at: Scenario, terms: Partial<OfferTerms>): unknown => at.offer({ ask: yuan, ...terms }, 1, Tier.RECLAIMABLE);

/** What book 1 has on offer on the day, as units@ask. */
const onOffer = (at: Scenario, bookId = 1): string[] =>
  at.engine.depth(bookId, origin, origin + 96).offers.map(({ price, units }) => `${units}@${price / yuan}`);

for (const [name, create] of engines) {
  describe(`${name}: R-19 depth`, () => {
    const market = (): Scenario => new Scenario(create);

    it('shows what rests in a book on a day', () => {
      const at = market();
      at.offer({ units: 3 });
      at.offer({ units: 4, ask: 7 * yuan }, 2);
      at.bid({ units: 2 });
      at.bid({ limitPrice: 4 * yuan, units: 2 });
      at.bid({ limitPrice: 4 * yuan, units: 5 });
      expect(at.engine.depth(1, origin + 4, origin + 8)).toEqual({
        bids: [{ price: 4 * yuan, units: 7, orders: 2 }],
        offers: [
          { price: 5 * yuan, units: 1, orders: 1 },
          { price: 7 * yuan, units: 4, orders: 1 },
        ],
      });
      expect(at.engine.depth(2, origin, origin + 96)).toEqual({ bids: [], offers: [] });
    });

    /** Pool 1 has two nodes of eight cards. */
    const rows: readonly (readonly [what: string, send: (at: Scenario) => unknown, offers: readonly string[]])[] = [
      ['what is offered', (at) => at.offer({ units: 5 }), ['5@5']],
      ['no more than the pool has', (at) => at.offer({ units: 100 }), ['16@5']],
      ['of one pool together no more than it has, the best ask first', (at) => offers(at, [9, 7], [12, 6], [3, 5]), ['3@5', '12@6', '1@7']],
      ['two pools each for itself', (at) => (at.offer({ units: 20 }), at.offer({ units: 20 }, 2)), ['32@5']],
      [
        'less where the other tier sold of the pool',
        (at) => (offers(at, [16, 5]), reclaimable(at, {}), at.bid({ ...day, books: [2], units: 6 })),
        ['10@5'],
      ],
      ['what is free at an instant', (at) => (offers(at, [16, 5]), at.bid({ units: 6 })), ['16@5']],
      [
        'what is free while the offer sells',
        (at) => (at.offer({ units: 16 }), at.bid({ units: 6 }), at.offer({ ask: yuan, units: 16, from: origin + 4, to: origin + 8 })),
        ['10@1', '6@5'],
      ],
      [
        'what offer and pool have left at one instant',
        (at) => (
          at.offer({ units: 8 }),
          at.bid({ ...morning, units: 6 }),
          reclaimable(at, { units: 16 }),
          at.bid({ ...evening, books: [2], units: 13 })
        ),
        ['3@5'],
      ],
      [
        'nodes that are well',
        (at) => (at.offer({ units: 16 }), at.send('NodeHealthChanged', { poolId: 1, health: Health.SUSPECT, nodes: [0] })),
        ['8@5'],
      ],
      [
        'nodes that do not drain',
        (at) => (at.offer({ units: 16 }), at.send('DrainChanged', { poolId: 1, draining: true, nodes: [1] })),
        ['8@5'],
      ],
      [
        'nothing where all nodes are ill',
        (at) => (at.offer(), at.send('NodeHealthChanged', { poolId: 1, health: Health.LOST, nodes: [0, 1] })),
        [],
      ],
      ['nothing of a pool that drains', (at) => (at.offer(), at.send('DrainChanged', { poolId: 1, draining: true, nodes: [] })), []],
      ['nothing of a pool that is not OK', (at) => (at.offer(), at.send('PoolHealthChanged', { poolId: 1, health: Health.SUSPECT })), []],
      ['nothing of a site that is suspended', (at) => (at.offer(), at.site(1, { active: false })), []],
      ['nothing of a pool that is suspended', (at) => (at.offer(), at.pool(1, { active: false })), []],
      ['nothing of a book that is halted', (at) => (at.offer(), at.send('HaltBook', { bookId: 1 })), []],
      ['nothing while the market is stopped', (at) => (at.offer(), at.send('StopMarket', {})), []],
      [
        'nothing of slots that have begun',
        (at) => (at.offer({ to: origin + 20 }), at.bid({ units: 8, earliest: origin + 16, latest: origin + 20 }), at.at(15.5)),
        [],
      ],
    ];
    it.each(rows)('shows %s', (_, send, expected) => {
      const at = market();
      send(at);
      expect(onOffer(at)).toEqual(expected);
    });
  });
}

for (const [name, create] of engines) {
  it(`${name}: R-19 depth leaves out RECLAIMABLE units while their site is curtailed`, () => {
    const at = new Scenario(create);
    reclaimable(at, { units: 16 });
    at.send('CurtailSite', { siteId: 1, from: origin, to: origin + 48 });
    expect(onOffer(at, 2)).toEqual(['16@1']);
    at.send('CurtailSite', { siteId: 1, from: origin, to: origin + 96 });
    expect(onOffer(at, 2)).toEqual([]);
  });
}

for (const [name, create] of engines) {
  it(`${name}: R-19 depth shows what a lease is resold of, as long as it is left`, () => {
    const at = new Scenario(create);
    at.offer({ units: 16 });
    at.bid({ ...day, units: 6 });
    for (const [orderId, ask] of [
      [7, 3],
      [8, 4],
    ] as const)
      at.send('ResellLease', {
        orderId,
        participantId: buyer,
        sessionId: 0,
        tradeNumber: 1,
        terms: { ...offerTerms, ...window, units: 5, ask: ask * yuan },
      });
    expect(onOffer(at)).toEqual(['5@3', '1@4', '10@5']);
  });
}
