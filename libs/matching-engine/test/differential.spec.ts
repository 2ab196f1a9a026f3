import { differenceOfSeed } from './differential.js';

const seedsATest = 25;

describe('the fast engine against the naive one', () => {
  it.each(Array.from({ length: 8 }, (_, i) => 1 + i * seedsATest))(
    'yields the same events, hashes and snapshots for 2,000 commands of each of the 25 seeds from %i',
    (first) => {
      for (let seed = first; seed < first + seedsATest; seed++) expect(differenceOfSeed(seed, 2_000)).toBeNull();
    },
    180_000,
  );
});
