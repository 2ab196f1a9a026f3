import { Module } from '@nestjs/common';
import { service } from '#platform';
import { billsAudit } from './audit/bills/bills-audit.js';
import { ledgerAudit } from './audit/ledger-audit.js';
import { partnersAudit } from './audit/partners-audit.js';
import { payoutsAudit } from './audit/payouts-audit.js';
import { refundsAudit } from './audit/refunds-audit.js';
import { withdrawalsAudit } from './audit/withdrawals-audit.js';
import { Adjustments } from './adjustments.js';
import { BillIssue } from './bill-issue.js';
import { BillLines } from './bill-lines.js';
import { Billing } from './billing.js';
import { Bills } from './bills.js';
import { BillPartsRpc } from './bills.rpc.js';
import { Books } from './books.js';
import { Budgets } from './budgets.js';
import { BuyingPower } from './buying-power.js';
import { Claims } from './claims.js';
import { Compensation } from './compensation.js';
import { CostExports } from './cost-exports.js';
import { CostExportsRpc } from './cost-exports.rpc.js';
import { Debts } from './debts.js';
import { Deposits } from './deposits.js';
import { Disputes } from './disputes.js';
import { DisputesRpc } from './disputes.rpc.js';
import { EarningStatements } from './earning-statements.js';
import { Earnings } from './earnings.js';
import { evidence } from './evidence.js';
import { Freezes } from './freezes.js';
import { GreenCertificates } from './green-certificates.js';
import { GreenPeriods } from './green-periods.js';
import { GreenRpc } from './green.rpc.js';
import { History } from './history.js';
import { Holds } from './holds.js';
import { InvoiceTitles } from './invoice-titles.js';
import { InvoicesRpc } from './invoices.rpc.js';
import { Leases } from './leases.js';
import { LedgerRpc } from './ledger.rpc.js';
import { Ledger } from './ledger.js';
import { LedgerGauges } from './ledger.gauges.js';
import { Lowerings } from './lowerings.js';
import { Notices } from './notices.js';
import { Participants } from './participants.js';
import { Overdue } from './overdue.js';
import { PartnerNettings } from './partner-nettings.js';
import { PartnerPayments } from './partner-payments.js';
import { PartnerPaymentsRpc } from './partner-payments.rpc.js';
import { PayoutAccounts } from './payout-accounts.js';
import { PayoutAccountsRpc, PayoutBatchesRpc } from './payout-banking.rpc.js';
import { PayoutBatches } from './payout-batches.js';
import { Payouts } from './payouts.js';
import { Postings } from './postings.js';
import { Proceeds } from './proceeds.js';
import { ProgrammeNames } from './programme-names.js';
import { Programmes } from './programmes.js';
import { Rater } from './rater.js';
import { Refunds } from './refunds.js';
import { Reminders } from './reminders.js';
import { RemoteMeasures } from './remote-measures.js';
import { Reservations } from './reservations.js';
import { Schedules } from './schedules.js';
import { SettlementRpc } from './settlement.rpc.js';
import { SpendingRpc } from './spending.rpc.js';
import { SpendingStatements } from './spending.js';
import { Timeouts } from './timeouts.js';
import { Usage } from './usage.js';
import { Withdrawals } from './withdrawals.js';

@Module({
  imports: [
    service({
      name: 'settlement',
      migrations: new URL('../migrations/', import.meta.url),
      evidence,
      audits: [ledgerAudit, billsAudit, partnersAudit, payoutsAudit, refundsAudit, withdrawalsAudit],
    }),
  ],
  providers: [
    Adjustments,
    BillIssue,
    BillLines,
    BillPartsRpc,
    Billing,
    Bills,
    Books,
    Budgets,
    BuyingPower,
    Claims,
    Compensation,
    CostExports,
    CostExportsRpc,
    Debts,
    Deposits,
    Disputes,
    DisputesRpc,
    EarningStatements,
    Earnings,
    Freezes,
    GreenCertificates,
    GreenPeriods,
    GreenRpc,
    History,
    Holds,
    InvoiceTitles,
    InvoicesRpc,
    Leases,
    Ledger,
    LedgerGauges,
    LedgerRpc,
    Lowerings,
    Notices,
    Overdue,
    Participants,
    PartnerNettings,
    PartnerPayments,
    PartnerPaymentsRpc,
    PayoutAccounts,
    PayoutAccountsRpc,
    PayoutBatches,
    PayoutBatchesRpc,
    Payouts,
    Postings,
    Proceeds,
    ProgrammeNames,
    Programmes,
    Rater,
    Refunds,
    Reminders,
    RemoteMeasures,
    Reservations,
    Schedules,
    SettlementRpc,
    SpendingRpc,
    SpendingStatements,
    Timeouts,
    Usage,
    Withdrawals,
  ],
})
export class SettlementModule {}
