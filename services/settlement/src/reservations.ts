import { Injectable } from '@nestjs/common';
import { SubsidyReservation } from '#contracts';
import type { ReleaseSubsidyRequest, ReserveSubsidyRequest, TradeMade } from '#contracts';
import { Clock, conflict, Database } from '#platform';
import type { Call, Tx } from '#platform';
import { programme } from './core/account.js';
import { Ledger } from './ledger.js';

/** A bid's subsidy. amount = left + inTrades + released. */
export interface Reservation {
  readonly reservation_id: bigint;
  readonly order_id: bigint;
  readonly programme_id: number;
  readonly buyer_id: number;
  readonly wanted: bigint;
  readonly amount: bigint;
  readonly rate_bp: number;
  readonly open: boolean;
  readonly in_trades: bigint;
  readonly released: bigint;
}

/** A bid that is over, and what says so. */
export interface Closed {
  readonly orderId: number;
  readonly cause: string;
}

/** Reservations ($1) and amounts ($2). Who takes many takes them in one order, so that no two wait for each other. */
const lockedInOrder = `SELECT u.* FROM unnest($1::int8[], $2::int8[]) AS u (id, amount) JOIN reservations l ON l.reservation_id = u.id
  ORDER BY u.id FOR UPDATE OF l`;

const leftOf = (row: Reservation): bigint => row.amount - row.in_trades - row.released;

const none = SubsidyReservation.create({});

/**
 * a programme that guarantees at trade sets a bid's worst-case subsidy aside, for that bid alone. The engine says what of it each trade takes; what none
 * takes goes back when the bid is over.
 */
@Injectable()
export class Reservations {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
  ) {}

  async reserve(request: ReserveSubsidyRequest, call: Call): Promise<SubsidyReservation> {
    return this.db.once(call, SubsidyReservation, async (tx) => {
      const pot = programme(request.programmeId, 'available');
      // The programme's row is the queue: calls for one order, or for the last money, come one after the other. Whoever takes an order's attempt takes it before that.
      const [, locked, [before], [account], [next]] = await Promise.all([
        beginAttempt(tx, request),
        this.ledger.lockAvailable(tx, [pot]),
        tx.query<Reservation>('SELECT * FROM reservations WHERE order_id = $1 AND open', [request.orderId]),
        tx.query('SELECT 1 FROM accounts WHERE code = $1', [pot]),
        tx.query<{ id: bigint }>(`SELECT nextval(pg_get_serial_sequence('reservations', 'reservation_id')) AS id`),
      ]);
      if (!account) throw conflict('programme_must_be_funded', `programme ${request.programmeId} was never funded`, 'programmeId');
      if (before) return repeated(before, request);
      const available = locked.get(pot)!;
      const amount = available < request.amount ? available : request.amount;
      if (amount === 0n) return none;
      const id = `reservation/${next!.id}`;
      const [[row]] = await Promise.all([
        tx.query<Reservation>(
          `INSERT INTO reservations (reservation_id, order_id, programme_id, buyer_id, wanted, amount, rate_bp, made_at)
           OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *`,
          [next!.id, request.orderId, request.programmeId, request.buyerId, request.amount, amount, request.rateBp, this.clock.now()],
        ),
        this.ledger.post(tx, {
          journal: id,
          cause: call.caller.name,
          isNew: true,
          orders: [{ id, kind: 'subsidy_reserved', phase: 'single', debit: pot, credit: programme(request.programmeId, 'held'), amount }],
        }),
      ]);
      return reservationOf(row!);
    });
  }

  /** A bid that the engine refused gives back all, also what is only on its way here: it is refused when it comes. Where nothing is open nothing moves. */
  async release({ orderId, attempt }: ReleaseSubsidyRequest, call: Call): Promise<SubsidyReservation> {
    return this.db.once(call, SubsidyReservation, async (tx) => {
      if (!(await endAttempt(tx, orderId, attempt))) return none;
      const [closed] = await this.close(tx, [{ orderId, cause: call.caller.name }]);
      return closed ? reservationOf(closed) : none;
    });
  }

  /** What the trades take of, by trade, locked: the newest reservation of a trade's bid or, where it is placed anew, that of the trade which it replaces. */
  async lock(tx: Tx, trades: readonly Pick<TradeMade, 'tradeId' | 'bidId' | 'replacesTradeId'>[]): Promise<Map<number, Reservation>> {
    if (trades.length === 0) return new Map();
    const rows = await tx.query<Reservation & { trade_id: bigint }>(
      `WITH named AS (
         SELECT u.trade_id, coalesce(lost.reservation_id, (SELECT max(reservation_id) FROM reservations r WHERE r.order_id = u.bid_id)) AS reservation_id
         FROM unnest($1::int8[], $2::int8[], $3::int8[]) AS u (trade_id, bid_id, lost_id) LEFT JOIN trades lost ON lost.trade_id = u.lost_id)
       SELECT named.trade_id, r.* FROM named JOIN reservations r USING (reservation_id) ORDER BY r.reservation_id FOR UPDATE OF r`,
      [trades.map((trade) => trade.tradeId), trades.map((trade) => trade.bidId), trades.map((trade) => trade.replacesTradeId)],
    );
    return new Map(rows.map((row) => [Number(row.trade_id), row]));
  }

  /** Trades take so much more of reservations (less, where negative), by reservation. What they leave goes back when the engine is done with a trade of the bid. */
  async use(tx: Tx, amounts: ReadonlyMap<number, bigint>): Promise<void> {
    if (amounts.size === 0) return;
    await tx.query(`UPDATE reservations r SET in_trades = r.in_trades + u.amount FROM (${lockedInOrder}) u WHERE r.reservation_id = u.id`, [
      [...amounts.keys()],
      [...amounts.values()],
    ]);
  }

  /**
   * The engine is done with the trades: where their bids are over, what no trade uses goes back. Not before: what a lost lease leaves, the one that is placed anew
   * takes again, and the engine tells of both before this.
   */
  async tradesReleased(tx: Tx, tradeIds: readonly number[]): Promise<void> {
    const rows = await tx.query<Reservation>(
      `SELECT * FROM reservations WHERE NOT open AND in_trades + released < amount
         AND reservation_id IN (SELECT reservation_id FROM trades WHERE trade_id = ANY($1)) ORDER BY reservation_id FOR UPDATE`,
      [tradeIds],
    );
    await this.releaseLeft(tx, rows, () => 'trade-released');
  }

  /** The caller gave back to the programme what trades had used. */
  async returned(tx: Tx, amounts: ReadonlyMap<number, bigint>): Promise<void> {
    await tx.query(
      `UPDATE reservations r SET in_trades = r.in_trades - u.amount, released = r.released + u.amount FROM (${lockedInOrder}) u WHERE r.reservation_id = u.id`,
      [[...amounts.keys()], [...amounts.values()]],
    );
  }

  /** The bids trade no more: what none of their trades uses goes back. Answers the reservations that were open. */
  async close(tx: Tx, bids: readonly Closed[]): Promise<Reservation[]> {
    const rows = await tx.query<Reservation>(
      `UPDATE reservations r SET open = false
       FROM (SELECT reservation_id FROM reservations WHERE order_id = ANY($1) AND open ORDER BY reservation_id FOR UPDATE) l
       WHERE r.reservation_id = l.reservation_id AND r.open RETURNING r.*`,
      [bids.map(({ orderId }) => orderId)],
    );
    const causeOf = new Map(bids.map(({ orderId, cause }) => [orderId, cause]));
    await this.releaseLeft(tx, rows, (row) => causeOf.get(Number(row.order_id))!);
    return rows;
  }

  /** held → available. Each release of a reservation is a transfer of its own, named by what was released with it. */
  private async releaseLeft(tx: Tx, rows: readonly Reservation[], causeOf: (row: Reservation) => string): Promise<void> {
    const left = rows.filter((row) => leftOf(row) !== 0n);
    if (left.length === 0) return;
    await tx.query(
      `UPDATE reservations r SET released = released + u.amount FROM unnest($1::int8[], $2::int8[]) AS u (id, amount) WHERE r.reservation_id = u.id`,
      [left.map((row) => row.reservation_id), left.map(leftOf)],
    );
    await this.ledger.postAll(
      tx,
      left.map((row) => {
        const id = `reservation/${row.reservation_id}/released/${row.released + leftOf(row)}`;
        const [debit, credit] = [programme(row.programme_id, 'held'), programme(row.programme_id, 'available')];
        return {
          journal: id,
          cause: causeOf(row),
          orders: [{ id, kind: 'subsidy_released', phase: 'single', debit, credit, amount: leftOf(row) }],
        };
      }),
    );
  }
}

/** @throws Refusal conflict attempt_must_be_the_newest where the try was released, or a later one was heard of: its call is late */
async function beginAttempt(tx: Tx, { orderId, attempt }: ReserveSubsidyRequest): Promise<void> {
  if (attempt === 0) return;
  const [newest] = await tx.query(
    `INSERT INTO subsidy_attempts AS known (order_id, attempt) VALUES ($1, $2)
     ON CONFLICT (order_id) DO UPDATE SET attempt = excluded.attempt WHERE known.attempt < excluded.attempt RETURNING attempt`,
    [orderId, attempt],
  );
  if (!newest) throw conflict('attempt_must_be_the_newest', `attempt ${attempt} of order ${orderId} is over`, 'attempt');
}

/** False where a later try came: what is open is that one's. */
async function endAttempt(tx: Tx, orderId: number, attempt: number): Promise<boolean> {
  if (attempt === 0) return true;
  const [ended] = await tx.query(
    `INSERT INTO subsidy_attempts AS known (order_id, attempt) VALUES ($1, $2)
     ON CONFLICT (order_id) DO UPDATE SET attempt = excluded.attempt WHERE known.attempt <= excluded.attempt RETURNING attempt`,
    [orderId, attempt],
  );
  return ended !== undefined;
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
  open: row.open,
});
