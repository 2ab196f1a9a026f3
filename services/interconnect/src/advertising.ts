import { Injectable } from '@nestjs/common';
import { type Advertisement, type AdvertisementHeard, bytesOf, MessageKind, type PartnerMessage, RemoteSupply } from '#contracts';
import { Clock, Database, At, type Tx } from '#platform';
import { type Body, refusal } from './body.js';
import { PartnerState } from './core/partner-state.js';
import { afterWhich, takingOf } from './core/serial.js';
import { brokenByRemote } from './core/supply.js';
import { RemoteMarket } from './remote-market.js';
import { Saying, isWaiting } from './saying.js';
import { bySlot, isToldAlike, lastToldTo, sharesOf } from './shares.js';
import { type Talk, lockListeners } from './talk.js';

const hour = 3_600_000;
const validMs = hour;
/** Of one platform, so that all of it goes into one message. */
export const advertsMax = 1_000;

/** Supply told to partners, and heard of them. */
@Injectable()
export class Advertising {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly saying: Saying,
    private readonly market: RemoteMarket,
  ) {}

  /** Tells each partner what changed of one advert, as far as it is let have it. */
  async tellChange(tx: Tx, advertId: string): Promise<void> {
    for (const talk of await lockListeners(tx)) await this.tellDifferences(tx, talk, [advertId]);
  }

  /** Tells an active partner what is left for it by now, once it has answered what it was told before. */
  async tellLeft(tx: Tx, talk: Talk): Promise<void> {
    if (talk.state === PartnerState.ACTIVE && !(await isWaiting(tx, talk.platform, MessageKind.ADVERTISE)))
      await this.tellDifferences(tx, talk);
  }

  /** Tells all anew where the partner has not come as far as was said to it, or further. */
  async catchUp(tx: Tx, talk: Talk, heard: number): Promise<void> {
    const after = afterWhich({ said: talk.saidSerial, heard, isWaiting: await isWaiting(tx, talk.platform, MessageKind.ADVERTISE) });
    if (after !== undefined) await this.tellAll(tx, talk, after);
  }

  /** @param after the serial that this one follows */
  async tellAll(tx: Tx, talk: Talk, after = talk.saidSerial): Promise<void> {
    const supply = await sharesOf(tx, talk, this.clock.now());
    await this.advertise(tx, talk, after, { full: true, supply, withdrawn: [] });
  }

  async hear(tx: Tx, talk: Talk, advertisement: Advertisement): Promise<Body> {
    const taking = takingOf(advertisement, talk.heardSerial);
    if (taking !== 'take') return heard({ heardSerial: talk.heardSerial, wantsFull: taking !== 'old', refused: [] });
    const now = this.clock.now();
    const { serial, full, supply, withdrawn } = advertisement;
    const judged = supply.map((one) => ({ one, rule: brokenByRemote(offeredOf(one), talk, now) }));
    const good = new Map(judged.filter(({ rule }) => rule === undefined).map(({ one }) => [one.advertId, one]));
    const gone = [...withdrawn, ...supply.map(({ advertId }) => advertId)];
    if ((await this.countOthers(tx, talk, full, gone)) + good.size > advertsMax)
      return refusal('adverts_must_not_exceed_1000', `a partner may have ${advertsMax} adverts here`, now);
    await tx.query('delete from remote_supply where platform = $1 and ($2 or advert_id = any($3))', [talk.platform, full, gone]);
    await this.insert(tx, talk.platform, [...good.values()], now);
    await tx.query('update partner_talk set heard_serial = $2 where platform = $1', [talk.platform, serial]);
    await this.market.tell(tx, talk);
    const refused = judged.flatMap(({ one, rule }) => (rule === undefined ? [] : [{ advertId: one.advertId, rule }]));
    return heard({ heardSerial: serial, wantsFull: false, refused });
  }

  /** Only the answer to the newest decides: what was said since may still bring the partner further. */
  async answered(tx: Tx, talk: Talk, question: Advertisement, { advertiseAnswer, refused }: PartnerMessage): Promise<void> {
    // As many are asked for as were said, and not these: this side was restored.
    if (advertiseAnswer?.wantsFull && advertiseAnswer.heardSerial === talk.saidSerial) return this.tellAll(tx, talk);
    if (advertiseAnswer) await this.catchUp(tx, talk, advertiseAnswer.heardSerial);
    const isNewest = question.serial === talk.saidSerial;
    if (refused?.rule === 'message_must_be_said_in_time' && isNewest) return this.tellAll(tx, talk);
    await this.tellLeft(tx, talk);
  }

  @At('forget expired supply', hour)
  async forget(now: number): Promise<void> {
    await this.database.query('delete from remote_supply where expires_at <= $1', [now]);
    await this.database.query('delete from own_supply where expires_at <= $1', [now]);
  }

  /** @param advertIds undefined: of all */
  private async tellDifferences(tx: Tx, talk: Talk, advertIds?: readonly string[]): Promise<void> {
    const now = this.clock.now();
    const [shares, told] = [await sharesOf(tx, talk, now, advertIds), await lastToldTo(tx, talk.platform, advertIds)];
    const isKnown = (share: RemoteSupply): boolean => {
      const last = told.get(share.advertId);
      const isRead = last?.unitsBySlot === undefined || talk.capabilities.includes(bySlot);
      return last !== undefined && isRead && isToldAlike(last, share, now);
    };
    const supply = shares.filter((share) => !isKnown(share));
    const there = new Set(shares.map(({ advertId }) => advertId));
    const withdrawn = [...told.keys()].filter((advertId) => !there.has(advertId));
    if (supply.length || withdrawn.length) await this.advertise(tx, talk, talk.saidSerial, { full: false, supply, withdrawn });
  }

  private async advertise(tx: Tx, talk: Talk, after: number, content: Omit<Advertisement, 'serial'>): Promise<void> {
    if (!talk.capabilities.includes('advertise')) return;
    const { platform } = talk;
    const { full, supply, withdrawn } = content;
    const serial = after + 1;
    await tx.query('update partner_talk set said_serial = $2 where platform = $1', [platform, serial]);
    await tx.query('delete from told_adverts where platform = $1 and ($2 or advert_id = any($3))', [
      ...[platform, full, [...withdrawn, ...supply.map(({ advertId }) => advertId)]],
    ]);
    await tx.query('insert into told_adverts (platform, advert_id, supply) select $1, s.* from unnest($2::text[], $3::bytea[]) as s', [
      ...[platform, supply.map(({ advertId }) => advertId), supply.map((one) => bytesOf(RemoteSupply, one))],
    ]);
    await this.saying.say(tx, platform, { advertise: { serial, ...content } }, validMs);
  }

  private async countOthers(tx: Tx, { platform }: Talk, full: boolean, gone: readonly string[]): Promise<number> {
    if (full) return 0;
    const [row] = await tx.query<{ count: bigint }>(
      'select count(*) as count from remote_supply where platform = $1 and not advert_id = any($2)',
      [platform, gone],
    );
    return Number(row!.count);
  }

  private async insert(tx: Tx, platform: string, supply: readonly RemoteSupply[], now: number): Promise<void> {
    await tx.query(
      `insert into remote_supply (platform, advert_id, compute_class, model, zone, region, supply, expires_at, heard_at)
       select $1, s.*, $2::int8 from unnest($3::text[], $4::int4[], $5::text[], $6::int4[], $7::int4[], $8::bytea[], $9::int8[]) as s`,
      [
        platform,
        now,
        supply.map(({ advertId }) => advertId),
        supply.map(({ computeClass }) => computeClass),
        supply.map(({ model }) => model),
        supply.map(({ zone }) => zone),
        supply.map(({ region }) => region),
        supply.map((one) => bytesOf(RemoteSupply, one)),
        supply.map(({ expiresAt }) => expiresAt),
      ],
    );
  }
}

const offeredOf = (supply: RemoteSupply) => ({
  ...supply,
  window: supply.window!,
  ranges: supply.unitsBySlot?.ranges.map(({ window }) => window!),
});

const heard = (advertiseAnswer: AdvertisementHeard): Body => ({ advertiseAnswer });
