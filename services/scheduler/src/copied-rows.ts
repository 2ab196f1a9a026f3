// What comes by the thousand goes to its table by COPY: as JSON the server parses each row again, and bytes go as twice as many digits.
import { CopyRows, int4Array, type Tx } from '#platform';
import type { BidRow } from './bid.view.js';

/** What live readers are told, of a participant's orders or of a book. */
export interface EventRow {
  /** Participant or book. */
  readonly of: number;
  readonly body: Uint8Array;
}

const bidColumns =
  'bid_id, shard, participant_id, state, terms, books, client_order_id, project, image, public_key, programme_id, filled, open, filled_units, ' +
  'reserved, reason, sequence, placed_at, closed_at, request_hash, first_answer';
const copyBids = `copy bid (${bidColumns}) from stdin (format binary)`;
const copyEvents = {
  order_event: 'copy order_event (participant_id, body) from stdin (format binary)',
  market_event: 'copy market_event (book_id, body) from stdin (format binary)',
} as const;

/** Bids that were placed. An older one of the same id goes (R-10a). All goes out with the commit. */
export function copyPlaced(tx: Tx, bids: readonly BidRow[]): void {
  if (!bids.length) return;
  tx.atCommit('delete from bid where bid_id = any($1::int8[])', [`{${bids.map(({ bid_id }) => bid_id).join(',')}}`]);
  const rows = new CopyRows(bidColumns.split(', ').length, bids.length);
  for (const bid of bids) copyBid(rows, bid);
  tx.copyAtCommit(copyBids, rows.end());
}

/** In the order of `bidColumns`. */
function copyBid(rows: CopyRows, bid: BidRow): void {
  rows.row();
  rows.int8(bid.bid_id);
  rows.int4(bid.shard);
  rows.int4(bid.participant_id);
  rows.int4(bid.state);
  rows.bytes(bid.terms);
  rows.bytes(int4Array(bid.books));
  rows.text(bid.client_order_id);
  rows.text(bid.project);
  rows.text(bid.image);
  rows.text(bid.public_key);
  rows.int4(bid.programme_id);
  rows.int8(bid.filled);
  rows.int8(bid.open);
  rows.int4(bid.filled_units);
  rows.int8(bid.reserved);
  rows.text(bid.reason);
  rows.int8(bid.sequence);
  rows.int8(bid.placed_at);
  rows.int8(bid.closed_at);
  rows.text(bid.request_hash);
  rows.bytes(bid.first_answer);
}

/** They are numbered as they stand here. */
export function copyTold(tx: Tx, table: keyof typeof copyEvents, events: readonly EventRow[]): void {
  if (!events.length) return;
  const rows = new CopyRows(2, events.length);
  for (const { of, body } of events) {
    rows.row();
    rows.int4(of);
    rows.bytes(body);
  }
  tx.copyAtCommit(copyEvents[table], rows.end());
}
