import type { BillItem, CarbonFactor, LeaseEnergy, LeaseState, Tier } from '#contracts';
import { carbonMg, facilityWh } from './core/energy.js';
import type { CarbonSchedule } from './core/energy.js';
import { promisedWh } from './core/green.js';
import { taxIn } from './core/tax.js';
import type { TaxSchedule } from './core/tax.js';
import { ownWh } from './own-energy.js';
import type { Published } from './schedules.js';
import { takenByCorrection } from './taken-back.js';

export interface LineRow {
  line: number;
  kind: string;
  rating_id: bigint;
  exact: bigint;
  rounding: bigint;
  amount: bigint;
  subsidy: bigint;
  refunded: bigint;
  revision: number;
  from_slot: number;
  to_slot: number;
  unit_slots: bigint;
  unit_slots_due: bigint;
  unit_slots_up: bigint;
  credit_bp: number;
  sla_version: number;
  state: LeaseState;
  trade_id: bigint;
  bid_id: bigint;
  project: string;
  compute_class: number;
  model: string;
  unit: number;
  tier: Tier;
  pool_id: number;
  provider_id: number;
  delivered_by_id: number;
  resold_lease_id: bigint;
  extended_lease_id: bigint;
  units: number;
  price: bigint;
  green_share_bp: number;
  pue_milli: number;
  made_at: bigint;
  energy_wh: bigint | null;
  promised_wh: bigint | null;
  covered_wh: bigint | null;
  compensation: bigint | null;
}

/**
 * Each line with what it was computed from, by its keys: a plan that reads whole tables for some lines costs more than they do. $1 bill, $2 the line before, $3 how many.
 */
export const linesAfter = `SELECT l.line, l.kind, l.rating_id, l.exact, l.rounding, l.amount, (l.subsidy - ${takenByCorrection})::int8 AS subsidy,
    coalesce((SELECT sum(amount) FROM refunds f WHERE f.bill_id = l.bill_id AND f.line = l.line), 0)::int8 AS refunded,
    r.revision, r.from_slot, r.to_slot, r.unit_slots - coalesce(before.unit_slots, 0) AS unit_slots, r.unit_slots_due, r.unit_slots_up, r.credit_bp, r.sla_version, e.state,
    t.trade_id, t.bid_id, t.project, t.compute_class, t.model, t.unit, t.tier, t.pool_id, t.provider_id, t.delivered_by_id, t.resold_lease_id,
    t.extended_lease_id, t.units, t.price, t.green_share_bp, t.pue_milli, t.made_at, ${ownWh} AS energy_wh,
    g.promised_wh, g.covered_wh, g.compensation
  FROM (SELECT * FROM bill_lines WHERE bill_id = $1 AND line > $2 ORDER BY line LIMIT $3) l
    CROSS JOIN LATERAL (SELECT * FROM ratings WHERE rating_id = l.rating_id OFFSET 0) r
    CROSS JOIN LATERAL (SELECT * FROM trades WHERE trade_id = l.trade_id OFFSET 0) t
    CROSS JOIN LATERAL (SELECT * FROM lease_ends WHERE trade_id = l.trade_id OFFSET 0) e
    LEFT JOIN LATERAL (SELECT unit_slots FROM ratings WHERE trade_id = l.trade_id AND revision = r.revision - 1 OFFSET 0) before ON true
    LEFT JOIN LATERAL (SELECT energy_wh FROM measurements WHERE trade_id = l.trade_id AND l.kind = 'compute' OFFSET 0) m ON true
    LEFT JOIN LATERAL (SELECT * FROM green_leases WHERE trade_id = l.trade_id AND l.kind = 'compute' OFFSET 0) g ON true
  ORDER BY l.line`;

export interface UsageRow {
  rating_id: bigint;
  record_id: string;
  version: number;
  unit_slots: bigint;
}

/** What ratings counted of their leases' usage. $1 ratings, $2 the tier that is paid by usage. */
export const usageOfRatings = `SELECT r.rating_id, u.record_id, u.version, u.unit_slots
  FROM unnest($1::int8[]) AS asked (rating_id) CROSS JOIN LATERAL (SELECT * FROM ratings WHERE rating_id = asked.rating_id OFFSET 0) r
    CROSS JOIN LATERAL (SELECT FROM trades WHERE trade_id = r.trade_id AND tier = $2 OFFSET 0) t
    CROSS JOIN LATERAL (SELECT DISTINCT ON (record_id) record_id, version, unit_slots FROM usage_records
      WHERE trade_id = r.trade_id AND usage_id <= r.usage_through ORDER BY record_id, version DESC) u
  ORDER BY r.rating_id, u.record_id`;

/** Usage stands beside what was computed from it. */
export const itemOf = (row: LineRow, usage: readonly UsageRow[], rate: TaxSchedule, schedules: Published): BillItem => ({
  line: row.line,
  kind: row.kind,
  tradeId: Number(row.trade_id),
  bidId: Number(row.bid_id),
  project: row.project,
  book: { computeClass: row.compute_class, model: row.model, unit: row.unit, tier: row.tier },
  poolId: row.pool_id,
  providerId: row.provider_id,
  deliveredById: row.delivered_by_id,
  resoldLeaseId: Number(row.resold_lease_id),
  extendedLeaseId: Number(row.extended_lease_id),
  window: { from: row.from_slot, to: row.to_slot },
  units: row.units,
  unitSlots: Number(row.unit_slots),
  price: Number(row.price),
  unitSlotsDue: Number(row.unit_slots_due),
  unitSlotsUp: Number(row.unit_slots_up),
  creditBp: row.credit_bp,
  slaVersion: row.sla_version,
  exactAmount: row.exact,
  rounding: row.rounding,
  amount: row.amount,
  subsidy: row.subsidy,
  refunded: row.refunded,
  usage:
    row.kind === 'compute' || row.kind === 'adjustment'
      ? usage.map((u) => ({ recordId: u.record_id, version: u.version, unitSlots: Number(u.unit_slots) }))
      : [],
  leaseState: row.state,
  rating: row.revision,
  tax: taxIn(row.amount, rate),
  energy: energyOf(row, schedules.carbonAt(Number(row.made_at))),
});

/** Where it is known: of trades since their sites' PUE is told, on the first line. */
function energyOf(row: LineRow, factor: CarbonSchedule): LeaseEnergy | undefined {
  if (row.energy_wh === null || row.pue_milli === 0) return undefined;
  const wh = facilityWh(row.energy_wh, row.pue_milli);
  return {
    wh: Number(wh),
    promisedGreenWh: Number(row.promised_wh ?? promisedWh(wh, row.green_share_bp)),
    settled: row.covered_wh !== null,
    coveredGreenWh: Number(row.covered_wh ?? 0n),
    compensation: row.compensation ?? 0n,
    carbonMg: Number(carbonMg(wh, row.green_share_bp, factor)),
    carbonVersion: factor.version,
  };
}

/** Each that the energy of some lines is reckoned by. */
export const carbonFactorsOf = (items: readonly BillItem[], schedules: Published): CarbonFactor[] =>
  factorsOf(
    items.flatMap(({ energy }) => energy?.carbonVersion ?? []),
    schedules,
  );

export const factorsOf = (versions: Iterable<number>, schedules: Published): CarbonFactor[] =>
  [...new Set(versions)]
    .sort((a, b) => a - b)
    .map((version) => {
      const { carbonMgPerKwh: mgPerKwh, source } = schedules.carbon(version);
      return { version, mgPerKwh, source };
    });
