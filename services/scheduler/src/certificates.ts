import { Injectable } from '@nestjs/common';
import { Explanation, type CertificateVerification, type CertifyExplanationRequest, type ExplanationCertificate } from '#contracts';
import { absent, BrokenJournal, Database, invalid, Journal, Refusal, type Call, type JournalRow } from '#platform';
import { Bids } from './bid.query.js';
import { decode } from './codec/batch.js';
import { explanationOf, summaryOf } from './explanation.js';
import { openPast } from './past-thread.js';
import { Sequencer, shard } from './sequencer.js';

/** Replays that may wait for the one under way. */
const waitingMax = 8;

/**
 * Why a bid matched or not at an instant of the past: the market is replayed to there and asked. What it answers names the command, the journal's batch and the
 * market's state, so that a second replay can be held against it.
 */
@Injectable()
export class Certificates {
  private last: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly bids: Bids,
    private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  /**
   * From the newest snapshot before.
   * @throws Refusal absent for a bid of others, or one that the market knew no more then; invalid where the bid came later
   */
  async certify(call: Call, { bidId, at }: CertifyExplanationRequest): Promise<ExplanationCertificate> {
    await this.bids.get(call, bidId);
    const [bid] = await this.database.query<{ sequence: bigint; placed_at: bigint }>(
      'select sequence, placed_at from bid where bid_id = $1',
      [bidId],
    );
    const placed = Number(bid!.sequence);
    if (at !== 0 && at < Number(bid!.placed_at))
      throw invalid('at', 'explanation_must_not_precede_its_bid', 'the bid was placed later than that');
    const row = await this.rowOf(at === 0 ? placed : await this.lastBefore(at, placed));
    const sequence = at === 0 ? placed : row.lastSequence;
    const [snapshot] = await this.database.query<{ sequence: bigint; state: Buffer }>(
      'select sequence, state from snapshot where shard = $1 and sequence < $2 order by sequence desc limit 1',
      [shard, sequence],
    );
    const certificate = await this.inTurn(() => this.replay(bidId, sequence, row, Number(snapshot?.sequence ?? 0), snapshot?.state));
    if (!certificate) throw absent('explanation');
    return certificate;
  }

  /** From the first command, after the journal's own chain. */
  async verify(call: Call, certificate: ExplanationCertificate): Promise<CertificateVerification> {
    const started = Date.now();
    await this.bids.get(call, certificate.bidId);
    const { sequence } = certificate;
    const differs = await this.inTurn(() => this.differences(certificate));
    return {
      same: differs.length === 0,
      differs,
      commands: Math.min(sequence, this.sequencer.market.sequence),
      milliseconds: Date.now() - started,
    };
  }

  private async differences(certificate: ExplanationCertificate): Promise<string[]> {
    try {
      await this.journal.verify(shard);
    } catch (error) {
      if (error instanceof BrokenJournal) return ['journal'];
      throw error;
    }
    const row = await this.journal.holding(shard, certificate.sequence);
    const again =
      row && certificate.sequence > 1 ? await this.replay(certificate.bidId, certificate.sequence, row, 0, undefined) : undefined;
    if (!again) return ['sequence'];
    const [said, found] = [certificate, again].map(comparable);
    return Object.keys(found!).filter((name) => said![name] !== found![name]);
  }

  /** Undefined where the market knew no such bid then. */
  private async replay(
    bidId: number,
    sequence: number,
    row: JournalRow,
    from: number,
    state: Uint8Array | undefined,
  ): Promise<ExplanationCertificate | undefined> {
    const past = openPast();
    try {
      await past.tell({ state });
      for await (const { firstSequence, payload } of this.journal.read(shard, from + 1)) {
        if (firstSequence >= row.firstSequence) break;
        await past.tell({ row: { firstSequence, payload } });
      }
      const { firstSequence, payload, hash } = row;
      const { time, stateHashBefore, explained, isPflops } = (await past.tell({
        question: { bidId, sequence, row: { firstSequence, payload } },
      }))!;
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
  private async lastBefore(time: number, first: number): Promise<number> {
    let [low, high] = [first, this.sequencer.market.sequence];
    while (low < high) {
      const { firstSequence, lastSequence, payload } = await this.rowOf(Math.ceil((low + high) / 2));
      if (decode(payload).time <= time) low = lastSequence;
      else high = firstSequence - 1;
    }
    return low;
  }

  private async rowOf(sequence: number): Promise<JournalRow> {
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
  explanation: Buffer.from(Explanation.encode(Explanation.create(explanation)).finish()).toString('hex'),
});
