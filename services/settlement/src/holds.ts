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

/** What the engine holds for a trade by now. */
interface Shrunk {
  readonly tradeId: number;
  readonly held: bigint;
  readonly cause: string;
}

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
  private readonly shrunk = new Gather<Shrunk>((tx, shrunk) => this.shrinkAll(tx, shrunk));
  private readonly closed = new Gather<Closed>(async (tx, closed) => {
    await this.made.flush(tx);
    await this.shrunk.flush(tx);
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
    // It may take what those before it freed.
    await this.shrunk.flush(tx);
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

  /** Makes and shrinks the holds that wait in this transaction, and closes what the bids that are over had reserved. */
  async flush(tx: Tx): Promise<void> {
    await this.made.flush(tx);
    await this.shrunk.flush(tx);
    await this.closed.flush(tx);
  }

  /** the engine holds less for a trade that lost units; the ledger follows before any later trade, since what is placed anew is held again. */
  async shrink(tx: Tx, tradeId: number, held: bigint, cause: string): Promise<void> {
    await this.made.flush(tx);
    await this.closed.flush(tx);
    this.shrunk.add(tx, { tradeId, held, cause });
  }

  /** A trade that shrinks twice does so in the order told: a linked set ends no hold that it makes. */
  private async shrinkAll(tx: Tx, shrunk: readonly Shrunk[]): Promise<void> {
    const byTrade = [...Map.groupBy(shrunk, ({ tradeId }) => tradeId).values()];
    for (let nth = 0; byTrade.some((ofTrade) => nth < ofTrade.length); nth += 1)
      await this.shrinkEach(
        tx,
        byTrade.flatMap((ofTrade) => ofTrade[nth] ?? []),
      );
  }

  private async shrinkEach(tx: Tx, shrunk: readonly Shrunk[]): Promise<void> {
    const rows = await tx.query<Held>(
      `SELECT l.trade_id, t.buyer_id, t.programme_id, t.reservation_id, t.rate_bp, l.held_money, l.held_subsidy, l.hold
       FROM unnest($1::int8[], $2::int8[]) AS u (id, held) JOIN leases l ON l.trade_id = u.id JOIN trades t ON t.trade_id = u.id
       WHERE l.held > u.held AND NOT l.rated ORDER BY l.trade_id FOR UPDATE OF l`,
      [shrunk.map(({ tradeId }) => tradeId), shrunk.map(({ held }) => held)],
    );
    if (rows.length === 0) return;
    const byId = new Map(shrunk.map((one) => [one.tradeId, one]));
    const shrinks = rows.map((before) => {
      const { tradeId, held, cause } = byId.get(Number(before.trade_id))!;
      const split = splitCost(held, before.rate_bp, { money: before.held_money, subsidy: before.held_subsidy });
      return { before, tradeId, held, cause, split, hold: before.hold + 1 };
    });
    await this.ledger.postAll(
      tx,
      shrinks.map(({ before, tradeId, cause, split, hold }) => ({
        journal: `trade/${tradeId}/hold/${hold}`,
        cause,
        orders: [...holdOf(tradeId, hold, before.buyer_id, before.programme_id, split), ...endOf(tradeId, before)],
      })),
    );
    // The reservation keeps what was freed for the trade that places the lost units anew; what that leaves goes back with the next releases.
    const freed = new Map<number, bigint>();
    for (const { before, split } of shrinks) {
      if (before.reservation_id === null) continue;
      const id = Number(before.reservation_id);
      freed.set(id, (freed.get(id) ?? 0n) + split.subsidy - before.held_subsidy);
    }
    await Promise.all([
      tx.query(
        `UPDATE leases l SET held = u.held, held_money = u.money, held_subsidy = u.subsidy, hold = u.hold
         FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $5::int4[]) AS u (id, held, money, subsidy, hold) WHERE l.trade_id = u.id`,
        [
          shrinks.map(({ tradeId }) => tradeId),
          shrinks.map(({ held }) => held),
          shrinks.map(({ split }) => split.money),
          shrinks.map(({ split }) => split.subsidy),
          shrinks.map(({ hold }) => hold),
        ],
      ),
      this.reservations.use(tx, freed),
    ]);
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

/** Releases what a trade holds. */
function endOf(tradeId: number, { hold, held_money, held_subsidy }: Held): TransferOrder[] {
  const end = (of: 'money' | 'subsidy'): TransferOrder => {
    const pendingId = holdId(tradeId, hold, of);
    return { id: `${pendingId}/ended`, kind: 'hold_released', phase: 'void', pendingId };
  };
  return [...(held_money > 0n ? [end('money')] : []), ...(held_subsidy > 0n ? [end('subsidy')] : [])];
}
