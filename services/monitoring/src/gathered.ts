import type { PoolId, Time } from '#domain';
import type { Block } from './core/block.js';
import { Fold, type Tally } from './core/fold.js';
import { NewestUnits } from './core/newest-units.js';

/** What has come since the roll-ups were last merged. */
export class Gathered {
  readonly fold = new Fold();
  /** When each pool was last heard of. */
  readonly heard = new Map<PoolId, Time>();
  readonly newest = new NewestUnits();

  /** @param now later than `receivedAt` where it is taken from a log: what counts in a roll-up may be no news by then */
  add(block: Block, receivedAt: Time, now = receivedAt): Tally {
    this.heard.set(block.poolId, Math.max(receivedAt, this.heard.get(block.poolId) ?? 0));
    this.newest.add(block, now);
    return this.fold.add(block, receivedAt);
  }
}
