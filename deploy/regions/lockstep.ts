// The virtual clocks of several platforms, moved together.
import { slotMs } from '#demo';
import type { Region } from './region.js';

/**
 * While clocks move one is ahead of another, and what it says then is not heard (`clocks_must_agree`): it is said again a second later by its own clock. So
 * the clocks come to rest this long after a slot's beginning.
 */
const afterSlotMs = 5_000;

export class Lockstep {
  private time = 0;

  constructor(private readonly regions: readonly Region[]) {}

  /** To shortly after the slot's beginning, when nothing is under way any more within a platform or between two. */
  async moveTo(slot: number): Promise<void> {
    await Promise.all(this.regions.map((region) => region.advance(slot * slotMs)));
    await this.settle(slot * slotMs + afterSlotMs);
  }

  /** A little later: what had no answer is asked again. */
  async tick(ms: number): Promise<void> {
    await this.settle(this.time + ms);
  }

  /** One after the other, until none has said or heard anything since. */
  async settle(time = this.time): Promise<void> {
    this.time = time;
    for (let before = ''; ;) {
      for (const region of this.regions) await region.advance(time);
      const newest = (await Promise.all(this.regions.map(newestMessage))).join();
      if (newest === before) return;
      before = newest;
    }
  }

  get now(): number {
    return this.time;
  }
}

async function newestMessage(region: Region): Promise<number> {
  if (!region.partners.size) return 0;
  const { messages = [] } = (await region.get('/v1/interconnect/messages?limit=1')) as { messages?: { number: number }[] };
  return messages[0]?.number ?? 0;
}
