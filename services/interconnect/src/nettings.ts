import { Injectable } from '@nestjs/common';
import { Empty, type NettingProposed, PartnerNetted, type PartnerMessage, type ProposeNettingRequest } from '#contracts';
import { At, Clock, Database, Outbox, type Call, type Tx, absent, conflict, sha256, textArray } from '#platform';
import { firstDayOfMonth, shanghaiDay, slotAt } from '#domain';
import { record } from './audit.js';
import { type Body, refusal } from './body.js';
import { clockMsMax } from './core/hearing.js';
import { type Netted, differenceOf } from './core/netting.js';
import { PartnerState } from './core/partner-state.js';
import { agreedOf, givenBackOf, sumsOf } from './core/statement.js';
import { leasesOf } from './netted-leases.js';
import { OwnPlatform } from './own-platform.js';
import { Saying } from './saying.js';
import { type ItemRow, openItems, takeBack } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const hour = 3_600_000;
const validMs = 24 * hour;
const currency = 'CNY';
/** After a month's end its last statements are said, and differences worked off. */
const daysAfterMonth = 2;

interface Agreed {
  readonly sold: bigint;
  readonly bought: bigint;
  readonly sold_back: bigint;
  readonly bought_back: bigint;
  readonly items: number;
}

/** all items of which both statements say the same are netted together, by both platforms or by neither; an item in which they differ waits. */
@Injectable()
export class Nettings {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly own: OwnPlatform,
    private readonly saying: Saying,
  ) {}

  async propose({ platform, through }: ProposeNettingRequest, call: Call): Promise<Empty> {
    const now = this.clock.now();
    if (through >= shanghaiDay(slotAt(now))) throw conflict('day_must_be_over', 'what ends on it is not known yet', 'through');
    return this.database.once(call, Empty, async (tx) => {
      const talk = await lockTalk(tx, platform);
      if (!talk) throw absent(`partner ${platform}`);
      if (talk.state !== PartnerState.ACTIVE) throw conflict('partner_must_be_active', 'it hears nothing');
      if (!(await this.say(tx, talk, through)))
        throw conflict(
          'netting_must_have_items',
          'nothing up to the day is agreed on and not netted, or another netting waits for its answer',
          'through',
        );
      await record(tx, call, now, { platform, step: 'netting_proposed', reason: '', detail: `through day ${through}` });
      return {};
    });
  }

  /** One of two platforms proposes: the one whose name comes first. */
  @At('net the month with partners', hour)
  async netMonth(now: number): Promise<void> {
    if (!this.own.hasKey) return;
    const through = lastMonthsEnd(now);
    if (shanghaiDay(slotAt(now)) <= through + daysAfterMonth) return;
    const due = await this.database.query<{ platform: string }>(
      `select platform from partners p where state = 1 and platform > $1 and not exists (select 1 from nettings n where n.platform = p.platform and n.through >= $2)
       order by platform`,
      [this.own.name, through],
    );
    for (const { platform } of due)
      await this.database.transaction(async (tx) => {
        const talk = await lockTalk(tx, platform);
        if (talk?.state === PartnerState.ACTIVE) await this.say(tx, talk, through);
      });
  }

  /**
   * Alike in currency, count, sums and ids: netted here, and so there. What is netted already, of which the answer or its record was lost, is agreed to again; so is
   * what this platform has itself proposed meanwhile.
   */
  async hear(tx: Tx, talk: Talk, { through, ...proposal }: NettingProposed): Promise<Body> {
    const { platform } = talk;
    const now = this.clock.now();
    if (through >= shanghaiDay(slotAt(now + clockMsMax)))
      return refusal('day_must_be_over', 'what ends on it is not known yet by this platform’s clock', now);
    const proposed = { ...proposal, digest: Buffer.from(proposal.digest).toString('hex') };
    const known = await nettingThrough(tx, platform, through);
    if (known) {
      const difference = differenceOf(proposed, known);
      if (difference)
        return refusal('netting_day_must_be_new', `another through it ${known.isAgreed ? 'is netted' : 'waits'}: ${difference}`, now);
      await this.agreed(tx, talk, through);
      return { nettingAnswer: { through } };
    }
    const items = agreedOf(await openItems(tx, platform, 0, through));
    const difference = differenceOf(proposed, nettedOf(items));
    if (difference) return refusal('nettings_must_be_alike', difference, now);
    if (items.length === 0) return refusal('netting_must_have_items', 'nothing up to the day is agreed on and not netted', now);
    await this.keep(tx, platform, through, items);
    await this.agreed(tx, talk, through);
    return { nettingAnswer: { through } };
  }

  /** One that came to nothing leaves its items as they are stated by now; one that the partner has proposed too, and is netted by that, stays. */
  async answered(tx: Tx, talk: Talk, { through }: NettingProposed, { nettingAnswer }: PartnerMessage): Promise<void> {
    if (nettingAnswer) return this.agreed(tx, talk, through);
    const { platform } = talk;
    const undone = await tx.query('delete from nettings where platform = $1 and through = $2 and agreed_at = 0 returning through', [
      ...[platform, through],
    ]);
    if (!undone.length) return;
    await tx.query('update statement_items set netted_through = null where platform = $1 and netted_through = $2', [platform, through]);
    await takeBack(tx, platform);
  }

  /** @returns false where there is nothing to net now */
  private async say(tx: Tx, { platform, capabilities }: Talk, through: number): Promise<boolean> {
    const waiting = await tx.query('select 1 from nettings where platform = $1 and (agreed_at = 0 or through = $2)', [platform, through]);
    const items = agreedOf(await openItems(tx, platform, 0, through));
    if (waiting.length || !items.length || !capabilities.includes('netting')) return false;
    await this.keep(tx, platform, through, items);
    const netting = { through, ...nettedOf(items), digest: digestOf(items) };
    await this.saying.say(tx, platform, { netting }, validMs);
    return true;
  }

  /** The items are of this netting from now on: no statement moves them. */
  private async keep(tx: Tx, platform: string, through: number, items: readonly ItemRow[]): Promise<void> {
    const { sold, bought } = sumsOf(items);
    const back = givenBackOf(items);
    await tx.query(
      `insert into nettings (platform, through, currency, sold, bought, sold_back, bought_back, items, digest)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [platform, through, currency, sold, bought, back.sold, back.bought, items.length, digestOf(items)],
    );
    await tx.query(
      `update statement_items i set netted_through = $2 from unnest($3::int4[], $4::text[]) as n (side, id)
       where i.platform = $1 and i.side = n.side and i.reservation_id = n.id`,
      [platform, through, items.map(({ side }) => side), textArray(items.map(({ id }) => id))],
    );
  }

  private async agreed(tx: Tx, { platform, participantId }: Talk, through: number): Promise<void> {
    const [netting] = await tx.query<{ sold: bigint; bought_back: bigint }>(
      'update nettings set agreed_at = $3 where platform = $1 and through = $2 and agreed_at = 0 returning sold, bought_back',
      [platform, through, this.clock.now()],
    );
    if (!netting) return;
    // What the partner stated while it waited is overtaken by what it agreed on.
    await tx.query('update statement_items set theirs = ours where platform = $1 and netted_through = $2 and theirs <> ours', [
      ...[platform, through],
    ]);
    await tx.query('update partner_talk set committed = greatest(0, committed - $2) where platform = $1', [
      ...[platform, netting.sold - netting.bought_back],
    ]);
    await this.tell(tx, platform, participantId, through);
  }

  /** Those that were agreed on before settlement was told of leases. */
  @At('tell of the leases of nettings', hour)
  async tellOlder(_now: number): Promise<void> {
    while (
      await this.database.transaction(async (tx) => {
        const [older] = await tx.query<{ platform: string; participant_id: number; through: number }>(
          `select platform, participant_id, through from nettings join partners using (platform)
           where agreed_at > 0 and not leases_told order by platform, through limit 1 for update of nettings`,
        );
        if (older) await this.tell(tx, older.platform, older.participant_id, older.through);
        return older !== undefined;
      })
    );
  }

  private async tell(tx: Tx, platform: string, participantId: number, through: number): Promise<void> {
    const [netting] = await tx.query<Agreed>(
      `update nettings set leases_told = true where platform = $1 and through = $2 returning sold, bought, sold_back, bought_back, items`,
      [platform, through],
    );
    const { sold, bought, sold_back: soldBack, bought_back: boughtBack, items } = netting!;
    const leases = await leasesOf(tx, platform, through);
    await this.outbox.publish(
      tx,
      PartnerNetted,
      { participantId, platform, through, currency, sold, bought, items, soldBack, boughtBack, ...leases },
      `partner/${participantId}`,
    );
  }
}

const nettedOf = (items: readonly ItemRow[]): Netted => ({
  ...{ currency, ...sumsOf(items), items: items.length, digest: digestOf(items).toString('hex') },
});

async function nettingThrough(tx: Tx, platform: string, through: number): Promise<(Netted & { readonly isAgreed: boolean }) | undefined> {
  const [row] = await tx.query<Netted & { isAgreed: boolean }>(
    `select currency, sold, bought, items, encode(digest, 'hex') as digest, agreed_at > 0 as "isAgreed" from nettings where platform = $1 and through = $2`,
    [platform, through],
  );
  return row;
}

/** Both sides name an item by the same id. */
const digestOf = (items: readonly ItemRow[]): Buffer => sha256(items.map(({ wireId }) => `${wireId}\n`).join(''));

/** Last day of the month before, Asia/Shanghai. */
function lastMonthsEnd(now: number): number {
  const date = new Date(now + 8 * hour);
  return firstDayOfMonth(date.getUTCFullYear(), date.getUTCMonth() + 1) - 1;
}
