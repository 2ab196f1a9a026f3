import { engines, kinds, origin, Scenario, trades } from './scenario.js';

for (const [name, create] of engines) {
  describe(`${name}: smoke`, () => {
    it('trades', () => {
      const market = new Scenario(create);
      expect(kinds(market.offer())).toEqual(['OrderAccepted', 'OrderRested']);
      expect(trades(market.bid({ units: 2 }))).toEqual(['2@5+4#1']);
      expect(kinds(market.bid({ units: 20 }))).toEqual(['OrderAccepted', 'TradeMade', 'OrderRested']);
      expect(trades(market.offer({ ask: 4_000_000 }, 2))).toEqual(['8@10+4#2']);
      expect(origin).toBeGreaterThan(0);
    });
  });
}
