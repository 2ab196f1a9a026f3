import type { EarningStatement, FileChunk } from '#contracts';
import { startOfSlot } from '#domain';
import { Paper } from '#paper';
import { partyOf, percent, productOf } from './bill.paper.js';
import { endOfMonth } from './core/month.js';
import { amountTexts, fenText } from './paper-texts.js';

const kinds: Record<string, string> = {
  income: 'Compute delivered 算力收入',
  fee: 'Fee of the exchange 交易服务费',
  sla_credit: 'Service credits 服务补偿',
  transfer: 'Data transfer 数据传输',
  compensation: 'Compensation for lost leases 失租补偿',
  proceeds: 'Proceeds of leases ended early 提前终止转售',
  adjustment: 'Adjustments 调整',
  refund: 'Refunds 退款',
  paid_back: 'Paid back from money 以余额归还',
  returned_payout: 'Payouts that came back 付款退回',
  disputed: 'Frozen for disputes 争议冻结',
  dispute_released: 'Released from disputes 争议解冻',
  green_shortfall: 'Green energy short of the promise 绿电缺口补偿',
  carried_over: 'Less than a fen 不足一分结转',
};

/** A payee's month on paper. */
export async function* statementPaper(statement: EarningStatement): AsyncGenerator<FileChunk> {
  const paper = new Paper(`Self-billing statement 自开结算单 ${statement.month}`, startOfSlot(endOfMonth(statement.month)));
  paper.line('Amounts in CNY, tax included 金额单位：元（含税）');
  paper.beside(partyOf('Supplier 供给方', statement.supplier!), partyOf('Exchange 交易所', statement.exchange!));
  const balances = [
    ['Opening balance 期初余额', statement.opening],
    ['Earned in the month 本月结算', statement.earned],
    ['Paid out in the month 本月付款', -statement.paidOut],
    ['Closing balance 期末余额', statement.closing],
  ] as const;
  // One column: what was earned stands above what it adds up to.
  const earned = amountTexts([...statement.sums.map(({ amount }) => amount), ...balances.map(([, amount]) => amount)]);
  paper.heading('What was earned 结算明细');
  await paper.table(
    [
      { head: 'Item 项目', width: 300 },
      { head: 'Lines 笔数', width: 90, align: 'right' },
      { head: 'Amount 金额', width: 125, align: 'right' },
    ],
    statement.sums.map(({ kind, lines }, at) => [kinds[kind] ?? kind, String(lines), earned[at]!]),
    balances.map(([name], at) => [name, earned[statement.sums.length + at]!]),
  );
  paper.heading('For the invoice 开票信息');
  paper.totals([
    [
      `Supplied 供给金额, of which tax 其中税额 (${percent(statement.taxBp)}) ${fenText(statement.suppliedTax)}`,
      fenText(statement.supplied),
    ],
    [`Fees charged 服务费, of which tax 其中税额 (${percent(statement.taxBp)}) ${fenText(statement.feesTax)}`, fenText(-statement.fees)],
    ['Supplied less fees 供给减服务费', fenText(statement.supplied - statement.fees)],
  ]);
  paper.heading('By product 按产品');
  const ofProducts = amountTexts(statement.products.map(({ amount }) => amount));
  await paper.table(
    [
      { head: 'Product 产品', width: 300 },
      { head: 'Leases 租约', width: 90, align: 'right' },
      { head: 'Amount 金额', width: 125, align: 'right' },
    ],
    statement.products.map(({ book, trades }, at) => [productOf(book!), String(trades), ofProducts[at]!]),
  );
  yield* paper.chunks();
}
