// Work that goes on in the background. A loop is asked to go round, goes round until nothing is left, and then lies still; who waits for
// stillness is woken by the loop that comes to rest, so nothing sleeps to find out.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from './log.js';
import { apart } from './telemetry.js';

const backoffMsMax = 5_000;
/** Rounds of a busy loop begin so far apart, so that what comes meanwhile goes with the next; a loop that lay still begins at once. */
export const paceMs = 50;
/** By a virtual clock nothing is late before the clock moves, and that waits for stillness. */
export const virtualPaceMs = 400;

export class Activity {
  /** Events that were handled or sent, and calls to other processes, since the start. */
  worked = 0;
  private readonly loops: Loop[] = [];
  private waiting: (() => void)[] = [];
  /** Aborted by who waits for stillness: then no round waits for company. */
  private pacing = new AbortController();

  constructor(private readonly paceMs: number) {}

  /**
   * `round` does what there is to do, answers whether it may be asked again at once, and may throw: it is asked again after a while.
   * @param paceMsMax where others wait for what it does, and a round that brings little costs little
   */
  loop(name: string, log: Logger, round: () => Promise<boolean>, paceMsMax = Infinity): Loop {
    const loop = new Loop(
      name,
      log,
      round,
      Math.min(this.paceMs, paceMsMax),
      () => this.pacing.signal,
      () => this.rested(),
    );
    this.loops.push(loop);
    return loop;
  }

  get isStill(): boolean {
    return this.loops.every((loop) => loop.isStill);
  }

  /** Names of the loops that do not lie still. */
  restless(): string[] {
    return this.loops.filter((loop) => !loop.isStill).map((loop) => loop.name);
  }

  /** Resolves once every loop lies still at the same moment. */
  async rest(): Promise<void> {
    while (!this.isStill) {
      this.pacing.abort();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  private rested(): void {
    const woken = this.waiting;
    this.waiting = [];
    if (this.isStill) this.pacing = new AbortController();
    for (const resolve of woken) resolve();
  }
}

export class Loop {
  private isWanted = false;
  private running: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** When the last round began, by performance.now(). */
  private begun = -Infinity;
  private readonly stopping = new AbortController();

  constructor(
    readonly name: string,
    private readonly log: Logger,
    private readonly round: () => Promise<boolean>,
    private readonly paceMs: number,
    private readonly pacing: () => AbortSignal,
    private readonly rested: () => void,
  ) {}

  /** Goes round now, and from then on also by itself, for what another process left. */
  start(everyMs: number): void {
    this.timer = setInterval(() => this.wake(), everyMs);
    this.timer.unref();
    this.wake();
  }

  get isStill(): boolean {
    return !this.isWanted && !this.running;
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  wake(): void {
    if (this.isStopping || !this.timer) return;
    this.isWanted = true;
    this.running ??= apart(() => this.run());
  }

  /** Ends after the round under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.running;
    this.isWanted = false;
    this.rested();
  }

  /** Waits, but not beyond a stop. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  /** Until a busy loop may go round again. */
  private async pace(): Promise<void> {
    const left = this.begun + this.paceMs - performance.now();
    const signal = AbortSignal.any([this.stopping.signal, this.pacing()]);
    if (left > 1 && !signal.aborted) await sleep(left, undefined, { signal }).catch(() => undefined);
    this.begun = performance.now();
  }

  private async run(): Promise<void> {
    for (let failures = 0; this.isWanted && !this.isStopping;) {
      await this.pace();
      this.isWanted = false;
      try {
        if (await this.round()) this.isWanted = true;
        failures = 0;
      } catch (error) {
        this.isWanted = true;
        this.log.warn({ err: error, loop: this.name }, 'a background loop failed and tries again');
        await this.pause(Math.min(backoffMsMax, 50 * 2 ** failures++));
      }
    }
    this.running = undefined;
    this.rested();
  }
}
