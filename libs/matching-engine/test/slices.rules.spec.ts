import { bidTerms, buyer, engines, refusal, Scenario, yuan } from './scenario.js';

for (const [name, create] of engines) {
  const market = (): Scenario => new Scenario(create);

  describe(`${name}: R-26 slices of buying power`, () => {
    it('a slice of another shard adds to it, and is none of the numbered raises', () => {
      const at = market();
      const take = (participantId: number, amount: number) => at.send('TakeSlice', { participantId, amount });
      expect(take(buyer, 5 * yuan)).toEqual([
        { kind: 'SliceTaken', participantId: buyer, amount: 5 * yuan, buyingPower: 1_000_005 * yuan },
      ]);
      expect(at.engine.buyingPower(buyer)).toEqual({ total: 1_000_005 * yuan, reserved: 0, raises: 1 });
      expect(take(77, yuan)).toMatchObject([{ buyingPower: yuan }]);
      expect(at.engine.buyingPower(77)).toEqual({ total: yuan, reserved: 0, raises: 0 });
      for (const [participantId, amount, rejection] of [
        [buyer, 0, 'fact_must_be_within_its_range'],
        [buyer, 0.5, 'fact_must_be_within_its_range'],
        [0, yuan, 'fact_must_be_within_its_range'],
        [buyer, Number.MAX_SAFE_INTEGER, 'buying_power_must_stay_a_safe_integer'],
      ] as const)
        expect(refusal(take(participantId, amount))).toBe(rejection);
      expect(refusal(at.send('RaiseBuyingPower', { participantId: buyer, number: 2, amount: yuan }))).toBeNull();
    });

    it('a quote counts what other shards have free', () => {
      const at = market();
      at.send('LowerBuyingPower', { participantId: buyer, requestId: 'w', amount: 999_990 * yuan });
      const rejection = (elsewhere?: number) =>
        at.engine.quote({ participantId: buyer, ...(elsewhere === undefined ? {} : { elsewhere }), terms: { ...bidTerms, units: 4 } }, 0)
          .rejection;
      expect([rejection(), rejection(30 * yuan - 1), rejection(30 * yuan)]).toEqual([
        'buying_power_must_cover_the_worst_case',
        'buying_power_must_cover_the_worst_case',
        null,
      ]);
    });
  });
}
