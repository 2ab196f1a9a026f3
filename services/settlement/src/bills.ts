import { Injectable } from '@nestjs/common';
import { Bill } from '#contracts';
import type {
  BillItem,
  CarbonFactor,
  GetBillRequest,
  LeaseEnergy,
  LeaseState,
  ListBillsRequest,
  ListBillsResponse,
  Tier,
} from '#contracts';
import { Tier as Tiers } from '#domain';
import { absent, Database, nextPage, ownsOrAbsent, pageOf } from '#platform';
import type { Call } from '#platform';
import { carbonMg, facilityWh } from './core/energy.js';
import type { CarbonSchedule } from './core/energy.js';
import { promisedWh } from './core/green.js';
import { taxIn } from './core/tax.js';
import type { TaxSchedule } from './core/tax.js';
import { creditNotesOf, subsidiesOf } from './credit-notes.js';
import { InvoiceTitles } from './invoice-titles.js';
import { before, participantAsked } from './list.js';
import { ownWh } from './own-energy.js';
import { Schedules } from './schedules.js';
import type { Published } from './schedules.js';
import { takenBack, takenByCorrection } from './taken-back.js';

interface Row {
  bill_id: bigint;
  buyer_id: number;
  month: string;
  issued_at: bigint;
  line_count: number;
  total: bigint;
  subsidy: bigint;
  claimed: bigint;
  granted: bigint;
  refunded: bigint;
  returned_by_notes: bigint;
  returned_by_corrections: bigint;
}

interface LineRow {
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

interface UsageRow {
  rating_id: bigint;
  record_id: string;
  version: number;
  unit_slots: bigint;
}

/** `claimed` of the decisions made so far; what is not decided yet counts as paid by its programme. */
const billColumns = `b.bill_id, b.buyer_id, b.month, b.issued_at, b.line_count, b.total, b.subsidy,
  coalesce((SELECT sum(claimed) FROM subsidy_decisions d WHERE d.bill_id = b.bill_id), 0)::int8 AS claimed,
  coalesce((SELECT sum(granted) FROM subsidy_decisions d WHERE d.bill_id = b.bill_id), 0)::int8 AS granted,
  coalesce((SELECT sum(amount) FROM refunds f WHERE f.bill_id = b.bill_id AND f.line > 0), 0)::int8 AS refunded,
  coalesce((SELECT sum(${takenBack}) FROM refunds f WHERE f.bill_id = b.bill_id AND f.line > 0), 0)::int8 AS returned_by_notes,
  coalesce((SELECT sum(${takenBack}) FROM refunds f JOIN ratings r USING (trade_id, revision) JOIN bill_lines l USING (rating_id)
    WHERE f.buyer_id = b.buyer_id AND f.line = 0 AND l.bill_id = b.bill_id), 0)::int8 AS returned_by_corrections`;

/** Reads bills for people, each line with what it was computed from. */
@Injectable()
export class Bills {
  constructor(
    private readonly db: Database,
    private readonly schedules: Schedules,
    private readonly titles: InvoiceTitles,
  ) {}

  async list(request: ListBillsRequest, call: Call): Promise<ListBillsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT ${billColumns} FROM bills b WHERE ($1::int4 = 0 OR b.buyer_id = $1) AND ($2 = '' OR b.month = $2) AND b.bill_id < $3
       ORDER BY b.bill_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.month, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.bill_id]);
    return { bills: rows.map(billOf), page };
  }

  async get({ billId }: GetBillRequest, call: Call): Promise<Bill> {
    const [row] = await this.db.query<Row>(`SELECT ${billColumns} FROM bills b WHERE b.bill_id = $1`, [billId]);
    if (!row) throw absent(`bill ${billId}`);
    ownsOrAbsent(call, row.buyer_id, `bill ${billId}`);
    const lines = await this.db.query<LineRow>(
      `SELECT l.line, l.kind, l.rating_id, l.exact, l.rounding, l.amount, (l.subsidy - ${takenByCorrection})::int8 AS subsidy,
         coalesce((SELECT sum(amount) FROM refunds f WHERE f.bill_id = l.bill_id AND f.line = l.line), 0)::int8 AS refunded,
         r.revision, r.from_slot, r.to_slot, r.unit_slots - coalesce(before.unit_slots, 0) AS unit_slots, r.unit_slots_due, r.unit_slots_up, r.credit_bp, r.sla_version, e.state,
         t.trade_id, t.bid_id, t.project, t.compute_class, t.model, t.unit, t.tier, t.pool_id, t.provider_id, t.delivered_by_id, t.resold_lease_id,
         t.extended_lease_id, t.units, t.price, t.green_share_bp, t.pue_milli, t.made_at, ${ownWh} AS energy_wh,
         g.promised_wh, g.covered_wh, g.compensation
       FROM bill_lines l JOIN ratings r USING (rating_id) JOIN trades t ON t.trade_id = r.trade_id JOIN lease_ends e ON e.trade_id = r.trade_id
         LEFT JOIN ratings before ON before.trade_id = r.trade_id AND before.revision = r.revision - 1
         LEFT JOIN measurements m ON m.trade_id = t.trade_id AND l.kind = 'compute' LEFT JOIN green_leases g ON g.trade_id = m.trade_id
       WHERE l.bill_id = $1 ORDER BY l.line`,
      [billId],
    );
    const usage = await this.db.query<UsageRow>(
      `SELECT r.rating_id, u.record_id, u.version, u.unit_slots
       FROM (SELECT DISTINCT rating_id FROM bill_lines WHERE bill_id = $1) l JOIN ratings r USING (rating_id)
       JOIN trades t ON t.trade_id = r.trade_id AND t.tier = $2
       JOIN LATERAL (SELECT DISTINCT ON (record_id) record_id, version, unit_slots FROM usage_records
         WHERE trade_id = r.trade_id AND usage_id <= r.usage_through ORDER BY record_id, version DESC) u ON true
       ORDER BY r.rating_id, u.record_id`,
      [billId, Tiers.RECLAIMABLE],
    );
    const usageOf = Map.groupBy(usage, (row) => row.rating_id);
    const issuedAt = Number(row.issued_at);
    const [schedules, subsidies, seller, buyer] = await Promise.all([
      this.schedules.published(this.db),
      subsidiesOf(this.db, billId),
      this.titles.ofExchange(this.db, issuedAt),
      this.titles.at(this.db, row.buyer_id, issuedAt),
    ]);
    const rate = schedules.taxAt(issuedAt);
    const items = lines.map((line) => itemOf(line, usageOf.get(line.rating_id) ?? [], rate, schedules));
    const tax = items.reduce((sum, item) => sum + item.tax, 0n);
    return {
      ...billOf(row),
      ...{ lines: items, seller, buyer, subsidies },
      tax: { tax, net: row.total - tax, taxBp: rate.taxBp, taxVersion: rate.version },
      carbonFactors: carbonFactorsOf(items, schedules),
      creditNotes: await creditNotesOf(this.db, billId, new Map(lines.map(({ line, amount }) => [line, amount])), rate),
    };
  }
}

/** Each that the bill's energy is reckoned by. */
function carbonFactorsOf(items: readonly BillItem[], schedules: Published): CarbonFactor[] {
  const versions = new Set(items.flatMap(({ energy }) => energy?.carbonVersion ?? []));
  return [...versions]
    .sort((a, b) => a - b)
    .map((version) => {
      const { carbonMgPerKwh: mgPerKwh, source } = schedules.carbon(version);
      return { version, mgPerKwh, source };
    });
}

function billOf(row: Row): Bill {
  const paidByBuyer = row.total - row.granted - (row.subsidy - row.claimed) + row.returned_by_corrections;
  return Bill.create({
    billId: Number(row.bill_id),
    buyerId: row.buyer_id,
    month: row.month,
    issuedAt: Number(row.issued_at),
    lineCount: row.line_count,
    total: row.total,
    subsidyClaimed: row.subsidy,
    subsidyGranted: row.granted,
    paidByBuyer,
    refunded: row.refunded,
    returnedByCreditNotes: row.returned_by_notes,
    returnedByCorrections: row.returned_by_corrections,
    borneByBuyer: paidByBuyer - (row.refunded - row.returned_by_notes),
  });
}

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

/** Usage stands beside what was computed from it. */
const itemOf = (row: LineRow, usage: readonly UsageRow[], rate: TaxSchedule, schedules: Published): BillItem => ({
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
