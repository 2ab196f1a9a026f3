import { Injectable } from '@nestjs/common';
import { BillIssued } from '#contracts';
import type { BillLine } from '#contracts';
import { Clock, numberArray, Outbox, textArray } from '#platform';
import type { Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { linesOf, totalsOf } from './core/bill.js';
import type { Billable, Line, Totals } from './core/bill.js';
import { partsOf } from './core/bill-parts.js';
import type { TransferOrder } from './core/transfer.js';
import { Debts } from './debts.js';
import { Ledger } from './ledger.js';

interface Unbilled {
  rating_id: bigint;
  trade_id: bigint;
  revision: number;
  buyer_id: number;
  compute_change: bigint;
  transfer_change: bigint;
  credit_change: bigint;
  subsidy: bigint;
  bid_id: bigint;
  provider_id: number;
  delivered_by_id: number;
  programme_id: number;
  compute_class: number;
  domestic: boolean;
  green_share_bp: number;
  unit_slots_up: bigint;
}

interface NewBill {
  readonly buyerId: number;
  readonly ratings: ReadonlyMap<number, Unbilled>;
  readonly lines: readonly Line[];
  readonly totals: Totals;
}

/**
 * What is taken is read with it. Each rating and its trade by their keys: of a month's ratings a few thousand are read at a time, and a plan that reads the
 * whole tables for them costs more than they do.
 */
const takeUnbilled = `WITH taken AS (
    DELETE FROM unbilled u WHERE u.buyer_id = ANY($1::int4[]) AND u.to_slot <= $2
      AND NOT EXISTS (SELECT FROM bills b WHERE b.buyer_id = u.buyer_id AND b.month = $3) RETURNING rating_id
  )
  SELECT r.rating_id, r.trade_id, r.revision, r.buyer_id, r.compute_change, r.transfer_change, r.credit_change, r.subsidy, r.unit_slots_up,
    t.bid_id, t.provider_id, t.delivered_by_id, t.programme_id, t.compute_class, t.domestic, t.green_share_bp
  FROM taken CROSS JOIN LATERAL (SELECT * FROM ratings WHERE rating_id = taken.rating_id OFFSET 0) r
    CROSS JOIN LATERAL (SELECT * FROM trades WHERE trade_id = r.trade_id OFFSET 0) t
  ORDER BY r.buyer_id, r.trade_id, r.revision`;

/** makes the bills of a month for some buyers: bills and lines, their rounding in the ledger and in what buyers have or owe, and the news of each. */
@Injectable()
export class BillIssue {
  /** Lines that one event tells, of some 60 bytes each: a bus takes 32 MiB. A test lowers it, and bills fewer. */
  linesOfEvent = 20_000;

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly debts: Debts,
    private readonly buyingPower: BuyingPower,
  ) {}

  /**
   * A buyer that has a bill of the month gets no other: what was rated since waits for the next.
   * @param end slot by which leases must have ended
   */
  async issue(tx: Tx, month: string, buyers: readonly number[], end: number, closedBy: string): Promise<void> {
    const ratings = await tx.query<Unbilled>(takeUnbilled, [numberArray(buyers), end, month]);
    if (ratings.length === 0) return;
    const bills = [...Map.groupBy(ratings, (row) => row.buyer_id)].map(([buyerId, rows]) => newBill(buyerId, rows));
    const ids = await this.insert(tx, month, bills);
    await this.ledger.postAll(
      tx,
      bills.map((bill, at) => ({ journal: `bill/${ids[at]}/rounding`, cause: closedBy, isNew: true, orders: roundingOf(ids[at]!, bill) })),
    );
    const roundings = bills.map(({ buyerId, totals }) => ({ participantId: buyerId, amount: totals.rounding }));
    const owed = roundings.filter(({ amount }) => amount > 0n);
    const given = roundings.filter(({ amount }) => amount < 0n).map((one) => ({ ...one, amount: -one.amount }));
    await this.debts.oweAll(tx, owed, 'rounding');
    await this.buyingPower.raiseAll(tx, given, 'refund');
    await this.outbox.publishAll(
      tx,
      BillIssued,
      bills.flatMap((bill, at) =>
        issued(ids[at]!, month, bill, this.linesOfEvent).map((data) => ({ data, subject: `participant/${bill.buyerId}` })),
      ),
    );
  }

  /** @returns the bills' ids, in their order */
  private async insert(tx: Tx, month: string, bills: readonly NewBill[]): Promise<number[]> {
    const rows = await tx.query<{ bill_id: bigint; buyer_id: number }>(
      `INSERT INTO bills (buyer_id, line_count, total, rounding, subsidy, month, issued_at)
       SELECT u.*, $6, $7::int8 FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::int8[]) AS u RETURNING bill_id, buyer_id`,
      [
        numberArray(bills.map((bill) => bill.buyerId)),
        numberArray(bills.map((bill) => bill.lines.length)),
        numberArray(bills.map((bill) => bill.totals.total)),
        numberArray(bills.map((bill) => bill.totals.rounding)),
        numberArray(bills.map((bill) => bill.totals.subsidy)),
        month,
        this.clock.now(),
      ],
    );
    const idOf = new Map(rows.map((row) => [row.buyer_id, Number(row.bill_id)]));
    const lines = bills.flatMap((bill) => bill.lines.map((line) => ({ ...line, bill })));
    await tx.query(
      `INSERT INTO bill_lines (bill_id, line, rating_id, trade_id, kind, exact, rounding, amount, subsidy)
       SELECT * FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[], $5::text[], $6::int8[], $7::int8[], $8::int8[], $9::int8[])`,
      [
        numberArray(lines.map(({ bill }) => idOf.get(bill.buyerId)!)),
        numberArray(lines.map(({ line }) => line)),
        numberArray(lines.map(({ ratingId }) => ratingId)),
        numberArray(lines.map(({ bill, ratingId }) => bill.ratings.get(ratingId)!.trade_id)),
        textArray(lines.map(({ kind }) => kind)),
        numberArray(lines.map(({ exact }) => exact)),
        numberArray(lines.map(({ rounding }) => rounding)),
        numberArray(lines.map(({ amount }) => amount)),
        numberArray(lines.map(({ subsidy }) => subsidy)),
      ],
    );
    return bills.map((bill) => idOf.get(bill.buyerId)!);
  }
}

/** a programme pays of the bill that a trade first stands on; a late correction in a later bill names none. */
function newBill(buyerId: number, all: readonly Unbilled[]): NewBill {
  const first = new Set(all.filter((row) => row.revision === 1).map((row) => row.trade_id));
  const rows = all.map((row) => (first.has(row.trade_id) ? row : { ...row, programme_id: 0 }));
  const billables = rows.map<Billable>((row) => ({
    ratingId: Number(row.rating_id),
    revision: row.revision,
    compute: row.compute_change,
    transfer: row.transfer_change,
    credit: row.credit_change,
    subsidy: row.subsidy,
  }));
  const lines = linesOf(billables);
  return { buyerId, ratings: new Map(rows.map((row) => [Number(row.rating_id), row])), lines, totals: totalsOf(lines) };
}

/** The buyer paid exact amounts; the bill's whole fen owe the difference to the rounding account, or have it from there. */
function roundingOf(billId: number, { buyerId, totals }: NewBill): TransferOrder[] {
  const order = { id: `bill/${billId}/rounding`, kind: 'rounding', phase: 'single' } as const;
  if (totals.rounding > 0n) return [{ ...order, debit: receivable(buyerId), credit: 'rounding', amount: totals.rounding }];
  if (totals.rounding < 0n) return [{ ...order, debit: 'rounding', credit: money(buyerId), amount: -totals.rounding }];
  return [];
}

/** Of most bills one part, the bill itself. */
function issued(billId: number, month: string, bill: NewBill, linesOfEvent: number): BillIssued[] {
  const lines = bill.lines.map((line) => lineOf(line, bill.ratings.get(line.ratingId)!));
  const parts = partsOf(lines, linesOfEvent);
  const of = { billId, buyerId: bill.buyerId, month, total: bill.totals.total, parts: parts.length };
  return parts.map((part, at) => ({ ...of, lines: part, part: at + 1 }));
}

const lineOf = (line: Line, row: Unbilled): BillLine => ({
  tradeId: Number(row.trade_id),
  kind: line.kind,
  amount: line.amount,
  programmeId: row.programme_id,
  providerId: row.provider_id,
  deliveredById: row.delivered_by_id,
  computeClass: row.compute_class,
  domestic: row.domestic,
  greenShareBp: row.green_share_bp,
  bidId: Number(row.bid_id),
  subsidy: line.subsidy,
  measuredUnitSlots: Number(row.unit_slots_up),
});
