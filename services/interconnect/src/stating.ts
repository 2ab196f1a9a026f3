import { Injectable } from '@nestjs/common';
import { type DayStated, type PartnerMessage, type StatedItem } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { At, Database, type Tx, textArray } from '#platform';
import type { Body } from './body.js';
import { PartnerState } from './core/partner-state.js';
import { Side, daysToState, differing } from './core/statement.js';
import { LeaseTelling } from './lease-telling.js';
import { OwnPlatform } from './own-platform.js';
import { Saying } from './saying.js';
import { markStale, openItems } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const hour = 3_600_000;
const validMs = 24 * hour;
/** Of days that nobody stated, as after a long outage. */
const daysMax = 31;
/** A day is stated once both sides have done with it by their clocks. */
const settledMs = hour;

/** what was sold and bought is stated day by day; in what the statements differ is known item by item. */
@Injectable()
export class Stating {
  constructor(
    private readonly database: Database,
    private readonly own: OwnPlatform,
    private readonly saying: Saying,
    private readonly leases: LeaseTelling,
  ) {}

  @At('state the day to partners', hour)
  async stateAll(now: number): Promise<void> {
    if (!this.own.hasKey) return;
    const active = await this.database.query<{ platform: string }>('select platform from partners where state = 1 order by platform');
    for (const { platform } of active) await this.database.transaction((tx) => this.stateDue(tx, platform, now));
  }

  async hear(tx: Tx, talk: Talk, { day, revision, sold, bought }: DayStated): Promise<Body> {
    const { platform } = talk;
    const [known] = await tx.query<{ heard_revision: number }>('select heard_revision from stated_days where platform = $1 and day = $2', [
      ...[platform, day],
    ]);
    if (revision > (known?.heard_revision ?? 0)) {
      await tx.query(
        `insert into stated_days (platform, day, heard_revision) values ($1, $2, $3)
         on conflict (platform, day) do update set heard_revision = excluded.heard_revision`,
        [platform, day, revision],
      );
      await tx.query('update statement_items set theirs = 0 where platform = $1 and day = $2 and netted_through is null', [platform, day]);
      await keepTheirs(tx, platform, day, Side.BOUGHT, sold);
      await keepTheirs(tx, platform, day, Side.SOLD, bought);
    }
    const differences = differing(await openItems(tx, platform, day, day)).map(({ side, reservationId, ours, theirs }) => ({
      ...{ reservationId, sold: side === Side.BOUGHT, stated: theirs, known: ours },
    }));
    return { statementAnswer: { day, revision, differences } };
  }

  /** One that was not heard in time is said anew; of what was sold and the partner thinks otherwise, what became of the leases. */
  async answered(tx: Tx, talk: Talk, { day }: DayStated, { refused, statementAnswer }: PartnerMessage): Promise<void> {
    if (refused) await markStale(tx, talk.platform, day);
    const missed = statementAnswer?.differences.filter(({ sold }) => sold) ?? [];
    await this.leases.missed(
      tx,
      talk,
      missed.map(({ reservationId }) => reservationId),
    );
  }

  private async stateDue(tx: Tx, platform: string, now: number): Promise<void> {
    const talk = await lockTalk(tx, platform);
    if (talk?.state !== PartnerState.ACTIVE || !talk.capabilities.includes('statement')) return;
    const [last] = await tx.query<{ day: number | null; registered_at: bigint }>(
      `select registered_at, (select max(day) from stated_days where platform = $1 and said_revision > 0) as day from partners where platform = $1`,
      [platform],
    );
    const today = shanghaiDay(slotAt(now - settledMs));
    const before = last!.day ?? shanghaiDay(slotAt(Number(last!.registered_at))) - 1;
    const stale = await tx.query<{ day: number }>('select day from stated_days where platform = $1 and is_stale order by day', [platform]);
    for (const day of [...stale.map((row) => row.day), ...daysToState(before, today, daysMax)]) await this.state(tx, platform, day);
  }

  private async state(tx: Tx, platform: string, day: number): Promise<void> {
    const [row] = await tx.query<{ said_revision: number }>(
      `insert into stated_days (platform, day, said_revision) values ($1, $2, 1)
       on conflict (platform, day) do update set said_revision = stated_days.said_revision + 1, is_stale = false returning said_revision`,
      [platform, day],
    );
    const items = await tx.query<{ side: Side; reservation_id: string; ours: bigint }>(
      `select side, reservation_id, ours from statement_items where platform = $1 and day = $2 and ours > 0 order by reservation_id collate "C"`,
      [platform, day],
    );
    const of = (side: Side): StatedItem[] =>
      items.filter((item) => item.side === side).map((item) => ({ reservationId: item.reservation_id, amount: item.ours }));
    const statement = { day, revision: row!.said_revision, sold: of(Side.SOLD), bought: of(Side.BOUGHT) };
    await this.saying.say(tx, platform, { statement }, validMs);
  }
}

async function keepTheirs(tx: Tx, platform: string, day: number, side: Side, items: readonly StatedItem[]): Promise<void> {
  await tx.query(
    `insert into statement_items (platform, side, reservation_id, day, theirs)
     select $1, $2::int4, s.id, $3::int4, sum(s.amount) from unnest($4::text[], $5::int8[]) as s (id, amount) group by s.id
     on conflict (platform, side, reservation_id) do update set theirs = excluded.theirs where statement_items.netted_through is null`,
    [platform, side, day, textArray(items.map(({ reservationId }) => reservationId)), items.map(({ amount }) => amount)],
  );
}
