// What vouchers pay of a bill, and who has what of its credit notes.
import type { Bill, BillSubsidy } from '#contracts';
import type { Money } from '#domain';
import { timeText } from '#paper';
import type { Column, Totals } from '#paper';
import { amountRows, amountTexts, fenText } from './paper-texts.js';

/** More claims than anybody reads in a line are counted. */
const claimsNamed = 3;

/** Taken off when the bill was made, or paid back since; by programme. */
export function voucherRows(bill: Bill, names: ReadonlyMap<number, string> = new Map()): [name: string, amount: Money][] {
  const rows = [...Map.groupBy(bill.subsidies, (one) => nameOf(one, names.get(one.programmeId)))].map(([name, of]): [string, Money] => [
    `${name}${claimsOf(of)}`,
    -of.reduce((sum, { claimId, claimed, granted }) => sum + (claimId ? granted : claimed), 0n),
  ]);
  if (bill.returnedByCorrections) rows.push(['Of corrections back to programmes 更正退回发券方', bill.returnedByCorrections]);
  return rows;
}

/** By what is told of it, and its programme. */
const nameOf = ({ claimId, reimbursed, programmeId }: BillSubsidy, name: string | undefined): string => {
  const kind = !claimId
    ? 'Voucher, not decided yet 算力券待核定'
    : reimbursed
      ? 'Voucher reimbursed 算力券返还'
      : 'Voucher deducted 算力券抵扣';
  return `${kind} · programme 方案 ${programmeId}${name ? ` ${name}` : ''}`;
};

function claimsOf(of: readonly BillSubsidy[]): string {
  const ids = of.flatMap(({ claimId }) => claimId || []);
  if (!ids.length) return '';
  const more = ids.length > claimsNamed ? ` + ${ids.length - claimsNamed}` : '';
  return `, claim 申领 ${ids.slice(0, claimsNamed).join(', ')}${more}`;
}

export const noteColumns: readonly Column[] = [
  { head: 'No. 编号', width: 36 },
  { head: 'Line 行', width: 28 },
  { head: 'When 时间', width: 78 },
  { head: 'Why 原因', width: 141 },
  { head: 'Amount 金额', width: 60, align: 'right' },
  { head: 'of it tax 税额', width: 48, align: 'right' },
  { head: 'to buyer 退买方', width: 62, align: 'right' },
  { head: 'programme 退发券方', width: 62, align: 'right' },
];

/** Of each credit note who has what of it. */
export function noteRows({ creditNotes }: Bill): string[][] {
  const parts = amountTexts(creditNotes.flatMap(({ toBuyer, toProgramme }) => [-toBuyer, -toProgramme]));
  return creditNotes.map((note, at) => [
    String(note.refundId),
    String(note.line),
    timeText(note.issuedAt),
    note.reason,
    fenText(-note.amount),
    fenText(-note.tax),
    ...parts.slice(2 * at, 2 * at + 2),
  ]);
}

/** From the bill's total to what its buyer bears. */
export function noteTotals(bill: Bill): Totals {
  const left = bill.total - bill.refunded;
  return amountRows([
    ['Credited 冲减合计', -bill.refunded],
    ['of it tax 其中税额', -bill.creditNotes.reduce((sum, { tax }) => sum + tax, 0n)],
    ['of it to the buyer 其中退还买方', bill.returnedByCreditNotes - bill.refunded],
    ['of it to programmes 其中退回发券方', -bill.returnedByCreditNotes],
    ['Total less credit 冲减后合计', left],
    ['Vouchers less what went back 算力券净额', bill.borneByBuyer - left],
    ['Borne by the buyer in the end 买方最终承担', bill.borneByBuyer],
  ]);
}
