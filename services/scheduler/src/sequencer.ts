import { setTimeout as sleep } from 'node:timers/promises';
import { slotsPerDay } from '#domain';
import {
  apart,
  beginSpan,
  endSpan,
  histogram,
  inBatchSpan,
  Refusal,
  StaleEpoch,
  traceparent,
  virtualPaceMs,
  type Batch as JournalBatch,
  type Clock,
  type Config,
  type Database,
  type Journal,
  type JournalWriter,
  type Leadership,
  type Logger,
  type Outbox,
  type SecondThread,
} from '#platform';
import { decode, encode } from './codec/batch.js';
import { cursorOf } from './cursor.js';
import type { Entry, Step } from './entry.js';
import { Market } from './market.js';
import { Follower } from './follower.js';
import type { Progress } from './progress.js';
import { paceMs, Projector } from './projector.js';
import type { Snapshots } from './snapshots.js';

/** Commands of a row, but for those of one submission; and that may wait to be written. */
const batchMax = 2_000;
const waitingMax = 20_000;
/** Commands that the query tables may be behind. */
const lagMax = 200_000;

const replayDuration = histogram(
  'exchange.market.replay.duration',
  's',
  'How long a start replayed the journal',
  [0.1, 1, 5, 10, 30, 60, 300, 600],
);

interface Waiting {
  readonly entries: readonly Entry[];
  readonly resolve: (steps: Step[]) => void;
  readonly reject: (cause: unknown) => void;
  /** From here until it is durable and applied; only where whoever submitted is traced. */
  readonly span: ReturnType<typeof beginSpan>;
}

interface Batch {
  readonly row: JournalBatch;
  readonly time: number;
  readonly waiting: readonly Waiting[];
  readonly durable: Promise<unknown>;
}

/** What all shards of a process have in common. */
export interface Around {
  readonly journal: Journal;
  readonly leadership: Leadership;
  readonly database: Database;
  readonly outbox: Outbox;
  readonly second: SecondThread;
  readonly clock: Clock;
  readonly config: Config;
  readonly log: Logger;
}

/**
 * The one writer of a shard. All that waits becomes one row of the journal; once that is on disk its commands are applied in order and
 * answered, while the next batch is already being written. Of a standby, it applies what the leader journals.
 */
export class Sequencer {
  market = Market.empty();
  /** The query tables. */
  projector!: Progress;
  private follower: Follower | undefined;
  private beside: Projector | undefined;
  /** Where the last start began to replay: the sequence of its snapshot, 0 without one. */
  replayedFrom = 0;
  /** The last command that was found in the journal rather than submitted here. */
  openedAt = 0;
  private writer!: JournalWriter;
  private waiting: Waiting[] = [];
  /** Their commands. */
  private waitingCount = 0;
  private running: Promise<void> | undefined;
  private recovering: Promise<void> | undefined;
  private readonly ending = new AbortController();
  private lastSequence = 0;
  private lastTime = 0;
  private stopped: Refusal | undefined = unavailable('market_must_have_its_writer', 'this process follows the journal');

  constructor(
    readonly shard: number,
    readonly snapshots: Snapshots,
    private readonly around: Around,
  ) {}

  /** Where it stands. @throws Refusal unavailable while it takes no commands */
  get standing(): string {
    if (this.stopped) throw this.stopped;
    return `command ${this.market.sequence}, projected ${this.projector.sequence}`;
  }

  /** The newest snapshot that others were told of; what was journalled since is to be followed. */
  async open(): Promise<void> {
    const { shard } = this;
    const { clock, database, log, outbox, second } = this.around;
    const cursor = await cursorOf(database, shard);
    this.market = (await this.snapshots.newest(cursor.sequence)) ?? Market.empty();
    this.replayedFrom = this.market.sequence;
    // Runs on a virtual clock are there to be repeated: one thread has fewer orders in which things can come.
    if (Follower.isOfUse && !clock.isVirtual) this.projector = this.follower = new Follower(shard, cursor.sequence, second, log);
    else {
      const isBusy = () => this.running !== undefined && this.market.sequence - this.projector.sequence < lagMax / 2;
      const pace = clock.isVirtual ? virtualPaceMs : paceMs;
      this.projector = this.beside = new Projector(database, outbox, log, this.market.dictionary, shard, cursor, pace, isBusy);
    }
  }

  /** Applies what is journalled and not applied yet. */
  async follow(): Promise<void> {
    for await (const row of this.around.journal.read(this.shard, this.market.sequence + 1)) {
      const { time, entries } = decode(row.payload);
      const known = Math.max(0, this.market.sequence + 1 - row.firstSequence);
      const steps = this.apply(row.firstSequence + known, time, entries.slice(known));
      this.beside?.follow(row, steps);
    }
    this.follower?.upTo(this.market.sequence);
  }

  /** As a standby does: of what the leader wrote into the tables nothing need be kept. */
  async standBy(): Promise<void> {
    await this.beside?.catchUp();
    await this.follow();
  }

  /** Becomes the writer; a new shard begins with these facts. */
  async lead(epoch: number, facts: () => Entry[] = () => []): Promise<void> {
    await this.takeOver(epoch);
    await this.projector.lead();
    const { shard } = this;
    const { config } = this.around;
    const first = { command: { kind: 'OpenMarket', shard, horizonSlots: config.horizonDays * slotsPerDay } } as const;
    if (!this.market.isOpen) await this.submit([first, ...facts()]);
    // the streams of the leader before are gone, and what rests of their sessions goes before any other command.
    const { sessions } = this.market;
    if (sessions.size) await this.submit([{ command: { kind: 'EndSessions', first: Math.min(...sessions), last: Math.max(...sessions) } }]);
  }

  private async takeOver(epoch: number): Promise<void> {
    const started = Date.now();
    const from = this.market.sequence;
    const { shard } = this;
    const { journal, log } = this.around;
    this.writer = await journal.open(shard, epoch);
    await this.follow();
    this.lastSequence = this.openedAt = this.market.sequence;
    this.lastTime = this.market.time;
    this.stopped = undefined;
    const ms = Date.now() - started;
    replayDuration(ms / 1_000, { 'exchange.shard': shard });
    log.info({ shard, from, sequence: this.lastSequence, epoch, ms }, 'the market is open to commands');
  }

  /** What waits is written and answered; what was applied is told to the others. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.recovering;
    this.stopped ??= unavailable('market_must_not_be_stopping', 'the exchange is stopping');
    await this.projector
      ?.passed(this.market.sequence)
      .catch((cause: unknown) => this.around.log.warn({ err: cause }, 'stopped behind the journal'));
    await this.projector?.stop();
    await this.snapshots.stop();
  }

  /** It takes commands. */
  get isOpen(): boolean {
    return this.stopped === undefined;
  }

  /** Commands that wait to be written. */
  get queueLength(): number {
    return this.waitingCount;
  }

  isQuiet(): boolean {
    return !this.running && this.projector.isIdle;
  }

  /**
   * Journals the entries one after the other and resolves to what became of them once they are durable and applied.
   * @throws Refusal unavailable where too many wait or this process is not, or no more, the writer; then the outcome may be unknown
   */
  submit(entries: readonly Entry[]): Promise<Step[]> {
    if (this.stopped) return Promise.reject(this.stopped);
    if (this.waitingCount >= waitingMax || this.isFarAhead)
      return Promise.reject(unavailable('market_must_have_room', 'too many calls wait to be written; try again'));
    const span = beginSpan({ name: 'journal commands', attributes: { 'exchange.shard': this.shard, 'exchange.commands': entries.length } });
    const asked = span ? traced(entries, traceparent(span)) : entries;
    return new Promise((resolve, reject) => {
      this.waiting.push({ entries: asked, resolve, reject, span });
      this.waitingCount += entries.length;
      this.running ??= apart(() => this.run());
    });
  }

  private get isFarAhead(): boolean {
    return this.market.sequence - this.projector.sequence >= lagMax;
  }

  /** Resolves when the query tables are not too far behind, or the market stops: for who can wait before it submits. */
  async untilRoom(): Promise<void> {
    while (this.isFarAhead && !this.stopped) await this.projector.nextBatch(1_000);
  }

  get isEnding(): boolean {
    return this.ending.signal.aborted;
  }

  async submitOne(entry: Entry): Promise<Step> {
    return (await this.submit([entry]))[0]!;
  }

  /** Epoch of this writer and hash of the journal's last row. */
  get journalEnd(): { epoch: number; hash: Buffer } {
    return { epoch: this.writer.epoch, hash: this.writer.end.hash };
  }

  /** Resolves once a read sees all that was answered before it (R-10's order, for readers). */
  async fence(): Promise<void> {
    await this.projector.passed(this.market.sequence);
  }

  private async run(): Promise<void> {
    // Whatever else arrived in this turn of the loop goes with the first.
    await new Promise((resolve) => setImmediate(resolve));
    let committed: Batch | undefined;
    try {
      while (this.waiting.length || committed) {
        const next = this.waiting.length ? this.write() : undefined;
        if (committed) this.answer(committed);
        committed = undefined;
        await next?.durable;
        committed = next;
      }
    } catch (cause) {
      this.halt(cause);
    }
    this.running = undefined;
  }

  /** Begins to write one row of all that waits. */
  private write(): Batch {
    const entries: Entry[] = [];
    let taken = 0;
    while (taken < this.waiting.length && entries.length < batchMax) entries.push(...this.waiting[taken++]!.entries);
    const waiting = this.waiting.splice(0, taken);
    this.waitingCount -= entries.length;
    const first = this.lastSequence + 1;
    const time = Math.max(this.lastTime, this.around.clock.now());
    this.lastSequence += entries.length;
    this.lastTime = time;
    const row = { firstSequence: first, lastSequence: this.lastSequence, payload: encode({ time, entries }) };
    const durable = this.append(row, waiting);
    durable.catch((cause: unknown) =>
      waiting.forEach(({ reject, span }) => {
        endSpan(span, cause);
        reject(unavailable('command_must_be_journalled', 'whether it was is not known; ask again'));
      }),
    );
    return { row, time, waiting, durable };
  }

  /** One write for all who wait: a trace of its own, linked to theirs as each of theirs is to it. */
  private append(row: JournalBatch, waiting: readonly Waiting[]): Promise<unknown> {
    const spans = waiting.flatMap(({ span }) => span ?? []);
    const attributes = { 'exchange.shard': this.shard, 'exchange.commands': row.lastSequence + 1 - row.firstSequence };
    return inBatchSpan({ name: 'append to journal', attributes }, spans, () => this.writer.append(row));
  }

  private answer({ row, time, waiting }: Batch): void {
    this.follower?.follow(row, row.lastSequence);
    const applied = waiting.map(({ entries, resolve, span }) => {
      const steps = this.apply(this.market.sequence + 1, time, entries);
      endSpan(span);
      resolve(steps);
      return steps;
    });
    this.beside?.follow(row, applied.length === 1 ? applied[0]! : applied.flat());
    this.snapshots.consider(this.market.sequence);
  }

  private apply(first: number, time: number, entries: readonly Entry[]): Step[] {
    const told = this.beside?.sequence ?? Infinity;
    return entries.map((entry, index) => this.market.apply(first + index, time, entry, first + index > told));
  }

  /**
   * Another process is the writer: this one must not go on. Or the journal could not be written: what is in it is found by opening it
   * again, as a restart would, once the database answers.
   */
  private halt(cause: unknown): void {
    this.around.log.error({ err: cause }, 'the market stops: its journal could not be written');
    this.stopped = unavailable('market_must_have_its_writer', 'the journal could not be written by this process');
    this.waitingCount = 0;
    for (const { reject, span } of this.waiting.splice(0)) {
      endSpan(span, cause);
      reject(this.stopped);
    }
    if (!(cause instanceof StaleEpoch)) this.recovering = this.recover();
  }

  private async recover(): Promise<void> {
    for (let pauseMs = 50; this.stopped && !this.ending.signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      try {
        await this.takeOver(await this.around.leadership.nextEpoch());
      } catch (cause) {
        this.around.log.error({ err: cause }, 'the journal does not answer yet');
        await sleep(pauseMs, undefined, { signal: this.ending.signal }).catch(() => undefined);
      }
    }
  }
}

const traced = (entries: readonly Entry[], trace: string): Entry[] => entries.map((entry) => ({ ...entry, trace }));

function unavailable(rule: string, detail: string): Refusal {
  return new Refusal('unavailable', rule, detail);
}
