import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Database, Gauges } from '#platform';

/** What is measured of the talk with partners, beside what each message took. */
@Injectable()
export class InterconnectGauges implements OnApplicationBootstrap {
  constructor(
    private readonly gauges: Gauges,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.gauges.add(
      'exchange.interconnect.unanswered.age',
      's',
      'How long the oldest message has waited for an answer of its partner',
      async () => {
        const [row] = await this.database.query<{ since: bigint | null }>(
          'select min(made_at) as since from waiting join partners using (platform) where state < 3',
        );
        return [[row!.since === null ? 0 : (this.clock.now() - Number(row!.since)) / 1_000]];
      },
    );
  }
}
