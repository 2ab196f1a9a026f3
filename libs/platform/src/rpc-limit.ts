// A token bucket for each key, on each edge of this process.
import { Refusal } from './refusal.js';

interface Bucket {
  tokens: number;
  /** Milliseconds of a steady clock. */
  filledAt: number;
}

const keptMax = 100_000;

export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();

  /**
   * @param perSecond tokens that flow in a second; as many again may wait in the bucket
   * @param now a steady clock in milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws Refusal exhausted, requests_must_keep_the_rate */
  take(name: string): void {
    const now = this.now();
    let bucket = this.buckets.get(name);
    if (!bucket) {
      // A bucket forgotten is a full one: who fills the table gains little by it.
      if (this.buckets.size >= keptMax) this.buckets.clear();
      this.buckets.set(name, (bucket = { tokens: 2 * this.perSecond, filledAt: now }));
    }
    bucket.tokens = Math.min(2 * this.perSecond, bucket.tokens + ((now - bucket.filledAt) * this.perSecond) / 1000);
    bucket.filledAt = now;
    if (bucket.tokens < 1)
      throw new Refusal('exhausted', 'requests_must_keep_the_rate', `a key may make ${this.perSecond} requests a second`);
    bucket.tokens -= 1;
  }
}
