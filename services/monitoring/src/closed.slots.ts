import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { ListTelemetryFindingsRequest, ListTelemetryFindingsResponse, TelemetryFinding } from '#contracts';
import { type PoolId, type Slot, shanghaiDay, slotAt, startOfSlot } from '#domain';
import { At, type Call, Clock, Database, Gauges, Logger, has, nextPage, numberAfter, numberArray, pageOf } from '#platform';
import { lateMsMax } from './core/block.js';
import { unpackCells } from './core/cell-codec.js';
import { type Cells, chunkNodes } from './core/cells.js';
import { type ClosedFinding, slotsNeeded, slotsOfWindow, suspicionsOf } from './core/closed-slots.js';
import { contradictionOf } from './core/rollup.js';
import { PoolHealthKeeper, type PoolRow, registeredOf } from './pool.health.js';

/** Beside what points are waited for: how long a merge may take. */
const mergeMsMax = 300_000;
/** Slots that are looked at again, should the exchange have stood still; a day. */
const slotsBehindMax = 96;
const poolsOf = 500;
const countedMs = 7 * 86_400_000;

interface Place {
  readonly pool_id: PoolId;
  readonly chunk: number;
  readonly slot: Slot;
}

type JudgedPool = PoolRow & { readonly forgiven_at: bigint };

interface FindingRow {
  readonly number: bigint;
  readonly pool_id: number;
  readonly node: number;
  readonly rule: string;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly evidence: string;
  readonly found_at: bigint;
}

/** Looks once at each slot when nothing can change it any more. */
@Injectable()
export class ClosedSlots implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly gauges: Gauges,
    private readonly pools: PoolHealthKeeper,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.gauges.add(
      'exchange.telemetry.findings',
      '{finding}',
      'Telemetry of the last seven days that is not likely, by rule',
      async () => {
        const rows = await this.database.query<{ rule: string; count: bigint }>(
          'select rule, count(*) from telemetry_findings where found_at > $1 group by rule',
          [this.clock.now() - countedMs],
        );
        return rows.map(({ rule, count }) => [Number(count), { 'exchange.rule': rule }]);
      },
    );
  }

  @At('look at closed slots', 900_000)
  async look(now: number): Promise<void> {
    const through = slotAt(now - lateMsMax - mergeMsMax) - 1;
    const [known] = await this.database.query<{ slot: number }>('select slot from closed_slots');
    const after = Math.max(known?.slot ?? through - 1, through - slotsBehindMax);
    if (after >= through) return;
    for (let last = 0; ;) {
      const pools = await this.database.query<JudgedPool>('select * from pools where pool_id > $1 order by pool_id limit $2', [
        last,
        poolsOf,
      ]);
      if (pools.length === 0) break;
      await this.lookAt(pools, after, through, now);
      last = pools.at(-1)!.pool_id;
    }
    await this.database.query(
      'insert into closed_slots (slot) values ($1) on conflict (is_one) do update set slot = greatest(closed_slots.slot, excluded.slot)',
      [through],
    );
  }

  async list({ poolId, page: request }: ListTelemetryFindingsRequest, call: Call): Promise<ListTelemetryFindingsResponse> {
    const asked = pageOf(request);
    const own = has(call, 'operator', 'regulator') ? 0 : call.caller.participantId;
    const found = await this.database.query<FindingRow>(
      `select f.* from telemetry_findings f join pools p using (pool_id)
       where ($1 = 0 or pool_id = $1) and ($2 = 0 or p.provider_id = $2) and number < $3 order by number desc limit $4`,
      [poolId, own, numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, (row) => [row.number]);
    return { findings: rows.map(toFinding), page };
  }

  private async lookAt(pools: readonly JudgedPool[], after: Slot, through: Slot, now: number): Promise<void> {
    const places = await this.database.query<Place>(
      'select pool_id, chunk, slot from node_rollups where pool_id = any($1::int4[]) and slot > $2 and slot <= $3 order by slot, pool_id, chunk',
      [numberArray(pools.map(({ pool_id }) => pool_id)), after, through],
    );
    const byId = new Map(pools.map((pool) => [pool.pool_id, pool]));
    const reasons = new Map<PoolId, string>();
    for (const place of places) {
      const pool = byId.get(place.pool_id)!;
      const chunk = await this.read(place);
      const reason = reasonOf(chunk.get(place.slot)!, place, pool);
      if (reason && !reasons.has(place.pool_id)) reasons.set(place.pool_id, reason);
      await this.keep(place, suspicionsOf(chunk, place.slot), now);
    }
    if (reasons.size > 0) await this.suspect(reasons, now);
  }

  private async read({ pool_id: poolId, chunk, slot }: Place): Promise<Map<Slot, Cells>> {
    const rows = await this.database.query<{ slot: number; cells: Buffer }>(
      'select slot, cells from node_rollups where pool_id = $1 and chunk = $2 and slot = any($3::int4[])',
      [poolId, chunk, numberArray(slotsNeeded(slot))],
    );
    return new Map(rows.map((row) => [row.slot, unpackCells(row.cells, poolId, row.slot, chunk)]));
  }

  /** One line a node, rule and day. */
  private async keep({ pool_id: poolId, slot }: Place, found: readonly ClosedFinding[], now: number): Promise<void> {
    if (found.length === 0) return;
    this.log.warn({ poolId, slot, findings: found.length }, 'telemetry is not likely');
    await this.database.query(
      `insert into telemetry_findings (pool_id, node, rule, day, from_slot, to_slot, evidence, found_at)
       select $1, node, rule, $2, $3, $4, evidence, $5 from unnest($6::int4[], $7::text[], $8::text[]) as found (node, rule, evidence)
       on conflict (pool_id, node, rule, day) do update set to_slot = greatest(telemetry_findings.to_slot, excluded.to_slot)`,
      [
        ...[poolId, shanghaiDay(slot), slot - slotsOfWindow + 1, slot + 1, now],
        found.map(({ node }) => node),
        found.map(({ rule }) => rule),
        found.map(({ evidence }) => evidence),
      ],
    );
  }

  private async suspect(reasons: ReadonlyMap<PoolId, string>, now: number): Promise<void> {
    await this.database.transaction(async (tx) => {
      const rows = await tx.query<PoolRow>('select * from pools where pool_id = any($1::int4[]) order by pool_id for update', [
        numberArray([...reasons.keys()]),
      ]);
      await this.pools.judge(tx, await this.pools.contradicted(tx, rows, reasons), now);
    });
  }
}

/** What was forgiven stays forgiven: a slot that had begun by then is passed over. */
function reasonOf(cells: Cells, { slot, chunk }: Place, pool: JudgedPool): string {
  if (startOfSlot(slot) < Number(pool.forgiven_at)) return '';
  return contradictionOf(cells, cells, chunk * chunkNodes, registeredOf(pool));
}

const toFinding = (row: FindingRow): TelemetryFinding => ({
  ...{ number: Number(row.number), poolId: row.pool_id, node: row.node, rule: row.rule },
  ...{ window: { from: row.from_slot, to: row.to_slot }, evidence: row.evidence, foundAt: Number(row.found_at) },
});
