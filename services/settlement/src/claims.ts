import { Injectable } from '@nestjs/common';
import { SubsidyClawedBack, SubsidyDecided } from '#contracts';
import { Clock, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money, programme, receivable } from './core/account.js';
import type { TransferOrder } from './core/transfer.js';
import { Debts } from './debts.js';
import { Ledger } from './ledger.js';
import { pendingSubsidy } from './rater.js';
import { Reservations } from './reservations.js';

/** Of a trade t: it is billed, and what its programme pays of that bill is not decided yet. */
export const awaitsDecision = `(t.programme_id <> 0 AND EXISTS (
  SELECT 1 FROM bill_lines b JOIN ratings first USING (rating_id) WHERE b.trade_id = t.trade_id AND first.revision = 1
    AND NOT EXISTS (SELECT 1 FROM subsidy_decisions d WHERE d.bill_id = b.bill_id AND d.bid_id = t.bid_id)))`;

interface Claimed {
  trade_id: bigint;
  reservation_id: bigint;
  hold: number;
  held_subsidy: bigint;
  /** What its rating took of the reservation, pending since. */
  used: bigint;
  /** That, less what an adjustment in the same bill gave back. */
  claimed: bigint;
}

/**
 * posts what a programme granted of a bill (held → redeemed, and the authority owes it, which clears clearing/subsidy), returns the rest to the
 * programme, and asks the buyer for what was refused.
 */
@Injectable()
export class Claims {
  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly reservations: Reservations,
    private readonly debts: Debts,
    private readonly buyingPower: BuyingPower,
  ) {}

  @On(SubsidyDecided)
  async decided(event: SubsidyDecided, tx: Tx, meta: EventMeta): Promise<void> {
    if (event.reimbursement) return this.reimburse(event, tx, meta);
    const trades = await tx.query<Claimed>(
      `SELECT t.trade_id, t.reservation_id, h.hold, h.held_subsidy, r.subsidy AS used, c.claimed
       FROM (SELECT trade_id, sum(subsidy)::int8 AS claimed FROM bill_lines WHERE bill_id = $1 GROUP BY trade_id) c
       JOIN trades t USING (trade_id) JOIN leases h USING (trade_id) JOIN ratings r ON r.trade_id = t.trade_id AND r.revision = 1
       WHERE t.bid_id = $2 AND t.programme_id = $3 AND EXISTS (SELECT 1 FROM bill_lines b WHERE b.bill_id = $1 AND b.trade_id = t.trade_id AND b.subsidy > 0) ORDER BY t.trade_id`,
      [event.billId, event.bidId, event.programmeId],
    );
    const claimed = trades.reduce((sum, trade) => sum + trade.claimed, 0n);
    const cause = `${meta.source}/${meta.sequence}`;
    const id = `claim/${event.claimId}`;
    const grants = grantsOf(event, trades);
    await this.ledger.post(tx, { journal: id, cause, orders: decisionOf(event, trades, grants, claimed) });

    const unused = new Map<number, bigint>();
    trades.forEach((trade, at) => {
      const reservation = Number(trade.reservation_id);
      unused.set(reservation, (unused.get(reservation) ?? 0n) + trade.used - grants[at]!);
    });
    await Promise.all([this.remember(tx, event, trades, grants, claimed), this.reservations.returned(tx, unused)]);
    if (claimed > event.amount) await this.debts.owe(tx, event.buyerId, claimed - event.amount, 'subsidy_refused');
  }

  /** Of a refund the programme takes its share back; what it leaves is the buyer's. */
  @On(SubsidyClawedBack)
  async clawedBack(event: SubsidyClawedBack, tx: Tx, meta: EventMeta): Promise<void> {
    const [refund] = await tx.query<{ subsidy: bigint; programme_id: number; buyer_id: number }>(
      'UPDATE refunds SET subsidy_decided = true WHERE refund_id = $1 AND NOT subsidy_decided RETURNING subsidy, programme_id, buyer_id',
      [event.refundId],
    );
    if (!refund) throw new Error(`refund_must_wait_for_its_programme: ${event.refundId}`);
    if (event.amount > refund.subsidy) throw new Error(`claw_back_must_not_exceed_the_share: ${event.amount} of ${refund.subsidy}`);
    const id = `refund/${event.refundId}/clawed-back`;
    const order = { kind: 'subsidy_clawed_back', phase: 'single' } as const;
    const left = refund.subsidy - event.amount;
    const orders: TransferOrder[] = [];
    if (event.amount > 0n) {
      const of = (part: 'owed' | 'redeemed' | 'available') => programme(refund.programme_id, part);
      orders.push({ ...order, id: `${id}/owed`, debit: 'clearing/refund', credit: of('owed'), amount: event.amount });
      orders.push({ ...order, id: `${id}/available`, debit: of('redeemed'), credit: of('available'), amount: event.amount });
    }
    if (left > 0n)
      orders.push({ ...order, id: `${id}/money`, kind: 'refund', debit: 'clearing/refund', credit: money(refund.buyer_id), amount: left });
    await this.ledger.post(tx, { journal: id, cause: `${meta.source}/${meta.sequence}`, orders });
    if (left > 0n) await this.buyingPower.raise(tx, refund.buyer_id, left, 'refund');
  }

  /** of a bill that was paid the programme's share comes back as money: available → redeemed, and the authority owes it. Nothing was held. */
  private async reimburse(event: SubsidyDecided, tx: Tx, meta: EventMeta): Promise<void> {
    const { programmeId, buyerId, amount } = event;
    const id = `claim/${event.claimId}`;
    const [owed, pot, redeemed] = [programme(programmeId, 'owed'), programme(programmeId, 'available'), programme(programmeId, 'redeemed')];
    if (amount > 0n) {
      await this.ledger.post(tx, {
        journal: id,
        cause: `${meta.source}/${meta.sequence}`,
        orders: [
          { id: `${id}/owed`, kind: 'subsidy_paid', phase: 'single', debit: owed, credit: money(buyerId), amount },
          { id: `${id}/redeemed`, kind: 'subsidy_redeemed', phase: 'single', debit: pot, credit: redeemed, amount },
        ],
      });
      await this.buyingPower.raise(tx, buyerId, amount, 'subsidy');
    }
    const parts = event.parts.filter((part) => part.amount > 0n);
    const trades = parts.map((part) => ({ trade_id: BigInt(part.tradeId) }));
    const grants = parts.map((part) => part.amount);
    await this.remember(tx, event, trades, grants, 0n);
  }

  private async remember(
    tx: Tx,
    event: SubsidyDecided,
    trades: readonly Pick<Claimed, 'trade_id'>[],
    grants: readonly bigint[],
    claimed: bigint,
  ): Promise<void> {
    await Promise.all([
      tx.query(
        `INSERT INTO subsidy_decisions (claim_id, bill_id, bid_id, programme_id, buyer_id, claimed, granted, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [event.claimId, event.billId, event.bidId, event.programmeId, event.buyerId, claimed, event.amount, this.clock.now()],
      ),
      tx.query(
        `INSERT INTO subsidy_grants (trade_id, claim_id, granted) SELECT u.id, $3::int8, u.granted FROM unnest($1::int8[], $2::int8[]) AS u (id, granted)`,
        [trades.map((trade) => trade.trade_id), grants, event.claimId],
      ),
    ]);
  }
}

/** What each trade gets, in their order: its part of the decision, at most what it claims. */
function grantsOf(event: SubsidyDecided, trades: readonly Claimed[]): bigint[] {
  const parts = new Map(event.parts.map((part) => [BigInt(part.tradeId), part.amount]));
  const grants = trades.map(({ trade_id: id }) => parts.get(id) ?? 0n);
  if (grants.reduce((sum, granted) => sum + granted, 0n) !== event.amount)
    throw new Error(`subsidy_must_be_the_sum_of_its_claimed_trades: claim ${event.claimId}`);
  trades.forEach(({ claimed }, at) => {
    if (grants[at]! > claimed) throw new Error(`subsidy_must_not_exceed_the_claim: claim ${event.claimId}`);
  });
  return grants;
}

function decisionOf(event: SubsidyDecided, trades: readonly Claimed[], grants: readonly bigint[], claimed: bigint): TransferOrder[] {
  const id = `claim/${event.claimId}`;
  const of = (part: 'owed' | 'held' | 'available') => programme(event.programmeId, part);
  const orders: TransferOrder[] = trades.map((trade, at) => {
    const pendingId = pendingSubsidy(trade, trade.used);
    const amount = grants[at]!;
    return amount > 0n
      ? { id: `${id}/trade/${trade.trade_id}`, kind: 'subsidy_redeemed', phase: 'post', pendingId, amount }
      : { id: `${id}/trade/${trade.trade_id}`, kind: 'subsidy_refused', phase: 'void', pendingId };
  });
  const single = (part: string, kind: string, debit: string, credit: string, amount: bigint): void => {
    if (amount > 0n) orders.push({ id: `${id}/${part}`, kind, phase: 'single', debit, credit, amount });
  };
  const used = trades.reduce((sum, trade) => sum + trade.used, 0n);
  single('owed', 'subsidy_paid', of('owed'), 'clearing/subsidy', event.amount);
  single('refused', 'owed', receivable(event.buyerId), 'clearing/subsidy', claimed - event.amount);
  single('available', 'subsidy_released', of('held'), of('available'), used - event.amount);
  return orders;
}
