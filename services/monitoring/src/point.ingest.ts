import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { PointBlock } from '#contracts';
import { At, Clock, Config, Database, Logger, Quiescent, type Quiet, Refusal, conflict, invalid, isOutage } from '#platform';
import type { Block } from './core/block.js';
import { type Tally, noPoints } from './core/fold.js';
import { NewestUnits } from './core/newest-units.js';
import { type Heard, aheadMax, hear } from './core/sender.js';
import { Gathered } from './gathered.js';
import { PointForward } from './point.forward.js';
import { type Hearing, PointLog, SenderMoved, WriterGone } from './point.log.js';
import { PointSalvage, readLogged } from './point.salvage.js';
import { RollupStore } from './rollup.store.js';

/** Who sends, shared by all streams of it in this process. */
export interface Sender {
  readonly senderId: bigint;
  heard: Heard;
  streams: number;
  /** It was silent for so long that nothing is known of it any more. */
  isForgotten: boolean;
}

/** A frame whose blocks were found good. */
export interface Frame {
  readonly sender: Sender;
  readonly sequence: number;
  readonly packed: PointBlock[];
  readonly blocks: readonly Block[];
}

/** What became of a frame; `repeated`: the points of one that came before. */
export interface Kept extends Tally {
  repeated: number;
}

interface Waiting extends Frame {
  readonly kept: (kept: Kept) => void;
  readonly failed: (error: unknown) => void;
}

const groupFrames = 2_000;
/** Points in memory that are not on disk yet; while there are more, nothing is read. */
const underWayMax = 8_000_000;
const mergeEveryMs = 10_000;
const lookMs = 1_000;
/** A writer that nobody has heard of for so long is dead. */
const silentSeconds = 10;
/** A log that could not be merged so often is merged row by row. */
const takeOversMax = 5;
/** By then every point that a sender may say again is late. */
const sendersKeptMs = 7_200_000;

/** Where frames become durable: in groups, each one transaction, then folded, and every ten seconds merged into the roll-ups. */
@Quiescent()
export class PointIngest implements OnApplicationBootstrap, BeforeApplicationShutdown, Quiet {
  private waiting: Waiting[] = [];
  private appending: Promise<void> | undefined;
  private underWay = 0;
  private waitingForRoom: (() => void)[] = [];
  private writer: bigint | undefined;
  private position = 0;
  /** Of all points that were merged here. */
  private readonly newest = new NewestUnits();
  private gathered = new Gathered();
  /** What is being merged. */
  private merging: Promise<void> | undefined;
  private mergedAt = performance.now();
  /** Own writers of whose log it is not known what is there. */
  private readonly doubted = new Set<bigint>();
  /** How often logs could not be merged though the database was there. */
  private readonly failures = new Map<bigint, number>();
  private readonly senders = new Map<string, Promise<Sender>>();
  /** Of frames that are folded and not answered yet. */
  private readonly tallies = new WeakMap<Frame, Kept>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly log: PointLog,
    private readonly store: RollupStore,
    private readonly salvage: PointSalvage,
    private readonly forward: PointForward,
    private readonly clock: Clock,
    private readonly config: Config,
    private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // Of a database of one's own nobody else can be a writer.
    if (!this.config.databaseUrl) for (const writer of await this.log.silentWriters(0)) await this.tryToTakeOver(writer);
    this.timer = setInterval(() => void this.look(), lookMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await this.appending;
    await this.merge();
    if (this.writer !== undefined) await this.takeOver(this.writer);
  }

  isQuiet(): boolean {
    if (!this.appending && !this.merging && this.gathered.heard.size === 0 && this.doubted.size === 0) return true;
    void this.merge();
    void this.look();
    return false;
  }

  async open(providerId: number, name: string): Promise<Sender> {
    const key = `${providerId}/${name}`;
    const opened = this.senders.getOrInsertComputed(key, () => this.opened(providerId, name));
    try {
      const sender = await opened;
      sender.streams++;
      return sender;
    } catch (error) {
      this.senders.delete(key);
      throw error;
    }
  }

  close(providerId: number, name: string, sender: Sender): void {
    sender.streams--;
    if (sender.streams === 0) this.senders.delete(`${providerId}/${name}`);
  }

  /** Resolves when another frame may be read into memory. */
  async room(): Promise<void> {
    while (this.underWay > underWayMax) await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
  }

  /** Resolves when the frame is durable. @throws Refusal; nothing of the frame is kept then, or it is not known and may be sent again */
  keep(frame: Frame): Promise<Kept> {
    return new Promise((kept, failed) => {
      this.waiting.push({ ...frame, kept, failed });
      this.underWay += pointsOf(frame);
      this.appending ??= this.appendAll();
    });
  }

  /** What was acknowledged when this is called is in the roll-ups when it resolves; a failure is said in the log and mended from there. */
  async merge(): Promise<void> {
    while (this.merging) await this.merging;
    if (this.gathered.heard.size === 0) return;
    this.merging = this.mergeGathered().finally(() => (this.merging = undefined));
    await this.merging;
  }

  @At('forget senders', 3_600_000)
  async forgetSenders(now: number): Promise<void> {
    await this.log.forgetSenders(now - sendersKeptMs);
  }

  private async opened(providerId: number, name: string): Promise<Sender> {
    return { ...(await this.log.sender(providerId, name, this.clock.now())), streams: 0, isForgotten: false };
  }

  private async appendAll(): Promise<void> {
    // One turn of the loop, so that what comes together is one group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, groupFrames);
      try {
        await this.appendGroup(group);
      } catch (error) {
        for (const { failed } of group) failed(error);
      }
      for (const frame of group) this.underWay -= pointsOf(frame);
      for (const resolve of this.waitingForRoom.splice(0)) resolve();
    }
    // In the turn in which nothing was found waiting: who comes next begins anew.
    this.appending = undefined;
  }

  private async appendGroup(group: readonly Waiting[]): Promise<void> {
    for (;;) {
      const { news, hearings, refused } = heardOf(group);
      try {
        if (news.size > 0)
          await this.append(
            group.filter((frame) => news.has(frame)),
            hearings,
          );
        return this.answer(group, news, refused);
      } catch (error) {
        if (error instanceof SenderMoved) await this.hearAgain(group);
        else if (!(error instanceof WriterGone)) throw error;
      }
    }
  }

  private async append(frames: readonly Waiting[], hearings: ReadonlyMap<bigint, Hearing>): Promise<void> {
    const now = this.clock.now();
    this.writer ??= await this.log.newWriter();
    const { writer } = this;
    try {
      await this.log.append(
        writer,
        this.position + 1,
        now,
        frames.map(({ packed }) => packed),
        [...hearings.values()],
      );
    } catch (error) {
      if (!(error instanceof SenderMoved)) this.doubt(writer);
      throw error;
    }
    // Merging may have failed meanwhile: then the log has what it doubts, this group with it.
    const isDoubted = this.writer !== writer;
    if (!isDoubted) this.position++;
    for (const { sender } of frames) sender.heard = hearings.get(sender.senderId)!.after;
    for (const frame of frames) this.fold(frame, now, isDoubted ? new Gathered() : this.gathered);
  }

  private fold(frame: Waiting, now: number, gathered: Gathered): void {
    const kept: Kept = { ...noPoints(), repeated: 0 };
    for (const block of frame.blocks) {
      const tally = gathered.add(block, now);
      kept.points += tally.points;
      kept.late += tally.late;
      kept.future += tally.future;
      kept.impossible += tally.impossible;
    }
    this.tallies.set(frame, kept);
    this.forward.take(frame.blocks);
  }

  private answer(group: readonly Waiting[], news: ReadonlySet<Waiting>, refused: ReadonlyMap<Waiting, Refusal>): void {
    for (const frame of group) {
      const refusal = refused.get(frame);
      if (refusal) frame.failed(refusal);
      else if (news.has(frame)) frame.kept(this.tallies.get(frame)!);
      else frame.kept({ ...noPoints(), repeated: pointsOf(frame) });
    }
  }

  private async hearAgain(group: readonly Waiting[]): Promise<void> {
    const senders = new Set(group.map(({ sender }) => sender));
    const heard = await this.log.heard([...senders].map(({ senderId }) => senderId));
    for (const sender of senders) {
      const known = heard.get(sender.senderId);
      if (known) sender.heard = known;
      else sender.isForgotten = true;
    }
  }

  private async mergeGathered(): Promise<void> {
    const { writer, position, gathered } = this;
    this.gathered = new Gathered();
    this.newest.absorb(gathered.newest);
    this.mergedAt = performance.now();
    try {
      await this.database.transaction(async (tx) => {
        await this.log.merged(tx, writer!, position);
        await this.store.merge(tx, gathered, this.newest, this.clock.now());
      });
    } catch (err) {
      this.logger.warn({ err, writer }, 'points could not be merged; they are taken from their log');
      this.doubt(writer!);
    }
  }

  /** What is in memory of its points goes; what of them is in its log is replayed. */
  private doubt(writer: bigint): void {
    this.doubted.add(writer);
    if (this.writer !== writer) return;
    this.writer = undefined;
    this.position = 0;
    this.gathered = new Gathered();
  }

  private look(): Promise<void> {
    return (this.looking ??= this.lookOnce()
      .catch((err: unknown) => this.logger.warn({ err }, 'points wait for the database'))
      .finally(() => (this.looking = undefined)));
  }

  private async lookOnce(): Promise<void> {
    for (const writer of this.doubted) await this.tryToTakeOver(writer);
    if (this.writer !== undefined) await this.log.stillThere(this.writer);
    for (const writer of await this.log.silentWriters(silentSeconds))
      if (writer !== this.writer) await this.tryToTakeOver(writer, silentSeconds);
    if (performance.now() - this.mergedAt >= mergeEveryMs) await this.merge();
  }

  /** A log that cannot be read, or merged, holds up no other. */
  private async tryToTakeOver(writer: bigint, silentFor = 0): Promise<void> {
    const failures = this.failures.get(writer) ?? 0;
    try {
      if (failures < takeOversMax) await this.takeOver(writer, silentFor);
      else await this.salvage.salvage(writer, silentFor, this.newest);
      this.doubted.delete(writer);
      this.failures.delete(writer);
    } catch (err) {
      this.logger.error({ err, writer }, 'points of a log cannot be merged');
      if (!isOutage(err)) this.failures.set(writer, failures + 1);
    }
  }

  /** Merges what a writer left behind, and ends it; if it is still silent for so long. */
  private async takeOver(writer: bigint, silentFor = 0): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.log.end(tx, writer, silentFor))) return;
      const gathered = new Gathered();
      const now = this.clock.now();
      for await (const { receivedAt, blocks } of this.log.replay(tx, writer))
        for (const packed of blocks) gathered.add(readLogged(packed), receivedAt, now);
      this.newest.absorb(gathered.newest);
      if (gathered.heard.size > 0) await this.store.mergeLeft(tx, gathered, this.newest, now);
    });
  }
}

/** Which frames of a group are news, in their order, and what their senders have then said. */
function heardOf(group: readonly Waiting[]) {
  const news = new Set<Waiting>();
  const refused = new Map<Waiting, Refusal>();
  const hearings = new Map<bigint, Hearing>();
  for (const frame of group) {
    const { senderId, heard, isForgotten } = frame.sender;
    if (isForgotten) {
      refused.set(frame, conflict('sender_must_be_known', 'it was silent for two hours: open a stream under a new name'));
      continue;
    }
    const known = hearings.get(senderId);
    const before = known?.after ?? heard;
    const after = hear(before, frame.sequence);
    if (after === 'far')
      refused.set(
        frame,
        invalid('sequence', 'sequence_must_follow', `must be at most ${before.through + aheadMax}: ${before.through + 1} is missing`),
      );
    else if (after !== 'repeated') {
      news.add(frame);
      hearings.set(senderId, { senderId, before: known?.before ?? heard, after });
    }
  }
  return { news, hearings, refused };
}

const pointsOf = ({ blocks }: Frame): number =>
  blocks.reduce((sum, { nodes, ticks, columns, pointsImpossible }) => sum + nodes * ticks * columns.length + pointsImpossible, 0);
