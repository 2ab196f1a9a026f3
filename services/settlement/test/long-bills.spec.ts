// A bill of very many lines: read some at a time, whoever asks and in whatever form.
import { BillPartsDefinition, InvoicesDefinition } from '#contracts';
import type { BillItem } from '#contracts';
import { Database } from '#platform';
import { Look } from '#testing';
import { taxIn } from '../src/core/tax.js';
import { buyer, Desk, otherBuyer, yuan } from './market.js';

const linesMany = 100_000;
const contracts = 1_500;
const schedule = { version: 1, effectiveFrom: 0, taxBp: 600 };
/** The first line is as it was billed. */
const amountOf = (line: number): bigint => (line === 1 ? yuan(8) : BigInt(line % 97) * 10_000n);

describe('a bill of 100,000 lines', () => {
  const query = Reflect.get(Database.prototype, 'query') as (sql: string, params?: readonly unknown[]) => Promise<unknown[]>;
  let desk: Desk;
  let billId: number;
  /** Rows of the longest answer of the database so far. */
  let longest = 0;
  let asked = 0;

  beforeAll(async () => {
    desk = await Desk.open();
    await desk.deposit(buyer.participantId, yuan(100));
    await desk.settle(await desk.trade({ tradeId: 1 }));
    billId = (await desk.closeMonth())[0]!.billId;
    await multiply();
    Database.prototype.query = async function <R>(this: Database, sql: string, params?: readonly unknown[]): Promise<R[]> {
      const rows = (await query.call(this, sql, params)) as R[];
      longest = Math.max(longest, rows.length);
      asked++;
      return rows;
    };
  });
  afterAll(async () => {
    Reflect.set(Database.prototype, 'query', query);
    await desk.stop();
  });
  beforeEach(() => {
    longest = asked = 0;
  });

  /** The lease of the bill's one line again and again, each a trade, rating and line of its own; the first of them under a programme that decided nothing. */
  async function multiply(): Promise<void> {
    const owner = new Look(desk.exchange.database.url);
    const copies = async (table: string, changes: string, overriding = '') =>
      owner.query(`INSERT INTO settlement.${table} ${overriding} SELECT copy.*
        FROM settlement.${table} o, generate_series(2, ${linesMany}) n, LATERAL jsonb_populate_record(o, ${changes}) copy`);
    const ofTrade = `'trade_id', n`;
    await copies(
      'trades',
      `jsonb_build_object(${ofTrade}, 'bid_id', 10000 + n, 'programme_id', CASE WHEN n <= ${contracts + 1} THEN 1 ELSE 0 END)`,
    );
    await copies('lease_ends', `jsonb_build_object(${ofTrade})`);
    await copies('ratings', `jsonb_build_object(${ofTrade}, 'rating_id', 100000 + n)`, 'OVERRIDING SYSTEM VALUE');
    await copies(
      'bill_lines',
      `jsonb_build_object(${ofTrade}, 'rating_id', 100000 + n, 'line', n, 'amount', n % 97 * 10000, 'subsidy', CASE WHEN n <= ${contracts + 1} THEN 7 ELSE 0 END)`,
    );
    await owner.query(`UPDATE settlement.bills SET line_count = $1, total = $2, subsidy = $3`, [
      linesMany,
      Array.from({ length: linesMany }, (_, at) => amountOf(at + 1)).reduce((sum, one) => sum + one, 0n),
      7 * contracts,
    ]);
    await owner.close();
  }

  const parts = (caller = buyer) => desk.exchange.call(BillPartsDefinition, caller);
  const lineNumbers = Array.from({ length: linesMany }, (_, at) => at + 1);

  it('answers its totals, over all of them, and its first thousand lines', async () => {
    const bill = await desk.settlement(buyer).getBill({ billId });
    expect(bill.lines.map(({ line }) => line)).toEqual(lineNumbers.slice(0, 1_000));
    expect(bill.lineCount).toBe(linesMany);
    const tax = lineNumbers.reduce((sum, line) => sum + taxIn(amountOf(line), schedule), 0n);
    expect(bill.tax).toMatchObject({ tax, net: bill.total - tax });
    expect(longest).toBeLessThanOrEqual(10_000);
  });

  it('is listed by pages, each as it is', async () => {
    const found: number[] = [];
    for (let cursor = '', first = true; first || cursor; first = false) {
      const { lines, page } = await parts().listBillLines({ billId, page: { cursor, limit: 1_000 } });
      found.push(...lines.map(({ line }) => line));
      cursor = page!.nextCursor;
    }
    expect(found).toEqual(lineNumbers);
    expect(longest).toBe(1_001);
    const { lines } = await parts().listBillLines({ billId, page: { cursor: '', limit: 1 } });
    expect(lines).toEqual((await desk.settlement(buyer).getBill({ billId })).lines.slice(0, 1));
  });

  it('is exported line by line, read as it is taken', async () => {
    const lines = parts().exportBillLines({ billId })[Symbol.asyncIterator]();
    for (let line = 1; line <= 10; line++) expect(((await lines.next()).value as BillItem).line).toBe(line);
    await lines.return?.();
    // Whose it is, the schedules, one page of lines, and usage of its ratings.
    expect(asked).toBeLessThanOrEqual(8);
    const found: number[] = [];
    for await (const { line } of parts().exportBillLines({ billId })) found.push(line);
    expect(found).toEqual(lineNumbers);
    expect(longest).toBe(1_000);
  });

  it('is a PDF of a thousand lines and the sum of the others', async () => {
    let size = 0;
    for await (const { data } of desk.exchange.call(InvoicesDefinition, buyer).exportBill({ billId })) size += data.length;
    expect(size).toBeGreaterThan(100_000);
    expect(longest).toBeLessThanOrEqual(10_000);
  });

  it('tells of all contracts under a programme the sum, and each by pages', async () => {
    const bill = await desk.settlement(buyer).getBill({ billId });
    expect(bill.subsidies).toHaveLength(1_000);
    expect(bill.programmes).toEqual([
      {
        ...{ programmeId: 1, decided: false, reimbursed: false, contracts },
        ...{ claimed: BigInt(7 * contracts), granted: 0n, returned: 0n, claimIds: [] },
      },
    ]);
    const first = await parts().listBillSubsidies({ billId, page: { cursor: '', limit: 1_000 } });
    const second = await parts().listBillSubsidies({ billId, page: { cursor: first.page!.nextCursor, limit: 1_000 } });
    expect([...first.subsidies, ...second.subsidies].map(({ bidId }) => bidId)).toEqual(
      Array.from({ length: contracts }, (_, at) => 10_002 + at),
    );
    expect(second.page!.nextCursor).toBe('');
  });

  it('has its credit notes by pages, each with the tax in what it took', async () => {
    for (const amount of [yuan(0.03), yuan(0.05)]) await desk.settlement().refundBill({ billId, line: 1, amount, reason: 'slow' });
    const first = await parts().listBillCreditNotes({ billId, page: { cursor: '', limit: 1 } });
    const second = await parts().listBillCreditNotes({ billId, page: { cursor: first.page!.nextCursor, limit: 1 } });
    const bill = await desk.settlement(buyer).getBill({ billId });
    expect([...first.creditNotes, ...second.creditNotes]).toEqual(bill.creditNotes);
    expect(bill.creditNoteCount).toBe(2);
    expect(second.page!.nextCursor).toBe('');
  });

  it('is absent for others, in every form', async () => {
    const page = undefined;
    const answers = await Promise.allSettled([
      parts(otherBuyer).listBillLines({ billId, page }),
      parts(otherBuyer).listBillCreditNotes({ billId, page }),
      parts(otherBuyer).listBillSubsidies({ billId, page }),
      parts(otherBuyer).exportBillLines({ billId })[Symbol.asyncIterator]().next(),
    ]);
    expect(answers).toMatchObject(Array(4).fill({ status: 'rejected', reason: { kind: 'absent' } }));
  });
});
