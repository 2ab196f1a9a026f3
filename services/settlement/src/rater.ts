import { Injectable } from '@nestjs/common';
import { TradeSettled } from '#contracts';
import { At, Clock, Database, Outbox } from '#platform';
import type { Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { Compensation } from './compensation.js';
import { income, money, partner, programme } from './core/account.js';
import { least, splitCost } from './core/hold.js';
import type { Split } from './core/hold.js';
import type { Rating } from './core/rating.js';
import type { TransferOrder } from './core/transfer.js';
import { Earnings } from './earnings.js';
import type { NewEarning } from './earnings.js';
import { holdId } from './holds.js';
import { Ledger } from './ledger.js';
import { Proceeds } from './proceeds.js';
import {
  dueLeaseColumns,
  dueLeases,
  feeOfLease,
  isBought,
  isSold,
  mostOfLease,
  rateLease,
  rememberRatings,
  usedBy,
} from './rated-lease.js';
import type { DueLease } from './rated-lease.js';
import { Reservations } from './reservations.js';
import { Schedules } from './schedules.js';

const quarterHour = 900_000;
const batch = 500;

/** The pending transfer that a trade's subsidy waits in from its rating until its bill is decided: its hold, or one of its own where less is needed. */
export const pendingSubsidy = (trade: Pick<DueLease, 'trade_id' | 'hold' | 'held_subsidy'>, waits: bigint): string =>
  waits === trade.held_subsidy ? holdId(trade.trade_id, trade.hold, 'subsidy') : `trade/${trade.trade_id}/subsidy`;

/**
 * rates each lease once, when it has ended and is measured: posts its cost from its hold, releases the rest, pays the provider and the link's owner,
 * keeps the fee, and tells the engine the final cost. What usage that comes late could still need of the programme's part stays held until the bill. Of each lease clearing/trade returns to zero in the same linked set; what a programme is to pay waits
 * in clearing/subsidy for the bill.
 */
@Injectable()
export class Rater {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly schedules: Schedules,
    private readonly compensation: Compensation,
    private readonly proceeds: Proceeds,
    private readonly earnings: Earnings,
    private readonly reservations: Reservations,
    private readonly buyingPower: BuyingPower,
  ) {}

  @At('rate', quarterHour)
  async rateDue(_now: number): Promise<void> {
    for (let rated = batch; rated === batch;) rated = await this.db.transaction((tx) => this.rateSome(tx));
  }

  private async rateSome(tx: Tx): Promise<number> {
    const leases = await tx.query<DueLease>(
      `SELECT ${dueLeaseColumns} FROM ${dueLeases}
       WHERE l.due AND NOT l.rated AND (m.trade_id IS NOT NULL OR e.from_slot = e.to_slot)
       ORDER BY l.trade_id LIMIT ${batch} FOR UPDATE OF l SKIP LOCKED`,
    );
    if (leases.length === 0) return 0;
    const tradeIds = leases.map((lease) => lease.trade_id);
    const [schedules, used] = await Promise.all([this.schedules.published(tx), usedBy(tx, tradeIds)]);
    const rated = leases.map((lease) => {
      const rating = rateLease(lease, used.get(lease.trade_id), schedules);
      const held = { money: lease.held_money, subsidy: lease.held_subsidy };
      const split = splitCost(rating.cost, lease.rate_bp, held);
      const most = mostOfLease(lease, schedules);
      const waits = most === undefined ? split.subsidy : splitCost(least(most, held.money + held.subsidy), lease.rate_bp, held).subsidy;
      const subsidies = { subsidy: split.subsidy, subsidyAtMost: most === undefined ? 0n : waits };
      return { lease, rating, split, waits, used: used.get(lease.trade_id), revision: 1, changes: rating, ...subsidies };
    });

    await this.ledger.postAll(
      tx,
      rated.map((r) => ({
        journal: `trade/${r.lease.trade_id}/rating/1`,
        cause: 'rate',
        orders: settlementOf(r.lease, r.rating, r.split, r.waits),
      })),
    );
    await rememberRatings(tx, rated, schedules, this.clock.now());
    await this.earnings.add(
      tx,
      rated.flatMap(({ lease, rating }) => earningsOf(lease, rating, schedules.feeAt(Number(lease.made_at)).version)),
    );
    await tx.query('UPDATE leases SET due = false, rated = true WHERE trade_id = ANY($1)', [tradeIds]);
    await this.outbox.publishAll(
      tx,
      TradeSettled,
      rated.map(({ lease, rating, split, waits }) => ({
        data: {
          ...{ tradeId: Number(lease.trade_id), buyerId: lease.buyer_id, cost: rating.cost, money: split.money },
          subsidyKept: waits - split.subsidy,
        },
        subject: `participant/${lease.buyer_id}`,
      })),
    );
    await this.releaseUnused(tx, rated);
    await this.refill(tx, rated);
    for (const { lease, rating } of rated) await this.compensation.pay(tx, lease, 1, 0, rating.unitSlots);
    await this.proceeds.pay(
      tx,
      rated.map(({ lease, rating }) => ({ lease, unitSlots: rating.unitSlots, fee: feeOfLease(lease, schedules) })),
    );
    return leases.length;
  }

  /** What a partner's lease took of its money here it has again: the partner owes it by statement. */
  private async refill(tx: Tx, rated: readonly { lease: DueLease; split: Split }[]): Promise<void> {
    const sold = Map.groupBy(
      rated.filter(({ lease, split }) => isSold(lease) && split.money > 0n),
      ({ lease }) => lease.buyer_id,
    );
    const raises = [...sold].map(([participantId, of]) => ({
      participantId,
      amount: of.reduce((sum, { split }) => sum + split.money, 0n),
    }));
    await this.buyingPower.raiseAll(tx, raises, 'refund');
  }

  /** What the holds do not need goes back to its reservation. */
  private async releaseUnused(tx: Tx, rated: readonly { lease: DueLease; waits: bigint }[]): Promise<void> {
    const changes = new Map<number, bigint>();
    for (const { lease, waits } of rated) {
      if (lease.reservation_id === null) continue;
      const id = Number(lease.reservation_id);
      changes.set(id, (changes.get(id) ?? 0n) + waits - lease.held_subsidy);
    }
    await this.reservations.use(tx, changes);
  }
}

/**
 * The linked set of a lease's rating. Amounts of 0 have no transfer.
 * @param waits of the programme's hold, what stays until the bill is decided
 */
function settlementOf(lease: DueLease, rating: Rating, split: Split, waits: bigint): TransferOrder[] {
  const id = (part: string): string => `trade/${lease.trade_id}/${part}`;
  const orders: TransferOrder[] = [];
  const single = (part: string, kind: string, debit: string, credit: string, amount: bigint): void => {
    if (amount > 0n) orders.push({ id: id(part), kind, phase: 'single', debit, credit, amount });
  };
  const end = (pendingId: string, part: string, kind: string, amount: bigint): void => {
    orders.push(
      amount > 0n
        ? { id: id(part), kind, phase: 'post', pendingId, amount }
        : { id: id(part), kind: 'hold_released', phase: 'void', pendingId },
    );
  };
  if (lease.held_money > 0n) end(holdId(lease.trade_id, lease.hold, 'money'), 'money', 'paid', split.money);
  if (lease.held_subsidy > waits) {
    end(holdId(lease.trade_id, lease.hold, 'subsidy'), 'subsidy/unused', 'hold_released', 0n);
    if (waits > 0n) {
      const [debit, credit] = [programme(lease.programme_id, 'held'), programme(lease.programme_id, 'redeemed')];
      orders.push({
        id: pendingSubsidy(lease, waits),
        kind: 'subsidy_used',
        phase: 'pending',
        debit,
        credit,
        amount: waits,
      });
    }
  }
  single('subsidy/due', 'subsidy_due', 'clearing/subsidy', 'clearing/trade', split.subsidy);
  const payee = isBought(lease) ? partner(lease.partner_id, 'bought') : income(lease.provider_id);
  single('income', 'income', 'clearing/trade', payee, rating.compute - rating.fee);
  single('fee', 'fee', 'clearing/trade', 'fee', rating.fee);
  single('sla', 'sla_credit', payee, 'clearing/trade', rating.credit);
  single('transfer', 'transfer', 'clearing/trade', income(lease.link_owner_id), rating.transfer);
  if (isSold(lease)) single('partner', 'owed_by_partner', partner(lease.partner_id, 'sold'), money(lease.buyer_id), split.money);
  return orders;
}

/** What a partner has for leases on its platform is in its statements, and in nobody's payouts. */
function earningsOf(lease: DueLease, rating: Rating, feeVersion: number): NewEarning[] {
  const [participantId, tradeId] = [lease.provider_id, lease.trade_id];
  const ofProvider: NewEarning[] = [
    { participantId, kind: 'income', amount: rating.compute, tradeId },
    { participantId, kind: 'fee', amount: -rating.fee, tradeId, feeVersion },
    { participantId, kind: 'sla_credit', amount: -rating.credit, tradeId },
  ];
  const ofLink: NewEarning = { participantId: lease.link_owner_id, kind: 'transfer', amount: rating.transfer, tradeId };
  return isBought(lease) ? [ofLink] : [...ofProvider, ofLink];
}
