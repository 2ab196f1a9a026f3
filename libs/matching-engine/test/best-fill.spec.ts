import fc from 'fast-check';
import { Placement, TimeInForce } from '#domain';
import { buyer, engines, of, origin, other, provider, rival, Scenario, yuan } from './scenario.js';

const seed = Number(process.env.SEED ?? 1);

const offer = fc.record({
  pool: fc.integer({ min: 1, max: 3 }),
  units: fc.integer({ min: 1, max: 9 }),
  ask: fc.integer({ min: 1, max: 4 }),
});
/** Leases that stand already: on a node of a pool, bought one by one through an offer of their own. */
const taken = fc.record({
  pool: fc.integer({ min: 1, max: 3 }),
  units: fc.integer({ min: 1, max: 8 }),
  from: fc.integer({ min: 2, max: 7 }),
});

interface Best {
  units: number;
  cost: number;
}

/** Most groups, then least cost, over every way to share them among the offers. Pools 1 and 3 are at site 1, pool 2 at site 2. */
function bruteForce(
  offers: readonly { pool: number; groups: number; cost: number }[],
  groupsOfPool: ReadonlyMap<number, number>,
  wanted: number,
): Best {
  const best: Best = { units: 0, cost: 0 };
  const left = new Map(groupsOfPool);
  const visit = (i: number, units: number, cost: number): void => {
    if (units > best.units || (units === best.units && cost < best.cost)) Object.assign(best, { units, cost });
    const each = offers[i];
    if (!each) return;
    const most = Math.min(each.groups, left.get(each.pool)!, wanted - units);
    for (let groups = 0; groups <= most; groups++) {
      left.set(each.pool, left.get(each.pool)! - groups);
      visit(i + 1, units + groups, cost + groups * each.cost);
      left.set(each.pool, left.get(each.pool)! + groups);
    }
  };
  visit(0, 0, 0);
  return best;
}

for (const [name, create] of engines) {
  describe(`${name}: R-12 in small markets`, () => {
    it.each([
      ['ANYWHERE', Placement.ANYWHERE],
      ['ONE_SITE', Placement.ONE_SITE],
      ['ONE_POOL', Placement.ONE_POOL],
    ] as const)('a bid with one start, %s: no fill has more units, or as many for less', (_, placement) => {
      fc.assert(
        fc.property(
          fc.array(offer, { maxLength: 5 }),
          fc.array(taken, { maxLength: 5 }),
          fc.constantFrom(1, 2, 4),
          fc.integer({ min: 1, max: 6 }),
          (offers, leases, perNode, wanted) => {
            const at = new Scenario(create);
            at.pool(3);
            for (const { pool, units, from } of leases) {
              at.offer({ units, ask: 9 * yuan, from: origin + from, to: origin + from + 2 }, pool);
              at.bid({ timeInForce: TimeInForce.IOC, units, earliest: origin + from, latest: origin + from + 2, durationSlots: 2 }, rival);
            }
            for (const participantId of [provider, other]) at.send('CancelAll', { participantId });
            for (const { pool, units, ask } of offers) at.offer({ units, ask: ask * yuan }, pool);
            const free = new Map([1, 2, 3].map((pool) => [pool, 0]));
            for (const pool of [1, 2, 3]) {
              for (const node of [0, 1]) {
                let peak = 0;
                for (let slot = origin + 4; slot < origin + 8; slot++) {
                  const running = at.engine
                    .snapshot()
                    .trades.filter((trade) => trade.poolId === pool && trade.from <= slot && slot < trade.to);
                  peak = Math.max(
                    peak,
                    running
                      .flatMap((trade) => trade.nodes)
                      .filter((each) => each.node === node)
                      .reduce((sum, { units }) => sum + units, 0),
                  );
                }
                free.set(pool, free.get(pool)! + Math.floor((8 - peak) / perNode));
              }
            }
            const made = of(at.bid({ units: wanted * perNode, perNode, placement }, buyer), 'TradeMade');
            const got: Best = {
              units: made.reduce((sum, { units }) => sum + units, 0) / perNode,
              cost: made.reduce((sum, { computeAmount }) => sum + computeAmount, 0),
            };
            const asked = offers.map(({ pool, units, ask }) => ({ pool, groups: Math.floor(units / perNode), cost: ask * perNode * yuan }));
            const groups = {
              [Placement.ANYWHERE]: [[1, 2, 3]],
              [Placement.ONE_SITE]: [[1, 3], [2]],
              [Placement.ONE_POOL]: [[1], [2], [3]],
            }[placement];
            const fills = groups
              .map((pools) =>
                bruteForce(
                  asked.filter((each) => pools.includes(each.pool)),
                  free,
                  wanted,
                ),
              )
              .filter((fill) => placement !== Placement.ONE_POOL || fill.units === wanted)
              .sort((a, b) => b.units - a.units || a.cost - b.cost);
            expect(got).toEqual(fills[0] ?? { units: 0, cost: 0 });
          },
        ),
        { numRuns: 150, seed },
      );
    });
  });

  describe(`${name}: price-time order`, () => {
    it('of bids alike but for limit and time, a new offer fills the highest limits, then the earliest', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 4, max: 7 }), { minLength: 1, maxLength: 12 }),
          fc.integer({ min: 1, max: 8 }),
          (limits, units) => {
            const at = new Scenario(create);
            limits.forEach((limit, i) => at.bid({ limitPrice: limit * yuan }, i % 2 === 0 ? buyer : rival, i + 1));
            const filled = of(at.offer({ units }), 'TradeMade').map((trade) => trade.bidId);
            const expected = limits
              .map((limit, i) => ({ limit, id: i + 1 }))
              .filter(({ limit }) => limit >= 5)
              .sort((a, b) => b.limit - a.limit || a.id - b.id)
              .slice(0, units)
              .map(({ id }) => id);
            expect(filled).toEqual(expected);
          },
        ),
        { numRuns: 200, seed },
      );
    });

    it('of offers alike but for ask and time, a new bid takes the lowest asks, then the earliest', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 4, max: 7 }), { minLength: 1, maxLength: 8 }),
          fc.integer({ min: 1, max: 8 }),
          (asks, units) => {
            const at = new Scenario(create);
            asks.forEach((ask, i) => at.offer({ units: 1, ask: ask * yuan }, 1, 1, 11, i + 1));
            const taken = of(at.bid({ units, limitPrice: 6 * yuan }), 'TradeMade').map((trade) => trade.offerId);
            const expected = asks
              .map((ask, i) => ({ ask, id: i + 1 }))
              .filter(({ ask }) => ask <= 6)
              .sort((a, b) => a.ask - b.ask || a.id - b.id)
              .slice(0, units)
              .map(({ id }) => id);
            expect(taken).toEqual(expected);
          },
        ),
        { numRuns: 200, seed },
      );
    });
  });
}
