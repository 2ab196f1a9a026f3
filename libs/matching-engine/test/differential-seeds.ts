import { differenceOfSeed } from './differential.js';

const seedsATest = 10;

/** Both engines agree on the hundred seeds from `first` on. Two files call this, so that two workers share what takes longest. */
export function hundredSeedsAgree(first: number): void {
  describe('the fast engine against the naive one', () => {
    it.each(Array.from({ length: 10 }, (_, i) => first + i * seedsATest))(
      'yields the same events, hashes and snapshots for 2,000 commands of each of the 10 seeds from %i',
      (from) => {
        for (let seed = from; seed < from + seedsATest; seed++) expect(differenceOfSeed(seed, 2_000)).toBeNull();
      },
      180_000,
    );
  });
}
