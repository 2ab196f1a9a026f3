import { tradeId } from '#domain';
import { LeaseState } from '#contracts';
import type { Tx } from '#platform';
import type { BidRow } from './bid.view.js';
import { copyPlaced } from './copied-rows.js';
import { selectLease, type LeaseRow } from './lease.view.js';
import type { OfferRow } from './offer.view.js';
import type { PieceRow } from './piece.view.js';
import type { TradeRow } from './trade.view.js';

/** Ids of orders and trades, and of those whose lease is extended: their bids are needed too. */
export interface Touched {
  readonly orderIds: readonly number[];
  readonly tradeIds: readonly number[];
  readonly extendedIds: readonly number[];
  /** Of pieces whose reservation is decided, or lapsed (R-35): all of it is needed, and its bid. */
  readonly decidedIds: readonly number[];
}

/** The rows that a batch of steps touches, read once before and written once after. */
export class Rows {
  readonly bids = new Map<number, BidRow>();
  /** Of bids that were placed since. */
  readonly placed = new Set<number>();
  readonly offers = new Map<number, OfferRow>();
  readonly trades = new Map<number, TradeRow>();
  readonly leases = new Map<number, LeaseRow>();
  readonly pieces = new Map<number, PieceRow>();

  constructor(private readonly shard: number) {}

  /** One round trip. `startedBy`: confirmed leases of the shard that begin by this slot are read too; -1 for none. */
  async load(tx: Tx, { orderIds, tradeIds, extendedIds, decidedIds }: Touched, startedBy: number): Promise<void> {
    const [bids, extended, waiting, pieces, offers, trades, touched, starting] = await Promise.all([
      orderIds.length ? tx.query<BidRow>('select * from bid where bid_id = any($1)', [orderIds]) : [],
      extendedIds.length ? tx.query<BidRow>(bidsOfTrades, [extendedIds]) : [],
      decidedIds.length ? tx.query<BidRow>(bidsOfPieces, [decidedIds]) : [],
      decidedIds.length ? tx.query<PieceRow>(`select * from piece where ${ofReservations}`, [decidedIds]) : [],
      orderIds.length ? tx.query<OfferRow>('select * from offer where offer_id = any($1)', [orderIds]) : [],
      tradeIds.length ? tx.query<TradeRow>('select * from trade where trade_id = any($1)', [tradeIds]) : [],
      tradeIds.length ? tx.query<LeaseRow>(touchedLeases, [tradeIds]) : [],
      startedBy >= 0 ? tx.query<LeaseRow>(startingLeases, [startedBy, tradeId(this.shard, 0), tradeId(this.shard + 1, 0)]) : [],
    ]);
    for (const row of pieces) this.pieces.set(Number(row.trade_id), row);
    for (const row of [...extended, ...waiting, ...bids]) this.bids.set(Number(row.bid_id), row);
    for (const row of offers) this.offers.set(Number(row.offer_id), row);
    for (const row of trades) this.trades.set(Number(row.trade_id), row);
    for (const row of [...touched, ...starting].sort((a, b) => Number(a.lease_id - b.lease_id))) this.leases.set(Number(row.lease_id), row);
  }

  save(tx: Tx): void {
    // An id may have gone to another shard a day after its order here closed (R-10a): that bid is not this shard's to write.
    const bids = [...this.bids.values()].filter(({ shard }) => shard === this.shard);
    const isPlaced = ({ bid_id }: BidRow) => this.placed.has(Number(bid_id));
    upsert(
      tx,
      'bid',
      'bid_id',
      bids.filter((bid) => !isPlaced(bid)),
    );
    copyPlaced(tx, bids.filter(isPlaced));
    upsert(tx, 'offer', 'offer_id', [...this.offers.values()]);
    upsert(tx, 'trade', 'trade_id', [...this.trades.values()]);
    upsert(tx, 'lease', 'lease_id', [...this.leases.values()]);
    upsert(tx, 'piece', 'trade_id', [...this.pieces.values()]);
  }
}

const ofReservations = 'reservation_id in (select reservation_id from piece where trade_id = any($1))';
const bidsOfPieces = `select * from bid where bid_id in (select bid_id from piece where ${ofReservations})`;
const bidsOfTrades = 'select * from bid where bid_id in (select bid_id from trade where trade_id = any($1))';
// Two statements: one with an "or" between them would be planned anew each time.
const touchedLeases = `${selectLease} where lease_id = any($1)`;
const startingLeases = `${selectLease} where lease.state = ${LeaseState.CONFIRMED} and delivered_from <= $1 and lease_id >= $2 and lease_id < $3`;

/** Columns by table, as the rows name them. */
const columns = {
  bid: 'bid_id shard participant_id state terms books client_order_id project image public_key programme_id filled open filled_units reserved reason sequence placed_at closed_at request_hash first_answer',
  piece: 'trade_id reservation_id bid_id bid_sequence state platform_id until counted body client_order_id programme_id',
  offer:
    'offer_id participant_id pool_id book_id state units from_slot to_slot min_slots ask time_in_force good_till client_order_id sold_unit_slots reason sequence placed_at closed_at request_hash first_answer lease_id',
  trade:
    'trade_id bid_id offer_id buyer_id provider_id pool_id site_id region book_id nodes units counted from_slot to_slot price compute_amount transfer_amount project sequence made_at released standby resold_lease_id extended_lease_id programme_id',
  lease:
    'lease_id state nodes units pool_id provider_id delivered_from delivered_to client_order_id image public_key endpoint sealed_secret confirm_by confirmed_at held unit_slots reason changed_at reclaimed_by reclaimed_at',
  book: 'book_id shard compute_class model unit tier reference_price collar_bp band_bp',
  explanation: 'bid_id body',
  answer: 'participant_id key shard request_hash response sequence',
  reclaim_notice: 'notice_id lease_id buyer_id reclaimed_by from_slot rest_bid_id told_at acknowledged_at acknowledged_by',
  market_action: 'shard kind book_id site_id from_slot to_slot price reference_price reclaimed_leases by key reason time sequence',
} as const;

export type Table = keyof typeof columns;

/** One statement a table, whatever the number of rows; it goes out with the commit. */
export function upsert(tx: Tx, table: Table, key: string, rows: readonly object[]): void {
  if (!rows.length) return;
  const changed = columns[table].split(' ').filter((name) => !key.split(', ').includes(name));
  tx.atCommit(`${insertOf(table)} on conflict (${key}) do update set ${changed.map((name) => `${name} = excluded.${name}`).join(', ')}`, [
    written(table, rows),
  ]);
}

export function insert(tx: Tx, table: Table, rows: readonly object[]): void {
  if (rows.length) tx.atCommit(insertOf(table), [written(table, rows)]);
}

function insertOf(table: Table): string {
  const names = columns[table].replaceAll(' ', ', ');
  return `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1)`;
}

/** A JSON list of the rows' columns. Written here: to copy a row so that JSON.stringify takes it costs more than to write it. */
function written(table: Table, rows: readonly object[]): string {
  const names = columns[table].split(' ').map((name) => [name, `,"${name}":`] as const);
  let text = '';
  for (const row of rows as readonly Record<string, unknown>[]) {
    let fields = '';
    for (const [name, begin] of names) fields += begin + valueOf(row[name]);
    text += `,{${fields.slice(1)}}`;
  }
  return `[${text.slice(1)}]`;
}

/** Bytes and large integers as PostgreSQL reads them. */
function valueOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (value instanceof Uint8Array)
    return `"\\\\x${(Buffer.isBuffer(value) ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength)).toString('hex')}"`;
  return value === undefined ? 'null' : JSON.stringify(value);
}
