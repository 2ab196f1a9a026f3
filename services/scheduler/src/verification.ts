import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { MarketState, MarketVerification, ShardState } from '#contracts';
import { Database, Journal, sha256Hex } from '#platform';
import { Market } from './market.js';
import { replayRow } from './replay.js';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

/** Hexadecimal digits of a state's hash. */
const digits = 32;

interface Verified {
  readonly sequence: number;
  readonly commands: number;
  readonly stateHash: string;
  readonly replayedHash: string;
}

/** Where the market stands, and whether its journals say the same. */
@Injectable()
export class Verification {
  constructor(
    private readonly shards: Shards,
    private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  async state(): Promise<MarketState> {
    const rows = await this.database.query<{ shard: number; sequence: bigint }>(
      'select shard, max(sequence) as sequence from snapshot group by shard',
    );
    const snapshots = new Map(rows.map(({ shard, sequence }) => [shard, Number(sequence)]));
    const shards = this.shards.all.map(({ shard, market, projector, journalEnd }): ShardState => ({
      shard,
      sequence: market.sequence,
      projectedSequence: projector.sequence,
      snapshotSequence: snapshots.get(shard) ?? 0,
      time: market.time,
      stateHash: market.engine.stateHash(),
      epoch: journalEnd.epoch,
      journalHash: journalEnd.hash.toString('hex'),
    }));
    return {
      shard: 0,
      sequence: sum(shards.map(({ sequence }) => sequence)),
      projectedSequence: sum(shards.map(({ projectedSequence }) => projectedSequence)),
      snapshotSequence: sum(shards.map(({ snapshotSequence }) => snapshotSequence)),
      time: Math.max(...shards.map(({ time }) => time)),
      stateHash: hashOf(shards.map(({ stateHash }) => stateHash)),
      epoch: shards[0]!.epoch,
      journalHash: hashOf(shards.map(({ journalHash }) => journalHash)),
      shards,
    };
  }

  /**
   * Replays a second market from the first command of each journal while the first goes on.
   * @throws Error where a journal's chain is broken
   */
  async verify(): Promise<MarketVerification> {
    const started = Date.now();
    const verified: Verified[] = [];
    for (const sequencer of this.shards.all) verified.push(await this.replayed(sequencer));
    const stateHash = hashOf(verified.map((one) => one.stateHash));
    const replayedHash = hashOf(verified.map((one) => one.replayedHash));
    return {
      sequence: sum(verified.map(({ sequence }) => sequence)),
      commands: sum(verified.map(({ commands }) => commands)),
      stateHash,
      replayedHash,
      same: replayedHash === stateHash,
      milliseconds: Date.now() - started,
    };
  }

  private async replayed({ shard, market }: Sequencer): Promise<Verified> {
    const { sequence } = market;
    const stateHash = market.engine.stateHash();
    await this.journal.verify(shard);
    const replayed = Market.empty();
    for await (const row of this.journal.read(shard)) {
      if (row.firstSequence > sequence) break;
      replayRow(replayed, row, sequence);
      await setImmediate();
    }
    return { sequence, commands: replayed.sequence, stateHash, replayedHash: replayed.engine.stateHash() };
  }
}

/** Of all shards, in their order; of one its own. */
const hashOf = (hashes: readonly string[]): string => (hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('')).slice(0, digits));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
