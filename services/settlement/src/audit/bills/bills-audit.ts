import { finding } from '#platform';
import type { Audit, AuditReader, Finding } from '#platform';
import { recountLease } from '../../core/recount/lease.js';
import { BillAudit } from './bill-lines-audit.js';
import type { BillRow, LineRow, Recounted } from './bill-lines-audit.js';
import { auditGreen } from './green-audit.js';
import { auditLease } from './lease-audit.js';
import { readLeases } from './lease-records.js';
import type { LeaseRecord } from './lease-records.js';
import { addMovements } from './movements.js';
import { StatementSums } from './statement-sums.js';
import { readTariffs } from './tariffs.js';
import type { ReadTariffs } from './tariffs.js';

/** So many lines, and the leases that they are of, are in memory at a time. */
const linesOfPage = 2_000;

interface BilledRow extends BillRow, LineRow {
  readonly rounding_of_bill: bigint;
  readonly subsidy_of_bill: bigint;
}

interface Orphan {
  rating_id: bigint;
  trade_id: bigint;
  bill_id: bigint | null;
}

/**
 * every bill and every payee's statement once more, from trades, usage, measures, ends of leases, schedules, decisions, refunds and certificates, by
 * arithmetic of its own; each figure that was stored otherwise is named. In the order of the bills, a page of lines at a time.
 */
export const billsAudit: Audit = {
  name: 'bills and statements, from records',
  run: (read) => recountAll(read),
};

async function* recountAll(read: AuditReader): AsyncGenerator<Finding> {
  const tariffs = await readTariffs(read);
  yield* tariffs.findings;
  const recount = new Recount(read, tariffs);
  yield* recount.bills();
  yield* recount.unbilled();
  yield* recount.periods();
  yield* unrated(read);
  yield* auditGreen(read, recount.sums);
  await addMovements(read, recount.sums);
  yield* recount.sums.against(read);
}

class Recount {
  readonly sums = new StatementSums();
  private readonly months = new Map<string, { bills: number; total: bigint }>();
  /** Of ratings that stand on no bill though they do not wait for one: the bill that they belong on. */
  private orphans = new Map<bigint, Orphan[]>();

  constructor(
    private readonly read: AuditReader,
    private readonly tariffs: ReadTariffs,
  ) {}

  async *bills(): AsyncGenerator<Finding> {
    const { read } = this;
    yield* this.findOrphans();
    let current: BillAudit | undefined;
    for await (const page of pagesOfLines(read)) {
      const recounted = await this.recount(page.map(({ trade_id: of }) => of));
      yield* this.homeLeases(page, recounted);
      for (const [billId, rows] of Map.groupBy(page, (row) => row.bill_id)) {
        if (current?.bill.bill_id !== billId) {
          yield* this.endBill(current);
          const [row] = rows;
          current = new BillAudit(read, { ...row!, rounding: row!.rounding_of_bill, subsidy: row!.subsidy_of_bill }, this.tariffs);
        }
        const lines = rows.filter(({ line }) => line !== null);
        const onBill = new Set(lines.map(({ rating_id: of }) => of));
        yield* current.check(leasesOf(lines, recounted), lines, (ratingId) => onBill.has(ratingId));
      }
    }
    yield* this.endBill(current);
    for await (const { bill_id: id } of read.rows<{ bill_id: bigint }>(
      'SELECT DISTINCT bill_id FROM bill_lines l WHERE NOT EXISTS (SELECT FROM bills b WHERE b.bill_id = l.bill_id) ORDER BY 1',
    ))
      yield finding(read.service, 'bills', String(id), 'missing', 'its lines are there');
  }

  /** Leases whose first rating waits for a bill, or should stand on one. */
  async *unbilled(): AsyncGenerator<Finding> {
    let page: bigint[] = [];
    for await (const { trade_id: of } of this.read.rows<{ trade_id: bigint }>(
      `SELECT trade_id FROM (SELECT DISTINCT ON (trade_id) trade_id, rating_id FROM ratings ORDER BY trade_id, revision) first
       WHERE NOT EXISTS (SELECT FROM bill_lines l WHERE l.rating_id = first.rating_id)`,
    )) {
      page.push(of);
      if (page.length < linesOfPage) continue;
      yield* this.homes(page);
      page = [];
    }
    yield* this.homes(page);
  }

  /** What each closed month said of its bills. */
  async *periods(): AsyncGenerator<Finding> {
    for (const row of await this.read.query<{ month: string; bills: number; total: bigint }>(
      'SELECT month, bills, total FROM billing_periods ORDER BY month',
    )) {
      const { bills, total } = this.months.get(row.month) ?? { bills: 0, total: 0n };
      this.read.count('months');
      if (bills !== row.bills || total !== row.total)
        yield finding(this.read.service, 'billing_periods', row.month, 'figures_differ', 'its bills add up otherwise', {
          stored: `bills ${row.bills}, total ${row.total}`,
          computed: `bills ${bills}, total ${total}`,
        });
    }
  }

  private async recount(tradeIds: readonly bigint[]): Promise<Map<bigint, Recounted>> {
    const records = await readLeases(this.read, [...new Set(tradeIds)]);
    return new Map([...records].map(([id, record]) => [id, { record, counted: recountLease(record.facts, this.tariffs.tariffs) }]));
  }

  private async *homes(tradeIds: readonly bigint[]): AsyncGenerator<Finding> {
    for (const one of (await this.recount(tradeIds)).values()) yield* this.home(one);
  }

  private *home({ record, counted }: Recounted): Generator<Finding> {
    yield* auditLease(this.read, record, counted, this.tariffs.tariffs, this.sums);
  }

  /** A lease may stand on several bills: it is looked at whole on that of its first rating. */
  private *homeLeases(page: readonly BilledRow[], recounted: ReadonlyMap<bigint, Recounted>): Generator<Finding> {
    const bills = new Map(
      [...Map.groupBy(page, (row) => row.bill_id)].map(([id, rows]) => [id, new Set(rows.map((row) => row.rating_id))]),
    );
    for (const one of recounted.values()) {
      const [first] = one.record.ratings;
      if (first && first.bill_id !== null && bills.get(first.bill_id)?.has(first.rating_id)) yield* this.home(one);
    }
  }

  private async *endBill(current: BillAudit | undefined): AsyncGenerator<Finding> {
    if (!current) return;
    const { bill_id: billId, month } = current.bill;
    const orphans = this.orphans.get(billId) ?? [];
    const ids = new Set(orphans.map(({ rating_id: of }) => of));
    if (ids.size > 0) {
      const leases = [...(await this.recount(orphans.map(({ trade_id: of }) => of))).values()];
      yield* current.check(leases, [], (ratingId) => ids.has(ratingId));
    }
    yield* current.end();
    const sum = this.months.get(month) ?? { bills: 0, total: 0n };
    this.months.set(month, { bills: sum.bills + 1, total: sum.total + current.computedTotal });
    if (sum.bills % 1_000 === 999) this.read.progress(`${this.read.service}: ${month}: ${sum.bills + 1} bills`);
  }

  private async *findOrphans(): AsyncGenerator<Finding> {
    const rows = await this.read.query<Orphan>(
      `SELECT r.rating_id, r.trade_id, (SELECT bill_id FROM bills b WHERE b.buyer_id = r.buyer_id AND b.issued_at >= r.rated_at
           AND b.month >= to_char(to_timestamp((r.to_slot - 1) * 900.0) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') ORDER BY b.issued_at LIMIT 1) AS bill_id
       FROM ratings r WHERE NOT EXISTS (SELECT FROM bill_lines l WHERE l.rating_id = r.rating_id)
         AND NOT EXISTS (SELECT FROM unbilled u WHERE u.rating_id = r.rating_id) ORDER BY r.trade_id, r.revision`,
    );
    for (const { rating_id: id, trade_id: of } of rows)
      yield finding(this.read.service, 'ratings', String(id), 'missing', `that of lease ${of} stands on no bill and waits for none`);
    this.orphans = Map.groupBy(rows, (row) => row.bill_id ?? 0n);
    const twice = await this.read.query<{ rating_id: bigint }>(
      'SELECT DISTINCT rating_id FROM unbilled JOIN bill_lines USING (rating_id) ORDER BY 1',
    );
    for (const { rating_id: id } of twice)
      yield finding(this.read.service, 'ratings', String(id), 'doubled', 'it stands on a bill and waits for another');
  }
}

/** In the order of their lines. */
function leasesOf(lines: readonly LineRow[], recounted: ReadonlyMap<bigint, Recounted>): Recounted[] {
  const ids = new Set(lines.map(({ trade_id: of }) => of));
  return [...ids].flatMap((id) => recounted.get(id) ?? []).sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
}

const idOf = ({ record }: { readonly record: LeaseRecord }): bigint => record.facts.terms.tradeId;

/** Bills and their lines in order, some thousand at a time; what a lease has on a bill is on one page. */
async function* pagesOfLines(read: AuditReader): AsyncGenerator<BilledRow[]> {
  let page: BilledRow[] = [];
  for await (const row of read.rows<BilledRow>(
    `SELECT b.bill_id, b.buyer_id, b.month, b.issued_at, b.line_count, b.total, b.rounding AS rounding_of_bill, b.subsidy AS subsidy_of_bill,
       l.line, l.rating_id, l.trade_id, l.kind, l.exact, l.rounding, l.amount, l.subsidy
     FROM bills b LEFT JOIN bill_lines l USING (bill_id) ORDER BY b.bill_id, l.line`,
  )) {
    const last = page.at(-1);
    if (page.length >= linesOfPage && last && (last.bill_id !== row.bill_id || last.trade_id !== row.trade_id)) {
      yield page;
      page = [];
    }
    page.push(row);
  }
  if (page.length > 0) yield page;
}

/** Leases that ended and wait for no rating, and have none. */
async function* unrated(read: AuditReader): AsyncGenerator<Finding> {
  for await (const { trade_id: id } of read.rows<{ trade_id: bigint }>(
    `SELECT e.trade_id FROM lease_ends e JOIN leases l USING (trade_id)
     WHERE (l.rated OR NOT l.due) AND NOT EXISTS (SELECT FROM ratings r WHERE r.trade_id = e.trade_id) ORDER BY 1`,
  ))
    yield finding(read.service, 'ratings', `lease ${id}`, 'missing', 'it ended, has no rating and waits for none');
}
