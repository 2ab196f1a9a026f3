import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Activity, At, Clock, Database, Logger, type Loop } from '#platform';
import { Advertising } from './advertising.js';
import { PartnerState } from './core/partner-state.js';
import { OwnPlatform } from './own-platform.js';
import { lockTalk } from './talk.js';

const minute = 60_000;
const hour = 60 * minute;

/** What one partner reserves or gives back is told to the others, who share the adverts with it: at once, and in one message what comes while they have not answered. */
@Injectable()
export class Sharing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: Loop;

  constructor(
    private readonly database: Database,
    clock: Clock,
    activity: Activity,
    log: Logger,
    private readonly own: OwnPlatform,
    private readonly advertising: Advertising,
  ) {
    this.loop = activity.loop("interconnect's sharing", log, async () => {
      await this.tellAll(clock.now());
      return false;
    });
  }

  onApplicationBootstrap(): void {
    if (this.own.hasKey) this.loop.start(hour);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** Something of an advert was reserved, or given back. */
  wake(): void {
    this.loop.wake();
  }

  /** What lapses, and what is over, nobody says. */
  @At('tell partners what is left of adverts', 10 * minute)
  async tellAll(_now: number): Promise<void> {
    if (!this.own.hasKey) return;
    const listeners = await this.database.query<{ platform: string }>(
      `select platform from partners p join partner_talk using (platform)
       where state = $1 and version > 0 and exists (select from partners o where o.platform <> p.platform) order by platform`,
      [PartnerState.ACTIVE],
    );
    for (const { platform } of listeners)
      await this.database.transaction(async (tx) => this.advertising.tellLeft(tx, (await lockTalk(tx, platform))!));
  }
}
