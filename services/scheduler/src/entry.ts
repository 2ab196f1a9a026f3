import type { TradeNumber } from '#domain';
import type { Command, Event, Explanation, ExtendLease, Rejection, ResellLease, SubmitBid, SubmitOffer } from '#matching-engine';
import type { SliceOf } from './slices.js';

/** Without the sequence and time that the writer stamps on it. */
type Unstamped<C> = C extends Command ? Omit<C, 'sequence' | 'time'> : never;

/** First command of a journal: with what the market was opened. */
export interface OpenMarket {
  readonly kind: 'OpenMarket';
  readonly horizonSlots: number;
  /** Which shard it is; not said: the first. */
  readonly shard?: number | undefined;
}

/** The provider promises delivery (R-27a). The engine need not know. */
export interface ConfirmLease {
  readonly kind: 'ConfirmLease';
  readonly tradeNumber: TradeNumber;
  readonly endpoint: string;
  /** Base64. */
  readonly sealedSecret: string;
}

/** What the engine has no use for and the query tables have. */
export interface Label {
  readonly clientOrderId: string;
  readonly project: string;
  readonly image: string;
  readonly publicKey: string;
  readonly programmeId: number;
}

/** Idempotency-Key of a call, and the hash of what it asked. */
export interface Asked {
  readonly participantId: number;
  readonly key: string;
  readonly hash: string;
}

/** Whose word a command of the operator's is: the key, its call's Idempotency-Key, and why. */
export interface Decided {
  readonly by: string;
  readonly key: string;
  readonly reason: string;
}

/** One line of the journal: a command, and what the shell keeps with it. A journal replays by itself: whatever decides is in here. */
export interface Entry {
  readonly command: Unstamped<Command> | OpenMarket | ConfirmLease;
  /** The event that it came of; an event that was applied before does nothing. */
  readonly from?: readonly [source: string, sequence: number];
  readonly asked?: Asked;
  readonly label?: Label;
  readonly decided?: Decided;
  /** Of a LowerBuyingPower: what it takes away is for that shard. Of a TakeSlice: what it brings was given by that shard. */
  readonly slice?: SliceOf;
  /** Name of the model that a pool or book numbers. */
  readonly model?: string;
  /** Of a pool: its leases need no confirmation (R-27a). */
  readonly confirmsAtOnce?: boolean;
  /** Traceparent of the call or event that asked, where it is traced: the events that come of it, perhaps after a restart, are a part of that trace. */
  readonly trace?: string;
}

export interface BidEntry extends Entry {
  readonly command: Unstamped<SubmitBid>;
}

export interface OfferEntry extends Entry {
  readonly command: Unstamped<SubmitOffer>;
}

/** Whatever places an order. */
export interface NewOrder extends Entry {
  readonly command: Unstamped<SubmitBid | SubmitOffer | ResellLease | ExtendLease>;
}

/** Facts of a trade as they were when it was made. */
export interface Promised {
  readonly greenShareBp: number;
  readonly pueMilli: number;
  readonly domestic: boolean;
  /** Until when its lease has to be confirmed; 0: it need not. */
  readonly confirmBy: number;
}

/** What became of an entry. */
export interface Step {
  readonly shard: number;
  readonly sequence: number;
  readonly time: number;
  readonly entry: Entry;
  readonly events: readonly Event[];
  /** By trade number, of the trades among the events. */
  readonly promised: ReadonlyMap<TradeNumber, Promised>;
  /** By order id, of the bids that closed. */
  readonly explanations: ReadonlyMap<number, Explanation>;
  /** Of the shell's own commands. */
  readonly refused?: Rejection | 'lease_must_be_pending';
}
