import { Module } from '@nestjs/common';
import { service } from '#platform';
import { BilledTrades } from './billed-trades.js';
import { BurnQuery } from './burn.query.js';
import { ClaimOfficers } from './claim.officers.js';
import { ClaimQuery } from './claim.query.js';
import { Claims } from './claims.js';
import { SubsidiesElsewhere } from './elsewhere.js';
import { Ownerships } from './ownerships.js';
import { Participants } from './participants.js';
import { PlatformBills } from './platform-bills.js';
import { PlatformCancellations } from './platform-cancellations.js';
import { ProgrammeClock } from './programme.clock.js';
import { ProgrammeQuery } from './programme.query.js';
import { Programmes } from './programmes.js';
import { Refunds } from './refunds.js';
import { Reservations } from './reservations.js';
import { TrialQuery } from './trial.query.js';
import { Trials } from './trials.js';
import { VoucherRpc } from './voucher.rpc.js';

/** Who did what, for good. */
const evidence = [
  { table: 'audit', key: ['number'] },
  { table: 'approvals', key: ['programme_id', 'round', 'key'] },
  { table: 'claim_approvals', key: ['claim_id', 'key'] },
];

@Module({
  imports: [service({ name: 'voucher', migrations: new URL('../migrations/', import.meta.url), evidence })],
  providers: [
    Participants,
    Programmes,
    ProgrammeQuery,
    BurnQuery,
    ProgrammeClock,
    Reservations,
    Claims,
    ClaimOfficers,
    ClaimQuery,
    Refunds,
    PlatformBills,
    PlatformCancellations,
    SubsidiesElsewhere,
    Ownerships,
    BilledTrades,
    Trials,
    TrialQuery,
    VoucherRpc,
  ],
})
export class VoucherModule {}
