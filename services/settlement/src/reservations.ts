import { Injectable } from '@nestjs/common';
import { SubsidyReservation } from '#contracts';
import type { ReleaseSubsidyRequest, ReserveSubsidyRequest } from '#contracts';
import { Clock, conflict, Database } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import type { Lowering } from './buying-power.js';
import { programme } from './core/account.js';
import { Ledger } from './ledger.js';

/** A bid's subsidy. amount = left + inTrades + asked + released. */
export interface Reservation {
  readonly reservation_id: bigint;
  readonly order_id: bigint;
  readonly programme_id: number;
  readonly buyer_id: number;
  readonly wanted: bigint;
  readonly amount: bigint;
  readonly rate_bp: number;
  readonly raised_number: bigint;
  readonly open: boolean;
  readonly in_trades: bigint;
  readonly asked: bigint;
  readonly released: bigint;
}

export const leftOf = (row: Reservation): bigint => row.amount - row.in_trades - row.asked - row.released;

const none = SubsidyReservation.create({});

/**
 * a programme that guarantees at trade sets a bid's worst-case subsidy aside, and it counts as buying power. What no trade uses goes back once the
 * engine took it from buying power.
 */
@Injectable()
export class Reservations {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly buyingPower: BuyingPower,
  ) {}

  async reserve(request: ReserveSubsidyRequest, call: Call): Promise<SubsidyReservation> {
    return this.db.once(call, SubsidyReservation, async (tx) => {
      const pot = programme(request.programmeId, 'available');
      // The programme's row is the queue: calls for one order, or for the last money, come one after the other.
      const [locked, [before], [account]] = await Promise.all([
        this.ledger.lockAvailable(tx, [pot]),
        tx.query<Reservation>('SELECT * FROM reservations WHERE order_id = $1 AND open', [request.orderId]),
        tx.query('SELECT 1 FROM accounts WHERE code = $1', [pot]),
      ]);
      if (!account) throw conflict('programme_must_be_funded', `programme ${request.programmeId} was never funded`, 'programmeId');
      if (before) return repeated(before, request);
      const available = locked.get(pot)!;
      const amount = available < request.amount ? available : request.amount;
      if (amount === 0n) return none;
      const number = await this.buyingPower.raise(tx, request.buyerId, amount, 'subsidy');
      const [row] = await tx.query<Reservation>(
        `INSERT INTO reservations (order_id, programme_id, buyer_id, wanted, amount, rate_bp, raised_number, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
        [request.orderId, request.programmeId, request.buyerId, request.amount, amount, request.rateBp, number, this.clock.now()],
      );
      const id = `reservation/${row!.reservation_id}`;
      await this.ledger.post(tx, {
        journal: id,
        cause: call.caller.name,
        orders: [{ id, kind: 'subsidy_reserved', phase: 'single', debit: pot, credit: programme(request.programmeId, 'held'), amount }],
      });
      return reservationOf(row!);
    });
  }

  /** A bid that the engine refused gives back all; where nothing is open nothing happens. */
  async release({ orderId }: ReleaseSubsidyRequest, call: Call): Promise<SubsidyReservation> {
    return this.db.once(call, SubsidyReservation, async (tx) => {
      const closed = await this.close(tx, orderId, call.caller.name);
      return closed ? reservationOf(closed) : none;
    });
  }

  /** The engine's answer to a release. Refused: it is asked again later. */
  async lowered(tx: Tx, { amount, reference, accepted, cause }: Lowering): Promise<void> {
    const [row] = await tx.query<Reservation>('UPDATE reservations SET asked = asked - $2 WHERE reservation_id = $1 RETURNING *', [
      reference,
      amount,
    ]);
    if (accepted) await this.giveBack(tx, row!, amount, cause);
  }

  /** The newest reservation of each order, by order, locked. */
  async lock(tx: Tx, orderIds: readonly number[]): Promise<Map<number, Reservation>> {
    if (orderIds.length === 0) return new Map();
    const rows = await tx.query<Reservation>('SELECT * FROM reservations WHERE order_id = ANY($1) ORDER BY reservation_id FOR UPDATE', [
      orderIds,
    ]);
    return new Map(rows.map((row) => [Number(row.order_id), row]));
  }

  /** Trades take so much more of reservations (less, where negative), by reservation. */
  async use(tx: Tx, amounts: ReadonlyMap<number, bigint>): Promise<void> {
    if (amounts.size === 0) return;
    await tx.query(
      `UPDATE reservations r SET in_trades = r.in_trades + u.amount FROM unnest($1::int8[], $2::int8[]) AS u (id, amount) WHERE r.reservation_id = u.id`,
      [[...amounts.keys()], [...amounts.values()]],
    );
  }

  /** Trades of a bid no longer use so much of its reservation. Where the bid is closed, that goes back. */
  async unuse(tx: Tx, amounts: ReadonlyMap<number, bigint>, cause: string): Promise<void> {
    const used = [...amounts].filter(([, amount]) => amount > 0n).sort(([a], [b]) => a - b);
    if (used.length === 0) return;
    const rows = await tx.query<Reservation>(
      `UPDATE reservations r SET in_trades = r.in_trades - u.amount FROM unnest($1::int8[], $2::int8[]) AS u (id, amount)
       WHERE r.reservation_id = u.id RETURNING r.*`,
      [used.map(([id]) => id), used.map(([, amount]) => amount)],
    );
    for (const row of rows) if (!row.open) await this.releaseLeft(tx, row, cause);
  }

  /** The caller gave back to the programme what trades had used: of money that the engine has taken already, so it is not asked. */
  async returned(tx: Tx, amounts: ReadonlyMap<number, bigint>): Promise<void> {
    await tx.query(
      `UPDATE reservations r SET in_trades = r.in_trades - u.amount, released = r.released + u.amount FROM unnest($1::int8[], $2::int8[]) AS u (id, amount)
       WHERE r.reservation_id = u.id`,
      [[...amounts.keys()], [...amounts.values()]],
    );
  }

  /** Asks again for what was refused. */
  async releaseAll(tx: Tx): Promise<void> {
    const rows = await tx.query<Reservation>(
      `SELECT * FROM reservations WHERE NOT open AND in_trades + asked + released < amount ORDER BY reservation_id FOR UPDATE`,
    );
    for (const row of rows) await this.releaseLeft(tx, row, 'ask-again');
  }

  /** The bid trades no more: what none of its trades uses goes back. */
  async close(tx: Tx, orderId: number, cause: string): Promise<Reservation | undefined> {
    const [row] = await tx.query<Reservation>('UPDATE reservations SET open = false WHERE order_id = $1 AND open RETURNING *', [orderId]);
    if (row) await this.releaseLeft(tx, row, cause);
    return row;
  }

  /** What the engine already took (the gap) goes back at once; for the rest it is asked. */
  private async releaseLeft(tx: Tx, row: Reservation, cause: string): Promise<void> {
    const left = leftOf(row);
    if (left === 0n) return;
    const known = await this.buyingPower.useGap(tx, row.buyer_id, left);
    if (known > 0n) await this.giveBack(tx, row, known, cause);
    if (known === left) return;
    const id = Number(row.reservation_id);
    await tx.query('UPDATE reservations SET asked = asked + $2 WHERE reservation_id = $1', [id, left - known]);
    await this.buyingPower.askLower(tx, row.buyer_id, left - known, 'subsidy_released', id);
  }

  /** held → available. Each release of a reservation is a transfer of its own, named by what was released before it. */
  private async giveBack(tx: Tx, row: Reservation, amount: bigint, cause: string): Promise<void> {
    const [{ released }] = (await tx.query<{ released: bigint }>(
      'UPDATE reservations SET released = released + $2 WHERE reservation_id = $1 RETURNING released',
      [row.reservation_id, amount],
    )) as [{ released: bigint }];
    const id = `reservation/${row.reservation_id}/released/${released}`;
    await this.ledger.post(tx, {
      journal: id,
      cause,
      orders: [
        {
          id,
          kind: 'subsidy_released',
          phase: 'single',
          debit: programme(row.programme_id, 'held'),
          credit: programme(row.programme_id, 'available'),
          amount,
        },
      ],
    });
  }
}

function repeated(row: Reservation, request: ReserveSubsidyRequest): SubsidyReservation {
  const isSame =
    row.programme_id === request.programmeId &&
    row.buyer_id === request.buyerId &&
    row.wanted === request.amount &&
    row.rate_bp === request.rateBp;
  if (!isSame) throw conflict('reservation_must_not_change', `order ${request.orderId} has an open reservation with other terms`);
  return reservationOf(row);
}

const reservationOf = (row: Reservation): SubsidyReservation => ({
  reservationId: Number(row.reservation_id),
  programmeId: row.programme_id,
  orderId: Number(row.order_id),
  buyerId: row.buyer_id,
  amount: row.amount,
  rateBp: row.rate_bp,
  buyingPowerNumber: Number(row.raised_number),
  open: row.open,
});
