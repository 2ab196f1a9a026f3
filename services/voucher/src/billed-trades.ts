import { Injectable } from '@nestjs/common';
import { BillIssued, BillRefunded, ClaimState } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { type EventMeta, On, type Tx } from '#platform';
import { tradesOf } from './claims.js';
import type { BilledTrade } from './core/claim.js';
import type { Trial, TriedContract } from './core/trial.js';

interface BilledRow {
  readonly bill_id: bigint;
  readonly trade_id: bigint;
  readonly bid_id: bigint;
  readonly buyer_id: number;
  readonly month: string;
  readonly day: number;
  readonly base: bigint;
  readonly line_count: number;
  readonly provider_id: number;
  readonly compute_class: number;
  readonly domestic: boolean;
  readonly green_share_bp: number;
  readonly measured_unit_slots: bigint;
  readonly region: number;
  readonly industry: string;
  readonly size: number;
  readonly owner_group: number;
  readonly provider_group: number;
  readonly deliverer_group: number;
  readonly has_paid: boolean;
  readonly is_new: boolean;
}

const rowsAtOnce = 2_000;

/** Every bill of the exchange by trade, whatever it named: what programmes are tried on. */
@Injectable()
export class BilledTrades {
  /** A trade counts on the bill on which it first stands; a later correction stands on another. */
  @On(BillIssued)
  async billIssued(bill: BillIssued, tx: Tx, meta: EventMeta): Promise<void> {
    const firsts = new Map(bill.lines.filter((line) => line.kind === 'compute').map((line) => [line.tradeId, line]));
    const lines = bill.lines.filter((line) => firsts.has(line.tradeId));
    const trades = tradesOf(lines, new Map());
    const first = (trade: BilledTrade) => firsts.get(trade.tradeId)!;
    await tx.query(
      `insert into billed_trades (bill_id, buyer_id, month, day, trade_id, bid_id, base, line_count, provider_id, delivered_by_id, compute_class, domestic,
         green_share_bp, measured_unit_slots)
       select $1::int8, $2::int4, $3::text, $4::int4, trade.* from unnest($5::int8[], $6::int8[], $7::int8[], $8::int4[], $9::int4[], $10::int4[], $11::int4[],
         $12::bool[], $13::int4[], $14::int8[]) as trade`,
      [
        bill.billId,
        bill.buyerId,
        bill.month,
        shanghaiDay(slotAt(meta.time)),
        trades.map((trade) => trade.tradeId),
        trades.map((trade) => first(trade).bidId),
        trades.map((trade) => trade.base),
        trades.map((trade) => trade.lineCount),
        trades.map((trade) => trade.providerId),
        trades.map((trade) => first(trade).deliveredById),
        trades.map((trade) => trade.computeClass),
        trades.map((trade) => trade.domestic),
        trades.map((trade) => trade.greenShareBp),
        trades.map((trade) => first(trade).measuredUnitSlots),
      ],
    );
  }

  @On(BillRefunded)
  async billRefunded({ tradeId, amount }: BillRefunded, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query('update billed_trades set refunded = refunded + $2 where trade_id = $1', [tradeId, amount]);
  }
}

/** How many trades bills of the year up to this one hold. */
export async function countTrades(tx: Tx, year: number, throughBillId: number): Promise<number> {
  const [row] = await tx.query<{ trades: bigint }>(
    `select count(*) as trades from billed_trades where month between $1::text || '-01' and $1::text || '-12' and bill_id <= $2`,
    [year, throughBillId],
  );
  return Number(row!.trades);
}

export async function newestBill(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ bill_id: bigint }>('select coalesce(max(bill_id), 0)::int8 as bill_id from billed_trades');
  return Number(row!.bill_id);
}

/**
 * Gives a trial the year's contracts, page by page, in the order of months, bills and bids.
 * @param programmeId of the programme that it is: what others granted tells who is new
 */
export async function tryBills(tx: Tx, trial: Trial, year: number, programmeId: number, throughBillId: number): Promise<void> {
  let after: BilledRow | undefined;
  // Of one contract, until the next begins.
  let gathered: BilledRow[] = [];
  const take = (): void => {
    if (gathered.length) trial.take(contractOf(gathered));
    gathered = [];
  };
  for (let isMore = true; isMore;) {
    const rows = await tx.query<BilledRow>(pageOfTrades, [
      year,
      throughBillId,
      programmeId,
      after?.month ?? '',
      after?.bill_id ?? 0n,
      after?.bid_id ?? 0n,
      after?.trade_id ?? 0n,
      rowsAtOnce,
    ]);
    for (const row of rows) {
      if (gathered.length && !isOfOneContract(gathered[0]!, row)) take();
      gathered.push(row);
    }
    after = rows.at(-1);
    isMore = rows.length === rowsAtOnce;
  }
  take();
}

const isOfOneContract = (one: BilledRow, other: BilledRow): boolean => one.bill_id === other.bill_id && one.bid_id === other.bid_id;

const pageOfTrades = `select billed.bill_id, trade_id, bid_id, buyer_id, month, day, base - refunded as base, line_count, provider_id, compute_class, domestic,
    green_share_bp, measured_unit_slots, buyer.region, buyer.industry, buyer.size, buyer.owner_group,
    coalesce(provider.owner_group, 0) as provider_group, coalesce(deliverer.owner_group, 0) as deliverer_group,
    not exists (select from overdue where overdue.participant_id = buyer_id) as has_paid,
    not exists (select from claims where claims.buyer_id = billed.buyer_id and claims.programme_id <> $3 and claims.amount > 0 and claims.state <> ${ClaimState.REFUSED}) as is_new
  from billed_trades billed join participants buyer on buyer.participant_id = buyer_id
    left join participants provider on provider.participant_id = provider_id
    left join participants deliverer on deliverer.participant_id = delivered_by_id
  where month between $1::text || '-01' and $1::text || '-12' and billed.bill_id <= $2
    and (month, billed.bill_id, bid_id, trade_id) > ($4::text, $5::int8, $6::int8, $7::int8)
  order by month, billed.bill_id, bid_id, trade_id limit $8`;

function contractOf(rows: readonly BilledRow[]): TriedContract {
  const row = rows[0]!;
  return {
    billId: Number(row.bill_id),
    bidId: Number(row.bid_id),
    month: row.month,
    day: row.day,
    buyerId: row.buyer_id,
    buyer: { region: row.region, industry: row.industry, size: row.size, ownerGroup: row.owner_group },
    isNew: row.is_new,
    hasPaid: row.has_paid,
    trades: rows.map(tradeOf),
  };
}

const tradeOf = (row: BilledRow): BilledTrade => ({
  tradeId: Number(row.trade_id),
  base: row.base,
  lineCount: row.line_count,
  held: 0n,
  providerId: row.provider_id,
  providerGroup: row.provider_group,
  delivererGroup: row.deliverer_group,
  computeClass: row.compute_class,
  domestic: row.domestic,
  greenShareBp: row.green_share_bp,
  measured: row.measured_unit_slots > 0n,
});
