import { Module } from '@nestjs/common';
import { service } from '#platform';
import { ledgerAudit } from './audit/ledger-audit.js';
import { Adjustments } from './adjustments.js';
import { Billing } from './billing.js';
import { Bills } from './bills.js';
import { Books } from './books.js';
import { BuyingPower } from './buying-power.js';
import { Claims } from './claims.js';
import { Compensation } from './compensation.js';
import { Debts } from './debts.js';
import { Deposits } from './deposits.js';
import { Earnings } from './earnings.js';
import { evidence } from './evidence.js';
import { History } from './history.js';
import { Holds } from './holds.js';
import { Leases } from './leases.js';
import { LedgerRpc } from './ledger.rpc.js';
import { Ledger } from './ledger.js';
import { LedgerGauges } from './ledger.gauges.js';
import { Lowerings } from './lowerings.js';
import { Participants } from './participants.js';
import { Overdue } from './overdue.js';
import { Payouts } from './payouts.js';
import { Postings } from './postings.js';
import { Proceeds } from './proceeds.js';
import { Programmes } from './programmes.js';
import { Rater } from './rater.js';
import { Refunds } from './refunds.js';
import { Reservations } from './reservations.js';
import { Schedules } from './schedules.js';
import { SettlementRpc } from './settlement.rpc.js';
import { Timeouts } from './timeouts.js';
import { Usage } from './usage.js';
import { Withdrawals } from './withdrawals.js';

@Module({
  imports: [service({ name: 'settlement', migrations: new URL('../migrations/', import.meta.url), evidence, audits: [ledgerAudit] })],
  providers: [
    Adjustments,
    Billing,
    Bills,
    Books,
    BuyingPower,
    Claims,
    Compensation,
    Debts,
    Deposits,
    Earnings,
    History,
    Holds,
    Leases,
    Ledger,
    LedgerGauges,
    LedgerRpc,
    Lowerings,
    Overdue,
    Participants,
    Payouts,
    Postings,
    Proceeds,
    Programmes,
    Rater,
    Refunds,
    Reservations,
    Schedules,
    SettlementRpc,
    Timeouts,
    Usage,
    Withdrawals,
  ],
})
export class SettlementModule {}
