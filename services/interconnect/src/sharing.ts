import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { bytesOf, RemoteSupply, UnitsBySlot } from '#contracts';
import { firstSellableSlot, type Levels, levelsOf, levelsWithin } from '#domain';
import { Activity, At, Clock, Database, levelsIn, Logger, type Loop, unitsBySlot } from '#platform';
import { Advertising } from './advertising.js';
import { PartnerState } from './core/partner-state.js';
import { OwnPlatform } from './own-platform.js';
import { SellersMarket } from './sellers-market.js';
import { holdingsOf } from './shares.js';
import { lockTalk } from './talk.js';

const minute = 60_000;
const hour = 60 * minute;

interface Row {
  readonly advert_id: string;
  readonly supply: Buffer;
  readonly there: Buffer | null;
}

/**
 * Adverts follow the market. What partners reserve or give back the others, who share the adverts, are told at once, and in one message what comes while they have not
 * answered; what comes and goes otherwise (sold at home, withdrawn, lost, freed) each minute, in one message.
 */
@Injectable()
export class Sharing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: Loop;
  private looksFirst = true;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    activity: Activity,
    private readonly log: Logger,
    private readonly own: OwnPlatform,
    private readonly advertising: Advertising,
    private readonly market: SellersMarket,
  ) {
    this.loop = activity.loop("interconnect's sharing", log, async () => {
      await this.round();
      return false;
    });
  }

  onApplicationBootstrap(): void {
    if (this.own.hasKey) this.loop.start(hour);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** Something of an advert was reserved, or given back: of what partners have and what is on sale together nothing has changed. */
  wake(): void {
    this.loop.wake();
  }

  /** An advert is new, or the market had less of it than was told. */
  look(): void {
    this.looksFirst = true;
    this.loop.wake();
  }

  /** Nobody says what was sold at home; so the market is asked, and nothing that was not heard is missed. */
  @At('look what of adverts is on sale', minute)
  async lookAll(_now: number): Promise<void> {
    if (this.own.hasKey && (await this.lookAtMarket())) await this.tellPartners(true);
  }

  /** What lapses, and what is over, nobody says. */
  @At('tell partners what is left of adverts', 10 * minute)
  async tellAll(_now: number): Promise<void> {
    if (this.own.hasKey) await this.tellPartners(true);
  }

  /** @param isOfAll false: what partners have has changed alone, which is nothing for who has no other beside it */
  private async tellPartners(isOfAll: boolean): Promise<void> {
    const listeners = await this.database.query<{ platform: string }>(
      `select platform from partners p join partner_talk using (platform)
       where state = $1 and version > 0 and ($2 or exists (select from partners o where o.platform <> p.platform)) order by platform`,
      [PartnerState.ACTIVE, isOfAll],
    );
    for (const { platform } of listeners)
      await this.database.transaction(async (tx) => this.advertising.tellLeft(tx, (await lockTalk(tx, platform))!));
  }

  /** Where the market does not answer all is told as it was seen last; it is looked at again within the minute. */
  private async round(): Promise<void> {
    const looksFirst = this.looksFirst;
    this.looksFirst = false;
    if (looksFirst)
      await this.lookAtMarket().catch((err: unknown) => this.log.warn({ err }, 'the market does not say what of adverts is on sale'));
    await this.tellPartners(looksFirst);
  }

  /** @returns true where it has other than when it was looked at last */
  private async lookAtMarket(): Promise<boolean> {
    const now = this.clock.now();
    const rows = await this.database.query<Row>(
      'select advert_id, supply, there from own_supply where expires_at > $1 order by advert_id',
      [now],
    );
    const adverts = rows.map((row) => ({ ...row, of: RemoteSupply.decode(row.supply) })).filter(({ of }) => of.price > 0);
    if (adverts.length === 0) return false;
    // What is reserved from now on is missing twice until the next look, and not there twice.
    const held = Map.groupBy(await holdingsOf(this.database, now), ({ advertId }) => advertId);
    const onSale = await this.market.onSale(adverts.map(({ of }) => ({ ...of, window: of.window! })));
    const seen = adverts.map((advert, at) => {
      const free = onSale[at];
      return { ...advert, seen: free && unitsBySlot(levelsOf([...free, ...(held.get(advert.advert_id) ?? [])])) };
    });
    const changed = seen.filter(
      (one) => !isSame(one.there && levelsIn(UnitsBySlot.decode(one.there)), one.seen && levelsIn(one.seen), now),
    );
    if (changed.length === 0) return false;
    await this.database.query(
      `update own_supply s set there = l.there from unnest($1::text[], $2::bytea[], $3::bytea[]) as l (advert_id, supply, there)
       where s.advert_id = l.advert_id and s.supply = l.supply`,
      [
        changed.map(({ advert_id }) => advert_id),
        changed.map(({ supply }) => supply),
        changed.map((one) => one.seen && bytesOf(UnitsBySlot, one.seen)),
      ],
    );
    return true;
  }
}

/** Of what can still be sold. */
function isSame(before: Levels | null, after: Levels | undefined, now: number): boolean {
  if (!before || !after) return !before && !after;
  const ahead = { from: firstSellableSlot(now), to: Infinity };
  return JSON.stringify(levelsWithin(before, ahead)) === JSON.stringify(levelsWithin(after, ahead));
}
