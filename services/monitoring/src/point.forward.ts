import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Config, Gauges, Logger } from '#platform';
import type { Block } from './core/block.js';
import { otlpOf } from './core/otlp-export.js';

/** Points that may wait for the receiver; what comes while they do is dropped. */
const waitingMax = 2_000_000;
const pointsOfRequest = 20_000;
const attemptsMax = 4;
const patienceMs = 10_000;
/** By OTLP these may be tried again. */
const again = new Set([429, 502, 503, 504]);

const pointsOf = ({ nodes, ticks, columns }: Block): number => nodes * ticks * columns.length;

/**
 * Passes raw points on to the operator's own database. It never holds what judges: what the receiver does not take in time is dropped and counted, and what a
 * crash finds in memory is gone, though it counts in the roll-ups.
 */
@Injectable()
export class PointForward implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private waiting: Block[] = [];
  private waitingPoints = 0;
  private sending: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private sent = 0;
  private dropped = 0;
  private overflowed = 0;
  /** Why points are dropped, as it was said last. */
  private saidWhy: string | undefined;

  constructor(
    private readonly config: Config,
    private readonly gauges: Gauges,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.telemetryForward) return;
    this.gauges.add('exchange.telemetry.forwarded', '{point}', 'Raw points passed on since the start', () => [[this.sent]]);
    this.gauges.add('exchange.telemetry.dropped', '{point}', 'Raw points that the receiver did not take, since the start', () => [
      [this.dropped],
    ]);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.sending;
  }

  /** Never waits. */
  take(blocks: readonly Block[]): void {
    if (!this.config.telemetryForward) return;
    for (const block of blocks) {
      const points = pointsOf(block);
      if (points === 0) continue;
      if (this.waitingPoints + points > waitingMax) {
        this.dropped += points;
        this.overflowed += points;
      } else {
        this.waiting.push(block);
        this.waitingPoints += points;
      }
    }
    this.sending ??= this.sendAll();
  }

  private async sendAll(): Promise<void> {
    // One turn of the loop, so that what comes together is sent together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0 && !this.stopping.signal.aborted) {
      const batch = this.batch();
      const points = batch.reduce((sum, block) => sum + pointsOf(block), 0);
      const why = await this.send(otlpOf(batch));
      this.waitingPoints -= points;
      if (why === undefined) this.sent += points;
      else this.dropped += points;
      this.say(why);
    }
    if (this.overflowed > 0) this.log.warn({ dropped: this.overflowed }, 'raw points were not passed on: too many waited for the receiver');
    this.overflowed = 0;
    this.sending = undefined;
  }

  /** Once when the receiver takes no more points, and once when it takes them again. */
  private say(why: string | undefined): void {
    if (why === this.saidWhy || this.stopping.signal.aborted) return;
    if (why === undefined) this.log.info({ dropped: this.dropped }, 'raw points are passed on again');
    else this.log.warn({ why }, 'raw points are not passed on');
    this.saidWhy = why;
  }

  private batch(): Block[] {
    let [count, points] = [0, 0];
    while (count < this.waiting.length && points < pointsOfRequest) points += pointsOf(this.waiting[count++]!);
    return this.waiting.splice(0, count);
  }

  /** Undefined once it is taken; why not, where the receiver refused it, or did not take it after some attempts. */
  private async send(body: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
    let why = 'the exchange ends';
    for (let attempt = 1; attempt <= attemptsMax && !this.stopping.signal.aborted; attempt++) {
      const status = await this.post(body);
      if (status >= 200 && status < 300) return undefined;
      why = status === 0 ? 'the receiver cannot be reached' : `the receiver answers ${status}`;
      if (status !== 0 && !again.has(status)) return why;
      if (attempt < attemptsMax) await sleep(100 * 4 ** attempt, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
    return why;
  }

  /** The answer's status; 0 where there was none. */
  private async post(body: Uint8Array<ArrayBuffer>): Promise<number> {
    try {
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(patienceMs)]);
      const answer = await fetch(this.config.telemetryForward, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
        signal,
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch (err) {
      this.log.debug({ err }, 'the receiver of raw points cannot be reached');
      return 0;
    }
  }
}
