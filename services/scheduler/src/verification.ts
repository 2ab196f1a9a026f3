import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { MarketState, MarketVerification } from '#contracts';
import { Database, Journal } from '#platform';
import { Market } from './market.js';
import { replayRow } from './replay.js';
import { Sequencer, shard } from './sequencer.js';

/** Where the market stands, and whether its journal says the same. */
@Injectable()
export class Verification {
  constructor(
    private readonly sequencer: Sequencer,
    private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  async state(): Promise<MarketState> {
    const { market, projector, journalEnd } = this.sequencer;
    const [row] = await this.database.query<{ sequence: bigint }>(
      'select coalesce(max(sequence), 0) as sequence from snapshot where shard = $1',
      [shard],
    );
    return {
      shard,
      sequence: market.sequence,
      projectedSequence: projector.sequence,
      snapshotSequence: Number(row!.sequence),
      time: market.time,
      stateHash: market.engine.stateHash(),
      epoch: journalEnd.epoch,
      journalHash: journalEnd.hash.toString('hex'),
    };
  }

  /**
   * Replays a second market from the first command while the first goes on.
   * @throws Error where the journal's chain is broken
   */
  async verify(): Promise<MarketVerification> {
    const started = Date.now();
    const { sequence } = this.sequencer.market;
    const stateHash = this.sequencer.market.engine.stateHash();
    await this.journal.verify(shard);
    const replayed = Market.empty();
    for await (const row of this.journal.read(shard)) {
      if (row.firstSequence > sequence) break;
      replayRow(replayed, row, sequence);
      await setImmediate();
    }
    const replayedHash = replayed.engine.stateHash();
    return {
      sequence,
      commands: replayed.sequence,
      stateHash,
      replayedHash,
      same: replayedHash === stateHash,
      milliseconds: Date.now() - started,
    };
  }
}
