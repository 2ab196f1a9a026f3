import { Injectable } from '@nestjs/common';
import { BillRefunded } from '#contracts';
import { At, Clock, Database, Outbox } from '#platform';
import type { Tx } from '#platform';
import { billingStandsStill } from './billing.js';
import { BuyingPower } from './buying-power.js';
import { awaitsDecision } from './claims.js';
import { Compensation } from './compensation.js';
import { income, money, partner, receivable } from './core/account.js';
import { lessRefunds, subsidyShare } from './core/bill.js';
import { guaranteedOf } from './core/hold.js';
import { feeOf } from './core/fee.js';
import type { FeeSchedule } from './core/fee.js';
import type { TransferOrder } from './core/transfer.js';
import { Debts } from './debts.js';
import { Earnings } from './earnings.js';
import { Freezes } from './freezes.js';
import { Ledger } from './ledger.js';
import { refundedOfPrice } from './left.js';
import { dueLeaseColumns, dueLeases, feeOfLease, isBought, isSold, rateLease, rememberRatings, usedBy } from './rated-lease.js';
import type { DueLease } from './rated-lease.js';
import { Schedules } from './schedules.js';

interface Rated extends DueLease {
  readonly revision: number;
  readonly compute: bigint;
  readonly credit: bigint;
  readonly rated_unit_slots: bigint;
}

/** What a programme paid of a trade's cost, and what it may take back of that: of the bill it decided or, before, of all so far. */
interface Subsidised {
  readonly bill_id: bigint | null;
  /** Before the decision, what is given back only lowers the claim. */
  readonly decided: boolean;
  readonly subsidy: bigint;
  readonly left: bigint;
  readonly cost: bigint;
  /** The first rating paid the provider something, by the transfer that a giving back corrects. */
  readonly earned: boolean;
}

const quarterHour = 900_000;

/**
 * a late correction of a lease that is rated already rates it anew. The difference is an adjustment in the next bill: owed by the buyer, or given back
 * by the provider; a refund that was made stands, and only what it left moves. A lease whose claim is being decided waits for the decision.
 */
@Injectable()
export class Adjustments {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly schedules: Schedules,
    private readonly compensation: Compensation,
    private readonly earnings: Earnings,
    private readonly debts: Debts,
    private readonly freezes: Freezes,
    private readonly buyingPower: BuyingPower,
  ) {}

  @At('adjust', quarterHour)
  async adjustDue(_now: number): Promise<void> {
    while (await this.db.transaction((tx) => this.adjustOne(tx)));
  }

  private async adjustOne(tx: Tx): Promise<boolean> {
    // Said at once and done one after the other: what is asked after the lock sees what it waited for.
    const [, [lease]] = await Promise.all([
      billingStandsStill(tx),
      tx.query<Rated>(
        `SELECT ${dueLeaseColumns}, r.revision, r.compute, r.credit, r.unit_slots AS rated_unit_slots
         FROM ${dueLeases}
         JOIN LATERAL (SELECT * FROM ratings WHERE trade_id = l.trade_id ORDER BY revision DESC LIMIT 1) r ON true
         WHERE l.due AND l.rated AND NOT ${awaitsDecision}
         ORDER BY l.trade_id LIMIT 1 FOR UPDATE OF l SKIP LOCKED`,
      ),
    ]);
    if (!lease) return false;
    await tx.query('UPDATE leases SET due = false WHERE trade_id = $1', [lease.trade_id]);
    const schedules = await this.schedules.published(tx);
    const used = (await usedBy(tx, [lease.trade_id])).get(lease.trade_id);
    const rating = rateLease(lease, used, schedules);
    if (rating.unitSlots === Number(lease.rated_unit_slots) && rating.credit === lease.credit) return true;
    const revision = lease.revision + 1;
    const fee = feeOfLease(lease, schedules);
    const refunded = await refundedOfPrice(tx, lease.trade_id);
    const [before, after] = [lessRefunds(lease.compute - lease.credit, refunded), lessRefunds(rating.compute - rating.credit, refunded)];
    const changes = { compute: after - before, transfer: 0n, credit: 0n, fee: feeOf(after, fee) - feeOf(before, fee) };
    if (changes.compute < 0n) await this.easeFreezes(tx, lease, -changes.compute, fee);
    const subsidy = await this.move(tx, lease, revision, changes.compute, changes.fee);
    await rememberRatings(tx, [{ lease, revision, rating, used, changes, subsidy, subsidyAtMost: 0n }], schedules, this.clock.now());
    const earned = { participantId: lease.provider_id, kind: 'adjustment', amount: changes.compute - changes.fee } as const;
    if (!isBought(lease)) await this.earnings.add(tx, [{ ...earned, tradeId: lease.trade_id, feeVersion: fee.version }]);
    await this.compensation.pay(tx, lease, revision, Number(lease.rated_unit_slots), rating.unitSlots);
    return true;
  }

  /** Before it is given back, so that it is found among the payee's income. */
  private async easeFreezes(tx: Tx, lease: Rated, lowered: bigint, fee: FeeSchedule): Promise<void> {
    await this.freezes.ease(tx, lease.trade_id, lowered, fee, { participantId: 0, key: 'adjust', at: this.clock.now() });
  }

  /** @returns what the reservation paid of the change */
  private async move(tx: Tx, lease: Rated, revision: number, change: bigint, fee: bigint): Promise<bigint> {
    if (change > 0n) return this.charge(tx, lease, revision, change, fee);
    return change < 0n ? this.giveBack(tx, lease, revision, -change, -fee) : 0n;
  }

  /** More was delivered: the programme pays its rate of it on the same bill, of what it keeps for that; the buyer (a partner by statement) owes the rest. */
  private async charge(tx: Tx, lease: Rated, revision: number, amount: bigint, fee: bigint): Promise<bigint> {
    const id = `trade/${lease.trade_id}/rating/${revision}`;
    const subsidy = await this.guaranteed(tx, lease, amount);
    const owed = amount - subsidy;
    const order = { kind: 'adjustment', phase: 'single' } as const;
    const orders: TransferOrder[] = [];
    if (owed > 0n) orders.push({ ...order, id: `${id}/owed`, debit: debtorOf(lease), credit: 'clearing/trade', amount: owed });
    if (subsidy > 0n) orders.push({ ...order, id: `${id}/subsidy`, debit: 'clearing/subsidy', credit: 'clearing/trade', amount: subsidy });
    if (amount > fee) orders.push({ ...order, id: `${id}/income`, debit: 'clearing/trade', credit: payeeOf(lease), amount: amount - fee });
    if (fee > 0n) orders.push({ ...order, id: `${id}/fee`, debit: 'clearing/trade', credit: 'fee', amount: fee });
    await this.ledger.post(tx, { journal: id, cause: 'adjust', orders });
    if (owed > 0n && !isSold(lease)) await this.debts.owe(tx, lease.buyer_id, owed, 'adjustment');
    return subsidy;
  }

  /** of so much more, what the reservation still pays: nothing once the lease stands on a bill. */
  private async guaranteed(tx: Tx, lease: Rated, more: bigint): Promise<bigint> {
    const [row] = await tx.query<{ cost: bigint; paid: bigint; most: bigint | null }>(
      `SELECT sum(compute_change + transfer_change - credit_change)::int8 AS cost, sum(subsidy)::int8 AS paid, max(subsidy_at_most) AS most FROM ratings
       WHERE trade_id = $1 AND NOT EXISTS (SELECT FROM bill_lines WHERE trade_id = $1)`,
      [lease.trade_id],
    );
    const { cost, paid, most } = row!;
    return most === null || most === 0n ? 0n : guaranteedOf(more, { cost, paid, most, rateBp: lease.rate_bp });
  }

  /** Less was delivered: provider and fee give it back, to the buyer and, for its share, to the programme. */
  private async giveBack(tx: Tx, lease: Rated, revision: number, amount: bigint, fee: bigint): Promise<bigint> {
    const id = `trade/${lease.trade_id}/rating/${revision}`;
    const subsidised = await this.subsidised(tx, lease);
    const subsidy = subsidyShare(amount, subsidised);
    const order = { kind: 'adjustment', phase: 'single' } as const;
    const corrects = subsidised.earned ? `trade/${lease.trade_id}/income` : undefined;
    const orders: TransferOrder[] = isBought(lease)
      ? [{ ...order, id: `${id}/income`, debit: payeeOf(lease), credit: 'clearing/trade', amount, corrects }]
      : await this.earnings.takeBack(tx, lease.provider_id, amount - fee, { id, kind: 'adjustment', corrects });
    if (fee > 0n) orders.push({ ...order, id: `${id}/fee`, debit: 'fee', credit: 'clearing/trade', amount: fee });
    const waits = subsidised.decided ? 'clearing/refund' : 'clearing/subsidy';
    if (subsidy > 0n) orders.push({ ...order, id: `${id}/subsidy`, debit: 'clearing/trade', credit: waits, amount: subsidy });
    if (amount > subsidy)
      orders.push({ ...order, id: `${id}/money`, debit: 'clearing/trade', credit: creditorOf(lease), amount: amount - subsidy });
    await this.ledger.post(tx, { journal: id, cause: 'adjust', orders });
    if (amount > subsidy && !isSold(lease)) await this.buyingPower.raise(tx, lease.buyer_id, amount - subsidy, 'refund');
    if (subsidy === 0n) return 0n;
    if (!subsidised.decided) return -subsidy;
    await this.askProgramme(tx, lease, revision, subsidised.bill_id!, amount, subsidy);
    return 0n;
  }

  private async subsidised(tx: Tx, lease: Rated): Promise<Subsidised> {
    const [row] = await tx.query<Subsidised>(
      `SELECT d.bill_id, d.bill_id IS NOT NULL AS decided, coalesce(g.granted, r.subsidy) AS subsidy,
         coalesce(g.granted - (SELECT coalesce(sum(subsidy), 0)::int8 FROM refunds WHERE trade_id = $1), r.subsidy) AS left,
         coalesce((SELECT sum(exact)::int8 FROM bill_lines b WHERE b.bill_id = d.bill_id AND b.trade_id = $1), r.cost) AS cost, r.earned
       FROM (SELECT sum(subsidy)::int8 AS subsidy, sum(compute_change + transfer_change - credit_change)::int8 AS cost,
           bool_or(revision = 1 AND compute > 0) AS earned FROM ratings WHERE trade_id = $1) r
       LEFT JOIN subsidy_grants g ON g.trade_id = $1 LEFT JOIN subsidy_decisions d USING (claim_id)`,
      [lease.trade_id],
    );
    return row!;
  }

  private async askProgramme(tx: Tx, lease: Rated, revision: number, billId: bigint, amount: bigint, subsidy: bigint): Promise<void> {
    const reason = 'a late correction of its usage';
    const [refund] = await tx.query<{ refund_id: bigint }>(
      `INSERT INTO refunds (bill_id, line, revision, trade_id, buyer_id, programme_id, amount, exact, subsidy, subsidy_decided, reason, refunded_at, refunded_by)
       VALUES ($1, 0, $9, $2, $3, $4, $5, $5, $6, false, $7, $8, 'adjust') RETURNING refund_id`,
      [billId, lease.trade_id, lease.buyer_id, lease.programme_id, amount, subsidy, reason, this.clock.now(), revision],
    );
    const refunded: BillRefunded = {
      billId: Number(billId),
      buyerId: lease.buyer_id,
      tradeId: Number(lease.trade_id),
      amount,
      reason,
      refundId: Number(refund!.refund_id),
      subsidy,
      programmeId: lease.programme_id,
      bidId: Number(lease.bid_id),
    };
    await this.outbox.publish(tx, BillRefunded, refunded, `participant/${lease.buyer_id}`);
  }
}

/** What a partner's lease here cost its rating gave back to its money: it is owed by statement, and so is what a correction moves. */
const debtorOf = (lease: Rated): string => (isSold(lease) ? partner(lease.partner_id, 'sold') : receivable(lease.buyer_id));
const creditorOf = (lease: Rated): string => (isSold(lease) ? partner(lease.partner_id, 'sold') : money(lease.buyer_id));

const payeeOf = (lease: Rated): string => (isBought(lease) ? partner(lease.partner_id, 'bought') : income(lease.provider_id));
