import fc from 'fast-check';
import { Dice } from './dice.js';
import { PageColumns } from '../src/fast/page-columns.js';
import { leafSize, noteBlocks, pageLeaves } from '../src/fast/page-entries.js';
import { Pages } from '../src/fast/pages.js';
import type { PageList } from '../src/fast/pages.js';

/** One column: whether a fact is so of the entry's record. */
class Facts extends PageColumns {
  protected readonly present = 0;
  readonly so = new Set<number>();

  constructor(pages: Pages) {
    super(pages, 1);
  }

  protected each(place: number, put: (column: number) => void): void {
    if (this.so.has(this.pages.records[place]!)) put(0);
  }

  /** Records of the list in order; each stands between its leaf's bound and the next. */
  all(list: PageList): number[] {
    const all: number[] = [];
    for (const page of list.pages.subarray(0, list.count))
      for (let i = 0; i < this.pages.leafCounts[page]!; i++) {
        const leaf = page * pageLeaves + this.pages.order[page * pageLeaves + i]!;
        for (let mask = this.pages.live[leaf]!; mask !== 0;) {
          const place = this.pages.firstOf(leaf, mask);
          all.push(this.pages.records[place]!);
          mask &= ~(1 << (place & 31));
        }
      }
    return all;
  }

  /** Records of a list that its columns say have the fact. */
  said(list: PageList): number[] {
    const said: number[] = [];
    for (const page of list.pages.subarray(0, list.count)) {
      this.prepare(page);
      for (let i = 0; i < this.pages.leafCounts[page]!; i++) {
        const leaf = page * pageLeaves + this.pages.order[page * pageLeaves + i]!;
        const word = this.pages.words[this.pages.wordOf(leaf * leafSize, 0)]! & this.pages.live[leaf]!;
        for (let mask = word; mask !== 0; mask &= mask - 1) said.push(this.pages.records[leaf * leafSize + 31 - Math.clz32(mask & -mask)]!);
      }
    }
    return said.sort((one, other) => one - other);
  }
}

it('columns of a page that another list left are made anew where a page of old is split onto it', () => {
  const pages = new Pages(1, 1);
  const columns = new Facts(pages);
  const [full, other] = [pages.list(), pages.list()];
  const records = Array.from({ length: 400 }, (_, i) => i + 1);
  for (const record of records.slice(0, 200)) pages.insert(full, record, record, record, 0, 1);
  expect(columns.said(full)).toEqual([]);
  pages.insert(other, 1, 1_000, 1_000, 0, 1);

  // The fact of each tenth changes. The other list is read, and its page left; this one is not read before it is split.
  for (const record of records) if (record % 10 === 0) columns.so.add(record);
  columns.expire();
  expect(columns.said(other)).toEqual([]);
  pages.remove(other, 1_000);
  for (const record of records.slice(200)) pages.insert(full, record, record, record, 0, 1);
  expect(full.count).toBeGreaterThan(1);
  expect(pages.pageCount).toBe(full.count);
  expect(columns.said(full)).toEqual([...columns.so]);
});

/** One made column and one sort of notes. */
const noted = (record: number, block: number): boolean => (record * 7 + block) % 5 === 0;

it('what comes and goes stands in order, with its facts and its notes, and leaves no sparse pages behind', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 6 }), (seed, phases) => {
      const dice = new Dice(seed);
      const pages = new Pages(1 + noteBlocks, 1, 1);
      const columns = new Facts(pages);
      const lists = [pages.list(), pages.list()];
      const held = lists.map(() => new Map<number, number>());
      for (let record = 1; record < 4_000; record += 3) columns.so.add(record);
      let next = 1;
      for (let phase = 0; phase < phases; phase++) {
        const coming = dice.roll(100);
        for (let i = 0; i < 800; i++) {
          const which = dice.roll(2);
          const [list, own] = [lists[which]!, held[which]!];
          if (dice.roll(100) < coming) {
            const key = dice.roll(40);
            pages.insert(list, key, next, next, 0, 1);
            for (let block = 0; block < noteBlocks; block += 9) if (noted(next, block)) pages.note(pages.placeOf(next), 1 + block);
            own.set(next++, key);
          } else if (own.size > 0) {
            const record = [...own.keys()][dice.roll(own.size)]!;
            pages.remove(list, record);
            own.delete(record);
          }
          if (dice.oneIn(60)) columns.said(list);
          if (dice.oneIn(300)) columns.expire();
        }
        lists.forEach((list, which) => {
          const own = [...held[which]!].sort(([one, key], [other, otherKey]) => key - otherKey || one - other).map(([record]) => record);
          expect(columns.all(list)).toEqual(own);
          expect(columns.said(list)).toEqual(own.filter((record) => columns.so.has(record)).sort((one, other) => one - other));
          const isWrong = (record: number, block: number): boolean => {
            const place = pages.placeOf(record);
            const isNoted = ((pages.words[pages.wordOf(place, 1 + block)]! >>> (place & 31)) & 1) === 1;
            return isNoted !== (block % 9 === 0 && noted(record, block));
          };
          expect(own.filter((record) => Array.from({ length: noteBlocks }).some((_, block) => isWrong(record, block)))).toEqual([]);
          // Of pages side by side at least every other has a share of its room filled.
          expect(list.count).toBeLessThanOrEqual(1 + own.length / 32);
        });
      }
    }),
    { numRuns: 30 },
  );
});
