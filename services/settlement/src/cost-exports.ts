import { stringify } from 'csv-stringify/sync';
import { Injectable } from '@nestjs/common';
import { ComputeClass, Tier, Unit } from '#contracts';
import type { ExportCostsRequest, FileChunk } from '#contracts';
import { startOfSlot } from '#domain';
import { Database } from '#platform';
import type { Call } from '#platform';
import { carbonMg, facilityWh } from './core/energy.js';
import { focusColumns } from './core/focus.js';
import type { Charge } from './core/focus.js';
import { endOfMonth, startOfMonth } from './core/month.js';
import { taxCredited, taxIn } from './core/tax.js';
import { InvoiceTitles } from './invoice-titles.js';
import { participantAsked } from './list.js';
import { ownWh } from './own-energy.js';
import { Schedules } from './schedules.js';
import type { Published } from './schedules.js';
import { creditedBefore, takenBack, takenByCorrection } from './taken-back.js';

interface Row {
  /** Of a bill's line its number, of a refund its own, of what was decided of a trade the trade's. */
  readonly place: number | bigint;
  readonly bill_id: bigint;
  readonly kind: Charge['kind'];
  readonly is_correction: boolean;
  readonly issued_at: bigint;
  readonly made_at: bigint;
  readonly buyer_id: number;
  readonly buyer_name: string;
  readonly provider_id: number;
  readonly provider_name: string;
  readonly from_slot: number;
  readonly to_slot: number;
  readonly trade_id: bigint;
  readonly project: string;
  readonly region: number;
  readonly compute_class: number;
  readonly model: string;
  readonly unit: number;
  readonly tier: number;
  readonly unit_slots: bigint;
  readonly price: bigint;
  readonly exact: bigint;
  readonly amount: bigint;
  readonly subsidy: bigint;
  readonly green_share_bp: number;
  readonly pue_milli: number;
  readonly energy_wh: bigint | null;
  /** Of the line that a refund is of, and what refunds before had taken of it. */
  readonly line_amount: bigint;
  readonly credited: bigint;
}

const rowsOfAChunk = 2_000;

const ofTrade = `b.issued_at, t.made_at, t.buyer_id, coalesce(buyer.name, '') AS buyer_name, t.delivered_by_id AS provider_id,
  coalesce(provider.name, '') AS provider_name, r.from_slot, r.to_slot, t.trade_id, t.project, t.region, t.compute_class, t.model, t.unit, t.tier,
  r.unit_slots, t.price, t.green_share_bp, t.pue_milli`;
const named = `LEFT JOIN participants buyer ON buyer.participant_id = t.buyer_id LEFT JOIN participants provider ON provider.participant_id = t.delivered_by_id`;

/** $1 month, $2 buyer or 0, $3 and $4 the bill and line before, $5 how many. */
const billed = `SELECT l.line AS place, l.bill_id, l.kind, l.exact, l.amount, (l.subsidy - ${takenByCorrection})::int8 AS subsidy, ${ofTrade},
    (r.revision > 1 AND EXISTS (SELECT 1 FROM bill_lines first WHERE first.trade_id = t.trade_id AND first.bill_id < l.bill_id)) AS is_correction,
    CASE WHEN l.kind = 'compute' THEN ${ownWh} END AS energy_wh, l.amount AS line_amount, 0::int8 AS credited
  FROM bills b JOIN bill_lines l USING (bill_id) JOIN ratings r USING (rating_id) JOIN trades t ON t.trade_id = r.trade_id
    LEFT JOIN measurements m ON m.trade_id = t.trade_id ${named}
  WHERE b.month = $1 AND ($2::int4 = 0 OR b.buyer_id = $2) AND (l.bill_id, l.line) > ($3::int8, $4::int4) ORDER BY l.bill_id, l.line LIMIT $5`;

/** $1 and $2 when the month begins and ends, $3 buyer or 0, $4 the refund before, $5 how many. What a late correction gave back is a line of a bill. */
const refunded = `SELECT f.refund_id AS place, f.bill_id, 'refund' AS kind, -f.exact AS exact, -f.amount AS amount, -${takenBack} AS subsidy, ${ofTrade},
    true AS is_correction, NULL::int8 AS energy_wh, l.amount AS line_amount,
    ${creditedBefore} AS credited
  FROM refunds f JOIN bill_lines l USING (bill_id, line) JOIN bills b USING (bill_id) JOIN ratings r USING (rating_id) JOIN trades t ON t.trade_id = f.trade_id ${named}
  WHERE f.refunded_at >= $1 AND f.refunded_at < $2 AND ($3::int4 = 0 OR f.buyer_id = $3) AND f.refund_id > $4 ORDER BY f.refund_id LIMIT $5`;

/** $1 and $2 when the month begins and ends, $3 buyer or 0, $4 the trade before, $5 how many. What a programme decided, where it is not what the bill's lines say. */
const decided = `SELECT g.trade_id AS place, d.bill_id, 'subsidy' AS kind, 0::int8 AS exact, 0::int8 AS amount, g.granted - said.subsidy AS subsidy, ${ofTrade},
    false AS is_correction, NULL::int8 AS energy_wh, 0::int8 AS line_amount, 0::int8 AS credited
  FROM subsidy_decisions d JOIN subsidy_grants g USING (claim_id) JOIN bills b USING (bill_id) JOIN trades t USING (trade_id)
    JOIN ratings r ON r.trade_id = t.trade_id AND r.revision = 1
    CROSS JOIN LATERAL (SELECT coalesce(sum(l.subsidy), 0)::int8 AS subsidy FROM bill_lines l WHERE l.bill_id = d.bill_id AND l.trade_id = g.trade_id) said ${named}
  WHERE d.decided_at >= $1 AND d.decided_at < $2 AND ($3::int4 = 0 OR d.buyer_id = $3) AND g.trade_id > $4 AND g.granted <> said.subsidy
  ORDER BY g.trade_id LIMIT $5`;

/** A month's costs as FOCUS 1.2, a page at a time. */
@Injectable()
export class CostExports {
  constructor(
    private readonly db: Database,
    private readonly schedules: Schedules,
    private readonly titles: InvoiceTitles,
  ) {}

  async *file({ month, participantId }: ExportCostsRequest, call: Call): AsyncGenerator<FileChunk> {
    const buyerId = participantAsked(call, participantId);
    const [begins, ends] = [startOfSlot(startOfMonth(month)), startOfSlot(endOfMonth(month))];
    const [schedules, issuer] = await Promise.all([this.schedules.published(this.db), this.titles.ofExchange(this.db, ends)]);
    const issuerName = issuer.title;
    const chargeOf = (row: Row): Charge => chargeFrom(row, { begins, ends, issuerName }, schedules);
    yield { data: Buffer.from(stringify([focusColumns.map(([name]) => name)])) };
    for (
      let last: Row | undefined, rows = await this.billed(month, buyerId, last);
      rows.length;
      rows = await this.billed(month, buyerId, last)
    ) {
      last = rows.at(-1);
      yield chunkOf(rows.map(chargeOf));
    }
    for (const since of [refunded, decided])
      for (
        let last: Row | undefined, rows = await this.since(since, begins, ends, buyerId, last);
        rows.length;
        rows = await this.since(since, begins, ends, buyerId, last)
      ) {
        last = rows.at(-1);
        yield chunkOf(rows.map(chargeOf));
      }
  }

  private billed(month: string, buyerId: number, last: Row | undefined): Promise<Row[]> {
    return this.db.query<Row>(billed, [month, buyerId, last?.bill_id ?? 0n, last?.place ?? 0, rowsOfAChunk]);
  }

  /** What came after bills in the month. @param sql of its rows, by their places */
  private since(sql: string, begins: number, ends: number, buyerId: number, last: Row | undefined): Promise<Row[]> {
    return this.db.query<Row>(sql, [begins, ends, buyerId, last?.place ?? 0n, rowsOfAChunk]);
  }
}

const chunkOf = (charges: readonly Charge[]): FileChunk => ({
  data: Buffer.from(stringify(charges.map((charge) => focusColumns.map(([, of]) => of(charge))))),
});

/** ISO 8601 in UTC, to the second. */
const timeOf = (time: number): string => new Date(time).toISOString().replace('.000Z', 'Z');

const capitalised = (text: string): string => text.charAt(0) + text.slice(1).toLowerCase();

function chargeFrom(row: Row, month: { begins: number; ends: number; issuerName: string }, schedules: Published): Charge {
  const tax = schedules.taxAt(Number(row.issued_at));
  const isKnown = row.energy_wh !== null && row.pue_milli > 0;
  const energyWh = isKnown ? facilityWh(row.energy_wh, row.pue_milli) : undefined;
  return {
    kind: row.kind,
    isCorrection: row.is_correction,
    invoiceId: String(row.bill_id),
    buyerId: String(row.buyer_id),
    buyerName: row.buyer_name,
    issuerName: month.issuerName,
    publisherName: row.provider_name || `participant ${row.provider_id}`,
    billingFrom: timeOf(month.begins),
    billingTo: timeOf(month.ends),
    chargedFrom: timeOf(startOfSlot(row.from_slot)),
    // What delivered nothing is charged nothing for the slot at which it ended.
    chargedTo: timeOf(startOfSlot(Math.max(row.to_slot, row.from_slot + 1))),
    tradeId: String(row.trade_id),
    project: row.project,
    region: row.region ? String(row.region) : '',
    computeClass: ComputeClass[row.compute_class]!,
    model: row.model,
    unit: capitalised(Unit[row.unit]!),
    tier: Tier[row.tier]!,
    unitSlots: Number(row.unit_slots),
    price: row.price,
    exact: row.exact,
    amount: row.amount,
    tax: row.kind === 'refund' ? -taxCredited(row.line_amount, row.credited, -row.amount, tax) : taxIn(row.amount, tax),
    subsidy: row.subsidy,
    greenShareBp: row.green_share_bp,
    energyWh,
    carbonMg: energyWh === undefined ? undefined : carbonMg(energyWh, row.green_share_bp, schedules.carbonAt(Number(row.made_at))),
  };
}
