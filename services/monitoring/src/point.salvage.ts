import { Injectable } from '@nestjs/common';
import { LoggedFrames, type PointBlock } from '#contracts';
import { Clock, Database, Logger, type Tx, isOutage, messageOf } from '#platform';
import { type Block, readBlock } from './core/block.js';
import type { NewestUnits } from './core/newest-units.js';
import { Gathered } from './gathered.js';
import { PointLog, WriterGone } from './point.log.js';
import { RollupStore } from './rollup.store.js';

const attemptsMax = 3;

/** A log that could not be merged whole, row by row: those that can be merged are, the others are put aside. */
@Injectable()
export class PointSalvage {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: PointLog,
    private readonly store: RollupStore,
    private readonly logger: Logger,
  ) {}

  /**
   * @param known the newest that was heard of each node
   * @throws where the database is away; what is left is in a log of its own then, which whoever looks takes over
   */
  async salvage(writer: bigint, silentFor: number, known: NewestUnits): Promise<void> {
    const log = await this.log.rename(writer, silentFor);
    if (log === undefined) return;
    try {
      for (const position of await this.log.positions(log)) await this.row(log, position, known);
      await this.database.transaction((tx) => this.log.end(tx, log, 0));
    } catch (error) {
      if (!(error instanceof WriterGone)) throw error;
    }
  }

  private async row(log: bigint, position: bigint, known: NewestUnits): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        return await this.database.transaction((tx) => this.merge(tx, log, position, known));
      } catch (error) {
        if (error instanceof WriterGone || isOutage(error)) throw error;
        if (attempt === attemptsMax) return this.putAside(log, position, messageOf(error));
      }
  }

  private async merge(tx: Tx, log: bigint, position: bigint, known: NewestUnits): Promise<void> {
    const { receivedAt, frames } = await this.log.row(tx, log, position);
    await this.log.merged(tx, log, position);
    const now = this.clock.now();
    const gathered = gatheredOf(blocksOf(frames), receivedAt, now);
    known.absorb(gathered.newest);
    await this.store.mergeLeft(tx, gathered, known, now);
  }

  private async putAside(log: bigint, position: bigint, cause: string): Promise<void> {
    const letter = { cause, attempts: attemptsMax, now: this.clock.now() };
    const aside = (withFrames: boolean) => this.database.transaction((tx) => this.log.putAside(tx, log, position, letter, withFrames));
    try {
      await aside(true);
    } catch (error) {
      if (error instanceof WriterGone || isOutage(error)) throw error;
      // Its bytes cannot even be copied.
      await aside(false);
    }
    this.logger.error({ position, cause }, 'a row of the points’ log was put aside');
  }
}

/** @throws Error where they are none that a log holds */
export function blocksOf(frames: Uint8Array): Block[] {
  return LoggedFrames.decode(frames).frames.flatMap(({ blocks }) => blocks.map(readLogged));
}

export function gatheredOf(blocks: Iterable<Block>, receivedAt: number, now: number): Gathered {
  const gathered = new Gathered();
  for (const block of blocks) gathered.add(block, receivedAt, now);
  return gathered;
}

export function readLogged(packed: PointBlock): Block {
  const block = readBlock(packed);
  if ('rule' in block) throw new Error(`log_must_hold_what_was_accepted: ${block.rule}`);
  return block;
}
