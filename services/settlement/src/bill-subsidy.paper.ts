// What vouchers pay of a bill, and who has what of its credit notes.
import type { Bill, BillProgramme, CreditNote } from '#contracts';
import type { Money } from '#domain';
import { timeText } from '#paper';
import type { Column, Totals } from '#paper';
import { amountRows, amountTexts, fenText } from './paper-texts.js';

/** Taken off when the bill was made, or paid back since; by programme. */
export function voucherRows(
  { programmes, returnedByCorrections }: Bill,
  names: ReadonlyMap<number, string> = new Map(),
): [name: string, amount: Money][] {
  const rows = programmes.map((one): [string, Money] => [
    `${nameOf(one, names.get(one.programmeId))}${claimsOf(one)}`,
    -(one.decided ? one.granted : one.claimed),
  ]);
  if (returnedByCorrections) rows.push(['Of corrections back to programmes 更正退回发券方', returnedByCorrections]);
  return rows;
}

/** By what is told of it, and its programme. */
const nameOf = ({ decided, reimbursed, programmeId }: BillProgramme, name: string | undefined): string => {
  const kind = !decided
    ? 'Voucher, not decided yet 算力券待核定'
    : reimbursed
      ? 'Voucher reimbursed 算力券返还'
      : 'Voucher deducted 算力券抵扣';
  return `${kind} · programme 方案 ${programmeId}${name ? ` ${name}` : ''}`;
};

/** More claims than anybody reads in a line are counted. */
function claimsOf({ claimIds, contracts }: BillProgramme): string {
  if (!claimIds.length) return '';
  const more = contracts > claimIds.length ? ` + ${contracts - claimIds.length}` : '';
  return `, claim 申领 ${claimIds.join(', ')}${more}`;
}

export const noteColumns: readonly Column[] = [
  { head: 'No. 编号', width: 36 },
  { head: 'Line 行', width: 28 },
  { head: 'When 时间', width: 78 },
  { head: 'Why 原因', width: 141 },
  { head: 'Amount 金额', width: 60, align: 'right' },
  { head: 'Tax in it 税额', width: 48, align: 'right' },
  { head: 'to buyer 退买方', width: 62, align: 'right' },
  { head: 'programme 退发券方', width: 62, align: 'right' },
];

/** The first credit notes, and all of them added up. */
export interface Notes {
  readonly first: readonly CreditNote[];
  readonly count: number;
  readonly sums: Readonly<NoteSums>;
}

type NoteSums = Record<'amount' | 'tax' | 'toBuyer' | 'toProgramme', Money>;

export async function firstNotes(notes: Iterable<CreditNote> | AsyncIterable<CreditNote>, most: number): Promise<Notes> {
  const first: CreditNote[] = [];
  const sums: NoteSums = { amount: 0n, tax: 0n, toBuyer: 0n, toProgramme: 0n };
  let count = 0;
  for await (const note of notes) {
    if (++count <= most) first.push(note);
    addTo(sums, note);
  }
  return { first, count, sums };
}

function addTo(sums: NoteSums, note: NoteSums): void {
  for (const name of ['amount', 'tax', 'toBuyer', 'toProgramme'] as const) sums[name] += note[name];
}

/** Of each credit note who has what of it; those that are too many are one line. */
export function noteRows({ first, count, sums }: Notes): string[][] {
  const shown: NoteSums = { amount: 0n, tax: 0n, toBuyer: 0n, toProgramme: 0n };
  for (const note of first) addTo(shown, note);
  const further = count - first.length;
  const rest = { toBuyer: sums.toBuyer - shown.toBuyer, toProgramme: sums.toProgramme - shown.toProgramme };
  const parts = amountTexts([...first, ...(further ? [rest] : [])].flatMap(({ toBuyer, toProgramme }) => [-toBuyer, -toProgramme]));
  const partsOf = (at: number): string[] => parts.slice(2 * at, 2 * at + 2);
  const rows = first.map((note, at) => [
    String(note.refundId),
    String(note.line),
    timeText(note.issuedAt),
    note.reason,
    fenText(-note.amount),
    fenText(-note.tax),
    ...partsOf(at),
  ]);
  if (further)
    rows.push([
      '',
      '',
      '',
      `${further} further notes 其余明细`,
      fenText(shown.amount - sums.amount),
      fenText(shown.tax - sums.tax),
      ...partsOf(first.length),
    ]);
  return rows;
}

/** From the bill's total to what its buyer bears. */
export function noteTotals(bill: Bill, { sums }: Notes): Totals {
  const left = bill.total - bill.refunded;
  return amountRows([
    ['Credited 冲减合计', -bill.refunded],
    ['of which tax 其中税额', -sums.tax],
    ['of which to the buyer 其中退还买方', bill.returnedByCreditNotes - bill.refunded],
    ['of which to programmes 其中退回发券方', -bill.returnedByCreditNotes],
    ['Total less credit 冲减后合计', left],
    ['Vouchers less what went back 算力券净额', bill.borneByBuyer - left],
    ['Borne by the buyer in the end 买方最终承担', bill.borneByBuyer],
  ]);
}
