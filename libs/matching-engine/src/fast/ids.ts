/** From ids (integers of at most 53 bits, from 1) to records, by open addressing in one typed array: linear probing, and removal that closes the gap. */
export class Ids {
  /** Pairs of an id (0: none) and its record, so that a look-up touches one line of memory. */
  private pairs: Float64Array;
  private mask: number;
  private count = 0;

  /** @param ids how many are expected; more are taken as well */
  constructor(ids = 512) {
    const places = 2 ** Math.ceil(Math.log2(2 * ids + 2));
    this.pairs = new Float64Array(2 * places);
    this.mask = places - 1;
  }

  /** The record, or -1; also for what is no id. */
  get(id: number): number {
    const { pairs, mask } = this;
    if (!(id > 0)) return -1;
    for (let i = home(id) & mask; ; i = (i + 1) & mask) {
      const key = pairs[2 * i]!;
      if (key === id) return pairs[2 * i + 1]!;
      if (key === 0) return -1;
    }
  }

  set(id: number, record: number): void {
    if (2 * this.count >= this.mask) this.grow();
    const { pairs, mask } = this;
    let i = home(id) & mask;
    while (pairs[2 * i] !== 0 && pairs[2 * i] !== id) i = (i + 1) & mask;
    if (pairs[2 * i] === 0) this.count++;
    pairs[2 * i] = id;
    pairs[2 * i + 1] = record;
  }

  remove(id: number): void {
    const { pairs, mask } = this;
    let gap = home(id) & mask;
    while (pairs[2 * gap] !== id) {
      if (pairs[2 * gap] === 0) return;
      gap = (gap + 1) & mask;
    }
    this.count--;
    for (let i = (gap + 1) & mask; pairs[2 * i] !== 0; i = (i + 1) & mask) {
      const distance = (i - home(pairs[2 * i]!)) & mask;
      if (distance < ((i - gap) & mask)) continue;
      pairs[2 * gap] = pairs[2 * i]!;
      pairs[2 * gap + 1] = pairs[2 * i + 1]!;
      gap = i;
    }
    pairs[2 * gap] = 0;
  }

  private grow(): void {
    const { pairs } = this;
    this.pairs = new Float64Array(2 * pairs.length);
    this.mask = pairs.length - 1;
    this.count = 0;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] !== 0) this.set(pairs[i]!, pairs[i + 1]!);
  }
}

const home = (id: number): number => {
  const low = id | 0;
  const high = ((id - (low >>> 0)) / 4_294_967_296) | 0;
  let h = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  h ^= h >>> 15;
  return h;
};
