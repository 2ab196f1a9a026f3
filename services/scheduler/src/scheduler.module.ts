import { Module } from '@nestjs/common';
import { service } from '#platform';
import { Bids } from './bid.query.js';
import { Certificates } from './certificates.js';
import { Explanations } from './explanations.js';
import { Facts } from './facts.js';
import { LeaseConfirmation } from './lease-confirmation.js';
import { Leases } from './lease.query.js';
import { LeasingRpc } from './leasing.rpc.js';
import { Live } from './live.js';
import { MarketActions } from './market-action.query.js';
import { MarketControl } from './market-control.js';
import { MarketControlRpc } from './market-control.rpc.js';
import { MarketGauges } from './market.gauges.js';
import { MarketData } from './market.query.js';
import { MarketRpc } from './market.rpc.js';
import { Offers } from './offer.query.js';
import { OrderEntries } from './order-entry.js';
import { OnSaleQuery } from './on-sale.js';
import { Orders } from './orders.js';
import { Changes } from './changes.js';
import { Shards } from './shards.js';
import { Sessions } from './sessions.js';
import { OwnLeases } from './own-leases.js';
import { ReclaimNotices } from './reclaim-notices.js';
import { RemoteFacts } from './remote-facts.js';
import { Reservations } from './reservations.js';
import { ReservationsRpc } from './reservations.rpc.js';
import { SchedulingRpc } from './scheduling.rpc.js';
import { SnapshotStore } from './snapshot-store.js';
import { Subsidies } from './subsidies.js';
import { MarketTime } from './time.js';
import { Trades } from './trade.query.js';
import { Verification } from './verification.js';

/** Who did what, for good. */
const evidence = [{ table: 'market_action', key: ['action_id'] }];

@Module({
  imports: [service({ name: 'scheduler', migrations: new URL('../migrations/', import.meta.url), journal: true, evidence })],
  providers: [
    SnapshotStore,
    Shards,
    Facts,
    RemoteFacts,
    OnSaleQuery,
    Reservations,
    MarketTime,
    Trades,
    Bids,
    Offers,
    Leases,
    Subsidies,
    Changes,
    Orders,
    Sessions,
    OrderEntries,
    LeaseConfirmation,
    OwnLeases,
    ReclaimNotices,
    Explanations,
    Certificates,
    MarketData,
    MarketGauges,
    MarketActions,
    MarketControl,
    Verification,
    Live,
    SchedulingRpc,
    MarketRpc,
    MarketControlRpc,
    LeasingRpc,
    ReservationsRpc,
  ],
})
export class SchedulerModule {}
