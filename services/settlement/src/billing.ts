import { Injectable } from '@nestjs/common';
import { BillingPeriod } from '#contracts';
import type { CloseBillingPeriodRequest, ListBillingPeriodsRequest, ListBillingPeriodsResponse } from '#contracts';
import { startOfSlot } from '#domain';
import { At, Clock, Database, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BillIssue } from './bill-issue.js';
import { endOfMonth, monthOfSlot, startOfMonth } from './core/month.js';
import { mustBeOver } from './period.js';

interface PeriodRow {
  month: string;
  bills: number;
  total: bigint;
  closed_at: bigint;
  closed_by: string;
}

/** A buyer, and how many of its ratings wait to be billed. */
interface Waiting {
  readonly buyer_id: number;
  readonly ratings: number;
}

const hour = 3_600_000;
/** Telemetry of a month's last leases comes in after it; the exchange closes a month by itself a day late. */
const grace = 24 * hour;
/** Of a transaction, and with them the bills and what is told of them in memory; a buyer with more of them has them to itself. */
const ratingsAtOnce = 5_000;
const lock = `hashtext('billing period')`;

/** No month closes until the transaction ends. */
export async function billingStandsStill(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock_shared(${lock})`);
}

/**
 * a month's close makes one bill for each buyer of all that was rated and not billed of leases that ended by the month's end. Some buyers at a
 * time, each bill whole: where it is cut off, the next close goes on with the buyers that have none.
 */
@Injectable()
export class Billing {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly bills: BillIssue,
  ) {}

  async close({ month }: CloseBillingPeriodRequest, call: Call): Promise<BillingPeriod> {
    mustBeOver(month, this.clock.now());
    return this.db.answerOnce(call, BillingPeriod, () => this.closeUpTo(month, call.caller.name));
  }

  /** Goes on with a close that was cut off; then closes each month that is over for a day and has something to bill, the oldest first. */
  @At('close-months', hour)
  async closeDue(now: number): Promise<void> {
    const [unfinished] = await this.db.query<{ month: string }>(
      `SELECT month FROM (SELECT month FROM bills ORDER BY bill_id DESC LIMIT 1) newest
       WHERE NOT EXISTS (SELECT FROM billing_periods p WHERE p.month = newest.month)`,
    );
    if (unfinished) await this.closeMonth(unfinished.month, 'close-months');
    await this.closeWaiting(now - grace, 'close-months');
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

  /** Months before it that have something to bill are closed first: who closes two at once gets the same bills as who closes one after the other. */
  private async closeUpTo(month: string, closedBy: string): Promise<BillingPeriod> {
    await this.closeWaiting(startOfSlot(startOfMonth(month)), closedBy);
    return this.closeMonth(month, closedBy);
  }

  /** Closes each month from the oldest that something waits for, the oldest first. @param over milliseconds by which a month must have ended */
  private async closeWaiting(over: number, closedBy: string): Promise<void> {
    const [oldest] = await this.db.query<{ to_slot: number | null }>('SELECT min(to_slot) AS to_slot FROM unbilled');
    if (!oldest || oldest.to_slot === null) return;
    for (let end = endOfMonth(monthOfSlot(oldest.to_slot - 1)); startOfSlot(end) <= over; end = endOfMonth(monthOfSlot(end)))
      await this.closeMonth(monthOfSlot(end - 1), closedBy);
  }

  private async closeMonth(month: string, closedBy: string): Promise<BillingPeriod> {
    const closed = await periodIn(this.db, month);
    if (closed) return closed;
    const end = endOfMonth(month);
    const waiting = await this.db.query<Waiting>(
      'SELECT buyer_id, count(*)::int4 AS ratings FROM unbilled WHERE to_slot <= $1 GROUP BY buyer_id ORDER BY buyer_id',
      [end],
    );
    for (const buyers of together(waiting))
      await this.db.transaction(async (tx) => {
        await tx.query(`SELECT pg_advisory_xact_lock(${lock})`);
        // Another may have closed it meanwhile; what was rated since is of the next month.
        if (!(await periodIn(tx, month))) await this.bills.issue(tx, month, buyers, end, closedBy);
      });
    return this.db.transaction((tx) => this.endMonth(tx, month, closedBy));
  }

  private async endMonth(tx: Tx, month: string, closedBy: string): Promise<BillingPeriod> {
    await tx.query(`SELECT pg_advisory_xact_lock(${lock})`);
    const closed = await periodIn(tx, month);
    if (closed) return closed;
    const [row] = await tx.query<PeriodRow>(
      `INSERT INTO billing_periods (month, bills, total, closed_at, closed_by)
       SELECT $1::text, count(*)::int4, coalesce(sum(total), 0)::int8, $2::int8, $3::text FROM bills WHERE month = $1 RETURNING *`,
      [month, this.clock.now(), closedBy],
    );
    return periodOf(row!);
  }
}

async function periodIn(reader: Pick<Tx, 'query'>, month: string): Promise<BillingPeriod | undefined> {
  const [row] = await reader.query<PeriodRow>('SELECT * FROM billing_periods WHERE month = $1', [month]);
  return row && periodOf(row);
}

/** Buyers in their order, as many together as have that many ratings. */
function together(waiting: readonly Waiting[]): number[][] {
  const pages: number[][] = [];
  let room = 0;
  for (const { buyer_id: buyer, ratings } of waiting) {
    if (room < ratings) {
      pages.push([]);
      room = ratingsAtOnce;
    }
    pages.at(-1)!.push(buyer);
    room -= ratings;
  }
  return pages;
}

const periodOf = (row: PeriodRow): BillingPeriod => ({
  month: row.month,
  bills: row.bills,
  total: row.total,
  closedAt: Number(row.closed_at),
  closedBy: row.closed_by,
});
