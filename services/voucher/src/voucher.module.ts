import { Module } from '@nestjs/common';
import { service } from '#platform';
import { BilledTrades } from './billed-trades.js';
import { BurnQuery } from './burn.query.js';
import { ClaimFile } from './claim.file.js';
import { ClaimOfficers } from './claim.officers.js';
import { ClaimQuery } from './claim.query.js';
import { Claims } from './claims.js';
import { SubsidiesElsewhere } from './elsewhere.js';
import { claimsAudit } from './evidence/claims-audit.js';
import { paidAudit } from './evidence/paid-audit.js';
import { promisesAudit } from './evidence/promises-audit.js';
import { programmesAudit } from './evidence/programmes-audit.js';
import { evidence } from './evidence/tables.js';
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

@Module({
  imports: [
    service({
      name: 'voucher',
      migrations: new URL('../migrations/', import.meta.url),
      evidence,
      audits: [programmesAudit, claimsAudit, paidAudit, promisesAudit],
    }),
  ],
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
    ClaimFile,
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
