import { Injectable } from '@nestjs/common';
import {
  type AcceptStatementItemRequest,
  type ListNettingsRequest,
  type ListNettingsResponse,
  type ListStatementItemsRequest,
  type ListStatementItemsResponse,
  type Netting,
  StatementItem,
} from '#contracts';
import { type Call, Clock, Database, type Tx, absent, conflict, nextPage, pageOf } from '#platform';
import { record } from './audit.js';
import { Side } from './core/statement.js';
import { itemId, readItemId } from './core/statement-item.js';
import { setItem } from './statement-items.js';
import { lockTalk } from './talk.js';

interface Row {
  readonly platform: string;
  readonly side: Side;
  /** The item's. */
  readonly reservation_id: string;
  readonly day: number;
  readonly ours: bigint;
  readonly theirs: bigint;
  readonly said_as: string | null;
  readonly netted_through: number | null;
  readonly stated: boolean;
}

interface NettingRow {
  readonly platform: string;
  readonly through: number;
  readonly currency: string;
  readonly sold: bigint;
  readonly bought: bigint;
  readonly items: number;
  readonly sold_back: bigint;
  readonly bought_back: bigint;
  readonly agreed_at: bigint;
}

const select = `select i.*, coalesce(d.heard_revision > 0, false) as stated from statement_items i left join stated_days d using (platform, day)`;

/** Statements as the operator reads them, and how it works off a difference: by taking the partner's amount, or the partner by taking ours. */
@Injectable()
export class StatementDesk {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async items({ platform, differing, page: asked }: ListStatementItemsRequest): Promise<ListStatementItemsResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.database.query<Row>(
      `${select} where platform = $1 and (ours <> 0 or theirs <> 0) and (not $2 or (ours <> theirs and d.heard_revision > 0 and netted_through is null))
         and ($3::int4 is null or (-day, reservation_id, side) > (-$3::int4, $4::text, $5::int4)) order by -day, reservation_id, side limit $6`,
      [platform, differing, after?.[0] ?? null, after?.[1] ?? '', after?.[2] ?? 0, limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.day, row.reservation_id, row.side]);
    return { items: rows.map(itemOf), page };
  }

  async accept(
    { platform, reservationId, adjustment, compensation, sold, reason }: AcceptStatementItemRequest,
    call: Call,
  ): Promise<StatementItem> {
    const side = sold ? Side.SOLD : Side.BOUGHT;
    const id = itemId({ reservationId, adjustment, compensation });
    return this.database.once(call, StatementItem, async (tx) => {
      if (!(await lockTalk(tx, platform))) throw absent(`partner ${platform}`);
      const before = await find(tx, platform, side, id);
      if (!before) throw absent(`item ${id}`);
      if (!before.stated || before.ours === before.theirs || before.netted_through !== null)
        throw conflict('statement_item_must_differ', 'the partner has not stated it, or states the same, or it is netted');
      await setItem(tx, platform, { side, id, day: before.day, before: before.ours, ours: before.theirs });
      const detail = `${id} of day ${before.day}: ${before.theirs} instead of ${before.ours} micro-yuan`;
      await record(tx, call, this.clock.now(), { platform, step: 'statement_item_accepted', reason, detail });
      return itemOf((await find(tx, platform, side, id))!);
    });
  }

  async nettings({ platform, page: asked }: ListNettingsRequest): Promise<ListNettingsResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.database.query<NettingRow>(
      'select * from nettings where platform = $1 and agreed_at > 0 and ($2::int4 is null or through < $2) order by through desc limit $3',
      [platform, after?.[0] ?? null, limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.through]);
    return { nettings: rows.map(nettingOf), page };
  }
}

async function find(tx: Tx, platform: string, side: Side, id: string): Promise<Row | undefined> {
  const [row] = await tx.query<Row>(`${select} where platform = $1 and side = $2 and reservation_id = $3`, [platform, side, id]);
  return row;
}

const itemOf = (row: Row): StatementItem => ({
  platform: row.platform,
  ...readItemId(row.reservation_id),
  day: row.day,
  sold: row.side === Side.SOLD,
  ours: row.ours,
  theirs: row.theirs,
  stated: row.stated,
  differs: row.stated && row.ours !== row.theirs,
  nettedThrough: row.netted_through ?? 0,
  saidAs: row.said_as ?? '',
});

const nettingOf = ({ sold_back: soldBack, bought_back: boughtBack, agreed_at: agreedAt, ...row }: NettingRow): Netting => ({
  ...row,
  ...{ soldBack, boughtBack, agreedAt: Number(agreedAt) },
});
