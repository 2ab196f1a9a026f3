import { ComputeClass, Health, Placement, Standby, Tier, TimeInForce } from '#domain';
import type { BidTerms, Event } from '#matching-engine';
import { bidTerms, buyer, engines, kinds, of, origin, refusal, rival, Scenario, trades, yuan } from './scenario.js';

for (const [name, create] of engines) {
  /** Pools 1 and 3 at site 1 in Chongqing ask 5 and 6, pool 4 at site 3 in Chongqing 7, pool 2 at site 2 in Hami 8: each 8 cards. */
  const market = (): Scenario => {
    const at = new Scenario(create);
    at.site(3);
    at.pool(3);
    at.pool(4, { siteId: 3 });
    [1, 3, 4, 2].forEach((pool, i) => at.offer({ ask: (5 + i) * yuan }, pool));
    return at;
  };
  const asked = { units: 4, allOrNone: true, standby: Standby.SITE } as const;
  const standbys = (events: readonly Event[]): number[] => of(events, 'StandbyMade').map(({ tradeNumber }) => tradeNumber);

  describe(`${name}: R-7a standby`, () => {
    const rows: [string, Partial<BidTerms>, string[]][] = [
      ['at another site', {}, ['4@5+4#1', '4@7+4#4']],
      ['in another region', { standby: Standby.REGION }, ['4@5+4#1', '4@8+4#2']],
      ['of the same shape', { placement: Placement.ONE_POOL, units: 8, allOrNone: false }, ['8@5+4#1', '8@7+4#4']],
      ['without any site of the first', { units: 16 }, ['8@5+4#1', '8@6+4#3', '8@7+4#4', '8@8+4#2']],
      ['both or none', { units: 16, standby: Standby.REGION }, []],
      ['both within the limit', { limitPrice: 6 * yuan }, []],
      ['both at one start', { latest: origin + 40, standby: Standby.REGION }, ['4@5+4#1', '4@8+4#2']],
    ];
    it.each(rows)('%s', (_, terms, made) => {
      const events = market().bid({ ...asked, ...terms });
      expect(trades(events)).toEqual(made);
    });

    it('both lie within the band, and only a pair halts a book (R-23)', () => {
      const at = market();
      const product = { computeClass: ComputeClass.INTELLIGENT, modelId: 1, unit: 1, tier: 1 } as const;
      at.send('DefineBook', { bookId: 1, ...product, referencePrice: 5 * yuan, collarBp: 0, bandBp: 3_000 });
      expect(kinds(at.bid({ ...asked, units: 16, standby: Standby.REGION }))).toEqual(['OrderAccepted', 'OrderRested']);
      expect(kinds(at.bid({ ...asked }))).toEqual(['OrderAccepted', 'BookHalted', 'OrderRested']);
    });

    it('is told after its trades; the bid is filled once', () => {
      const at = market();
      const events = at.bid({ ...asked, timeInForce: TimeInForce.FOK });
      expect(kinds(events)).toEqual(['OrderAccepted', 'TradeMade', 'TradeMade', 'StandbyMade', 'OrderFilled']);
      expect(standbys(events)).toEqual([2]);
      expect(at.engine.snapshot()).toMatchObject({ bids: [{ filled: 4 }], trades: [{ standby: false }, { standby: true }] });
    });

    it('is asked by bids that are all or none', () => {
      const at = market();
      expect(refusal(at.bid({ ...asked, allOrNone: false }))).toBe('bid_standby_must_be_all_or_none');
      expect(refusal(at.bid({ ...asked, allOrNone: false, placement: Placement.ONE_POOL }))).toBeNull();
    });

    it('doubles the order’s value and its worst case', () => {
      const at = market();
      at.participant(buyer, { orderValueCap: 79 * yuan });
      expect(refusal(at.bid({ ...asked, units: 4 }))).toBe('order_value_must_be_within_the_cap');
      at.bid({ ...asked, limitPrice: 4 * yuan }, rival);
      expect(at.engine.buyingPower(rival)).toMatchObject({ reserved: 2 * 4 * 4 * yuan });
    });

    it('waits, and is filled by the pass that finds a place for both', () => {
      const at = market();
      expect(kinds(at.bid({ ...asked, limitPrice: 6 * yuan }))).toEqual(['OrderAccepted', 'OrderRested']);
      expect(at.engine.explain(at.last)).toMatchObject({ fillingLimit: 7 * yuan, relaxations: ['standby'] });
      expect(trades(at.offer({ ask: 6 * yuan }, 2))).toEqual(['4@5+4#1', '4@6+4#2']);
    });

    it('a quote shows both fills', () => {
      const at = market();
      const quote = at.engine.quote({ participantId: rival, terms: { ...bidTerms, ...asked, limitPrice: 9 * yuan } }, 0);
      expect(quote).toMatchObject({ filled: 4, rest: 0, cost: (20 + 28) * yuan, buyingPowerUsed: 72 * yuan });
    });

    it('either fill reclaims (R-17)', () => {
      const at = market();
      at.offer({ ask: 2 * yuan, units: 16 }, 4, Tier.RECLAIMABLE);
      at.bid({ books: [2], units: 16 }, rival);
      const events = at.bid({ ...asked, limitPrice: 7 * yuan });
      expect(kinds(events).slice(0, 5)).toEqual(['OrderAccepted', 'LeaseReclaimed', 'TradeMade', 'TradeMade', 'StandbyMade']);
    });

    it('what one fill loses stays away from the other; where it finds no place the other goes on (R-24)', () => {
      const at = market();
      at.bid({ ...asked });
      const lost = (poolId: number) => at.send('PoolHealthChanged', { poolId, health: Health.LOST });
      expect(trades(lost(1))).toEqual(['4@5+4#3']);
      expect(trades(lost(3))).toEqual(['4@5+4#2']);
      expect(kinds(lost(2))).toEqual(['Applied', 'LeaseLost', 'LeaseCutShort']);
      expect(at.engine.snapshot().trades.filter(({ ended }) => !ended)).toMatchObject([{ standby: true, poolId: 4 }]);
    });
  });
}
