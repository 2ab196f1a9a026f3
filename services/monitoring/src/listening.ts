import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Time } from '#domain';
import { Clock, Database, Logger, type Tx } from '#platform';

const everyMs = 60_000;
/** Where no process has listened for so long, pools were not heard. */
const gapMinutes = 5;

/** Whether somebody was there to hear pools: an outage of the exchange, or of its database, is no silence of theirs. */
@Injectable()
export class Listening implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.since();
    this.timer = setInterval(() => void this.listen(), everyMs).unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Since when some process has listened, this one now among them. */
  async since(tx: Pick<Tx, 'query'> = this.database): Promise<Time> {
    const [row] = await tx.query<{ since: bigint }>(
      `update listening set since = case when seen_at < clock_timestamp() - make_interval(mins => $1) then $2 else since end, seen_at = clock_timestamp()
       returning since`,
      [gapMinutes, this.clock.now()],
    );
    return Number(row!.since);
  }

  private async listen(): Promise<void> {
    await this.since().catch((err: unknown) => this.log.warn({ err }, 'pools cannot be heard: the database does not answer'));
  }
}
