// A token bucket for each key, one for all edges of all processes: each counts by itself, and tells the others what it has let in. Nobody waits for that, so
// together they may let in more for a moment; what was too much is owed.
import type { HotState, Line } from './hot-state.js';
import { Refusal } from './refusal.js';

interface Bucket {
  /** Below zero where others have let in what was not there. */
  tokens: number;
  /** Milliseconds of a steady clock. */
  filledAt: number;
}

const keptMax = 100_000;
/** What was let in is told so late at most. */
const tellMs = 50;

/** Of a caller without a key, by gRPC's word for its connection: with the port each new connection would begin with a full bucket. */
export const addressOf = (peer: string): string => peer.replace(/:\d+$/, '');

export class RateLimit {
  private readonly buckets = new Map<string, Bucket>();
  private readonly untold = new Map<string, number>();
  private readonly line: Line;

  /**
   * @param perSecond tokens that flow into a bucket in a second
   * @param burst tokens that it holds
   * @param now a steady clock in milliseconds
   */
  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
    hot: HotState,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.line = hot.open('limits', (message) => message !== undefined && this.heard(message));
  }

  /** @throws Refusal exhausted, requests_must_keep_the_rate */
  take(name: string): void {
    const bucket = this.filled(name);
    if (bucket.tokens < 1) {
      const detail = `a key may make ${this.perSecond} requests a second, and ${this.burst} at once after a pause`;
      throw new Refusal('exhausted', 'requests_must_keep_the_rate', detail, undefined, [], Math.ceil((1 - bucket.tokens) / this.perSecond));
    }
    bucket.tokens -= 1;
    if (this.untold.size === 0) setTimeout(() => this.tell(), tellMs).unref();
    this.untold.set(name, (this.untold.get(name) ?? 0) + 1);
  }

  private filled(name: string): Bucket {
    const now = this.now();
    let bucket = this.buckets.get(name);
    if (!bucket) {
      // A bucket forgotten is a full one: who fills the table gains little by it.
      if (this.buckets.size >= keptMax) this.buckets.clear();
      this.buckets.set(name, (bucket = { tokens: this.burst, filledAt: now }));
    }
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.filledAt) * this.perSecond) / 1000);
    bucket.filledAt = now;
    return bucket;
  }

  private tell(): void {
    this.line.tell(JSON.stringify(Object.fromEntries(this.untold)));
    this.untold.clear();
  }

  /** No more is owed than a bucket holds: what others tell, be it wrong, shuts nobody out for long. */
  private heard(message: string): void {
    for (const [name, taken] of Object.entries(JSON.parse(message) as Record<string, unknown>)) {
      if (typeof taken !== 'number' || !(taken > 0)) throw new Error(`taken_must_be_positive: ${name}`);
      const bucket = this.filled(name);
      bucket.tokens = Math.max(-this.burst, bucket.tokens - taken);
    }
  }
}
