/** From ids (integers of at most 53 bits, from 1) to records, by open addressing over typed arrays: linear probing, and removal that closes the gap. */
export class Ids {
  private keys: Float64Array;
  private values: Int32Array;
  private mask: number;
  private count = 0;

  constructor(capacity = 1024) {
    this.keys = new Float64Array(capacity);
    this.values = new Int32Array(capacity);
    this.mask = capacity - 1;
  }

  /** The record, or -1; also for what is no id. */
  get(id: number): number {
    const { keys, mask } = this;
    if (!(id > 0)) return -1;
    for (let i = home(id) & mask; ; i = (i + 1) & mask) {
      const key = keys[i]!;
      if (key === id) return this.values[i]!;
      if (key === 0) return -1;
    }
  }

  set(id: number, record: number): void {
    if (2 * this.count >= this.mask) this.grow();
    const { keys, mask } = this;
    let i = home(id) & mask;
    while (keys[i] !== 0 && keys[i] !== id) i = (i + 1) & mask;
    if (keys[i] === 0) this.count++;
    keys[i] = id;
    this.values[i] = record;
  }

  remove(id: number): void {
    const { keys, values, mask } = this;
    let gap = home(id) & mask;
    while (keys[gap] !== id) {
      if (keys[gap] === 0) return;
      gap = (gap + 1) & mask;
    }
    this.count--;
    for (let i = (gap + 1) & mask; keys[i] !== 0; i = (i + 1) & mask) {
      const distance = (i - home(keys[i]!)) & mask;
      if (distance < ((i - gap) & mask)) continue;
      keys[gap] = keys[i]!;
      values[gap] = values[i]!;
      gap = i;
    }
    keys[gap] = 0;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Float64Array(2 * keys.length);
    this.values = new Int32Array(2 * keys.length);
    this.mask = 2 * keys.length - 1;
    this.count = 0;
    for (let i = 0; i < keys.length; i++) if (keys[i] !== 0) this.set(keys[i]!, values[i]!);
  }
}

const home = (id: number): number => {
  const low = id | 0;
  const high = ((id - (low >>> 0)) / 4_294_967_296) | 0;
  let h = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  h ^= h >>> 15;
  return h;
};
