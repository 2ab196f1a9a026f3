import { Injectable } from '@nestjs/common';
import type { Lease, ListLeasesRequest, ListLeasesResponse } from '#contracts';
import { absent, Database, has, nextPage, pageOf, type Call } from '#platform';
import { Books, type BookNames } from './books.js';
import { filter, scope } from './filter.js';

export interface LeaseRow {
  lease_id: bigint;
  state: number;
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
  // Of its trade.
  buyer_id: number;
  bid_id: bigint;
  site_id: number;
  region: number;
  book_id: number;
  from_slot: number;
  to_slot: number;
  project: string;
}

export const selectLease = `select lease.*, trade.buyer_id, trade.bid_id, trade.site_id, trade.region, trade.book_id, trade.from_slot, trade.to_slot, trade.project
  from lease join trade on trade_id = lease_id`;

/** Leases as their buyers and providers see them (R-27a). */
@Injectable()
export class Leases {
  constructor(
    private readonly database: Database,
    private readonly books: Books,
  ) {}

  /** @throws Refusal absent, also for a lease of others */
  async get(call: Call, leaseId: number): Promise<Lease> {
    const [row] = await this.database.query<LeaseRow>(`${selectLease} where lease_id = $1`, [leaseId]);
    const view = row && this.view(call, row);
    if (!view) throw absent('lease');
    return view;
  }

  async list(call: Call, request: ListLeasesRequest): Promise<ListLeasesResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['(trade.buyer_id = ? or lease.provider_id = ?)', scope(call, request.participantId)],
      ['lease.state = ?', request.state],
      ['lease.pool_id = ?', request.poolId],
      ['trade.project = ?', request.project],
      ['trade.bid_id = ?', request.bidId],
      ['lease_id < ?', after?.[0]],
    );
    const found = await this.database.query<LeaseRow>(`${selectLease} ${where} order by lease_id desc limit ${limit + 1}`, params);
    const { rows, page } = nextPage(found, limit, (row) => [row.lease_id]);
    return { leases: rows.map((row) => this.view(call, row)!), page };
  }

  async isConfirmedWith(leaseId: number, endpoint: string, sealedSecret: Buffer): Promise<boolean> {
    const rows = await this.database.query(
      'select from lease where lease_id = $1 and confirmed_at > 0 and endpoint = $2 and sealed_secret = $3',
      [leaseId, endpoint, sealedSecret],
    );
    return rows.length > 0;
  }

  /** Undefined where the caller has no part in it. */
  private view(call: Call, row: LeaseRow): Lease | undefined {
    const all = has(call, 'operator', 'regulator', 'service');
    const buys = call.caller.participantId === row.buyer_id;
    const sells = call.caller.participantId === row.provider_id;
    return all || buys || sells ? leaseOf(row, this.books, { buys, sells, all }) : undefined;
  }
}

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
  };
}
