// What a buyer hears of its bids without asking: a benchmark that asks takes of what it measures.
import { type EventStream, listen } from '#testing';
import { type Json, textOf } from '../src/demo/client.js';

const patienceMs = 120_000;

/** Which bids are leases, as the buyer's live stream tells it. */
export class Ear {
  private readonly told = new Set<string>();
  private readonly waiting = new Map<string, () => void>();

  private constructor(private readonly stream: EventStream) {}

  /** @param key of the buyer. All that was told before it is told again first */
  static async open(address: string, key: string): Promise<Ear> {
    const ear = new Ear(await listen(`${address}/v1/orders/events`, key));
    void ear.hear();
    return ear;
  }

  /** Resolves once the bid is a lease. @throws Error where that is not heard in two minutes */
  async filled(bidId: string): Promise<void> {
    if (this.told.has(bidId)) return;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`bid_must_be_a_lease_in_time: ${bidId}`)), patienceMs);
      this.waiting.set(bidId, () => {
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** Until the stream ends: who waits then waits in vain, and says so. */
  private async hear(): Promise<void> {
    for (let come = await this.stream.read(1); come.length; come = await this.stream.read(1))
      for (const { data } of come) {
        const { bid } = JSON.parse(data) as { bid?: Json };
        if (bid?.state === 'FILLED') this.tell(textOf(bid.bidId));
      }
  }

  private tell(bidId: string): void {
    this.told.add(bidId);
    this.waiting.get(bidId)?.();
    this.waiting.delete(bidId);
  }
}
