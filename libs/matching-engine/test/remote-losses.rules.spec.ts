import { Placement, Tier } from '#domain';
import type { BidTerms, Event } from '#matching-engine';
import { buyer, engines, kinds, of, origin, refusal, rival, type Scenario, trades, yuan } from './scenario.js';
import { decide, partner, pieces, power, remoteMarket, remotePool } from './remote-market.js';

for (const [name, create] of engines) {
  const market = (): Scenario => remoteMarket(create);

  describe(`${name}: R-24 what a partner lost`, () => {
    const lose = (at: Scenario, ...lefts: [tradeNumber: number, left: number][]): Event[] =>
      at.send('RemoteLeasesLost', { leases: lefts.map(([tradeNumber, left]) => ({ tradeNumber, left })) });
    /** A bid that is all with the first partner, whose word is that it is a lease. */
    const leased = (terms: Partial<BidTerms> = {}): Scenario => {
      const at = market();
      at.bid({ units: 16, ...terms });
      decide(at, 1, true);
      return at;
    };
    const cuts = (events: readonly Event[]): string[] => of(events, 'LeaseCutShort').map(({ units, reason }) => `${units} ${reason}`);
    const group = { perNode: 8, limitPrice: 9 * yuan };

    const rows: [string, Partial<BidTerms>, offered: number, left: number, lost: number, trades: string[], cuts: string[]][] = [
      ['is placed anew here, at the old price', {}, 16, 0, 16, ['16@4+4#1'], []],
      ['is placed anew in part, and the rest cut short', {}, 12, 0, 16, ['12@4+4#1'], ['4 lost']],
      ['finds no place', {}, 0, 0, 16, [], ['16 lost']],
      ['is a part of a lease, which goes on', {}, 16, 11, 5, ['5@4+4#1'], []],
      ['is whole groups on a node', group, 16, 3, 8, ['8@4+4#1'], []],
      ['is nothing where a group still has units', group, 16, 9, 0, [], []],
      ['is not more than the lease has', {}, 16, 20, 0, [], []],
      ['of a gang ends it all', { placement: Placement.ONE_POOL }, 16, 8, 8, [], ['8 lost', '8 gang_broken']],
      ['is all of a gang, which goes on here', { placement: Placement.ONE_POOL }, 16, 0, 16, ['16@4+4#1'], []],
      ['is all of a gang that finds no place', { placement: Placement.ONE_POOL }, 12, 0, 16, [], ['16 lost']],
      ['of what starts together finds none here', { together: true }, 16, 8, 8, [], ['8 lost']],
      ['of what stays at one site finds none here', { placement: Placement.ONE_SITE }, 16, 8, 8, [], ['8 lost']],
    ];
    it.each(rows)('%s', (_, terms, offered, left, lost, made, cut) => {
      const at = leased(terms);
      if (offered > 0) at.offer({ units: offered, ask: 6 * yuan });
      const events = lose(at, [1, left]);
      expect(of(events, 'LeaseLost').reduce((units, event) => units + event.units, 0)).toBe(lost);
      expect([trades(events), cuts(events)]).toEqual([made, cut]);
    });

    it('comes from the next slot on; the partner owes the difference, the buyer holds the old price', () => {
      const at = leased();
      at.offer({ units: 16, ask: 6 * yuan });
      at.at(5);
      const events = lose(at, [1, 4]);
      expect(of(events, 'LeaseLost')).toMatchObject([
        {
          units: 12,
          from: origin + 6,
          unheld: 24 * yuan,
          nodes: [
            { node: 0, units: 8 },
            { node: 1, units: 4 },
          ],
        },
      ]);
      expect(of(events, 'TradeMade')).toMatchObject([{ units: 12, from: origin + 6, to: origin + 8, replaces: 1, owedAmount: 12 * yuan }]);
      expect(power(at)).toBe(64 * yuan);
      expect(at.engine.snapshot().trades[0]).toMatchObject({ nodes: [{ node: 1, units: 4 }], held: 40 * yuan });
    });

    it('is not offered any more: what waits gets none of it, before it is placed anew or after', () => {
      const at = leased();
      at.bid({ units: 20, limitPrice: 5 * yuan }, rival);
      const events = lose(at, [1, 6]);
      expect(kinds(events)).toEqual(['Applied', 'LeaseLost', 'OrderAmended', 'OrderRested', 'LeaseCutShort']);
      expect(of(lose(at, [1, 0]), 'OrderCancelled')).toMatchObject([{ reason: 'supply_gone' }]);
      expect(pieces(at.offer({ units: 4, ask: 4 * yuan }, remotePool, Tier.FIRM, partner))).toEqual(['4@5+4#1 of 2']);
    });

    it('said again does nothing', () => {
      const at = leased();
      at.offer({ units: 16, ask: 6 * yuan });
      lose(at, [1, 4]);
      expect(kinds(lose(at, [1, 4]))).toEqual(['Applied']);
      expect(kinds(lose(at, [1, 8]))).toEqual(['Applied']);
      lose(at, [1, 0]);
      expect(refusal(lose(at, [1, 0]))).toBe('lease_must_be_running_or_to_come');
    });

    it('is placed anew in the order of its trades, those of a gang together', () => {
      const at = market();
      at.bid({ units: 8 });
      at.bid({ units: 8 }, rival);
      decide(at, 1, true);
      decide(at, 2, true);
      at.offer({ units: 8, ask: 6 * yuan });
      const events = lose(at, [2, 0], [1, 0]);
      expect(of(events, 'TradeMade')).toMatchObject([{ buyerId: buyer, units: 8, replaces: 1 }]);
      expect(of(events, 'LeaseCutShort')).toMatchObject([{ tradeNumber: 2, units: 8 }]);
    });

    it('of two leases of a gang goes on here where both were lost in one word', () => {
      const gang = (): Scenario => {
        const at = market();
        at.offer({ units: 8, ask: 3 * yuan }, remotePool, Tier.FIRM, partner);
        at.bid({ units: 16, placement: Placement.ONE_POOL });
        decide(at, 1, true);
        at.offer({ units: 16, ask: 6 * yuan });
        return at;
      };
      expect(trades(lose(gang(), [1, 0], [2, 0]))).toEqual(['8@3+4#1', '8@4+4#1']);
      expect(cuts(lose(gang(), [1, 0]))).toEqual(['8 lost', '8 gang_broken']);
    });

    const faults: [string, [number, number][]][] = [
      ['fact_must_be_within_its_range', [[1, -1]]],
      ['fact_must_be_within_its_range', [[1, 0.5]]],
      ['lease_must_be_running_or_to_come', [[99, 0]]],
      ['lease_must_be_running_or_to_come', []],
      ['lease_must_be_running_or_to_come', [[4, 0]]],
      [
        'lease_must_lie_with_a_partner',
        [
          [1, 0],
          [2, 0],
        ],
      ],
    ];
    it.each(faults)('%s: %j', (rule, lefts) => {
      const at = leased();
      at.offer({ units: 8, ask: 3 * yuan });
      // 2 and 3 lie here, 4 still waits.
      at.bid({ units: 4 });
      at.bid({ units: 16, limitPrice: 6 * yuan }, rival);
      expect(refusal(lose(at, ...lefts))).toBe(rule);
    });

    it('reclaims what it needs here (R-17)', () => {
      const at = leased();
      at.offer({ units: 16, ask: 2 * yuan }, 1, Tier.RECLAIMABLE);
      at.bid({ books: [2], units: 16 }, rival);
      at.offer({ units: 16, ask: 6 * yuan });
      expect(kinds(lose(at, [1, 0]))).toEqual(expect.arrayContaining(['LeaseReclaimed', 'TradeMade', 'BidContinued']));
    });

    it('gives back what its subsidy was, and its new place takes it (R-31)', () => {
      const at = market();
      at.subsidised({ amount: 20 * yuan, rateBp: 5_000 }, { units: 4 });
      decide(at, 1, true);
      at.offer({ units: 4, ask: 6 * yuan });
      expect(of(lose(at, [1, 0]), 'TradeMade')).toMatchObject([{ computeAmount: 16 * yuan, subsidy: 8 * yuan, owedAmount: 8 * yuan }]);
      expect(power(at)).toBe(8 * yuan);
    });
  });
}
