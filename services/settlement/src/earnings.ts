import { Injectable } from '@nestjs/common';
import { Earning } from '#contracts';
import type { ListEarningsRequest, ListEarningsResponse } from '#contracts';
import { Clock, Database, nextPage, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { disputed, income, receivable } from './core/account.js';
import { monthOf } from './core/month.js';
import type { TransferOrder } from './core/transfer.js';
import { takeFrozen } from './frozen.js';
import { Ledger } from './ledger.js';
import { before, participantAsked } from './list.js';

export type EarningKind =
  | 'income'
  | 'fee'
  | 'sla_credit'
  | 'transfer'
  | 'compensation'
  | 'proceeds'
  | 'adjustment'
  | 'refund'
  | 'paid_back'
  | 'returned_payout'
  | 'disputed'
  | 'dispute_released'
  | 'carried_over'
  | 'green_shortfall';

/** One change of somebody's income, signed. */
export interface NewEarning {
  readonly participantId: number;
  readonly kind: EarningKind;
  readonly amount: bigint;
  /** 0 where it is of no trade. */
  readonly tradeId: bigint | number;
  readonly feeVersion?: number;
}

/** Before all months. */
export const payableAtOnce = '';

interface Row {
  earning_id: bigint;
  participant_id: number;
  kind: string;
  amount: bigint;
  trade_id: bigint;
  month: string;
  fee_version: number;
  fee_bp: number;
  earned_at: bigint;
  payout_id: bigint | null;
}

export const earningColumns = `e.earning_id, e.participant_id, e.kind, e.amount, e.trade_id, e.month, e.fee_version, e.earned_at,
  coalesce((SELECT fee_bp FROM schedules s WHERE s.kind = 1 AND s.version = e.fee_version), 0) AS fee_bp, l.payout_id`;

/** What providers and link owners earned, line by line: a payout is a sum of these. */
@Injectable()
export class Earnings {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Takes an amount back into clearing/trade: from what is not paid out yet, then from what disputes freeze of it (R-29), and what neither covers becomes a
   * debt that the next payout pays (R-28).
   * @param as what the transfers' ids begin with, and the transfer by which it was earned
   */
  async takeBack(
    tx: Tx,
    participantId: number,
    amount: bigint,
    as: { id: string; kind: string; corrects?: string },
  ): Promise<TransferOrder[]> {
    const account = income(participantId);
    const available = (await this.ledger.lockAvailable(tx, [account])).get(account)!;
    const now = available < amount ? available : amount;
    const orders: TransferOrder[] = [];
    const order = { kind: as.kind, phase: 'single', credit: 'clearing/trade', corrects: as.corrects } as const;
    if (now > 0n) orders.push({ ...order, id: `${as.id}/income`, debit: account, amount: now });
    const taken = amount > now ? await takeFrozen(tx, participantId, amount - now, this.clock.now()) : [];
    const frozen = taken.reduce((sum, of) => sum + of.amount, 0n);
    if (frozen > 0n) orders.push({ ...order, id: `${as.id}/disputed`, debit: disputed(participantId), amount: frozen });
    const released = taken.map((of) => ({ participantId, kind: 'dispute_released', ...of }) as const);
    await this.add(tx, released, payableAtOnce);
    const owed = amount - now - frozen;
    if (owed > 0n) orders.push({ ...order, id: `${as.id}/receivable`, debit: receivable(participantId), amount: owed });
    return orders;
  }

  /** Gives an amount from clearing/trade: what its giving back left owed is paid first, the rest is income. */
  async giveTo(tx: Tx, participantId: number, amount: bigint, as: { id: string; kind: string }): Promise<TransferOrder[]> {
    const owed = await this.owedBy(tx, participantId);
    const netted = owed < amount ? owed : amount;
    const orders: TransferOrder[] = [];
    const order = { kind: as.kind, phase: 'single', debit: 'clearing/trade' } as const;
    if (netted > 0n) orders.push({ ...order, id: `${as.id}/netted`, credit: receivable(participantId), amount: netted });
    if (amount > netted) orders.push({ ...order, id: `${as.id}/given`, credit: income(participantId), amount: amount - netted });
    return orders;
  }

  /** What givings back left owed beyond income, and money is not asked for: by so much income is more than the unpaid earnings. Its income is locked. */
  async owedBy(tx: Tx, participantId: number): Promise<bigint> {
    const account = income(participantId);
    const available = (await this.ledger.lockAvailable(tx, [account])).get(account)!;
    const [row] = await tx.query<{ left: string }>(
      `SELECT coalesce((SELECT sum(amount) FROM unpaid WHERE participant_id = $1), 0)
         + coalesce((SELECT sum(amount) FROM debts WHERE participant_id = $1 AND cause = 'given_back' AND paid_at IS NULL), 0) AS left`,
      [participantId],
    );
    return available - BigInt(row!.left);
  }

  /**
   * Amounts of 0 leave no line.
   * @param payableFrom the month from whose payouts on they may be paid: that in which they are earned, but of what was earned before and only waited
   */
  async add(tx: Tx, all: readonly NewEarning[], payableFrom?: string): Promise<void> {
    const earnings = all.filter(({ amount }) => amount !== 0n);
    if (earnings.length === 0) return;
    const now = this.clock.now();
    const month = monthOf(now);
    await tx.query(
      `WITH earned AS (
         INSERT INTO earnings (participant_id, kind, amount, trade_id, fee_version, month, earned_at)
         SELECT u.*, $6, $7::int8 FROM unnest($1::int4[], $2::text[], $3::int8[], $4::int8[], $5::int4[]) AS u
         RETURNING earning_id, participant_id, amount
       )
       INSERT INTO unpaid (earning_id, participant_id, month, amount) SELECT earning_id, participant_id, $8, amount FROM earned`,
      [
        earnings.map((e) => e.participantId),
        earnings.map((e) => e.kind),
        earnings.map((e) => e.amount),
        earnings.map((e) => e.tradeId),
        earnings.map((e) => e.feeVersion ?? 0),
        month,
        now,
        payableFrom ?? month,
      ],
    );
  }

  /** Takes an amount out of what is paid out now, to be earned again for the next payout. @returns the line to be paid with the rest */
  async carryOver(tx: Tx, participantId: number, amount: bigint): Promise<bigint> {
    const now = this.clock.now();
    const [line] = await tx.query<{ earning_id: bigint }>(
      `INSERT INTO earnings (participant_id, kind, amount, trade_id, month, earned_at) VALUES ($1, 'carried_over', $2, 0, $3, $4) RETURNING earning_id`,
      [participantId, -amount, monthOf(now), now],
    );
    await this.add(tx, [{ participantId, kind: 'carried_over', amount, tradeId: 0 }]);
    return line!.earning_id;
  }

  async list(request: ListEarningsRequest, call: Call): Promise<ListEarningsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<Row>(
      `SELECT ${earningColumns} FROM earnings e LEFT JOIN payout_lines l USING (earning_id)
       WHERE ($1::int4 = 0 OR e.participant_id = $1) AND ($2 = '' OR e.month = $2) AND ($3::int8 = 0 OR e.trade_id = $3) AND e.earning_id < $4
       ORDER BY e.earning_id DESC LIMIT $5`,
      [participantAsked(call, request.participantId), request.month, request.tradeId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.earning_id]);
    return { earnings: rows.map(earningOf), page };
  }
}

export type EarningRow = Row;

export const earningOf = (row: Row): Earning => ({
  earningId: Number(row.earning_id),
  participantId: row.participant_id,
  kind: row.kind,
  amount: row.amount,
  tradeId: Number(row.trade_id),
  month: row.month,
  feeVersion: row.fee_version,
  feeBp: row.fee_bp,
  payoutId: Number(row.payout_id ?? 0n),
  earnedAt: Number(row.earned_at),
});
