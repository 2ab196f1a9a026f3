import { Injectable } from '@nestjs/common';
import { SubsidyClawedBack, SubsidyDecided } from '#contracts';
import { Clock, Gather, On } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money, programme, receivable } from './core/account.js';
import type { TransferOrder } from './core/transfer.js';
import { Debts } from './debts.js';
import { countDaysAnew } from './dispute.rows.js';
import { Ledger } from './ledger.js';
import { pendingSubsidy } from './rater.js';
import { Reservations } from './reservations.js';

/** Of a trade t: it is billed, and what its programme pays of that bill is not decided yet. */
export const awaitsDecision = `(t.programme_id <> 0 AND EXISTS (
  SELECT 1 FROM bill_lines b JOIN ratings first USING (rating_id) WHERE b.trade_id = t.trade_id AND first.revision = 1
    AND NOT EXISTS (SELECT 1 FROM subsidy_decisions d WHERE d.bill_id = b.bill_id AND d.bid_id = t.bid_id)))`;

interface Claimed {
  /** Place of the decision that it is of. */
  nth: number;
  trade_id: bigint;
  reservation_id: bigint;
  hold: number;
  held_subsidy: bigint;
  /** What of the reservation waits for the decision since its rating. */
  waits: bigint;
  /** What its ratings took of that, adjustments in the same bill too. */
  claimed: bigint;
}

/** What a programme decided of a bid on a bill, and the event that told it. */
interface Decision {
  readonly event: SubsidyDecided;
  readonly cause: string;
}

/** A decision and what each of its trades gets. */
interface Granted {
  readonly event: SubsidyDecided;
  readonly trades: readonly Pick<Claimed, 'trade_id'>[];
  readonly grants: readonly bigint[];
  readonly claimed: bigint;
}

/**
 * posts what a programme granted of a bill (held → redeemed, and the authority owes it, which clears clearing/subsidy), returns the rest to the
 * programme, and asks the buyer for what was refused.
 */
@Injectable()
export class Claims {
  private readonly decisions = new Gather<Decision>((tx, decisions) => this.decide(tx, decisions));

  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
    private readonly reservations: Reservations,
    private readonly debts: Debts,
    private readonly buyingPower: BuyingPower,
  ) {}

  @On(SubsidyDecided)
  async decided(event: SubsidyDecided, tx: Tx, meta: EventMeta): Promise<void> {
    const cause = `${meta.source}/${meta.sequence}`;
    if (!event.reimbursement) return this.decisions.add(tx, { event, cause });
    await this.decisions.flush(tx);
    await this.reimburse(event, tx, cause);
  }

  /** A month's close decides a claim for each bid that was billed: they are posted together, each as a linked set of its own. */
  private async decide(tx: Tx, decisions: readonly Decision[]): Promise<void> {
    const trades = await this.claimed(tx, decisions);
    const granted = decisions.map(({ event, cause }, nth) => {
      const own = trades.get(nth) ?? [];
      return { event, cause, trades: own, grants: grantsOf(event, own), claimed: own.reduce((sum, trade) => sum + trade.claimed, 0n) };
    });
    await this.ledger.postAll(
      tx,
      granted.map((one) => ({
        journal: `claim/${one.event.claimId}`,
        cause: one.cause,
        orders: decisionOf(one.event, one.trades, one.grants, one.claimed),
      })),
    );
    const unused = new Map<number, bigint>();
    for (const { trades: own, grants } of granted)
      own.forEach((trade, at) => {
        const reservation = Number(trade.reservation_id);
        unused.set(reservation, (unused.get(reservation) ?? 0n) + trade.waits - grants[at]!);
      });
    await Promise.all([this.remember(tx, granted), this.reservations.returned(tx, unused)]);
    for (const { event, claimed } of granted)
      if (claimed > event.amount) await this.debts.owe(tx, event.buyerId, claimed - event.amount, 'subsidy_refused');
  }

  /** The trades that each decision is about, by its place. */
  private async claimed(tx: Tx, decisions: readonly Decision[]): Promise<Map<number, Claimed[]>> {
    const events = decisions.map(({ event }) => event);
    const rows = await tx.query<Claimed>(
      `WITH decided AS (SELECT * FROM unnest($1::int8[], $2::int8[], $3::int4[]) WITH ORDINALITY AS u (bill_id, bid_id, programme_id, nth)),
       claims AS (SELECT bill_id, trade_id, sum(subsidy)::int8 AS claimed FROM bill_lines WHERE bill_id = ANY($1) GROUP BY 1, 2)
       SELECT (nth - 1)::int4 AS nth, t.trade_id, t.reservation_id, h.hold, h.held_subsidy, greatest(r.subsidy, r.subsidy_at_most) AS waits, c.claimed
       FROM decided JOIN claims c USING (bill_id) JOIN trades t ON t.trade_id = c.trade_id AND t.bid_id = decided.bid_id AND t.programme_id = decided.programme_id
         JOIN leases h ON h.trade_id = t.trade_id JOIN ratings r ON r.trade_id = t.trade_id AND r.revision = 1
       WHERE greatest(r.subsidy, r.subsidy_at_most) > 0 ORDER BY nth, t.trade_id`,
      [events.map(({ billId }) => billId), events.map(({ bidId }) => bidId), events.map(({ programmeId }) => programmeId)],
    );
    return Map.groupBy(rows, ({ nth }) => nth);
  }

  /** Of a refund the programme takes its share back; what it leaves is the buyer's. */
  @On(SubsidyClawedBack)
  async clawedBack(event: SubsidyClawedBack, tx: Tx, meta: EventMeta): Promise<void> {
    await this.decisions.flush(tx);
    if (!event.refundId) return this.cancelled(event, tx, `${meta.source}/${meta.sequence}`);
    const [refund] = await tx.query<{ subsidy: bigint; programme_id: number; buyer_id: number }>(
      'UPDATE refunds SET subsidy_decided = true, taken = $2 WHERE refund_id = $1 AND NOT subsidy_decided RETURNING subsidy, programme_id, buyer_id',
      [event.refundId, event.amount],
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

  /** another platform's bill was cancelled. What was reimbursed for it the buyer owes, and the programme has again. */
  private async cancelled(
    { claimId, cancellationId, programmeId, buyerId, amount }: SubsidyClawedBack,
    tx: Tx,
    cause: string,
  ): Promise<void> {
    const id = `claim/${claimId}/cancelled/${cancellationId}`;
    const of = (part: 'owed' | 'redeemed' | 'available') => programme(programmeId, part);
    const order = { kind: 'subsidy_clawed_back', phase: 'single', amount } as const;
    await this.ledger.post(tx, {
      journal: id,
      cause,
      orders: [
        { ...order, id: `${id}/owed`, debit: receivable(buyerId), credit: of('owed') },
        { ...order, id: `${id}/available`, debit: of('redeemed'), credit: of('available') },
      ],
    });
    await this.debts.owe(tx, buyerId, amount, 'subsidy_clawed_back');
  }

  /** of a bill that was paid the programme's share comes back as money: available → redeemed, and the authority owes it. Nothing was held. */
  private async reimburse(event: SubsidyDecided, tx: Tx, cause: string): Promise<void> {
    const { programmeId, buyerId, amount } = event;
    const id = `claim/${event.claimId}`;
    const [owed, pot, redeemed] = [programme(programmeId, 'owed'), programme(programmeId, 'available'), programme(programmeId, 'redeemed')];
    if (amount > 0n) {
      await this.ledger.post(tx, {
        journal: id,
        cause,
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
    await this.remember(tx, [{ event, trades, grants, claimed: 0n }]);
  }

  private async remember(tx: Tx, granted: readonly Granted[]): Promise<void> {
    const now = this.clock.now();
    const events = granted.map(({ event }) => event);
    const grants = granted.flatMap(({ event, trades, grants: amounts }) =>
      trades.map(({ trade_id }, at) => ({ trade_id, claimId: event.claimId, amount: amounts[at]! })),
    );
    await Promise.all([
      countDaysAnew(tx, events, now),
      tx.query(
        `INSERT INTO subsidy_decisions (claim_id, bill_id, bid_id, programme_id, buyer_id, claimed, granted, decided_at)
         SELECT u.*, $8::int8 FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int4[], $5::int4[], $6::int8[], $7::int8[]) AS u`,
        [
          events.map(({ claimId }) => claimId),
          events.map(({ billId }) => billId),
          events.map(({ bidId }) => bidId),
          events.map(({ programmeId }) => programmeId),
          events.map(({ buyerId }) => buyerId),
          granted.map(({ claimed }) => claimed),
          events.map(({ amount }) => amount),
          now,
        ],
      ),
      tx.query('INSERT INTO subsidy_grants (trade_id, claim_id, granted) SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[])', [
        grants.map(({ trade_id }) => trade_id),
        grants.map(({ claimId }) => claimId),
        grants.map(({ amount }) => amount),
      ]),
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
    const pendingId = pendingSubsidy(trade, trade.waits);
    const amount = grants[at]!;
    return amount > 0n
      ? { id: `${id}/trade/${trade.trade_id}`, kind: 'subsidy_redeemed', phase: 'post', pendingId, amount }
      : { id: `${id}/trade/${trade.trade_id}`, kind: 'subsidy_refused', phase: 'void', pendingId };
  });
  const single = (part: string, kind: string, debit: string, credit: string, amount: bigint): void => {
    if (amount > 0n) orders.push({ id: `${id}/${part}`, kind, phase: 'single', debit, credit, amount });
  };
  const waited = trades.reduce((sum, trade) => sum + trade.waits, 0n);
  single('owed', 'subsidy_paid', of('owed'), 'clearing/subsidy', event.amount);
  single('refused', 'owed', receivable(event.buyerId), 'clearing/subsidy', claimed - event.amount);
  single('available', 'subsidy_released', of('held'), of('available'), waited - event.amount);
  return orders;
}
