import { SettlementDefinition } from '#contracts';
import type {
  CloseBillingPeriodRequest,
  ConfirmPayoutRequest,
  CreatePayoutsRequest,
  GetAccountBalanceRequest,
  GetBalanceRequest,
  GetBillRequest,
  GetPayoutRequest,
  GetWithdrawalRequest,
  ListAccountsRequest,
  ListBillingPeriodsRequest,
  ListBillsRequest,
  ListDepositsRequest,
  ListEarningsRequest,
  ListPayoutsRequest,
  ListRefundsRequest,
  ListSchedulesRequest,
  ListTransfersRequest,
  ListUsageRequest,
  ListWithdrawalsRequest,
  PublishScheduleRequest,
  RecordDepositRequest,
  RefundBillRequest,
  ReportUsageRequest,
  RequestWithdrawalRequest,
  ReturnPayoutRequest,
} from '#contracts';
import { Rpc } from '#platform';
import type { Call, Implementation } from '#platform';
import { Billing } from './billing.js';
import { Bills } from './bills.js';
import { Books } from './books.js';
import { Deposits } from './deposits.js';
import { Earnings } from './earnings.js';
import { History } from './history.js';
import { Payouts } from './payouts.js';
import { Refunds } from './refunds.js';
import { Schedules } from './schedules.js';
import { Usage } from './usage.js';
import { Withdrawals } from './withdrawals.js';

/** The contract of settlement, each method beside the noun that does it. */
@Rpc(SettlementDefinition)
export class SettlementRpc implements Implementation<typeof SettlementDefinition> {
  constructor(
    private readonly deposits: Deposits,
    private readonly withdrawals: Withdrawals,
    private readonly books: Books,
    private readonly history: History,
    private readonly usage: Usage,
    private readonly billing: Billing,
    private readonly bills: Bills,
    private readonly refunds: Refunds,
    private readonly payouts: Payouts,
    private readonly earnings: Earnings,
    private readonly schedules: Schedules,
  ) {}

  recordDeposit = (request: RecordDepositRequest, call: Call) => this.deposits.record(request, call);
  listDeposits = (request: ListDepositsRequest, call: Call) => this.deposits.list(request, call);
  requestWithdrawal = (request: RequestWithdrawalRequest, call: Call) => this.withdrawals.request(request, call);
  getWithdrawal = (request: GetWithdrawalRequest, call: Call) => this.withdrawals.get(request, call);
  listWithdrawals = (request: ListWithdrawalsRequest, call: Call) => this.withdrawals.list(request, call);
  getBalance = (request: GetBalanceRequest, call: Call) => this.books.balance(request, call);
  listAccounts = (request: ListAccountsRequest, call: Call) => this.books.accounts(request, call);
  getAccountBalance = (request: GetAccountBalanceRequest, call: Call) => this.history.balance(request, call);
  listTransfers = (request: ListTransfersRequest, call: Call) => this.history.transfers(request, call);
  getTrialBalance = () => this.books.trialBalance();
  getLedgerSummary = () => this.books.summary();
  reportUsage = (request: ReportUsageRequest, call: Call) => this.usage.report(request, call);
  listUsage = (request: ListUsageRequest, call: Call) => this.usage.list(request, call);
  closeBillingPeriod = (request: CloseBillingPeriodRequest, call: Call) => this.billing.close(request, call);
  listBillingPeriods = (request: ListBillingPeriodsRequest) => this.billing.list(request);
  listBills = (request: ListBillsRequest, call: Call) => this.bills.list(request, call);
  getBill = (request: GetBillRequest, call: Call) => this.bills.get(request, call);
  refundBill = (request: RefundBillRequest, call: Call) => this.refunds.refund(request, call);
  listRefunds = (request: ListRefundsRequest, call: Call) => this.refunds.list(request, call);
  createPayouts = (request: CreatePayoutsRequest, call: Call) => this.payouts.create(request, call);
  confirmPayout = (request: ConfirmPayoutRequest, call: Call) => this.payouts.confirm(request, call);
  returnPayout = (request: ReturnPayoutRequest, call: Call) => this.payouts.return(request, call);
  listPayouts = (request: ListPayoutsRequest, call: Call) => this.payouts.list(request, call);
  getPayout = (request: GetPayoutRequest, call: Call) => this.payouts.get(request, call);
  listEarnings = (request: ListEarningsRequest, call: Call) => this.earnings.list(request, call);
  listSchedules = (request: ListSchedulesRequest) => this.schedules.list(request);
  publishSchedule = (request: PublishScheduleRequest, call: Call) => this.schedules.publish(request, call);
}
