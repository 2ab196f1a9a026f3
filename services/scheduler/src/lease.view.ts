import type { Lease, LeaseState, Reclaimer } from '#contracts';
import type { BookNames } from './dictionary.js';
import { platformOf } from './remote.js';

export interface LeaseRow {
  lease_id: bigint;
  state: LeaseState;
  nodes: [node: number, units: number][];
  units: number;
  pool_id: number;
  provider_id: number;
  delivered_from: number;
  delivered_to: number;
  client_order_id: string;
  image: string;
  public_key: string;
  endpoint: string;
  sealed_secret: Buffer;
  confirm_by: bigint;
  confirmed_at: bigint;
  held: bigint;
  unit_slots: bigint;
  reason: string;
  changed_at: bigint;
  reclaimed_by: Reclaimer;
  reclaimed_at: bigint;
  // Of its trade.
  buyer_id: number;
  bid_id: bigint;
  site_id: number;
  region: number;
  book_id: number;
  from_slot: number;
  to_slot: number;
  project: string;
  standby: boolean;
  resold_lease_id: bigint;
  extended_lease_id: bigint;
}

export const selectLease = `select lease.*, trade.buyer_id, trade.bid_id, trade.site_id, trade.region, trade.book_id, trade.from_slot, trade.to_slot, trade.project,
  trade.made_at, trade.standby, trade.resold_lease_id, trade.extended_lease_id
  from lease join trade on trade_id = lease_id`;

/** The access secret is for the buyer alone, sealed as it is; what to run is for the provider. */
export function leaseOf(row: LeaseRow, books: BookNames, sees: { buys: boolean; sells: boolean; all?: boolean }): Lease {
  const buyer = sees.buys || sees.all;
  const provider = sees.sells || sees.all;
  return {
    leaseId: Number(row.lease_id),
    state: row.state,
    buyerId: row.buyer_id,
    providerId: row.provider_id,
    poolId: row.pool_id,
    siteId: row.site_id,
    region: row.region,
    book: books.book(row.book_id),
    nodes: row.nodes.map(([node, units]) => ({ node, units })),
    units: row.units,
    window: { from: row.from_slot, to: row.to_slot },
    delivered: { from: row.delivered_from, to: row.delivered_to },
    project: buyer ? row.project : '',
    clientOrderId: buyer ? row.client_order_id : '',
    endpoint: row.endpoint,
    sealedSecret: sees.buys ? row.sealed_secret : Buffer.alloc(0),
    image: provider || sees.buys ? row.image : '',
    publicKey: provider || sees.buys ? row.public_key : '',
    confirmBy: Number(row.confirm_by),
    confirmedAt: Number(row.confirmed_at),
    reason: row.reason,
    changedAt: Number(row.changed_at),
    standby: row.standby,
    reclaimedBy: row.reclaimed_by,
    reclaimedAt: Number(row.reclaimed_at),
    resoldLeaseId: Number(row.resold_lease_id),
    extendedLeaseId: Number(row.extended_lease_id),
    platformId: platformOf(row.pool_id, row.provider_id),
  };
}
