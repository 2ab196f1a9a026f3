import { Tier, Unit } from '#contracts';
import type { Bill, BillItem, Book, CarbonFactor, CreditNote, FileChunk, InvoiceTitle } from '#contracts';
import { Paper, timeText } from '#paper';
import type { Column } from '#paper';
import { EnergySums } from './bill-energy.paper.js';
import { firstNotes, noteColumns, noteRows, noteTotals, voucherRows } from './bill-subsidy.paper.js';
import { amountRows, exactText, fenText, slotText } from './paper-texts.js';

/** More lines, or credit notes, than anybody reads on paper are one line; all of them are in the JSON. */
const linesMax = 1_000;

const kinds: Record<string, string> = {
  compute: 'Compute 算力',
  transfer: 'Transfer 数据传输',
  sla_credit: 'Service credit 服务补偿',
  adjustment: 'Adjustment 调整',
};

const columns: readonly Column[] = [
  { head: '#', width: 24 },
  { head: 'Item 项目名称', width: 128 },
  { head: 'Project 项目', width: 70 },
  { head: 'Delivered 交付时段', width: 84 },
  { head: 'Unit-hours 数量', width: 48, align: 'right' },
  { head: 'Price 单价', width: 51, align: 'right' },
  { head: 'Amount 金额', width: 62, align: 'right' },
  { head: 'Tax in it 税额', width: 48, align: 'right' },
];

/** What a bill's document is made of. */
export interface BillDocument {
  readonly bill: Bill;
  /** All of them, in their order. */
  readonly lines: Iterable<BillItem> | AsyncIterable<BillItem>;
  readonly creditNotes: Iterable<CreditNote> | AsyncIterable<CreditNote>;
  /** Of programmes, as far as they are known. */
  readonly names: ReadonlyMap<number, string>;
  readonly carbonFactors: (versions: Iterable<number>) => readonly CarbonFactor[];
}

/** A bill on paper: who, each line, the tax in it, what a voucher paid, and what was given back since. Its lines are read as they are set. */
export async function* billPaper({ bill, lines, creditNotes, names, carbonFactors }: BillDocument): AsyncGenerator<FileChunk> {
  const paper = new Paper(`Bill 账单 ${bill.month}`, bill.issuedAt);
  paper.line(`No. 编号 ${bill.billId}    issued 开具 ${timeText(bill.issuedAt)}    amounts in CNY, tax included 金额单位：元（含税）`);
  paper.beside(partyOf('Seller 销售方', bill.seller!), partyOf('Buyer 购买方', bill.buyer!));
  const energy = new EnergySums();
  await paper.table(
    columns,
    rowsOf(lines, energy),
    amountRows([
      ['Net 不含税金额', bill.tax!.net],
      [`Tax 增值税 ${percent(bill.tax!.taxBp)}`, bill.tax!.tax],
      ['Total 价税合计', bill.total],
      ...voucherRows(bill, names),
      ['Paid by the buyer 买方实付', bill.paidByBuyer],
    ]),
  );
  energy.set(paper, carbonFactors);
  const notes = await firstNotes(creditNotes, linesMax);
  if (notes.first.length) {
    paper.heading('Credit notes since 红字冲减', 200);
    await paper.table(noteColumns, noteRows(notes), noteTotals(bill, notes));
  }
  yield* paper.chunks();
}

async function* rowsOf(lines: BillDocument['lines'], energy: EnergySums): AsyncGenerator<string[]> {
  let [set, further, amount, tax] = [0, 0, 0n, 0n];
  for await (const line of lines) {
    if (line.energy) energy.add(line.energy);
    if (set < linesMax) {
      set++;
      yield rowOf(line);
      continue;
    }
    further++;
    amount += line.amount;
    tax += line.tax;
  }
  if (further) yield ['', `${further} further lines 其余明细`, '', '', '', '', fenText(amount), fenText(tax)];
}

const rowOf = (line: BillItem): string[] => [
  String(line.line),
  `${kinds[line.kind] ?? line.kind} · lease 租约 ${line.tradeId}\n${productOf(line.book!)}`,
  line.project,
  line.kind === 'sla_credit' ? '' : `${slotText(line.window!.from)} – ${slotText(line.window!.to)}`,
  line.kind === 'compute' || line.kind === 'adjustment' ? hoursText(line.unitSlots) : '',
  line.kind === 'compute' || line.kind === 'adjustment' ? exactText(BigInt(line.price)).replace(/0{2}$/, '') : '',
  fenText(line.amount),
  fenText(line.tax),
];

export const partyOf = (head: string, party: InvoiceTitle): string[] => [
  `${head}: ${party.title}`,
  ...(party.taxNumber ? [`Tax number 税号: ${party.taxNumber}`] : []),
  ...(party.contact ? [`Address, telephone 地址、电话: ${party.contact}`] : []),
  ...(party.bank ? [`Bank, account 开户行及账号: ${party.bank}`] : []),
];

export const productOf = ({ model, unit, tier }: Book): string =>
  `${model} ${(Unit[unit] ?? '').toLowerCase()} ${tier === Tier.FIRM ? 'firm 保障' : 'reclaimable 可抢占'}`;

export const percent = (basisPoints: number): string => `${basisPoints / 100} %`;

/** Unit-slots of a quarter of an hour as hours. */
const hoursText = (unitSlots: number): string => (unitSlots / 4).toFixed(2);
