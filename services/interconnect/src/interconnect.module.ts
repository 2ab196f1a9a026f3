import { Module } from '@nestjs/common';
import { service } from '#platform';
import { Advertising } from './advertising.js';
import { Asking } from './asking.js';
import { Compensations } from './compensations.js';
import { EwbiDesk } from './ewbi.js';
import { EwbiRpc } from './ewbi.rpc.js';
import { ForeignPartners } from './foreign-partners.js';
import { ForeignReservations } from './foreign-reservations.js';
import { Greetings } from './greetings.js';
import { Hearing } from './hearing.js';
import { HeardLeases } from './heard-leases.js';
import { InterconnectGauges } from './interconnect.gauges.js';
import { InterconnectRpc } from './interconnect.rpc.js';
import { LeaseTelling } from './lease-telling.js';
import { LostLeases } from './lost-leases.js';
import { MessageQuery } from './message.query.js';
import { MessageRetention } from './message-retention.js';
import { Nettings } from './nettings.js';
import { OwnPlatform } from './own-platform.js';
import { Participants } from './participants.js';
import { PartnerKeys } from './partner-keys.js';
import { PartnerPapers } from './partner-papers.js';
import { PartnerPlatformRpc } from './partner-platform.rpc.js';
import { PartnerQuery } from './partner.query.js';
import { Partners } from './partners.js';
import { PartnersRpc } from './partners.rpc.js';
import { PieceEvents } from './piece-events.js';
import { Pieces } from './pieces.js';
import { RearDesk } from './rear.js';
import { RearRpc } from './rear.rpc.js';
import { RemoteMarket } from './remote-market.js';
import { Reservations } from './reservations.js';
import { Saying } from './saying.js';
import { SellersMarket } from './sellers-market.js';
import { Sender } from './sender.js';
import { Sharing } from './sharing.js';
import { SoldLeases } from './sold-leases.js';
import { StatementDesk } from './statement-desk.js';
import { StatementsRpc } from './statements.rpc.js';
import { Stating } from './stating.js';
import { SupplyDesk } from './supply.js';
import { SupplyRpc } from './supply.rpc.js';
import { Turns } from './turns.js';

/** What was said between platforms about money, and what the operator did about them, for good. */
const evidence = [
  { table: 'messages', key: ['number'] },
  { table: 'answers', key: ['number'] },
  { table: 'audit', key: ['number'] },
  { table: 'foreign_reservations', key: ['platform', 'reservation_id'] },
  { table: 'placed_leases', key: ['side', 'lease_id'] },
];

@Module({
  imports: [service({ name: 'interconnect', migrations: new URL('../migrations/', import.meta.url), evidence })],
  providers: [
    Advertising,
    Asking,
    EwbiDesk,
    EwbiRpc,
    ForeignPartners,
    ForeignReservations,
    Greetings,
    Compensations,
    HeardLeases,
    Hearing,
    InterconnectGauges,
    InterconnectRpc,
    LeaseTelling,
    LostLeases,
    MessageQuery,
    MessageRetention,
    Nettings,
    OwnPlatform,
    Participants,
    PartnerKeys,
    PartnerPapers,
    PartnerPlatformRpc,
    PartnerQuery,
    Partners,
    PartnersRpc,
    PieceEvents,
    Pieces,
    RearDesk,
    RearRpc,
    RemoteMarket,
    Reservations,
    Saying,
    SellersMarket,
    Sender,
    Sharing,
    SoldLeases,
    StatementDesk,
    StatementsRpc,
    Stating,
    SupplyDesk,
    SupplyRpc,
    Turns,
  ],
})
export class InterconnectModule {}
