import { BidTerms, type Bid, type Fill, type OrderState } from '#contracts';

export interface BidRow {
  bid_id: bigint;
  shard: number;
  participant_id: number;
  state: OrderState;
  terms: Buffer;
  books: number[];
  client_order_id: string;
  project: string;
  image: string;
  public_key: string;
  programme_id: number;
  filled: bigint;
  open: bigint;
  filled_units: number;
  /** Beyond filled and open. */
  reserved: bigint;
  reason: string;
  sequence: bigint;
  placed_at: bigint;
  closed_at: bigint;
  request_hash: string;
  first_answer: Uint8Array;
}

export function bidOf(row: BidRow, trades: Fill[]): Bid {
  return {
    bidId: Number(row.bid_id),
    participantId: row.participant_id,
    state: row.state,
    terms: BidTerms.decode(row.terms),
    clientOrderId: row.client_order_id,
    project: row.project,
    image: row.image,
    publicKey: row.public_key,
    programmeId: row.programme_id,
    filled: Number(row.filled),
    open: Number(row.open),
    reserved: Number(row.reserved),
    reason: row.reason,
    sequence: Number(row.sequence),
    placedAt: Number(row.placed_at),
    closedAt: Number(row.closed_at),
    trades,
  };
}
