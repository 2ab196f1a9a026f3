import type { BookId, OrderId, ParticipantId, PoolId, Price, Region, SiteId, Slot, Time, TradeNumber } from '#domain';
import type { NodeUnits } from './node-units.js';
import type { Stamp } from './stamp.js';

// pieces of a fill that wait for a word from over the border of the platform before they are trades.

/** What a partner said of a reservation, or a partner's buyer of what it reserved here. */
export interface DecideReservation extends Stamp {
  readonly kind: 'DecideReservation';
  /** Any piece of the reservation; all of it is decided. */
  readonly tradeNumber: TradeNumber;
  /** It becomes trades; else its units go back. */
  readonly made: boolean;
  /** Not made, and the partner still has it. False: what is offered on its platform is that much less. */
  readonly supplyStillThere: boolean;
}

/** a partner has lost units of leases on its platform, from the next slot. Said again, or of what is over, it does nothing. */
export interface RemoteLeasesLost extends Stamp {
  readonly kind: 'RemoteLeasesLost';
  /** All that were lost together: of a gang they are placed anew together, or it ends. */
  readonly leases: readonly RemoteLeft[];
}

/** What stands of a lease that lies with a partner. */
export interface RemoteLeft {
  readonly tradeNumber: TradeNumber;
  /** Units in each slot to come; 0: none. */
  readonly left: number;
}

/** A piece is reserved: as its trade will be, which keeps its number. Its bid goes on holding its worst case for it. */
export interface PieceReserved {
  readonly kind: 'PieceReserved';
  readonly tradeNumber: TradeNumber;
  /** Number of the first piece that is decided together with this one, and how many those are. */
  readonly reservation: TradeNumber;
  readonly pieces: number;
  /** The partner on whose platform it lies; 0: here, for a partner's buyer. */
  readonly platform: ParticipantId;
  /** When it lapses by itself; 0: never. */
  readonly until: Time;
  readonly bidId: OrderId;
  readonly offerId: OrderId;
  readonly buyerId: ParticipantId;
  readonly providerId: ParticipantId;
  readonly bookId: BookId;
  readonly poolId: PoolId;
  readonly siteId: SiteId;
  readonly region: Region;
  readonly nodes: readonly NodeUnits[];
  readonly units: number;
  readonly counted: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly price: Price;
  /** Micro-yuan that its trade will hold. */
  readonly computeAmount: number;
  readonly transferAmount: number;
  readonly linkOwnerId: ParticipantId;
  readonly bidWasFirst: boolean;
}

/** All pieces of a reservation are given back. */
export interface ReservationEnded {
  readonly kind: 'ReservationEnded';
  readonly reservation: TradeNumber;
  readonly reason: 'returned' | 'lapsed';
  /** The instant: not after the command's time. */
  readonly due: Time;
}

/** What a piece that waits has beside what its trade will have. */
export interface ReservedState {
  reservation: TradeNumber;
  until: Time;
  linkOwnerId: ParticipantId;
  bidWasFirst: boolean;
}
