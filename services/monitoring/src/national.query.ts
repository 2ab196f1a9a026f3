import { Injectable } from '@nestjs/common';
import {
  type GetNationalItemRequest,
  type ListNationalItemsRequest,
  type ListNationalItemsResponse,
  type ListNationalReturnsRequest,
  type ListNationalReturnsResponse,
  NationalConnection,
  NationalItem,
  type NationalItemDetail,
  type NationalItemLine,
  NationalItemState,
  type NationalKind,
  type NationalLane,
  NationalReturnEntry,
} from '#contracts';
import { startOfSlot } from '#domain';
import { Clock, Config, Database, type Tx, absent, nextPage, numberAfter, pageOf } from '#platform';
import { NationalWire } from './national.wire.js';

interface NodeRow {
  readonly opened_at: bigint | null;
  readonly serial: bigint;
  readonly receipts: bigint;
  readonly heard_at: bigint;
  readonly full_state: number;
  readonly next_slot: number;
}

interface LaneRow {
  readonly kind: NationalKind;
  readonly is_current: boolean;
  readonly waiting: number;
  readonly held: number;
  readonly oldest: bigint | null;
  readonly attempts: number;
  readonly failure: string;
  readonly next_at: bigint;
}

export interface ItemRow {
  readonly serial: bigint;
  readonly kind: NationalKind;
  readonly item_id: string;
  readonly identifier: string;
  readonly item: Buffer;
  readonly period_from: bigint;
  readonly caused_at: bigint;
  readonly due_at: bigint;
  readonly state: NationalItemState;
  readonly attempts: number;
  readonly acknowledged_at: bigint | null;
  readonly receipt: bigint;
  readonly rule: string;
  readonly detail: string;
  readonly by: string;
  readonly reason: string;
}

/** What the operator sees of the talk with the national node. */
@Injectable()
export class NationalQuery {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly wire: NationalWire,
  ) {}

  async connection(from: Pick<Tx, 'query'> = this.database): Promise<NationalConnection> {
    const { nationalUrl: url, platform } = this.config;
    if (!url) return NationalConnection.create({ platform });
    const [node] = await from.query<NodeRow>('select opened_at, serial, receipts, heard_at, full_state, next_slot from national_node');
    return {
      ...{ configured: true, url, platform, keyId: this.wire.keyId },
      openedAt: Number(node!.opened_at ?? 0),
      heardAt: Number(node!.heard_at),
      serial: Number(node!.serial),
      receipts: Number(node!.receipts),
      fullReport: node!.full_state > 0,
      closedTo: startOfSlot(node!.next_slot),
      lanes: await this.lanes(from),
    };
  }

  async items({ kind, state, identifier, page: asked }: ListNationalItemsRequest): Promise<ListNationalItemsResponse> {
    const place = pageOf(asked);
    const found = await this.database.query<ItemRow>(
      `select * from national_items where serial < $1 and ($2 = 0 or kind = $2) and ($3 = 0 or state = $3) and ($4 = '' or identifier = $4)
       order by serial desc limit $5`,
      [numberAfter(place, Number.MAX_SAFE_INTEGER), kind, state, identifier, place.limit + 1],
    );
    const { rows, page } = nextPage(found, place.limit, (row) => [row.serial]);
    return { items: rows.map(lineOf), page };
  }

  /** @throws Refusal absent */
  async item({ serial }: GetNationalItemRequest): Promise<NationalItemDetail> {
    const [row] = await this.database.query<ItemRow>('select * from national_items where serial = $1', [serial]);
    if (!row) throw absent(`national item ${serial}`);
    return { line: lineOf(row), item: { ...NationalItem.decode(row.item), serial } };
  }

  async returns({ kind, page: asked }: ListNationalReturnsRequest): Promise<ListNationalReturnsResponse> {
    const place = pageOf(asked);
    const found = await this.database.query<{ number: bigint; received_at: bigint; rule: string; entry: Buffer }>(
      'select number, received_at, rule, entry from national_returns where number < $1 and ($2 = 0 or kind = $2) order by number desc limit $3',
      [numberAfter(place, Number.MAX_SAFE_INTEGER), kind, place.limit + 1],
    );
    const { rows, page } = nextPage(found, place.limit, (row) => [row.number]);
    const returns = rows.map(({ number, received_at: receivedAt, rule, entry }) => ({
      ...{ number: Number(number), receivedAt: Number(receivedAt), rule, entry: NationalReturnEntry.decode(entry) },
    }));
    return { returns, page };
  }

  private async lanes(from: Pick<Tx, 'query'>): Promise<NationalLane[]> {
    const rows = await from.query<LaneRow>(
      `select l.*, w.* from national_lanes l cross join lateral (
         select count(*)::int4 as waiting, min(case when i.period_from > 0 then i.period_from else i.caused_at end) as oldest,
           (count(*) filter (where i.needs <> '' and not exists (select from national_subjects s where s.identifier = i.needs and s.registered)))::int4 as held
         from national_items i where i.state = ${NationalItemState.WAITING} and i.kind = l.kind and (i.due_at >= $1) = l.is_current) w
       order by l.kind, l.is_current desc`,
      [this.clock.now()],
    );
    return rows.map(({ kind, is_current: current, waiting, held, oldest, attempts, failure, next_at: nextAt }) => ({
      ...{ kind, current, waiting, held, oldest: Number(oldest ?? 0), attempts, lastFailure: failure, nextAt: Number(nextAt) },
    }));
  }
}

export const lineOf = (row: ItemRow): NationalItemLine => ({
  serial: Number(row.serial),
  kind: row.kind,
  itemId: row.item_id,
  identifier: row.identifier,
  state: row.state,
  causedAt: Number(row.caused_at),
  dueAt: Number(row.due_at),
  acknowledgedAt: Number(row.acknowledged_at ?? 0),
  attempts: row.attempts,
  receipt: Number(row.receipt),
  rule: row.rule,
  detail: row.detail,
  by: row.by,
  reason: row.reason,
});
