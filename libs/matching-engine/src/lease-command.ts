import type { OrderId, ParticipantId, Price, SessionId, TradeNumber } from '#domain';
import type { Stamp } from './stamp.js';
import type { OfferTerms } from './terms.js';

// what a buyer may do with a lease of its own.

/** An offer of the rest of a FIRM lease, or of a part of it: answered as any new offer. Its maker is the provider of record; the pool's provider delivers. */
export interface ResellLease extends Stamp {
  readonly kind: 'ResellLease';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly sessionId: SessionId;
  readonly tradeNumber: TradeNumber;
  /** Units and window within the lease's. */
  readonly terms: OfferTerms;
}

/** A FOK bid for so many slots more on the same nodes, from the lease's end on: answered as any new bid. */
export interface ExtendLease extends Stamp {
  readonly kind: 'ExtendLease';
  readonly orderId: OrderId;
  readonly participantId: ParticipantId;
  readonly sessionId: SessionId;
  readonly tradeNumber: TradeNumber;
  readonly durationSlots: number;
  readonly limitPrice: Price;
}

/** The lease ends with the first sellable slot. Answered by Applied and LeaseCutShort. */
export interface EndLease extends Stamp {
  readonly kind: 'EndLease';
  readonly participantId: ParticipantId;
  readonly tradeNumber: TradeNumber;
}
