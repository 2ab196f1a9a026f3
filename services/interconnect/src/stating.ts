import { Injectable } from '@nestjs/common';
import { type DayStated, type PartnerMessage, type StatedAdjustment, type StatedItem } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { At, Clock, Database, type Tx } from '#platform';
import { type Body, refusal } from './body.js';
import { clockMsMax } from './core/hearing.js';
import { PartnerState } from './core/partner-state.js';
import { type Item, Side, daysToState, differing, isOfPart, partsOf, plainLine, positive } from './core/statement.js';
import { brokenByStatement, statedDaysMax } from './core/statement-bounds.js';
import { isAdjustment, isCompensation, itemId, lineKindOf, readItemId } from './core/statement-item.js';
import { LeaseTelling } from './lease-telling.js';
import { OwnPlatform } from './own-platform.js';
import { type Heard, learnLines, nameLines, readPlainLines } from './plain-lines.js';
import { Saying } from './saying.js';
import { beyondRoom, keepPart, keepTheirs, ofAnotherDay } from './stated-items.js';
import { type ItemRow, markStale, openItems, waitingNetting } from './statement-items.js';
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
    private readonly clock: Clock,
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
    const said = linesOf(stated);
    const now = this.clock.now();
    const broken = brokenByStatement({ ...stated, lines: said }, shanghaiDay(slotAt(now + clockMsMax)));
    if (broken) return refusal(broken.rule, broken.detail, now);
    const lines = (await readPlainLines(tx, platform, day, said)).filter(({ wireId }) => isOfPart(wireId, stated));
    const beyond = await beyondRoom(tx, platform, stated, lines);
    if (beyond) return refusal(beyond.rule, beyond.detail, now);
    await learnLines(tx, talk, stated);
    const waiting = await waitingNetting(tx, platform);
    await keepTheirs(tx, platform, stated, lines, waiting);
    await keepPart(tx, platform, stated);
    const open = (await openItems(tx, platform, day, day, waiting)).filter(({ wireId }) => isOfPart(wireId, stated));
    const all = [...differing(open), ...(await ofAnotherDay(tx, platform, stated, lines))].slice(0, differencesMax);
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
    // What is older no partner hears.
    const stale = await tx.query<{ day: number }>(
      'select day from stated_days where platform = $1 and is_stale and day > $2 order by day',
      [platform, today - statedDaysMax],
    );
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
