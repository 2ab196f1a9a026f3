import { Injectable } from '@nestjs/common';
import { OrderClosed, TradeMade, TradeReleased } from '#contracts';
import { Gather, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { money, programme } from './core/account.js';
import { splitCost } from './core/hold.js';
import type { Split } from './core/hold.js';
import type { TransferOrder } from './core/transfer.js';
import { Ledger } from './ledger.js';
import { type Closed, Reservations } from './reservations.js';
import { rememberTrades } from './trades.js';
import type { HeldTrade } from './trades.js';

/** The pending transfers of a trade's hold, numbered from 1: a hold that shrinks is a new one. */
export const holdId = (tradeId: bigint | number, hold: number, of: 'money' | 'subsidy'): string => `trade/${tradeId}/hold/${hold}/${of}`;

interface Held {
  readonly buyer_id: number;
  readonly programme_id: number;
  readonly reservation_id: bigint | null;
  readonly rate_bp: number;
  readonly held_money: bigint;
  readonly held_subsidy: bigint;
  readonly hold: number;
}

interface Made {
  readonly trade: TradeMade;
  /** The event that told it. */
  readonly cause: string;
}

/**
 * a trade holds its full price and transfer, the buyer's money and the programme's share in one linked set. These holds never time out. Trades that
 * come together are held together, in their order; whoever reads or changes what holds touch first has them made.
 */
@Injectable()
export class Holds {
  private readonly made = new Gather<Made>((tx, made) => this.hold(tx, made));
  private readonly closed = new Gather<Closed>(async (tx, closed) => {
    await this.made.flush(tx);
    await this.reservations.close(tx, closed);
  });
  private readonly released = new Gather<number>(async (tx, tradeIds) => {
    await this.flush(tx);
    await this.reservations.tradesReleased(tx, tradeIds);
  });

  constructor(
    private readonly ledger: Ledger,
    private readonly reservations: Reservations,
  ) {}

  @On(TradeMade)
  async tradeMade(trade: TradeMade, tx: Tx, meta: EventMeta): Promise<void> {
    if (trade.transferAmount > 0n && trade.linkOwnerId === 0) throw new Error(`transfer_must_have_an_owner: trade ${trade.tradeId}`);
    this.made.add(tx, { trade, cause: `${meta.source}/${meta.sequence}` });
  }

  @On(OrderClosed)
  async orderClosed(event: OrderClosed, tx: Tx, meta: EventMeta): Promise<void> {
    if (!event.isBid || event.programmeId === 0) return;
    this.closed.add(tx, { orderId: event.orderId, cause: `${meta.source}/${meta.sequence}` });
  }

  @On(TradeReleased)
  async tradeReleased({ tradeId }: TradeReleased, tx: Tx, _meta: EventMeta): Promise<void> {
    this.released.add(tx, tradeId);
  }

  /** Makes the holds that wait in this transaction, and closes what the bids that are over had reserved. */
  async flush(tx: Tx): Promise<void> {
    await this.made.flush(tx);
    await this.closed.flush(tx);
  }

  /** the engine holds less for a trade that lost units; the ledger follows at once, since what is placed anew is held again. */
  async shrink(tx: Tx, tradeId: number, held: bigint, cause: string): Promise<void> {
    const [before] = await tx.query<Held>(
      `SELECT t.buyer_id, t.programme_id, t.reservation_id, t.rate_bp, l.held_money, l.held_subsidy, l.hold
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
    const orders = holdOf(tradeId, hold, before.buyer_id, before.programme_id, split);
    if (before.held_money > 0n) orders.push(end('money'));
    if (before.held_subsidy > 0n) orders.push(end('subsidy'));
    await this.ledger.post(tx, { journal: `trade/${tradeId}/hold/${hold}`, cause, orders });
    await tx.query('UPDATE leases SET held = $2, held_money = $3, held_subsidy = $4, hold = $5 WHERE trade_id = $1', [
      tradeId,
      held,
      split.money,
      split.subsidy,
      hold,
    ]);
    // The reservation keeps what was freed for the trade that places the lost units anew; what that leaves goes back with the next releases.
    if (before.reservation_id !== null)
      await this.reservations.use(tx, new Map([[Number(before.reservation_id), split.subsidy - before.held_subsidy]]));
  }

  /** the engine says what is of the programme's reservation and what is of the buyer's money, and both are there. */
  private async hold(tx: Tx, made: readonly Made[]): Promise<void> {
    const subsidised = made.map(({ trade }) => trade).filter(({ subsidy }) => subsidy > 0n);
    const reservations = await this.reservations.lock(tx, subsidised);
    const taken = new Map<number, bigint>();
    const held = made.map(({ trade, cause }): HeldTrade => {
      const { subsidy } = trade;
      const reservation = reservations.get(trade.tradeId);
      if (subsidy > 0n && !reservation) throw new Error(`subsidy_must_be_reserved: trade ${trade.tradeId}`);
      const id = Number(reservation?.reservation_id);
      if (reservation) taken.set(id, (taken.get(id) ?? 0n) + subsidy);
      const split = { money: trade.computeAmount + trade.transferAmount - subsidy, subsidy };
      return { trade, split, reservation, cause };
    });
    await this.reservations.use(tx, taken);
    await this.ledger.postAll(
      tx,
      held.map(({ trade, split, cause }) => ({
        journal: `trade/${trade.tradeId}/hold/1`,
        cause,
        orders: holdOf(trade.tradeId, 1, trade.buyerId, trade.programmeId, split),
      })),
    );
    await rememberTrades(tx, held);
  }
}

/** The pending transfers of a hold. Amounts of 0 have none. */
function holdOf(tradeId: number, hold: number, buyerId: number, programmeId: number, split: Split): TransferOrder[] {
  const orders: TransferOrder[] = [];
  const pending = (of: 'money' | 'subsidy', debit: string, credit: string): void => {
    if (split[of] > 0n) orders.push({ id: holdId(tradeId, hold, of), kind: 'hold', phase: 'pending', debit, credit, amount: split[of] });
  };
  pending('money', money(buyerId), 'clearing/trade');
  pending('subsidy', programme(programmeId, 'held'), programme(programmeId, 'redeemed'));
  return orders;
}
