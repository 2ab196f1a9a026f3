import { PageColumns } from '../src/fast/page-columns.js';
import { leafSize, pageLeaves, Pages } from '../src/fast/pages.js';
import type { PageList } from '../src/fast/pages.js';

/** One column: whether a fact is so of the entry's record. */
class Facts extends PageColumns {
  protected readonly present = 0;
  readonly so = new Set<number>();

  constructor(pages: Pages) {
    super(pages, 1);
  }

  insert(list: PageList, key: number, record: number): number {
    const place = this.pages.insert(list, key, record, record, 0, 1);
    this.set(place);
    return place;
  }

  remove(list: PageList, record: number): void {
    this.clear(this.pages.placeOf(record));
    this.pages.remove(list, record);
  }

  protected each(place: number, put: (column: number) => void): void {
    if (this.so.has(this.pages.records[place]!)) put(0);
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
  for (const record of records.slice(0, 200)) columns.insert(full, record, record);
  expect(columns.said(full)).toEqual([]);
  columns.insert(other, 1, 1_000);

  // The fact of each tenth changes. The other list is read, and its page left; this one is not read before it is split.
  for (const record of records) if (record % 10 === 0) columns.so.add(record);
  columns.expire();
  expect(columns.said(other)).toEqual([]);
  columns.remove(other, 1_000);
  for (const record of records.slice(200)) columns.insert(full, record, record);
  expect(full.count).toBeGreaterThan(1);
  expect(pages.pageCount).toBe(full.count);
  expect(columns.said(full)).toEqual([...columns.so]);
});
