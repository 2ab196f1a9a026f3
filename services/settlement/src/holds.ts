import { Injectable } from '@nestjs/common';
import { TradeMade } from '#contracts';
import { On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { money, programme } from './core/account.js';
import { splitHold } from './core/hold.js';
import type { TransferOrder } from './core/transfer.js';
import { Ledger } from './ledger.js';
import { leftOf } from './reservations.js';
import type { Reservation } from './reservations.js';

export const moneyHold = (tradeId: number): string => `trade/${tradeId}/hold/money`;
export const subsidyHold = (tradeId: number): string => `trade/${tradeId}/hold/subsidy`;

/** a trade holds its full price and transfer, the buyer's money and the programme's share in one linked set. These holds never time out. */
@Injectable()
export class Holds {
  constructor(private readonly ledger: Ledger) {}

  @On(TradeMade)
  async hold(trade: TradeMade, tx: Tx, meta: EventMeta): Promise<void> {
    if (trade.transferAmount > 0n && trade.linkOwnerId === 0) throw new Error(`transfer_must_have_an_owner: trade ${trade.tradeId}`);
    const reservation = trade.programmeId === 0 ? undefined : await this.lockReservation(tx, trade.bidId);
    const purse = money(trade.buyerId);
    const available = (await this.ledger.lockAvailable(tx, [purse])).get(purse)!;
    const amount = trade.computeAmount + trade.transferAmount;
    const split = splitHold(amount, reservation?.rate_bp ?? 0, reservation ? leftOf(reservation) : 0n, available);

    const orders: TransferOrder[] = [];
    const hold = { kind: 'hold', phase: 'pending' } as const;
    if (split.money > 0n)
      orders.push({ ...hold, id: moneyHold(trade.tradeId), debit: purse, credit: 'clearing/trade', amount: split.money });
    if (reservation && split.subsidy > 0n) {
      const [debit, credit] = [programme(reservation.programme_id, 'held'), programme(reservation.programme_id, 'redeemed')];
      orders.push({ ...hold, id: subsidyHold(trade.tradeId), debit, credit, amount: split.subsidy });
      await tx.query('UPDATE reservations SET in_trades = in_trades + $2 WHERE reservation_id = $1', [
        reservation.reservation_id,
        split.subsidy,
      ]);
    }
    await this.ledger.post(tx, { journal: `trade/${trade.tradeId}/hold`, cause: `${meta.source}/${meta.sequence}` }, orders);
    await this.remember(tx, trade, split.money, split.subsidy, reservation);
  }

  private async lockReservation(tx: Tx, orderId: number): Promise<Reservation | undefined> {
    const [row] = await tx.query<Reservation>(
      'SELECT * FROM reservations WHERE order_id = $1 ORDER BY reservation_id DESC LIMIT 1 FOR UPDATE',
      [orderId],
    );
    return row;
  }

  private async remember(
    tx: Tx,
    trade: TradeMade,
    heldMoney: bigint,
    heldSubsidy: bigint,
    reservation: Reservation | undefined,
  ): Promise<void> {
    const { book, window } = trade;
    if (!book || !window) throw new Error(`trade_must_have_a_book_and_a_window: ${trade.tradeId}`);
    await tx.query(
      `WITH lease AS (INSERT INTO leases (trade_id) VALUES ($1))
       INSERT INTO trades (trade_id, bid_id, buyer_id, provider_id, pool_id, compute_class, model, unit, tier, units, from_slot, to_slot, price, compute_amount,
         transfer_amount, link_owner_id, programme_id, project, domestic, green_share_bp, made_at, held_money, held_subsidy, reservation_id, rate_bp)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)`,
      [
        trade.tradeId,
        trade.bidId,
        trade.buyerId,
        trade.providerId,
        trade.poolId,
        book.computeClass,
        book.model,
        book.unit,
        book.tier,
        trade.units,
        window.from,
        window.to,
        trade.price,
        trade.computeAmount,
        trade.transferAmount,
        trade.linkOwnerId,
        reservation?.programme_id ?? trade.programmeId,
        trade.project,
        trade.domestic,
        trade.greenShareBp,
        trade.madeAt,
        heldMoney,
        heldSubsidy,
        reservation?.reservation_id ?? null,
        reservation?.rate_bp ?? 0,
      ],
    );
  }
}
