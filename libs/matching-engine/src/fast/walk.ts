import type { Filter } from './filter.js';
import { leafSize, pageLeaves } from './page-entries.js';
import type { PageList, Pages } from './pages.js';

/** Entries that are level: by leaf, in order, a mask of those in it. */
export class Level {
  leaves = new Int32Array(64);
  masks = new Int32Array(64);
  count = 0;

  push(leaf: number, mask: number): void {
    if (mask === 0) return;
    if (this.count === this.leaves.length) {
      const [leaves, masks] = [new Int32Array(2 * this.count), new Int32Array(2 * this.count)];
      leaves.set(this.leaves);
      masks.set(this.masks);
      this.leaves = leaves;
      this.masks = masks;
    }
    this.leaves[this.count] = leaf;
    this.masks[this.count++] = mask;
  }
}

/** A walk in order through those entries of a list that a filter does not rule out. */
export class Walk {
  /** The next entry; -1: it is not known. */
  place = -1;
  private list!: PageList;
  private at = 0;
  private page = 0;
  /** Leaves of the page that were entered, and those of its entries that are left. */
  private entered = 0;
  private readonly left = new Int32Array(pageLeaves);
  private leaf = 0;
  private mask = 0;

  begin(list: PageList): void {
    this.list = list;
    this.at = -1;
    this.page = -1;
    this.mask = 0;
    this.place = -1;
  }

  /** Looks up the next entry of a key of at most `most`, and keeps it in `place`; false where there is none. */
  look(pages: Pages, filter: Filter, most: number): boolean {
    if (this.place >= 0) return pages.keys[this.place]! <= most;
    while (this.mask === 0) if (!this.enterLeaf(pages, filter, most)) return false;
    this.place = pages.firstOf(this.leaf, this.mask);
    return pages.keys[this.place]! <= most;
  }

  /** The entry in `place` is passed. */
  pass(): void {
    this.mask &= ~(1 << (this.place & 31));
    this.place = -1;
  }

  private enterLeaf(pages: Pages, filter: Filter, most: number): boolean {
    const { list } = this;
    for (;;) {
      if (this.page < 0 || this.entered === pages.leafCounts[this.page]) {
        if (++this.at >= list.count) {
          this.at = list.count;
          return false;
        }
        if (this.at > 0 && list.firstKeys[this.at]! > most) {
          this.at = list.count;
          return false;
        }
        this.page = list.pages[this.at]!;
        this.entered = filter.apply(this.page, this.left) ? 0 : pages.leafCounts[this.page]!;
        continue;
      }
      const position = pages.order[this.page * pageLeaves + this.entered++]!;
      this.leaf = this.page * pageLeaves + position;
      this.mask = this.left[position]!;
      return true;
    }
  }

  /** Moves on past the entries that are level with the one in `place`, which go to the level: those of its key, or all. */
  takeLevel(pages: Pages, filter: Filter, most: number, isAll: boolean, level: Level): void {
    const key = pages.keys[this.place]!;
    for (;;) {
      const same = isAll ? atMost(pages, this.leaf, this.mask, most) : atMost(pages, this.leaf, this.mask, key);
      level.push(this.leaf, same);
      this.mask &= ~same;
      this.place = -1;
      if (this.mask !== 0) return;
      while (this.mask === 0) if (!this.enterLeaf(pages, filter, most)) return;
    }
  }
}

/** Those of the mask whose keys are no more. */
function atMost({ keys }: Pages, leaf: number, mask: number, most: number): number {
  let found = 0;
  for (let left = mask; left !== 0; left &= left - 1) {
    const bit = left & -left;
    if (keys[leaf * leafSize + 31 - Math.clz32(bit)]! <= most) found |= bit;
  }
  return found;
}
