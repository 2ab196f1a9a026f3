import { Injectable } from '@nestjs/common';
import { BillingPeriod, BillIssued } from '#contracts';
import type { BillLine, CloseBillingPeriodRequest, ListBillingPeriodsRequest, ListBillingPeriodsResponse } from '#contracts';
import { startOfSlot } from '#domain';
import { At, Clock, Database, nextPage, Outbox, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money, receivable } from './core/account.js';
import { linesOf, totalsOf } from './core/bill.js';
import type { Billable, Line, Totals } from './core/bill.js';
import { endOfMonth, monthOfSlot } from './core/month.js';
import type { TransferOrder } from './core/transfer.js';
import { Debts } from './debts.js';
import { Ledger } from './ledger.js';
import { mustBeOver } from './period.js';

interface PeriodRow {
  month: string;
  bills: number;
  total: bigint;
  closed_at: bigint;
  closed_by: string;
}

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

const hour = 3_600_000;
/** Telemetry of a month's last leases comes in after it; the exchange closes a month by itself a day late. */
const grace = 24 * hour;
const buyersAtOnce = 200;
const lock = `hashtext('billing period')`;

/** No month closes until the transaction ends. */
export async function billingStandsStill(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock_shared(${lock})`);
}

/** a month's close makes one bill for each buyer of all that was rated and not billed of leases that ended by the month's end. */
@Injectable()
export class Billing {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly debts: Debts,
    private readonly buyingPower: BuyingPower,
  ) {}

  async close({ month }: CloseBillingPeriodRequest, call: Call): Promise<BillingPeriod> {
    mustBeOver(month, this.clock.now());
    return this.db.once(call, BillingPeriod, (tx) => this.closeMonth(tx, month, call.caller.name));
  }

  /** Closes each month that is over for a day and has something to bill, the oldest first. */
  @At('close-months', hour)
  async closeDue(now: number): Promise<void> {
    const [oldest] = await this.db.query<{ to_slot: number | null }>('SELECT min(to_slot) AS to_slot FROM unbilled');
    if (!oldest || oldest.to_slot === null) return;
    for (let end = endOfMonth(monthOfSlot(oldest.to_slot - 1)); startOfSlot(end) + grace <= now; end = endOfMonth(monthOfSlot(end)))
      await this.db.transaction((tx) => this.closeMonth(tx, monthOfSlot(end - 1), 'close-months'));
  }

  async list(request: ListBillingPeriodsRequest): Promise<ListBillingPeriodsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<PeriodRow>(`SELECT * FROM billing_periods WHERE $1 = '' OR month < $1 ORDER BY month DESC LIMIT $2`, [
      after?.[0] ?? '',
      limit + 1,
    ]);
    const { rows, page } = nextPage(found, limit, (row) => [row.month]);
    return { periods: rows.map(periodOf), page };
  }

  private async closeMonth(tx: Tx, month: string, closedBy: string): Promise<BillingPeriod> {
    await tx.query(`SELECT pg_advisory_xact_lock(${lock})`);
    const [closed] = await tx.query<PeriodRow>('SELECT * FROM billing_periods WHERE month = $1', [month]);
    if (closed) return periodOf(closed);
    const end = endOfMonth(month);
    const buyers = await tx.query<{ buyer_id: number }>('SELECT DISTINCT buyer_id FROM unbilled WHERE to_slot <= $1 ORDER BY buyer_id', [
      end,
    ]);
    let total = 0n;
    for (let at = 0; at < buyers.length; at += buyersAtOnce) {
      const some = buyers.slice(at, at + buyersAtOnce).map((row) => row.buyer_id);
      total += await this.bill(tx, month, some, end, closedBy);
    }
    const [row] = await tx.query<PeriodRow>(
      'INSERT INTO billing_periods (month, bills, total, closed_at, closed_by) VALUES ($1, $2, $3, $4, $5) RETURNING *',
      [month, buyers.length, total, this.clock.now(), closedBy],
    );
    return periodOf(row!);
  }

  private async bill(tx: Tx, month: string, buyers: readonly number[], end: number, closedBy: string): Promise<bigint> {
    const ratings = await tx.query<Unbilled>(
      `SELECT r.rating_id, r.trade_id, r.revision, r.buyer_id, r.compute_change, r.transfer_change, r.credit_change, r.subsidy, r.unit_slots_up,
         t.bid_id, t.provider_id, t.delivered_by_id, t.programme_id, t.compute_class, t.domestic, t.green_share_bp
       FROM unbilled u JOIN ratings r USING (rating_id) JOIN trades t USING (trade_id)
       WHERE u.to_slot <= $1 AND u.buyer_id = ANY($2) ORDER BY r.buyer_id, r.trade_id, r.revision`,
      [end, buyers],
    );
    const bills = [...Map.groupBy(ratings, (row) => row.buyer_id)].map(([buyerId, rows]) => newBill(buyerId, rows));
    const ids = await this.insert(tx, month, bills);
    await this.ledger.postAll(
      tx,
      bills.map((bill, at) => ({ journal: `bill/${ids[at]}/rounding`, cause: closedBy, orders: roundingOf(ids[at]!, bill) })),
    );
    for (const { buyerId, totals } of bills) {
      if (totals.rounding > 0n) await this.debts.owe(tx, buyerId, totals.rounding, 'rounding');
      if (totals.rounding < 0n) await this.buyingPower.raise(tx, buyerId, -totals.rounding, 'refund');
    }
    await tx.query('DELETE FROM unbilled WHERE rating_id = ANY($1)', [ratings.map((row) => row.rating_id)]);
    await this.outbox.publishAll(
      tx,
      BillIssued,
      bills.map((bill, at) => ({ data: issued(ids[at]!, month, bill), subject: `participant/${bill.buyerId}` })),
    );
    return bills.reduce((sum, { totals }) => sum + totals.total, 0n);
  }

  /** @returns the bills' ids, in their order */
  private async insert(tx: Tx, month: string, bills: readonly NewBill[]): Promise<number[]> {
    const rows = await tx.query<{ bill_id: bigint; buyer_id: number }>(
      `INSERT INTO bills (buyer_id, line_count, total, rounding, subsidy, month, issued_at)
       SELECT u.*, $6, $7::int8 FROM unnest($1::int4[], $2::int4[], $3::int8[], $4::int8[], $5::int8[]) AS u RETURNING bill_id, buyer_id`,
      [
        bills.map((bill) => bill.buyerId),
        bills.map((bill) => bill.lines.length),
        bills.map((bill) => bill.totals.total),
        bills.map((bill) => bill.totals.rounding),
        bills.map((bill) => bill.totals.subsidy),
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
        lines.map(({ bill }) => idOf.get(bill.buyerId)),
        lines.map(({ line }) => line),
        lines.map(({ ratingId }) => ratingId),
        lines.map(({ bill, ratingId }) => bill.ratings.get(ratingId)!.trade_id),
        lines.map(({ kind }) => kind),
        lines.map(({ exact }) => exact),
        lines.map(({ rounding }) => rounding),
        lines.map(({ amount }) => amount),
        lines.map(({ subsidy }) => subsidy),
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

const issued = (billId: number, month: string, bill: NewBill): BillIssued => ({
  billId,
  buyerId: bill.buyerId,
  month,
  total: bill.totals.total,
  lines: bill.lines.map((line) => lineOf(line, bill.ratings.get(line.ratingId)!)),
});

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

const periodOf = (row: PeriodRow): BillingPeriod => ({
  month: row.month,
  bills: row.bills,
  total: row.total,
  closedAt: Number(row.closed_at),
  closedBy: row.closed_by,
});
