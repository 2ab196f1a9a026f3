/** Counts of values from 0.01 to 10⁹ in buckets of 1 % (high dynamic range): percentiles without keeping the values. */
export class Histogram {
  private readonly counts = new Float64Array(2_600);
  private total = 0;

  add(value: number): void {
    const bucket = value <= 0.01 ? 0 : Math.min(this.counts.length - 1, 1 + Math.floor(Math.log(value * 100) / Math.log(1.01)));
    this.counts[bucket]!++;
    this.total++;
  }

  /** The value that such a share of all do not pass, to 1 %. */
  at(share: number): number {
    let left = share * this.total;
    for (let bucket = 0; bucket < this.counts.length; bucket++) {
      left -= this.counts[bucket]!;
      if (left <= 0) return bucket === 0 ? 0.01 : 0.01 * 1.01 ** bucket;
    }
    return Infinity;
  }
}
