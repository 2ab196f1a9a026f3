import { Injectable } from '@nestjs/common';
import { slotAt } from '#domain';
import {
  MarketActionKind,
  type ListCurtailmentsRequest,
  type ListCurtailmentsResponse,
  type ListMarketActionsRequest,
  type ListMarketActionsResponse,
  type MarketAction,
  type MarketStatus,
} from '#contracts';
import { Clock, Database, nextPage, pageOf } from '#platform';
import { filter } from './filter.js';
import { actionOf, curtailmentOf, statusOf, type KeptAction, type MarketActionRow } from './market-action.js';

/**
 * What was done to a book is told by its shard, what was done to the whole market by the first; the leases that it reclaimed are those of all. What a band did has
 * no key.
 */
const selectAction = `select * from (
  select one.*, case one.key when '' then one.reclaimed_leases else
    (select sum(each.reclaimed_leases)::int from market_action each where each.key <> '' and each.by = one.by and each.key = one.key) end as all_reclaimed
  from market_action one where shard = 0 or book_id > 0
) action`;

/** What was done to the market, and how it stands by that. */
@Injectable()
export class MarketActions {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(request: ListMarketActionsRequest): Promise<ListMarketActionsResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['kind = ?', request.kind],
      ['book_id = ?', request.bookId],
      ['site_id = ?', request.siteId],
      ['action_id < ?', after?.[0]],
    );
    const found = await this.database.query<KeptAction>(`${selectAction} ${where} order by action_id desc limit ${limit + 1}`, params);
    const { rows, page } = nextPage(found, limit, (row) => [row.action_id]);
    return { actions: rows.map(actionOf), page };
  }

  /** What the call of this key did; undefined where it did nothing yet. */
  async ofCall(by: string, key: string): Promise<MarketAction | undefined> {
    const [row] = await this.database.query<KeptAction>(`${selectAction} where by = $1 and key = $2`, [by, key]);
    return row && actionOf(row);
  }

  /** The shards in which the call of this key is done. */
  async shardsOfCall(by: string, key: string): Promise<ReadonlySet<number>> {
    const rows = await this.database.query<{ shard: number }>('select shard from market_action where by = $1 and key = $2', [by, key]);
    return new Set(rows.map(({ shard }) => shard));
  }

  async status(): Promise<MarketStatus> {
    const [row] = await this.database.query<MarketActionRow>(
      `select * from market_action where shard = 0 and kind in (${MarketActionKind.STOP_MARKET}, ${MarketActionKind.START_MARKET}) order by action_id desc limit 1`,
    );
    return statusOf(row);
  }

  /** Those that are not over. */
  async curtailments(request: ListCurtailmentsRequest): Promise<ListCurtailmentsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.database.query<MarketActionRow>(
      `select * from (select distinct on (site_id) * from market_action where shard = 0 and site_id > $1 order by site_id, action_id desc) newest
       where from_slot < to_slot and to_slot > $2 order by site_id limit ${limit + 1}`,
      [after?.[0] ?? 0, slotAt(this.clock.now())],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.site_id]);
    return { curtailments: rows.map(curtailmentOf), page };
  }
}
