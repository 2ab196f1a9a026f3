import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { RegistrationState } from '#contracts';
import type { Time } from '#domain';
import { Clock, Database, Gauges, Logger, type Tx } from '#platform';
import { gapMs, isDeaf } from './core/hearing.js';

const everyMs = 60_000;

interface ListeningRow {
  readonly since: bigint;
  readonly deaf: boolean;
  readonly unattended_ms: number;
  readonly closed_ms: number | null;
}

/** Whether somebody was there to hear pools: an outage of the exchange, of its gateways or of its database is no silence of theirs. */
@Injectable()
export class Listening implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly gauges: Gauges,
    private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.since();
    this.timer = setInterval(() => void this.listen(), everyMs).unref();
    this.gauges.add('exchange.telemetry.deaf', '{exchange}', '1 while no pool can be heard and none is judged by its silence', async () => {
      const [row] = await this.database.query<{ deaf: boolean }>('select deaf from listening');
      return [[row!.deaf ? 1 : 0]];
    });
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** From when on silence counts: while nobody hears pools, from now; then from when that was found last. */
  async since(tx?: Tx): Promise<Time> {
    return this.look(tx, false);
  }

  /** A gateway says that its ports are open. */
  async gatewayIsOpen(): Promise<void> {
    await this.look(undefined, true);
  }

  private look(tx: Tx | undefined, isOpen: boolean): Promise<Time> {
    return tx ? this.lookIn(tx, isOpen) : this.database.transaction((own) => this.lookIn(own, isOpen));
  }

  private async lookIn(tx: Tx, isOpen: boolean): Promise<Time> {
    const [row] = await tx.query<ListeningRow>(
      `select since, deaf, extract(epoch from least(clock_timestamp() - seen_at, interval '10 years'))::float8 * 1000 as unattended_ms,
         extract(epoch from clock_timestamp() - open_at)::float8 * 1000 as closed_ms
       from listening for update`,
    );
    const { since, deaf: wasDeaf, unattended_ms: unattendedMs, closed_ms: closedMs } = row!;
    const now = this.clock.now();
    const silentAtOnce = await silentSince(tx, now);
    const deaf = isDeaf({ unattendedMs, closedMs, silentAtOnce });
    const from = deaf ? now : Number(since);
    await tx.query(
      'update listening set since = $1, deaf = $2, seen_at = clock_timestamp(), open_at = case when $3 then clock_timestamp() else open_at end',
      [from, deaf, isOpen],
    );
    // That it was away itself is no news: it has just started, or is heard of in other lines.
    if (deaf && !wasDeaf && unattendedMs <= gapMs)
      this.log.warn({ unattendedMs, closedMs, silentAtOnce }, 'pools cannot be heard: their silence does not count');
    if (!deaf && wasDeaf) this.log.info({}, 'pools are heard again: their silence counts from here on');
    return from;
  }

  private async listen(): Promise<void> {
    await this.since().catch((err: unknown) => this.log.warn({ err }, 'pools cannot be heard: the database does not answer'));
  }
}

/** Providers with a pool that was in time when the last of all was heard, and whose deadline has passed since. */
async function silentSince(tx: Tx, now: Time): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    `select count(distinct provider_id)::int4 as count
     from pools, (select max(heard_at) as at from pools where state = ${RegistrationState.VERIFIED}) heard
     where state = ${RegistrationState.VERIFIED} and last_seen_at + deadline_seconds * 1000::int8 >= heard.at
       and greatest(heard.at, last_seen_at) + deadline_seconds * 1000::int8 < $1`,
    [now],
  );
  return row!.count;
}
