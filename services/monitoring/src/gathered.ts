import type { PoolId, Time } from '#domain';
import type { Block } from './core/block.js';
import { Fold, type Tally } from './core/fold.js';
import { NewestUnits } from './core/newest-units.js';

/** What has come since the roll-ups were last merged. */
export class Gathered {
  readonly fold = new Fold();
  /** When each pool was last heard of. */
  readonly heard = new Map<PoolId, Time>();

  constructor(readonly newest: NewestUnits) {}

  add(block: Block, now: Time): Tally {
    this.heard.set(block.poolId, Math.max(now, this.heard.get(block.poolId) ?? 0));
    this.newest.add(block, now);
    return this.fold.add(block, now);
  }
}
