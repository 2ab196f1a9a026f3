import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ListNationalDaysRequest, type ListNationalDaysResponse, NationalItemState, NationalKind } from '#contracts';
import { At, Clock, Config, Database, Gauges, type Observations } from '#platform';
import { dayOf, shareBp } from './core/national.js';

const dayMs = 86_400_000;
const shanghaiMs = 28_800_000;
const keptDays = 92;
const shownDays = 30;
const { WAITING, ACKNOWLEDGED, REFUSED, REPLACED } = NationalItemState;

interface DayRow {
  readonly day: number;
  readonly kind: NationalKind;
  readonly due: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly on_time: number;
  readonly delay_p50_ms: bigint;
  readonly delay_p90_ms: bigint;
  readonly delay_p99_ms: bigint;
}

const delay = (share: number): string =>
  `coalesce(percentile_disc(${share}) within group (order by acknowledged_at - caused_at) filter (where state = ${ACKNOWLEDGED}), 0)::int8`;

/** By day of the due time: $1 is now, and $2 and $3 hold it. What is not due yet and not answered counts for nothing. */
const daysOfItems = `select ((due_at + ${shanghaiMs}) / ${dayMs})::int4 as day, kind, count(*)::int4 as due,
    (count(*) filter (where state = ${ACKNOWLEDGED}))::int4 as acknowledged, (count(*) filter (where state = ${REFUSED}))::int4 as refused,
    (count(*) filter (where state = ${ACKNOWLEDGED} and acknowledged_at <= due_at))::int4 as on_time,
    ${delay(0.5)} as delay_p50_ms, ${delay(0.9)} as delay_p90_ms, ${delay(0.99)} as delay_p99_ms
  from national_items where state <> ${REPLACED} and (due_at < $1 or state <> ${WAITING}) and due_at >= $2 and due_at < $3 group by 1, 2`;

const startOf = (day: number): number => day * dayMs - shanghaiMs;

/** How complete and how timely reports to the national node are: what was due against what was acknowledged. */
@Injectable()
export class NationalDays implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly gauges: Gauges,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.nationalUrl) return;
    this.gauges.add('exchange.national.waiting', '{item}', 'Items that the national node has not answered', () => this.waiting());
    this.gauges.add('exchange.national.refused', '{item}', 'Items that the national node refused and nobody has corrected', () =>
      this.refused(),
    );
    this.gauges.add('exchange.national.overdue.age', 's', 'How long the oldest unanswered item is past its due time', () => this.overdue());
    this.gauges.add('exchange.national.completeness', '1', 'Acknowledged share of what was due in the last 24 hours', () =>
      this.complete(),
    );
  }

  async list({ from, to, kind }: ListNationalDaysRequest): Promise<ListNationalDaysResponse> {
    const now = this.clock.now();
    const last = to || dayOf(now) + 1;
    const first = from || last - shownDays + 1;
    const rows = await this.database.query<DayRow>(
      `select * from (${daysOfItems} union all select * from national_days where day between $4 and $5) days where $6 = 0 or kind = $6 order by day desc, kind`,
      [now, startOf(first), startOf(last + 1), first, last, kind],
    );
    return {
      days: rows.map(({ day, kind: of, due, acknowledged, refused, on_time: onTime, ...row }) => ({
        ...{ day, kind: of, due, acknowledged, refused, onTime },
        completenessBp: shareBp(acknowledged, due),
        timelinessBp: shareBp(onTime, due),
        delayP50Seconds: secondsOf(row.delay_p50_ms),
        delayP90Seconds: secondsOf(row.delay_p90_ms),
        delayP99Seconds: secondsOf(row.delay_p99_ms),
      })),
    };
  }

  /** Days of more than three months ago are kept as figures; their items go, but for those that wait for an answer or a correction. */
  @At('forget national items', dayMs)
  async forget(now: number): Promise<void> {
    const before = startOf(dayOf(now) - keptDays);
    await this.database.transaction(async (tx) => {
      await tx.query(
        `insert into national_days (day, kind, due, acknowledged, refused, on_time, delay_p50_ms, delay_p90_ms, delay_p99_ms)
         select * from (${daysOfItems}) days
         where not exists (select from national_items open where open.kind = days.kind and open.state in (${WAITING}, ${REFUSED}) and open.due_at < $3
           and ((open.due_at + ${shanghaiMs}) / ${dayMs})::int4 = days.day)
         on conflict do nothing`,
        [now, 0, before],
      );
      await tx.query(
        `delete from national_items i where due_at < $1 and exists (
           select from national_days d where d.kind = i.kind and d.day = ((i.due_at + ${shanghaiMs}) / ${dayMs})::int4)`,
        [before],
      );
    });
  }

  private async waiting(): Promise<Observations> {
    const rows = await this.database.query<{ kind: NationalKind; is_current: boolean; count: bigint }>(
      `select kind, due_at >= $1 as is_current, count(*) as count from national_items where state = ${WAITING} group by 1, 2`,
      [this.clock.now()],
    );
    return lanes.map(([kind, isCurrent]) => {
      const found = rows.find((row) => row.kind === kind && row.is_current === isCurrent);
      return [Number(found?.count ?? 0), { ...attributesOf(kind), 'exchange.national.lane': isCurrent ? 'current' : 'backfill' }];
    });
  }

  private async refused(): Promise<Observations> {
    const rows = await this.database.query<{ kind: NationalKind; count: bigint }>(
      `select kind, count(*) as count from national_items where state = ${REFUSED} group by 1`,
    );
    return kinds.map((kind) => [Number(rows.find((row) => row.kind === kind)?.count ?? 0), attributesOf(kind)]);
  }

  private async overdue(): Promise<Observations> {
    const now = this.clock.now();
    const [row] = await this.database.query<{ since: bigint | null }>(
      `select min(due_at) as since from national_items where state = ${WAITING} and due_at < $1`,
      [now],
    );
    return [[row!.since === null ? 0 : (now - Number(row!.since)) / 1_000]];
  }

  private async complete(): Promise<Observations> {
    const now = this.clock.now();
    const rows = await this.database.query<{ kind: NationalKind; due: bigint; acknowledged: bigint }>(
      `select kind, count(*) as due, count(*) filter (where state = ${ACKNOWLEDGED}) as acknowledged from national_items
       where state <> ${REPLACED} and due_at >= $1 and due_at < $2 group by 1`,
      [now - dayMs, now],
    );
    return rows.map(({ kind, due, acknowledged }) => [Number(acknowledged) / Number(due), attributesOf(kind)]);
  }
}

const kinds = [NationalKind.IDENTIFIER, NationalKind.RESOURCE, NationalKind.MONITORING, NationalKind.INDICATOR];
const lanes = kinds.flatMap((kind): [NationalKind, boolean][] => [
  [kind, true],
  [kind, false],
]);
const attributesOf = (kind: NationalKind) => ({ 'exchange.national.kind': NationalKind[kind] });
const secondsOf = (ms: bigint): number => Math.ceil(Number(ms) / 1_000);
