import { Injectable } from '@nestjs/common';
import type { UnitRange } from '#domain';
import { apart, Clock, Database, keepingTrace, Logger, type Tx } from '#platform';
import { taken } from './core/rate.js';
import { isCovered } from './core/reservation.js';
import { takenOf } from './shares.js';
import { type Talk, lockTalk } from './talk.js';

/** Works of one transaction. */
const togetherMax = 64;

/** A transaction under a partner's row, and what its works share. */
export class Turn {
  /** What is left of its rate. */
  private bucket: Pick<Talk, 'tokens' | 'filledAt'>;
  private heardAt = 0;
  private readonly taken = new Map<string, Promise<UnitRange[]>>();

  constructor(
    readonly tx: Tx,
    /** As it was when the turn began. */
    readonly talk: Talk,
    /** Micro-yuan that the partner had reserved then, and not committed: what is committed in this turn was among it. */
    private reserved: bigint,
  ) {
    this.bucket = talk;
  }

  /** One more message is heard. False where there were too many. */
  hears(now: number): boolean {
    const left = taken(this.bucket, this.talk.ratePerSecond, now);
    if (left) this.bucket = left;
    return left !== undefined;
  }

  /** A message was kept. */
  keptOne(now: number): void {
    this.heardAt = now;
  }

  /** The partner reserves for so many micro-yuan more. False where with what it has reserved and committed it would go beyond its credit limit. */
  reserves(amount: bigint): boolean {
    const { creditLimit, committed } = this.talk;
    if (!isCovered({ limit: creditLimit, used: committed + this.reserved }, amount)) return false;
    this.reserved += amount;
    return true;
  }

  /** What partners have of an advert, or ask for; who asks for more in this turn adds it. */
  takenOf(advertId: string, now: number): Promise<UnitRange[]> {
    const taken = this.taken.get(advertId) ?? takenOf(this.tx, advertId, now);
    this.taken.set(advertId, taken);
    return taken;
  }

  /** Writes what it kept in mind. */
  async end(): Promise<void> {
    if (this.bucket === this.talk && this.heardAt === 0) return;
    const { tokens, filledAt } = this.bucket;
    await this.tx.query(
      'update partner_talk set tokens = $2, filled_at = $3, last_heard_at = greatest(last_heard_at, $4) where platform = $1',
      [this.talk.platform, tokens, filledAt, this.heardAt],
    );
  }
}

type Work<T> = (turn: Turn) => Promise<T>;

interface Waiting {
  /** Of several of one name each has a turn of its own; undefined: it is alone in its turn. */
  readonly name: string | undefined;
  readonly work: Work<unknown>;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What is done under a partner's row: its messages heard, its answers taken. What comes while a transaction is under way goes together in the next, so that many
 * messages share a connection, a lock and a write to the disk; and side by side, so that they share its round trips.
 */
@Injectable()
export class Turns {
  /** Of partners for whom something is done. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  /**
   * Done once what it wrote is committed. Where others of its turn fail it is run again, alone, so it does nothing but by the turn.
   * @param name of what it is about, for works that have nothing to do with those of other names; undefined: it is alone
   * @throws what `work` throws: then nothing of it is kept
   */
  do<T>(platform: string, name: string | undefined, work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = { name, work: keepingTrace(work), resolve, reject };
      const queue = this.queues.get(platform);
      if (queue) queue.push(waiting);
      else {
        const own = [waiting];
        this.queues.set(platform, own);
        void apart(() => this.empty(platform, own));
      }
    });
  }

  private async empty(platform: string, queue: Waiting[]): Promise<void> {
    // Whatever else comes in this turn of the event loop goes with the first.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length) await this.doAll(platform, queue.splice(0, togetherOf(queue)));
    this.queues.delete(platform);
  }

  private async doAll(platform: string, all: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.database.transaction((tx) => this.attempt(tx, platform, all));
      for (const [at, { resolve }] of all.entries()) resolve(results[at] as never);
    } catch (error) {
      const [first, ...others] = all as [Waiting, ...Waiting[]];
      if (!others.length) return first.reject(error);
      this.log.info({ err: error, platform, works: all.length }, 'what was done together for a partner failed; each is done alone');
      for (const one of all) await this.doAll(platform, [one]);
    }
  }

  private async attempt(tx: Tx, platform: string, all: readonly Waiting[]): Promise<unknown[]> {
    const [talk, reserved] = await Promise.all([lockTalk(tx, platform), reservedBy(tx, platform, this.clock.now())]);
    const turn = new Turn(tx, talk!, reserved);
    // None is under way any more when the transaction ends, however it ends.
    const done = await Promise.allSettled(all.map(({ work }) => work(turn)));
    for (const one of done) if (one.status === 'rejected') throw one.reason;
    await turn.end();
    return done.map((one) => (one as PromiseFulfilledResult<unknown>).value);
  }
}

async function reservedBy(tx: Tx, platform: string, now: number): Promise<bigint> {
  const [row] = await tx.query<{ amount: bigint }>(
    'select coalesce(sum(amount), 0)::int8 as amount from reservations where platform = $1 and state in (1, 2) and until >= $2',
    [platform, now],
  );
  return row!.amount;
}

/** How many of the first go together. */
function togetherOf(queue: readonly Waiting[]): number {
  const names = new Set<string>();
  for (const { name } of queue) {
    if (name === undefined || names.has(name) || names.size === togetherMax) break;
    names.add(name);
  }
  return Math.max(1, names.size);
}
