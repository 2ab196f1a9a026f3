import { countOfOne, tradeId, type Precision, type TradeNumber } from '#domain';
import { BidTerms, bytesOf, OrderState } from '#contracts';
import type { SubmitOffer } from '#matching-engine';
import type { Dictionary } from './dictionary.js';
import type { Label, Step } from './entry.js';
import { extensionTerms } from './extension.js';
import type { LeaseRow } from './lease.view.js';
import type { OfferRow } from './offer.view.js';
import type { Rows } from './rows.js';
import { contractTerms } from './terms.js';

/** What an order's row begins with, of bids and offers alike. */
type Placed = Pick<
  OfferRow,
  'state' | 'client_order_id' | 'reason' | 'sequence' | 'placed_at' | 'closed_at' | 'request_hash' | 'first_answer'
>;
type Whose = Pick<SubmitOffer, 'orderId' | 'participantId'>;
type SoldBy = Pick<OfferRow, 'pool_id' | 'book_id' | 'lease_id'>;

export const encodedTerms = (terms: BidTerms): Buffer => bytesOf(BidTerms, terms);

/** The rows of new orders: bids and offers, extensions and resales. */
export class Placing {
  constructor(
    private readonly rows: Rows,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
  ) {}

  /** The row of the order that the step's command placed. */
  place({ sequence, time, entry }: Step): void {
    const { command, label, asked } = entry;
    const placed = {
      state: OrderState.OPEN,
      client_order_id: label!.clientOrderId,
      reason: '',
      sequence: BigInt(sequence),
      placed_at: BigInt(time),
      closed_at: 0n,
      request_hash: asked!.hash,
      first_answer: Buffer.alloc(0),
    };
    if (command.kind === 'SubmitBid') this.placeBid(placed, command, contractTerms(command.terms, this.dictionary), label!);
    if (command.kind === 'ExtendLease') {
      const lease = this.leaseOf(command.tradeNumber);
      const terms = extensionTerms(command, lease, this.rows.bids.get(Number(lease.bid_id)), this.dictionary);
      this.placeBid(placed, command, terms, label!);
    }
    if (command.kind === 'SubmitOffer') {
      const { poolId, tier } = command;
      this.placeOffer(placed, command, { pool_id: poolId, book_id: this.dictionary.bookOfPool(poolId, tier), lease_id: 0n });
    }
    if (command.kind === 'ResellLease') {
      const { pool_id, book_id, lease_id } = this.leaseOf(command.tradeNumber);
      this.placeOffer(placed, command, { pool_id, book_id, lease_id });
    }
  }

  private placeBid(placed: Placed, { orderId, participantId }: Whose, terms: BidTerms, label: Label): void {
    this.rows.placed.add(orderId);
    this.rows.bids.set(orderId, {
      ...placed,
      bid_id: BigInt(orderId),
      shard: this.shard,
      participant_id: participantId,
      terms: encodedTerms(terms),
      books: terms.books.map((book) => this.dictionary.bookId(book)),
      project: label.project,
      image: label.image,
      public_key: label.publicKey,
      programme_id: label.programmeId,
      filled: 0n,
      open: BigInt((terms.pflops || terms.units) * countOfOne((terms.pflops ? terms.precision : null) as Precision | null)),
      filled_units: 0,
      reserved: 0n,
    });
  }

  private placeOffer(placed: Placed, { orderId, participantId, terms }: Whose & Pick<SubmitOffer, 'terms'>, of: SoldBy): void {
    this.rows.offers.set(orderId, {
      ...placed,
      ...of,
      offer_id: BigInt(orderId),
      participant_id: participantId,
      units: terms.units,
      from_slot: terms.from,
      to_slot: terms.to,
      min_slots: terms.minSlots,
      ask: BigInt(terms.ask),
      time_in_force: terms.timeInForce,
      good_till: BigInt(terms.goodTill ?? 0),
      sold_unit_slots: 0n,
    });
  }

  private leaseOf(number: TradeNumber): LeaseRow {
    return this.rows.leases.get(tradeId(this.shard, number))!;
  }
}
