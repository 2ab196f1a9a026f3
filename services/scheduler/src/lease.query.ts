import { Injectable } from '@nestjs/common';
import type { Lease, ListLeasesRequest, ListLeasesResponse } from '#contracts';
import { absent, Database, has, nextPage, pageOf, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { leaseOf, selectLease, type LeaseRow } from './lease.view.js';
import { Shards } from './shards.js';

/** Leases as their buyers and providers see them (R-27a). */
@Injectable()
export class Leases {
  constructor(
    private readonly database: Database,
    private readonly books: Shards,
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
      ['lease.changed_at >= ?', request.changedFrom],
      ['(trade.made_at, lease_id) < (?, ?)', ...(after ?? [])],
    );
    const found = await this.database.query<LeaseRow & { made_at: bigint }>(
      `${selectLease} ${where} order by trade.made_at desc, lease_id desc limit ${limit + 1}`,
      params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.made_at, row.lease_id]);
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
