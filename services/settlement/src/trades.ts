import type { Book, TradeMade, Window } from '#contracts';
import type { Tx } from '#platform';
import type { Split } from './core/hold.js';
import type { Reservation } from './reservations.js';

/** A trade and what it holds. */
export interface HeldTrade {
  readonly trade: TradeMade;
  readonly split: Split;
  readonly reservation: Reservation | undefined;
  readonly cause: string;
}

/** Columns of a trade, with their types, in the table's order. */
const columns: readonly [name: string, type: string, of: (held: HeldTrade) => unknown][] = [
  ['trade_id', 'int8', ({ trade }) => trade.tradeId],
  ['bid_id', 'int8', ({ trade }) => trade.bidId],
  ['buyer_id', 'int4', ({ trade }) => trade.buyerId],
  ['provider_id', 'int4', ({ trade }) => trade.providerId],
  ['pool_id', 'int4', ({ trade }) => trade.poolId],
  ['compute_class', 'int4', ({ trade }) => bookOf(trade).computeClass],
  ['model', 'text', ({ trade }) => bookOf(trade).model],
  ['unit', 'int4', ({ trade }) => bookOf(trade).unit],
  ['tier', 'int4', ({ trade }) => bookOf(trade).tier],
  ['units', 'int4', ({ trade }) => trade.units],
  ['from_slot', 'int4', ({ trade }) => windowOf(trade).from],
  ['to_slot', 'int4', ({ trade }) => windowOf(trade).to],
  ['price', 'int8', ({ trade }) => trade.price],
  ['compute_amount', 'int8', ({ trade }) => trade.computeAmount],
  ['transfer_amount', 'int8', ({ trade }) => trade.transferAmount],
  ['link_owner_id', 'int4', ({ trade }) => trade.linkOwnerId],
  ['programme_id', 'int4', ({ trade }) => trade.programmeId],
  ['project', 'text', ({ trade }) => trade.project],
  ['domestic', 'bool', ({ trade }) => trade.domestic],
  ['green_share_bp', 'int4', ({ trade }) => trade.greenShareBp],
  ['made_at', 'int8', ({ trade }) => trade.madeAt],
  ['reservation_id', 'int8', ({ reservation }) => reservation?.reservation_id ?? null],
  ['rate_bp', 'int4', ({ reservation }) => reservation?.rate_bp ?? 0],
  ['replaces_trade_id', 'int8', ({ trade }) => trade.replacesTradeId],
  ['owed_amount', 'int8', ({ trade }) => trade.owedAmount],
  ['delivered_by_id', 'int4', ({ trade }) => trade.deliveredById || trade.providerId],
  ['resold_lease_id', 'int8', ({ trade }) => trade.resoldLeaseId],
  ['extended_lease_id', 'int8', ({ trade }) => trade.extendedLeaseId],
  ['region', 'int4', ({ trade }) => trade.region],
  ['site_id', 'int4', ({ trade }) => trade.siteId],
  ['pue_milli', 'int4', ({ trade }) => trade.pueMilli],
];
const names = columns.map(([name]) => name).join(', ');
const arrays = columns.map(([, type], at) => `$${at + 4}::${type}[]`).join(', ');

/** whose the price of a trade is in part. */
async function rememberProceeds(tx: Tx, held: readonly HeldTrade[]): Promise<void> {
  const shares = held.flatMap(({ trade: { tradeId, proceeds } }) => proceeds.map((share) => ({ tradeId, ...share })));
  if (shares.length === 0) return;
  await tx.query(
    'INSERT INTO proceeds (trade_id, lease_id, participant_id, amount) SELECT * FROM unnest($1::int8[], $2::int8[], $3::int4[], $4::int8[])',
    [
      shares.map(({ tradeId }) => tradeId),
      shares.map(({ leaseId }) => leaseId),
      shares.map(({ participantId }) => participantId),
      shares.map(({ amount }) => amount),
    ],
  );
}

/** The facts of the trades, and their leases with what they hold. */
export async function rememberTrades(tx: Tx, held: readonly HeldTrade[]): Promise<void> {
  const partners = await partnersOf(tx, held);
  await tx.query(
    `WITH lease AS (
       INSERT INTO leases (trade_id, held, held_money, held_subsidy) SELECT * FROM unnest($4::int8[], $1::int8[], $2::int8[], $3::int8[])
     )
     INSERT INTO trades (${names}, partner_id) SELECT * FROM unnest(${arrays}, $${columns.length + 4}::int4[])`,
    [
      held.map(({ trade }) => trade.computeAmount + trade.transferAmount),
      held.map(({ split }) => split.money),
      held.map(({ split }) => split.subsidy),
      ...columns.map(([, , of]) => held.map(of)),
      partners,
    ],
  );
  await rememberProceeds(tx, held);
}

/** of a lease on a partner's platform, of one that a partner has reserved here, and of what is placed anew for such a one; 0: of none. */
async function partnersOf(tx: Tx, held: readonly HeldTrade[]): Promise<number[]> {
  const sold = await soldBefore(
    tx,
    held.flatMap(({ trade }) => (trade.replacesTradeId > 0 ? [trade.replacesTradeId] : [])),
  );
  return held.map(({ trade: { tradeId, platformId, reservationId, replacesTradeId, buyerId } }) => {
    if (platformId > 0 || (reservationId === 0 && !sold.has(replacesTradeId))) return platformId;
    sold.add(tradeId);
    return buyerId;
  });
}

/** Those that partners have bought here. */
async function soldBefore(tx: Tx, tradeIds: readonly number[]): Promise<Set<number>> {
  if (tradeIds.length === 0) return new Set();
  const rows = await tx.query<{ trade_id: bigint }>('SELECT trade_id FROM trades WHERE trade_id = ANY($1) AND partner_id = buyer_id', [
    tradeIds,
  ]);
  return new Set(rows.map((row) => Number(row.trade_id)));
}

function bookOf({ book, tradeId }: TradeMade): Book {
  if (!book) throw new Error(`trade_must_have_a_book: ${tradeId}`);
  return book;
}

function windowOf({ window, tradeId }: TradeMade): Window {
  if (!window) throw new Error(`trade_must_have_a_window: ${tradeId}`);
  return window;
}
