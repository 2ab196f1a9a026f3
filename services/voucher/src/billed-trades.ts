import { Injectable } from '@nestjs/common';
import { BillIssued, BillRefunded } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { Clock, type EventMeta, On, type Tx } from '#platform';
import { tradesOf } from './claims.js';
import type { BilledTrade } from './core/claim.js';

/** Every bill of the exchange by trade, whatever it named: what programmes are tried on. */
@Injectable()
export class BilledTrades {
  constructor(private readonly clock: Clock) {}

  /** A trade counts on the bill on which it first stands; a later correction stands on another. */
  @On(BillIssued)
  async billIssued(bill: BillIssued, tx: Tx, meta: EventMeta): Promise<void> {
    const firsts = new Map(bill.lines.filter((line) => line.kind === 'compute').map((line) => [line.tradeId, line]));
    const lines = bill.lines.filter((line) => firsts.has(line.tradeId));
    const trades = tradesOf(lines, new Map());
    const first = (trade: BilledTrade) => firsts.get(trade.tradeId)!;
    await tx.query(
      `insert into billed_trades (bill_id, buyer_id, month, day, trade_id, bid_id, base, line_count, provider_id, delivered_by_id, compute_class, domestic,
         green_share_bp, measured_unit_slots, at)
       select $1::int8, $2::int4, $3::text, $4::int4, trade.*, $15::int8 from unnest($5::int8[], $6::int8[], $7::int8[], $8::int4[], $9::int4[], $10::int4[], $11::int4[],
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
        this.clock.now(),
      ],
    );
  }

  @On(BillRefunded)
  async billRefunded({ tradeId, amount }: BillRefunded, tx: Tx, _meta: EventMeta): Promise<void> {
    await tx.query('insert into billed_refunds (trade_id, amount, at) values ($1, $2, $3)', [tradeId, amount, this.clock.now()]);
  }
}
