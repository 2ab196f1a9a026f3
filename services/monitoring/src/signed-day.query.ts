import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import {
  type ListRollupDifferencesRequest,
  type ListRollupDifferencesResponse,
  type ListSignedDaysRequest,
  type ListSignedDaysResponse,
  SignedDayState,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import {
  At,
  type Call,
  Clock,
  Database,
  Gauges,
  type Observations,
  absent,
  has,
  nextPage,
  numberAfter,
  ownsOrAbsent,
  pageOf,
} from '#platform';
import { endOfDay, signMsMax } from './day.signing.js';
import { type SignedDayRow, selectSignedDays, toSignedDay } from './signed-day.row.js';

/** Days that are looked at again, should the exchange have stood still. */
const missedDays = 31;
/** Days back that the measures count. */
const countedDays = 40;

interface DifferenceRow {
  readonly number: bigint;
  readonly slot: number;
  readonly node: number;
  readonly metric: number;
  readonly what: string;
  readonly agent: bigint;
  readonly exchange: bigint;
}

/** How days stand, for provider and operator. */
@Injectable()
export class SignedDayQuery implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly gauges: Gauges,
  ) {}

  onApplicationBootstrap(): void {
    this.gauges.add(
      'exchange.telemetry.days.amiss',
      '{day}',
      'Days of pools of the last 40 that differ from what their agents signed, or were not signed',
      () => this.amiss(),
    );
  }

  /** A key stood for the pool all day, and nothing came. */
  @At('days that nobody signed', 86_400_000)
  async miss(now: number): Promise<void> {
    const today = shanghaiDay(slotAt(now));
    for (let day = today - missedDays; endOfDay(day) + signMsMax < now; day++)
      await this.database.query(
        `insert into signed_days (pool_id, day, provider_id, state)
         select distinct pool_id, $1::int4, provider_id, ${SignedDayState.MISSING} from agent_key_pools p join agent_keys k using (provider_id, key_id)
         where p.since <= $2 and (k.valid_until is null or k.valid_until >= $3)
         on conflict do nothing`,
        [day, endOfDay(day - 1), endOfDay(day)],
      );
  }

  async list(request: ListSignedDaysRequest, call: Call): Promise<ListSignedDaysResponse> {
    const asked = pageOf(request.page);
    const own = has(call, 'operator', 'regulator') ? 0 : call.caller.participantId;
    const [day = '100000', pool = '0'] = (asked.after ?? []).filter((part) => /^\d{1,10}$/.test(part));
    const found = await this.database.query<SignedDayRow>(
      `${selectSignedDays} where ($1 = 0 or d.pool_id = $1) and ($2 = 0 or d.state = $2) and ($3 = 0 or d.provider_id = $3) and ($4 = 0 or d.provider_id = $4)
         and (d.day, d.pool_id) < ($5::text::int8, $6::text::int8)
       order by d.day desc, d.pool_id desc limit $7`,
      [request.poolId, request.state, request.providerId, own, day, pool, asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.day, row.pool_id]);
    return { days: rows.map(toSignedDay), page };
  }

  /** Those of the newest statement. */
  async differences({ poolId, day, page: request }: ListRollupDifferencesRequest, call: Call): Promise<ListRollupDifferencesResponse> {
    const [known] = await this.database.query<{ provider_id: number; statement: bigint | null }>(
      'select provider_id, statement from signed_days where pool_id = $1 and day = $2',
      [poolId, day],
    );
    if (!known) throw absent(`day ${day} of pool ${poolId}`);
    ownsOrAbsent(call, known.provider_id, `day ${day} of pool ${poolId}`);
    const asked = pageOf(request);
    const found = await this.database.query<DifferenceRow>(
      'select number, slot, node, metric, what, agent, exchange from rollup_differences where statement = $1 and number > $2 order by number limit $3',
      [known.statement, numberAfter(asked, 0), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.number]);
    return {
      differences: rows.map(({ number, agent, exchange, ...row }) => ({
        ...row,
        ...{ number: Number(number), agent: Number(agent), exchange: Number(exchange) },
      })),
      page,
    };
  }

  private async amiss(): Promise<Observations> {
    const rows = await this.database.query<{ state: SignedDayState; count: bigint }>(
      `select state, count(*) from signed_days where state in (${SignedDayState.DIFFERENT}, ${SignedDayState.MISSING}) and day > $1 group by state`,
      [shanghaiDay(slotAt(this.clock.now())) - countedDays],
    );
    const counts = new Map(rows.map(({ state, count }) => [state, Number(count)]));
    return [
      [counts.get(SignedDayState.DIFFERENT) ?? 0, { 'exchange.state': 'different' }],
      [counts.get(SignedDayState.MISSING) ?? 0, { 'exchange.state': 'missing' }],
    ];
  }
}
