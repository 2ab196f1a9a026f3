import { Injectable } from '@nestjs/common';
import type { BillItem, ExportBillLinesRequest, ListBillLinesResponse, ListBillPartsRequest } from '#contracts';
import { Tier } from '#domain';
import { Database, nextPage, numberAfter, numberArray, pageOf } from '#platform';
import type { Call } from '#platform';
import { billAsked } from './bill.row.js';
import type { BillRow } from './bill.row.js';
import { carbonFactorsOf, itemOf, linesAfter, usageOfRatings } from './bill-item.js';
import type { LineRow, UsageRow } from './bill-item.js';
import { taxIn } from './core/tax.js';
import type { TaxSchedule } from './core/tax.js';
import { Schedules } from './schedules.js';
import type { Published } from './schedules.js';

/** Lines that are read at once: a bill has hundreds of thousands of them. */
const linesAtOnce = 1_000;
const amountsAtOnce = 10_000;

/** A bill by its number, and the schedules that its lines are shown by. */
export interface ReadBill {
  readonly billId: number;
  readonly rate: TaxSchedule;
  readonly schedules: Published;
}

/** A bill's lines, some at a time. */
@Injectable()
export class BillLines {
  constructor(
    private readonly db: Database,
    private readonly schedules: Schedules,
  ) {}

  async list({ billId, page: asked }: ListBillPartsRequest, call: Call): Promise<ListBillLinesResponse> {
    const bill = await this.asked(billId, call);
    const limits = pageOf(asked);
    const found = await this.after(bill, numberAfter(limits, 0), limits.limit + 1);
    const { rows, page } = nextPage(found, limits.limit, ({ line }) => [line]);
    return { lines: rows, page, carbonFactors: carbonFactorsOf(rows, bill.schedules) };
  }

  async *export({ billId }: ExportBillLinesRequest, call: Call): AsyncGenerator<BillItem> {
    yield* this.all(await this.asked(billId, call));
  }

  /** One after the other; a page is read when the one before it is taken. */
  async *all(bill: ReadBill): AsyncGenerator<BillItem> {
    for (let last = 0, items; (items = await this.after(bill, last, linesAtOnce)).length; last = items.at(-1)!.line) yield* items;
  }

  /** @param line the last before */
  async after({ billId, rate, schedules }: ReadBill, line: number, limit: number): Promise<BillItem[]> {
    const lines = await this.db.query<LineRow>(linesAfter, [billId, line, limit]);
    if (!lines.length) return [];
    const ratings = [...new Set(lines.map((row) => row.rating_id))];
    const usage = await this.db.query<UsageRow>(usageOfRatings, [numberArray(ratings), Tier.RECLAIMABLE]);
    const usageOf = Map.groupBy(usage, (row) => row.rating_id);
    return lines.map((row) => itemOf(row, usageOf.get(row.rating_id) ?? [], rate, schedules));
  }

  /** The tax in all lines, each rounded by itself. */
  async taxOf({ billId, rate }: ReadBill): Promise<bigint> {
    let tax = 0n;
    for (let last = 0, rows; (rows = await this.amounts(billId, last)).length; last = rows.at(-1)!.line)
      for (const { amount } of rows) tax += taxIn(amount, rate);
    return tax;
  }

  async asked(billId: number, call: Call): Promise<ReadBill> {
    const row = await billAsked<Pick<BillRow, 'buyer_id' | 'issued_at'>>(this.db, 'b.buyer_id, b.issued_at', billId, call);
    const schedules = await this.schedules.published(this.db);
    return { billId, rate: schedules.taxAt(Number(row.issued_at)), schedules };
  }

  private amounts(billId: number, line: number): Promise<Pick<LineRow, 'line' | 'amount'>[]> {
    return this.db.query('SELECT line, amount FROM bill_lines WHERE bill_id = $1 AND line > $2 ORDER BY line LIMIT $3', [
      billId,
      line,
      amountsAtOnce,
    ]);
  }
}
