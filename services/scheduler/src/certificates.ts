import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  Explanation,
  type CertificateVerification,
  type CertifyExplanationRequest,
  type ExplanationCertificate,
} from '#contracts';
import { absent, BrokenJournal, Database, invalid, Journal, Logger, Refusal, type Call, type JournalRow } from '#platform';
import { Bids } from './bid.query.js';
import { decode } from './codec/batch.js';
import { explanationOf, summaryOf } from './explanation.js';
import { openPast } from './past-thread.js';
import { Shards } from './shards.js';
import { SnapshotStore, type Kept } from './snapshot-store.js';

/** Replays that may wait for the one under way. */
const waitingMax = 8;

/** A bid, and the command of its shard after which it is asked about; the command is in the row. */
interface Instant {
  readonly bidId: number;
  readonly shard: number;
  readonly sequence: number;
  readonly row: JournalRow;
}

/**
 * Why a bid matched or not at an instant of the past: the market is replayed to there and asked. What it answers names the command, the journal's batch and the
 * market's state, so that a second replay can be held against it.
 */
@Injectable()
export class Certificates {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly shards: Shards,
    private readonly bids: Bids,
    private readonly journal: Journal,
    private readonly database: Database,
    private readonly snapshots: SnapshotStore,
    private readonly log: Logger,
  ) {}

  /**
   * From the newest snapshot before.
   * @throws Refusal absent for a bid of others, or one that the market knew no more then; invalid where the bid came later
   */
  async certify(call: Call, { bidId, at }: CertifyExplanationRequest): Promise<ExplanationCertificate> {
    await this.bids.get(call, bidId);
    const [bid] = await this.database.query<{ shard: number; sequence: bigint; placed_at: bigint }>(
      'select shard, sequence, placed_at from bid where bid_id = $1',
      [bidId],
    );
    const { shard } = bid!;
    const placed = Number(bid!.sequence);
    if (at !== 0 && at < Number(bid!.placed_at))
      throw invalid('at', 'explanation_must_not_precede_its_bid', 'the bid was placed later than that');
    const row = await this.rowOf(shard, at === 0 ? placed : await this.lastBefore(shard, at, placed));
    const sequence = at === 0 ? placed : row.lastSequence;
    const certificate = await this.inTurn(() => this.replayFromNewest({ bidId, shard, sequence, row }));
    if (!certificate) throw absent('explanation');
    return certificate;
  }

  /** From the first command, after the journal's own chain. */
  async verify(call: Call, certificate: ExplanationCertificate): Promise<CertificateVerification> {
    const started = Date.now();
    await this.bids.get(call, certificate.bidId);
    const { sequence } = certificate;
    const market = this.shards.all[certificate.shard]?.market;
    const differs = await this.inTurn(() => this.differences(certificate));
    return {
      same: differs.length === 0,
      differs,
      commands: Math.min(sequence, market?.sequence ?? 0),
      milliseconds: Date.now() - started,
    };
  }

  private async differences(certificate: ExplanationCertificate): Promise<string[]> {
    const { bidId, shard, sequence } = certificate;
    try {
      await this.journal.verify(shard);
    } catch (error) {
      if (error instanceof BrokenJournal) return ['journal'];
      throw error;
    }
    const row = await this.journal.holding(shard, sequence);
    const again = row && sequence > 1 ? await this.replay({ bidId, shard, sequence, row }) : undefined;
    if (!again) return ['sequence'];
    const [said, found] = [certificate, again].map(comparable);
    return Object.keys(found!).filter((name) => said![name] !== found![name]);
  }

  /** A snapshot that cannot be used, or is gone by now, is passed over. */
  private async replayFromNewest(instant: Instant): Promise<ExplanationCertificate | undefined> {
    const { shard, sequence } = instant;
    for (const snapshot of await this.snapshots.list(shard, sequence - 1)) {
      try {
        return await this.replay(instant, snapshot);
      } catch (cause) {
        this.log.warn({ err: cause, sequence: snapshot.sequence }, 'a snapshot cannot be used for a replay; an older one is taken');
      }
    }
    return this.replay(instant);
  }

  /** From a snapshot, or from the first command. Undefined where the market knew no such bid then. */
  private async replay({ bidId, shard, sequence, row }: Instant, snapshot?: Kept): Promise<ExplanationCertificate | undefined> {
    const past = openPast();
    try {
      if (snapshot) {
        for await (const part of this.snapshots.parts(shard, snapshot.sequence)) await past.tell({ part });
        await past.tell({ stateHash: snapshot.stateHash });
      }
      for await (const { firstSequence, payload } of this.journal.read(shard, (snapshot?.sequence ?? 0) + 1)) {
        if (firstSequence >= row.firstSequence) break;
        await past.tell({ row: { firstSequence, payload } });
      }
      const { firstSequence, payload, hash } = row;
      const { time, stateHashBefore, explained, isPflops } = await past.ask({
        question: { bidId, sequence, row: { firstSequence, payload } },
      });
      if (!explained) return undefined;
      const explanation = explanationOf(bidId, time, explained, shard);
      return {
        bidId,
        shard,
        sequence,
        time,
        batchHash: hash.toString('hex'),
        stateHashBefore,
        explanation: { ...explanation, summary: summaryOf(explanation, isPflops) },
      };
    } finally {
      await past.end();
    }
  }

  /** The last command whose time is not after the instant; `first` is one such. Times of the journal's rows never fall. */
  private async lastBefore(shard: number, time: number, first: number): Promise<number> {
    let [low, high] = [first, this.shards.all[shard]!.market.sequence];
    while (low < high) {
      const { firstSequence, lastSequence, payload } = await this.rowOf(shard, Math.ceil((low + high) / 2));
      if (decode(payload).time <= time) low = lastSequence;
      else high = firstSequence - 1;
    }
    return low;
  }

  private async rowOf(shard: number, sequence: number): Promise<JournalRow> {
    const row = await this.journal.holding(shard, sequence);
    if (!row) throw new BrokenJournal(`journal_must_hold_what_was_applied: ${sequence}`);
    return row;
  }

  /** One replay at a time: each may be as large as the market. */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.waiting >= waitingMax) throw new Refusal('exhausted', 'replays_must_not_pile_up', 'too many replays wait; try again');
    this.waiting++;
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine.finally(() => this.waiting--);
  }
}

const comparable = ({ explanation, ...fields }: ExplanationCertificate): Record<string, unknown> => ({
  ...fields,
  explanation: bytesOf(Explanation, Explanation.create(explanation)).toString('hex'),
});
