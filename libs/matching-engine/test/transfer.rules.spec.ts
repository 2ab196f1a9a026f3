import { buyer, chongqing, engines, of, Scenario, trades, yuan } from './scenario.js';

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: R-11a transfer`, () => {
    const remote = { demandRegion: chongqing, dataGb: 100, units: 2 } as const;

    it('is charged by the fill’s share, rounded up, and paid to the link’s owner', () => {
      const at = market();
      at.link(1, { pricePerGb: 33_333 });
      at.offer({ units: 1 }, 2);
      expect(of(at.bid(remote), 'TradeMade')).toMatchObject([{ computeAmount: 5 * yuan, transferAmount: 1_666_650, linkOwnerId: 21 }]);
    });

    it('counts in comparing: spread over the unit-hours', () => {
      const at = market();
      at.link(1, { pricePerGb: 20_000 });
      at.offer({ ask: 4 * yuan }, 2);
      at.offer({ ask: 5 * yuan });
      expect(trades(at.bid(remote))).toEqual(['2@4+4#2']);
      at.link(1, { pricePerGb: 20_100 });
      expect(trades(at.bid(remote))).toEqual(['2@5+4#1']);
    });

    it('rounds up what is charged and what is compared', () => {
      const at = market();
      at.link(1, { pricePerGb: 1 });
      at.offer({ units: 1 }, 2);
      at.offer({ units: 1 });
      const made = of(at.bid({ ...remote, dataGb: 1, units: 3 }), 'TradeMade');
      expect(made.map(({ poolId, transferAmount }) => [poolId, transferAmount])).toEqual([
        [1, 0],
        [2, 1],
      ]);
    });

    it('without a link a candidate elsewhere fails, one in the region pays nothing', () => {
      const at = market();
      at.offer({ ask: 4 * yuan }, 2);
      expect(trades(at.bid(remote))).toEqual([]);
      expect(of(at.offer(), 'TradeMade')).toMatchObject([{ transferAmount: 0, poolId: 1, linkOwnerId: 0 }]);
    });

    it('of several links the site’s comes before the region’s, then the cheapest, the shortest, the oldest', () => {
      const at = market();
      const made = (): unknown =>
        of(at.bid(remote), 'TradeMade').map(({ transferAmount, linkOwnerId }) => [transferAmount / yuan, linkOwnerId]);
      at.offer({ units: 16 }, 2);
      at.link(1, { pricePerGb: 20_000, ownerId: 21 });
      at.link(2, { pricePerGb: 10_000, ownerId: 22, roundTripUs: 9_000 });
      at.link(3, { pricePerGb: 10_000, ownerId: 23, roundTripUs: 8_000 });
      at.link(4, { pricePerGb: 10_000, ownerId: 24, roundTripUs: 8_000 });
      expect(made()).toEqual([[1, 23]]);
      at.link(3, { active: false });
      expect(made()).toEqual([[1, 24]]);
      at.link(5, { pricePerGb: 30_000, ownerId: 25, toSiteId: 2 });
      expect(made()).toEqual([[3, 25]]);
    });

    it('an earlier bid pays the highest tick at which its price and transfer fit the limit (R-15)', () => {
      const at = market();
      at.link(1, { pricePerGb: 33_333 });
      at.bid(remote);
      expect(of(at.offer({}, 2), 'TradeMade')).toMatchObject([{ price: 8_333_300, computeAmount: 16_666_600, transferAmount: 3_333_300 }]);
      expect(at.engine.buyingPower(buyer)).toMatchObject({ reserved: 16_666_600 + 3_333_300 });
    });
  });
}
