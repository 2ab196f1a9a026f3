import { startOfSlot } from '#domain';
import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';
import { endOfMonth } from '../../core/month.js';
import { taxWithin } from '../../core/recount/arithmetic.js';
import { linesOfRating } from '../../core/recount/bill.js';
import { difference } from '../../core/recount/differences.js';
import type { CountedLease } from '../../core/recount/lease.js';
import { tariffAt } from '../../core/recount/tariff.js';
import { causesOf } from './lease-audit.js';
import type { LeaseRecord } from './lease-records.js';
import type { ReadTariffs } from './tariffs.js';

export interface BillRow {
  readonly bill_id: bigint;
  readonly buyer_id: number;
  readonly month: string;
  readonly issued_at: bigint;
  readonly line_count: number;
  readonly total: bigint;
  readonly rounding: bigint;
  readonly subsidy: bigint;
}

export interface LineRow {
  readonly line: number;
  readonly rating_id: bigint;
  readonly trade_id: bigint;
  readonly kind: string;
  readonly exact: bigint;
  readonly rounding: bigint;
  readonly amount: bigint;
  readonly subsidy: bigint;
}

/** A lease with what its records make of it. */
export interface Recounted {
  readonly record: LeaseRecord;
  readonly counted: CountedLease;
}

/** One bill as its lines come, some leases at a time; what it should be is added up as they go. */
export class BillAudit {
  private lines = 0;
  private total = 0n;
  private rounding = 0n;
  private subsidy = 0n;
  /** Lines of ratings that are not there: what follows is numbered otherwise. */
  private isOutOfStep = false;

  constructor(
    private readonly read: AuditReader,
    readonly bill: BillRow,
    private readonly tariffs: ReadTariffs,
  ) {}

  /** Computed so far: of all its leases, once it has ended. */
  get computedTotal(): bigint {
    return this.total;
  }

  /** @param leases in the order of their lines @param lines what is stored of them */
  *check(leases: readonly Recounted[], lines: readonly LineRow[], isOnBill: (ratingId: bigint) => boolean): Generator<Finding> {
    const stored = new Map(lines.map((row) => [`${row.rating_id} ${row.kind}`, row]));
    for (const { record, counted } of leases)
      for (const rating of counted.ratings) {
        if (!isOnBill(rating.ratingId)) continue;
        for (const line of linesOfRating(rating)) {
          const row = stored.get(`${rating.ratingId} ${line.kind}`);
          stored.delete(`${rating.ratingId} ${line.kind}`);
          this.lines += 1;
          const rounding = line.amount - line.exact;
          [this.total, this.rounding, this.subsidy] = [this.total + line.amount, this.rounding + rounding, this.subsidy + line.subsidy];
          const figures = {
            ...(row && !this.isOutOfStep && { line: this.lines }),
            ...{ trade_id: record.facts.terms.tradeId, exact: line.exact, rounding, amount: line.amount, subsidy: line.subsidy },
            tax: this.taxOf(line.amount),
          };
          const shown = `lease ${record.facts.terms.tradeId}, ${line.kind}`;
          if (!row)
            yield this.wrongLine(this.lines, 'missing', causesOf(record, rating), {
              stored: 'none',
              computed: `${shown}, amount ${line.amount}`,
            });
          else {
            const issued = { ...row, tax: this.tariffs.documentTax(row.amount, this.issuedAt) };
            const other = difference(issued, figures);
            if (other) yield this.wrongLine(row.line, 'figures_differ', `${line.kind} of ${causesOf(record, rating)}`, other);
            yield* this.creditNotes(row, line.amount, record);
          }
        }
        yield* this.wrongPlace(record, rating.at, rating.ratingId);
      }
    for (const row of stored.values()) {
      this.isOutOfStep = true;
      const of = `lease ${row.trade_id}, ${row.kind}: rating ${row.rating_id} makes no such line`;
      yield this.wrongLine(row.line, 'figures_differ', of, { stored: `amount ${row.amount}`, computed: 'none' });
    }
  }

  /** of each refund of the line the tax that its note takes back: as the document says it, and by what of the line was left. */
  private *creditNotes(row: LineRow, amount: bigint, { refunds }: LeaseRecord): Generator<Finding> {
    let [credited, left] = [0n, amount];
    for (const refund of refunds) {
      if (refund.bill_id !== this.bill.bill_id || refund.line !== row.line) continue;
      const tax = this.tariffs.documentTaxCredited(row.amount, credited, refund.amount, this.issuedAt);
      credited += refund.amount;
      const before = this.taxOf(left);
      left -= refund.amount;
      this.read.count('credit notes');
      const other = difference({ tax }, { tax: before - this.taxOf(left) });
      const { bill_id: id, buyer_id: buyerId, month } = this.bill;
      const of = `credit note of participant ${buyerId}, ${month}: bill ${id}, line ${row.line}`;
      if (other) yield finding(this.read.service, 'refunds', String(refund.refund_id), 'figures_differ', of, other);
    }
  }

  /** The whole, once all its leases were checked. */
  *end(): Generator<Finding> {
    const { bill_id: id, month, buyer_id: buyerId } = this.bill;
    this.read.count('bills');
    this.read.count('lines', this.lines);
    const computed = { line_count: this.lines, total: this.total, rounding: this.rounding, subsidy: this.subsidy };
    const other = difference({ ...this.bill }, computed);
    if (other) yield finding(this.read.service, 'bills', String(id), 'figures_differ', `participant ${buyerId}, ${month}`, other);
  }

  private get issuedAt(): number {
    return Number(this.bill.issued_at);
  }

  private taxOf(amount: bigint): bigint {
    return taxWithin(amount, tariffAt(this.tariffs.tariffs.taxes, this.issuedAt).bp);
  }

  /** a bill is its buyer's, of leases that ended by its month's end. */
  private *wrongPlace(record: LeaseRecord, ratedAt: number, ratingId: bigint): Generator<Finding> {
    const { bill_id: id, buyer_id: buyerId, month } = this.bill;
    const why =
      record.buyerId !== buyerId
        ? `it is of participant ${record.buyerId}`
        : record.window.to > endOfMonth(month)
          ? `its lease ended at ${startOfSlot(record.window.to)}, after ${month}`
          : ratedAt > this.issuedAt + clocksApartMs
            ? 'it was rated after the bill was issued'
            : undefined;
    if (why)
      yield finding(
        this.read.service,
        'bill_lines',
        `${id}, rating ${ratingId}`,
        'out_of_order',
        `the rating belongs on another bill: ${why}`,
      );
  }

  private wrongLine(line: number, wrong: Finding['wrong'], of: string, other: { stored: string; computed: string }): Finding {
    const { bill_id: id, buyer_id: buyerId, month } = this.bill;
    return finding(this.read.service, 'bill_lines', `${id}, ${line}`, wrong, `participant ${buyerId}, ${month}: ${of}`, other);
  }
}

/** Two processes' clocks may be as far apart. */
const clocksApartMs = 60_000;
