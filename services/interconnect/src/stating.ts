import { Injectable } from '@nestjs/common';
import { type DayStated, type PartnerMessage, type StatedAdjustment, type StatedItem } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { At, Database, type Tx, textArray } from '#platform';
import type { Body } from './body.js';
import { PartnerState } from './core/partner-state.js';
import { type Item, Side, daysToState, differing, isOfPart, partsOf, plainLine, positive } from './core/statement.js';
import { isAdjustment, isCompensation, itemId, lineKindOf, readItemId } from './core/statement-item.js';
import { LeaseTelling } from './lease-telling.js';
import { OwnPlatform } from './own-platform.js';
import { type Heard, learnLines, nameLines, readPlainLines } from './plain-lines.js';
import { Saying } from './saying.js';
import { type ItemRow, markStale, openItems } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const hour = 3_600_000;
const validMs = 24 * hour;
/** Of days that nobody stated, as after a long outage. */
const daysMax = 31;
/** Of one message. */
const itemsMax = 5_000;
const differencesMax = 10_000;
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

  /** A part of an older revision changes nothing of what a newer one has stated. */
  async hear(tx: Tx, talk: Talk, stated: DayStated): Promise<Body> {
    const { platform } = talk;
    const { day, revision } = stated;
    await learnLines(tx, talk, stated);
    await tx.query(
      `update statement_items set theirs = 0 where platform = $1 and day = $2 and netted_through is null
         and wire_id collate "C" > $4 and ($5 = '' or wire_id collate "C" <= $5) and not ${statedLater('wire_id')}`,
      [platform, day, revision, stated.fromId, stated.toId],
    );
    await keepTheirs(tx, platform, stated, await readPlainLines(tx, platform, day, linesOf(stated)));
    await tx.query(
      `insert into heard_parts (platform, day, from_id, to_id, revision) values ($1, $2, $3, $4, $5)
       on conflict (platform, day, from_id, to_id) do update set revision = greatest(heard_parts.revision, excluded.revision)`,
      [platform, day, stated.fromId, stated.toId, revision],
    );
    await tx.query(
      `insert into stated_days (platform, day, heard_revision) values ($1, $2, $3)
       on conflict (platform, day) do update set heard_revision = greatest(stated_days.heard_revision, excluded.heard_revision)`,
      [platform, day, revision],
    );
    const items = differing((await openItems(tx, platform, day, day)).filter(({ wireId }) => isOfPart(wireId, stated)));
    const all = items.slice(0, differencesMax);
    return {
      statementAnswer: {
        ...{ day, revision },
        differences: all.filter(({ wireId }) => !lineKindOf(wireId)).map(plainDifferenceOf),
        adjustmentDifferences: all.filter(({ wireId }) => isAdjustment(wireId)).map(differenceOf),
        compensationDifferences: all.filter(({ wireId }) => isCompensation(wireId)).map(differenceOf),
      },
    };
  }

  /** One that was not heard in time is said anew; of what was sold and the partner thinks otherwise, what became of the leases. */
  async answered(tx: Tx, talk: Talk, { day }: DayStated, { refused, statementAnswer }: PartnerMessage): Promise<void> {
    if (refused) await markStale(tx, talk.platform, day);
    const { differences = [], adjustmentDifferences = [] } = statementAnswer ?? {};
    const missed = [...differences, ...adjustmentDifferences].filter(({ sold }) => sold);
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
    await nameLines(tx, talk);
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
    const rows = await tx.query<Stated & { plain: boolean }>(
      `select side, wire_id as id, ours as amount, said_as is not null as plain from statement_items where platform = $1 and day = $2 and ours <> 0
       order by wire_id collate "C", side`,
      [platform, day],
    );
    const items = rows.map(({ plain, ...row }): Stated => (plain ? { id: row.id, ...plainLine(row) } : row));
    for (const { items: some, fromId, toId } of partsOf(items, itemsMax)) {
      const of = (wanted: Side): Stated[] => some.filter(({ side }) => side === wanted);
      const statement = {
        ...{ day, revision: row!.said_revision, fromId, toId },
        ...{ sold: itemsOf(of(Side.SOLD)), bought: itemsOf(of(Side.BOUGHT)) },
        ...{ soldAdjustments: numberedOf(of(Side.SOLD), isAdjustment), boughtAdjustments: numberedOf(of(Side.BOUGHT), isAdjustment) },
        soldCompensations: numberedOf(of(Side.SOLD), isCompensation),
        boughtCompensations: numberedOf(of(Side.BOUGHT), isCompensation),
      };
      await this.saying.say(tx, platform, { statement }, validMs);
    }
  }
}

/** A part that was heard of a revision as high or higher has the id. `$1` is the platform, `$2` the day, `$3` the revision. */
const statedLater = (id: string): string =>
  `exists (select from heard_parts h where h.platform = $1 and h.day = $2 and h.revision >= $3 and ${id} > h.from_id and (h.to_id = '' or ${id} <= h.to_id))`;

interface Stated {
  readonly side: Side;
  /** In the statement. */
  readonly id: string;
  readonly amount: bigint;
}

/** As this side has them: what the sender sold was bought here. */
function linesOf(stated: DayStated): Heard[] {
  const { sold, bought, soldAdjustments, boughtAdjustments, soldCompensations, boughtCompensations } = stated;
  const line = (side: Side, wireId: string, amount: bigint): Heard => ({ side, wireId, id: wireId, amount });
  const items = (side: Side, of: readonly StatedItem[]) => of.map(({ reservationId, amount }) => line(side, reservationId, amount));
  const adjustments = (side: Side, of: readonly StatedAdjustment[]) =>
    of.map(({ reservationId, number, amount }) => line(side, itemId({ reservationId, adjustment: number }), amount));
  const compensations = (side: Side, of: readonly StatedAdjustment[]) =>
    of.map(({ reservationId, number, amount }) => line(side, itemId({ reservationId, compensation: number }), amount));
  return [
    ...[...items(Side.BOUGHT, sold), ...adjustments(Side.BOUGHT, soldAdjustments), ...compensations(Side.BOUGHT, soldCompensations)],
    ...[...items(Side.SOLD, bought), ...adjustments(Side.SOLD, boughtAdjustments), ...compensations(Side.SOLD, boughtCompensations)],
  ];
}

const itemsOf = (stated: readonly Stated[]): StatedItem[] =>
  stated.filter(({ id }) => !lineKindOf(id)).map(({ id, amount }) => ({ reservationId: id, amount }));

const numberedOf = (stated: readonly Stated[], isOf: (id: string) => boolean): StatedAdjustment[] =>
  stated.filter(({ id }) => isOf(id)).map(({ id, amount }) => ({ ...numberOf(id), amount }));

function numberOf(id: string): { reservationId: string; number: number } {
  const { reservationId, adjustment, compensation } = readItemId(id);
  return { reservationId, number: adjustment || compensation };
}

/** As the sender of the statement sees it. */
const differenceOf = ({ side, id, ours, theirs }: Item) => ({ ...numberOf(id), sold: side === Side.BOUGHT, stated: theirs, known: ours });

/** What is below 0 is of the other side. */
function plainDifferenceOf({ side, wireId, ours, theirs }: ItemRow) {
  const { side: of } = plainLine({ side, amount: ours || theirs });
  const [known, stated] = [ours, theirs].map((amount) => positive(of === side ? amount : -amount)) as [bigint, bigint];
  return { reservationId: wireId, sold: of === Side.BOUGHT, stated, known };
}

async function keepTheirs(tx: Tx, platform: string, stated: DayStated, lines: readonly Heard[]): Promise<void> {
  const own = lines.filter(({ wireId }) => isOfPart(wireId, stated));
  await tx.query(
    `insert into statement_items (platform, side, reservation_id, day, theirs)
     select $1, s.side, s.id, $2::int4, sum(s.amount) from unnest($4::int4[], $5::text[], $6::text[], $7::int8[]) as s (side, id, wire_id, amount)
     where not ${statedLater('s.wire_id')} group by s.side, s.id
     on conflict (platform, side, reservation_id) do update set theirs = excluded.theirs where statement_items.netted_through is null`,
    [
      ...[platform, stated.day, stated.revision, own.map(({ side }) => side)],
      ...[textArray(own.map(({ id }) => id)), textArray(own.map(({ wireId }) => wireId)), own.map(({ amount }) => amount)],
    ],
  );
}
