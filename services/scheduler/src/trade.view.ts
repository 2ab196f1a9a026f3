import type { Trade } from '#contracts';
import type { BookNames } from './dictionary.js';
import { platformOf } from './remote.js';

export interface TradeRow {
  trade_id: bigint;
  bid_id: bigint;
  offer_id: bigint;
  buyer_id: number;
  provider_id: number;
  pool_id: number;
  site_id: number;
  region: number;
  book_id: number;
  nodes: [node: number, units: number][];
  units: number;
  counted: bigint;
  from_slot: number;
  to_slot: number;
  price: bigint;
  compute_amount: bigint;
  transfer_amount: bigint;
  project: string;
  programme_id: number;
  sequence: bigint;
  made_at: bigint;
  released: boolean;
  standby: boolean;
  resold_lease_id: bigint;
  extended_lease_id: bigint;
}

/** The trade as a side sees it. */
export function tradeOf(row: TradeRow, books: BookNames, sees: { buys: boolean; sells: boolean }): Trade {
  return {
    tradeId: Number(row.trade_id),
    bidId: sees.buys ? Number(row.bid_id) : 0,
    offerId: sees.sells ? Number(row.offer_id) : 0,
    buyerId: row.buyer_id,
    providerId: row.provider_id,
    poolId: row.pool_id,
    siteId: row.site_id,
    region: row.region,
    book: books.book(row.book_id),
    nodes: row.nodes.map(([node, units]) => ({ node, units })),
    units: row.units,
    window: { from: row.from_slot, to: row.to_slot },
    price: Number(row.price),
    computeAmount: row.compute_amount,
    transferAmount: row.transfer_amount,
    project: sees.buys ? row.project : '',
    madeAt: Number(row.made_at),
    sequence: Number(row.sequence),
    released: row.released,
    standby: row.standby,
    resoldLeaseId: Number(row.resold_lease_id),
    extendedLeaseId: Number(row.extended_lease_id),
    platformId: platformOf(row.pool_id, row.provider_id),
  };
}
