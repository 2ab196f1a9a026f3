import { Injectable } from '@nestjs/common';
import type { MarketState, MarketVerification, ShardState } from '#contracts';
import { stateHashSteps } from '#matching-engine';
import { Database, Journal, sha256Hex } from '#platform';
import { inSteps } from './in-steps.js';
import type { Stand } from './past.js';
import { openPast } from './past-thread.js';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';
import { SnapshotStore } from './snapshot-store.js';

/** Hexadecimal digits of a state's hash. */
const digits = 32;
/** Commands up to which a market is so small that its hash holds nobody up. */
const smallMax = 20_000;

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
    private readonly store: SnapshotStore,
  ) {}

  async state(): Promise<MarketState> {
    const rows = await this.database.query<{ shard: number; sequence: bigint }>(
      'select shard, max(sequence) as sequence from snapshot group by shard',
    );
    const snapshots = new Map(rows.map(({ shard, sequence }) => [shard, Number(sequence)]));
    const shards = await Promise.all(this.shards.all.map((sequencer) => this.standing(sequencer, snapshots.get(sequencer.shard) ?? 0)));
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

  private async standing(sequencer: Sequencer, snapshotSequence: number): Promise<ShardState> {
    const { shard, market, projector, journalEnd } = sequencer;
    const { sequence, time } = market;
    const stood = { shard, sequence, projectedSequence: projector.sequence, snapshotSequence, time, epoch: journalEnd.epoch };
    const journalHash = journalEnd.hash.toString('hex');
    // Of a large market the hash takes long: its journal gives the same one, in a thread that nobody waits for.
    const stateHash = sequence <= smallMax ? market.engine.stateHash() : (await this.past(shard, sequence, true)).stateHash;
    return { ...stood, stateHash, journalHash };
  }

  private async replayed({ shard, market }: Sequencer): Promise<Verified> {
    const { sequence } = market;
    const stateHash = await inSteps(stateHashSteps(await inSteps(market.engine.snapshotSteps())));
    await this.journal.verify(shard);
    const { sequence: commands, stateHash: replayedHash } = await this.past(shard, sequence, false);
    return { sequence, commands, stateHash, replayedHash };
  }

  /** A second market, after that command: what was journalled behind it comes in rows of their own. */
  private async past(shard: number, sequence: number, fromSnapshot: boolean): Promise<Stand> {
    const past = openPast();
    try {
      const [snapshot] = fromSnapshot ? await this.store.list(shard, sequence) : [];
      if (snapshot) {
        for await (const part of this.store.parts(shard, snapshot.sequence)) await past.tell({ part });
        await past.tell({ stateHash: snapshot.stateHash });
      }
      for await (const { firstSequence, payload } of this.journal.read(shard, (snapshot?.sequence ?? 0) + 1)) {
        if (firstSequence > sequence) break;
        await past.tell({ row: { firstSequence, payload } });
      }
      return await past.ask({ stand: true });
    } finally {
      await past.end();
    }
  }
}

/** Of all shards, in their order; of one its own. */
const hashOf = (hashes: readonly string[]): string => (hashes.length === 1 ? hashes[0]! : sha256Hex(hashes.join('')).slice(0, digits));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
