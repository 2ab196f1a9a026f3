/** Numbers below `n` of which the k-th most frequent comes 1/k as often as the first, scattered over the range; the same at every run. */
export class Zipf {
  private readonly reached: Float64Array;
  private readonly scattered: Int32Array;
  private state = 42;

  constructor(n: number) {
    this.reached = new Float64Array(n);
    let sum = 0;
    for (let rank = 0; rank < n; rank += 1) this.reached[rank] = sum += 1 / (rank + 1);
    this.scattered = Int32Array.from({ length: n }, (_, at) => at);
    for (let at = n - 1; at > 0; at -= 1) {
      const other = Math.floor(this.chance() * (at + 1));
      [this.scattered[at], this.scattered[other]] = [this.scattered[other]!, this.scattered[at]!];
    }
  }

  next(): number {
    const wanted = this.chance() * this.reached.at(-1)!;
    let [low, high] = [0, this.reached.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.reached[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return this.scattered[low]!;
  }

  /** Mulberry32: from 0 on, below 1. */
  private chance(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
