import { Tier, Unit } from '#contracts';
import type { Bill, BillItem, Book, FileChunk, InvoiceTitle, LeaseEnergy } from '#contracts';
import { Paper, timeText } from '#paper';
import type { Column } from '#paper';
import { noteColumns, noteRows, noteTotals, voucherRows } from './bill-subsidy.paper.js';
import { amountRows, amountTexts, exactText, fenText, slotText } from './paper-texts.js';

/** More lines than anybody reads on paper are one line; all of them are in the JSON. */
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
  { head: 'of it tax 税额', width: 48, align: 'right' },
];

/** A bill on paper: who, each line, the tax in it, what a voucher paid, and what was given back since. @param names of programmes, as far as they are known */
export async function* billPaper(bill: Bill, names: ReadonlyMap<number, string> = new Map()): AsyncGenerator<FileChunk> {
  const paper = new Paper(`Bill 账单 ${bill.month}`, bill.issuedAt);
  paper.line(`No. 编号 ${bill.billId}    issued 开具 ${timeText(bill.issuedAt)}    amounts in CNY, tax included 金额单位：元（含税）`);
  paper.beside(partyOf('Seller 销售方', bill.seller!), partyOf('Buyer 购买方', bill.buyer!));
  await paper.table(
    columns,
    rowsOf(bill),
    amountRows([
      ['Net 不含税金额', bill.tax!.net],
      [`Tax 增值税 ${percent(bill.tax!.taxBp)}`, bill.tax!.tax],
      ['Total 价税合计', bill.total],
      ...voucherRows(bill, names),
      ['Paid by the buyer 买方实付', bill.paidByBuyer],
    ]),
  );
  const energies = bill.lines.flatMap(({ energy }) => (energy ? [energy] : []));
  if (energies.length) {
    const kwh = (of: (energy: LeaseEnergy) => number): string => (energies.reduce((wh, energy) => wh + of(energy), 0) / 1000).toFixed(3);
    paper.heading('Energy 能耗');
    paper.totals([
      ['Energy with PUE 用电量, kWh', kwh(({ wh }) => wh)],
      ['Promised green 承诺绿电, kWh', kwh(({ promisedGreenWh }) => promisedGreenWh)],
      ['Covered by certificates so far 绿证已覆盖, kWh', kwh(({ coveredGreenWh }) => coveredGreenWh)],
      ['Compensated for the rest 缺口补偿, CNY', amountTexts([energies.reduce((sum, { compensation }) => sum + compensation, 0n)])[0]!],
      ['Carbon 碳排放, kg CO2e', (energies.reduce((mg, { carbonMg }) => mg + carbonMg, 0) / 1_000_000).toFixed(3)],
    ]);
    for (const { version, mgPerKwh, source } of bill.carbonFactors)
      paper.line(
        `Carbon of the grid 电网排放因子: ${mgPerKwh / 1_000_000} kg CO2e/kWh${source ? `, ${source}` : ''} (version 版本 ${version})`,
      );
  }
  if (bill.creditNotes.length) {
    paper.heading('Credit notes since 红字冲减', 200);
    await paper.table(noteColumns, noteRows(bill), noteTotals(bill));
  }
  yield* paper.chunks();
}

function* rowsOf({ lines }: Bill): Generator<string[]> {
  for (const line of lines.slice(0, linesMax)) yield rowOf(line);
  const rest = lines.slice(linesMax);
  if (!rest.length) return;
  const sum = (of: (line: BillItem) => bigint): bigint => rest.reduce((total, line) => total + of(line), 0n);
  yield [
    '',
    `${rest.length} further lines 其余明细`,
    '',
    '',
    '',
    '',
    fenText(sum((line) => line.amount)),
    fenText(sum((line) => line.tax)),
  ];
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
