import { Injectable } from '@nestjs/common';
import { TradeMade } from '#contracts';
import { On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { money, programme } from './core/account.js';
import { splitCost, splitHold } from './core/hold.js';
import type { Split } from './core/hold.js';
import type { TransferOrder } from './core/transfer.js';
import { Ledger } from './ledger.js';
import { leftOf, Reservations } from './reservations.js';
import type { Reservation } from './reservations.js';

/** The pending transfers of a trade's hold, numbered from 1: a hold that shrinks is a new one. */
export const holdId = (tradeId: bigint | number, hold: number, of: 'money' | 'subsidy'): string => `trade/${tradeId}/hold/${hold}/${of}`;

interface Held {
  readonly trade_id: bigint;
  readonly buyer_id: number;
  readonly programme_id: number;
  readonly reservation_id: bigint | null;
  readonly rate_bp: number;
  readonly held_money: bigint;
  readonly held_subsidy: bigint;
  readonly hold: number;
}

/** a trade holds its full price and transfer, the buyer's money and the programme's share in one linked set. These holds never time out. */
@Injectable()
export class Holds {
  constructor(
    private readonly ledger: Ledger,
    private readonly reservations: Reservations,
  ) {}

  @On(TradeMade)
  async hold(trade: TradeMade, tx: Tx, meta: EventMeta): Promise<void> {
    if (trade.transferAmount > 0n && trade.linkOwnerId === 0) throw new Error(`transfer_must_have_an_owner: trade ${trade.tradeId}`);
    const reservation = trade.programmeId === 0 ? undefined : await this.lockReservation(tx, trade.bidId);
    const purse = money(trade.buyerId);
    const available = (await this.ledger.lockAvailable(tx, [purse])).get(purse)!;
    const amount = trade.computeAmount + trade.transferAmount;
    const split = splitHold(amount, reservation?.rate_bp ?? 0, reservation ? leftOf(reservation) : 0n, available);

    if (reservation && split.subsidy > 0n)
      await tx.query('UPDATE reservations SET in_trades = in_trades + $2 WHERE reservation_id = $1', [
        reservation.reservation_id,
        split.subsidy,
      ]);
    const programmeId = reservation?.programme_id ?? trade.programmeId;
    const orders = holdOf(trade.tradeId, 1, { buyer_id: trade.buyerId, programme_id: programmeId }, split);
    await this.ledger.post(tx, { journal: `trade/${trade.tradeId}/hold/1`, cause: `${meta.source}/${meta.sequence}` }, orders);
    await this.remember(tx, { ...trade, programmeId }, split, reservation);
  }

  /** the engine holds less for a trade that lost units; the ledger follows at once, since what is placed anew is held again. */
  async shrink(tx: Tx, tradeId: number, held: bigint, cause: string): Promise<void> {
    const [before] = await tx.query<Held>(
      `SELECT t.trade_id, t.buyer_id, t.programme_id, t.reservation_id, t.rate_bp, l.held_money, l.held_subsidy, l.hold
       FROM leases l JOIN trades t USING (trade_id) WHERE l.trade_id = $1 AND l.held > $2 AND NOT l.rated FOR UPDATE OF l`,
      [tradeId, held],
    );
    if (!before) return;
    const split = splitCost(held, before.rate_bp, { money: before.held_money, subsidy: before.held_subsidy });
    const hold = before.hold + 1;
    const end = (of: 'money' | 'subsidy'): TransferOrder => {
      const pendingId = holdId(tradeId, before.hold, of);
      return { id: `${pendingId}/ended`, kind: 'hold_released', phase: 'void', pendingId };
    };
    const orders = holdOf(tradeId, hold, before, split);
    if (before.held_money > 0n) orders.push(end('money'));
    if (before.held_subsidy > 0n) orders.push(end('subsidy'));
    await this.ledger.post(tx, { journal: `trade/${tradeId}/hold/${hold}`, cause }, orders);
    await tx.query('UPDATE leases SET held = $2, held_money = $3, held_subsidy = $4, hold = $5 WHERE trade_id = $1', [
      tradeId,
      held,
      split.money,
      split.subsidy,
      hold,
    ]);
    if (before.reservation_id !== null)
      await this.reservations.unuse(tx, new Map([[Number(before.reservation_id), before.held_subsidy - split.subsidy]]), cause);
  }

  private async lockReservation(tx: Tx, orderId: number): Promise<Reservation | undefined> {
    const [row] = await tx.query<Reservation>(
      'SELECT * FROM reservations WHERE order_id = $1 ORDER BY reservation_id DESC LIMIT 1 FOR UPDATE',
      [orderId],
    );
    return row;
  }

  private async remember(tx: Tx, trade: TradeMade, split: Split, reservation: Reservation | undefined): Promise<void> {
    const { book, window } = trade;
    if (!book || !window) throw new Error(`trade_must_have_a_book_and_a_window: ${trade.tradeId}`);
    await tx.query(
      `WITH lease AS (INSERT INTO leases (trade_id, held, held_money, held_subsidy) VALUES ($1, $14::int8 + $15::int8, $26, $27))
       INSERT INTO trades (trade_id, bid_id, buyer_id, provider_id, pool_id, compute_class, model, unit, tier, units, from_slot, to_slot, price, compute_amount,
         transfer_amount, link_owner_id, programme_id, project, domestic, green_share_bp, made_at, reservation_id, rate_bp, replaces_trade_id, owed_amount)
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
        trade.programmeId,
        trade.project,
        trade.domestic,
        trade.greenShareBp,
        trade.madeAt,
        reservation?.reservation_id ?? null,
        reservation?.rate_bp ?? 0,
        trade.replacesTradeId,
        trade.owedAmount,
        split.money,
        split.subsidy,
      ],
    );
  }
}

/** The pending transfers of a hold. Amounts of 0 have none. */
function holdOf(
  tradeId: number,
  hold: number,
  { buyer_id, programme_id }: Pick<Held, 'buyer_id' | 'programme_id'>,
  split: Split,
): TransferOrder[] {
  const orders: TransferOrder[] = [];
  const pending = (of: 'money' | 'subsidy', debit: string, credit: string): void => {
    if (split[of] > 0n) orders.push({ id: holdId(tradeId, hold, of), kind: 'hold', phase: 'pending', debit, credit, amount: split[of] });
  };
  pending('money', money(buyer_id), 'clearing/trade');
  pending('subsidy', programme(programme_id, 'held'), programme(programme_id, 'redeemed'));
  return orders;
}
