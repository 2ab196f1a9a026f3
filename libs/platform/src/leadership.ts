// Of a service that one process leads and others stand by for: takes the lease, keeps it, and says who may answer. A process that lost the lead does
// not go back to standing by: it ends, and whoever runs it starts it anew.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from './database.js';
import { StaleEpoch } from './journal.js';
import type { Lease } from './lease.js';
import type { Logger } from './log.js';
import { Refusal } from './refusal.js';

/** How often a standby follows and asks for the lease. */
const lookMs = 100;
/** A term is renewed so many times before it ends. */
const renewals = 4;

/** What a service does as a standby and as the leader. */
export interface Led {
  /** Takes in what the leader did since. */
  follow(): Promise<void>;
  /** Takes over. */
  lead(epoch: number): Promise<void>;
}

/** Nothing was done: another process leads, or will in a moment. */
export const mustLead = 'service_must_lead';

export class Leadership {
  private state: 'standing by' | 'leading' | 'lost' = 'standing by';
  /** By performance.now(), which nobody sets and which goes on while the process is frozen: until then nobody else can lead. */
  private sureUntil = -Infinity;
  private renewing: Promise<void> | undefined;
  private keeping: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private readonly begun: (() => void)[] = [];

  constructor(
    private readonly service: string,
    private readonly lease: Lease,
    private readonly database: Database,
    private readonly log: Logger,
    /** This process may not go on. */
    private readonly lost: (cause: Error) => void,
  ) {}

  get isLeading(): boolean {
    return this.state === 'leading';
  }

  /**
   * Resolves when this process leads, or stands by for one that does and goes on as its successor. Where the one before died without a word, that is
   * when its term is over; a term that is renewed meanwhile has its leader.
   */
  async begin(led: Led): Promise<void> {
    let until: string | undefined;
    while (!(await this.ask(led, (before) => (until ??= before) !== before))) {
      if (this.stopping.signal.aborted) return;
      await this.pause(lookMs);
    }
    if (!this.isLeading) this.keeping = this.standBy(led);
  }

  /** Calls when a standby has become the leader. */
  whenLeading(begin: () => void): void {
    this.begun.push(begin);
  }

  /**
   * Undefined where this process surely leads; where its term has run out, resolves when it is known that it still does.
   * @throws Refusal service_must_lead where it does not
   */
  check(): Promise<void> | undefined {
    if (!this.isLeading) throw this.refusal();
    if (performance.now() < this.sureUntil) return undefined;
    return this.renew().then(() => {
      if (!this.isLeading) throw this.refusal();
    });
  }

  /** A higher epoch for the leader itself, so that whatever of it may still be on its way to the journal is refused. @throws StaleEpoch */
  async nextEpoch(): Promise<number> {
    const { epoch } = await this.lease.take();
    if (epoch !== undefined) return epoch;
    this.lose();
    throw new StaleEpoch(`${this.service} is led by another process`);
  }

  /** Whoever stands by may lead at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.keeping;
    if (this.isLeading) await this.lease.release().catch((err: unknown) => this.log.warn({ err }, 'the lease runs out by itself'));
  }

  private async standBy(led: Led): Promise<void> {
    this.log.info({}, 'stands by');
    while (!this.stopping.signal.aborted && this.state === 'standing by') {
      try {
        if (await this.ask(led, () => false)) return;
      } catch (err) {
        this.log.warn({ err }, 'a standby cannot follow just now');
      }
      await this.pause(lookMs);
    }
  }

  /** True where it leads now, or where `isLed` says that another does. */
  private async ask(led: Led, isLed: (until: string) => boolean): Promise<boolean> {
    await led.follow();
    const asked = performance.now();
    const { epoch, before } = await this.lease.take();
    if (epoch === undefined) return isLed(before!.until);
    this.sureUntil = asked + this.lease.termMs;
    await this.lead(led, epoch, before?.holder);
    return true;
  }

  private async lead(led: Led, epoch: number, before: string | undefined): Promise<void> {
    if (Number.isFinite(this.lease.termMs)) this.keeping = this.keep();
    try {
      if (before && before !== this.lease.holder) await this.endSessionsOf(before);
      await led.lead(epoch);
    } catch (cause) {
      await this.lease.release();
      this.lose(cause as Error);
      throw cause;
    }
    this.state = 'leading';
    this.log.info({ epoch, before }, 'leads');
    for (const begin of this.begun.splice(0)) begin();
  }

  /** One that is frozen in the middle of a transaction would hold its locks for as long. What it may write is refused in any case. */
  private async endSessionsOf(holder: string): Promise<void> {
    await this.database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where usename = current_user and application_name = $1',
      [sessionName(this.service, holder)],
    );
  }

  private async keep(): Promise<void> {
    while (!this.stopping.signal.aborted && this.state !== 'lost') {
      await this.pause(this.lease.termMs / renewals);
      await this.renew().catch((err: unknown) => this.log.warn({ err }, 'the lease could not be renewed'));
    }
  }

  private renew(): Promise<void> {
    return (this.renewing ??= this.renewed().finally(() => (this.renewing = undefined)));
  }

  /** A line that swallows packets never answers: whoever waits for longer than a term has lost it, since another may have begun one. */
  private async renewed(): Promise<void> {
    const asked = performance.now();
    const renewed = await Promise.race([this.lease.renew(), this.unanswered()]);
    if (renewed === true) this.sureUntil = asked + this.lease.termMs;
    else if (renewed === false) this.lose();
    else this.lose(new Error(`leader_must_hold_its_lease: the database did not answer ${this.service} for a term`));
  }

  /** In two waits: an answer that came while the process was frozen is read between them. */
  private async unanswered(): Promise<undefined> {
    await sleep(this.lease.termMs, undefined, { ref: false });
    await sleep(lookMs, undefined, { ref: false });
  }

  private lose(cause = new Error(`leader_must_hold_its_lease: another process leads ${this.service}`)): void {
    if (this.state === 'lost') return;
    this.state = 'lost';
    this.lost(cause);
  }

  private refusal(): Refusal {
    return new Refusal('unavailable', mustLead, `this process of ${this.service} ${this.state === 'lost' ? 'leads no more' : 'stands by'}`);
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }
}

/** What a service's sessions are called in the database. */
export const sessionName = (service: string, holder: string): string => `${service}/${holder}`;
