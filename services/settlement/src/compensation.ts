import { Injectable } from '@nestjs/common';
import { PartnerCompensated } from '#contracts';
import { Clock, Outbox, type Tx } from '#platform';
import { partner } from './core/account.js';
import type { TransferOrder } from './core/transfer.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import { type DueLease, isBought } from './rated-lease.js';

/** The lease in whose place another is. */
interface Lost {
  readonly provider_id: number;
  readonly partner_id: number;
  readonly buyer_id: number;
}

/**
 * who lost the lease that another replaces pays its provider what the buyer's old price does not, for what was delivered. A partner does by statement: no money
 * or income of its participant moves.
 */
@Injectable()
export class Compensation {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
  ) {}

  /**
   * Moves what a rating changed of it: from who lost the lease, or back to him.
   * @param before unit-slots of the rating before, 0 for the first
   * @param after unit-slots of this rating
   */
  async pay(tx: Tx, lease: DueLease, revision: number, before: number, after: number): Promise<void> {
    if (lease.owed_amount === 0n) return;
    const [lost] = await tx.query<Lost>('SELECT delivered_by_id AS provider_id, partner_id, buyer_id FROM trades WHERE trade_id = $1', [
      lease.replaces_trade_id,
    ]);
    if (!lost) throw new Error(`replaced_trade_must_exist: ${lease.replaces_trade_id}`);
    const change = owedFor(lease, after) - owedFor(lease, before);
    if (change === 0n || lost.provider_id === lease.provider_id) return;
    const as = { id: `trade/${lease.trade_id}/rating/${revision}/compensation`, kind: 'compensation' };
    const amount = change > 0n ? change : -change;
    const partnerId = isBought(lost) ? lost.partner_id : 0;
    const [from, to] = change > 0n ? [lost.provider_id, lease.provider_id] : [lease.provider_id, lost.provider_id];
    const ofPartner = partnerId ? [this.byStatement(partnerId, change, as)] : [];
    const taken = partnerId && change > 0n ? ofPartner : await this.earnings.takeBack(tx, from, amount, as);
    const given = partnerId && change < 0n ? ofPartner : await this.earnings.giveTo(tx, to, amount, as);
    await this.ledger.post(tx, { journal: as.id, cause: revision === 1 ? 'rate' : 'adjust', orders: [...taken, ...given] });
    const earned = [
      { participantId: from, kind: 'compensation', amount: -amount, tradeId: lease.trade_id },
      { participantId: to, kind: 'compensation', amount, tradeId: lease.trade_id },
    ] as const;
    await this.earnings.add(
      tx,
      earned.filter(({ participantId }) => !partnerId || participantId !== lost.provider_id),
    );
    if (partnerId) await this.state(tx, lease, revision, partnerId, change);
  }

  private byStatement(partnerId: number, change: bigint, { id, kind }: { id: string; kind: string }): TransferOrder {
    const [account, clearing] = [partner(partnerId, 'bought'), 'clearing/trade'];
    const order = { id: `${id}/partner`, kind, phase: 'single' } as const;
    return change > 0n
      ? { ...order, debit: account, credit: clearing, amount: change }
      : { ...order, debit: clearing, credit: account, amount: -change };
  }

  /** A compensation of the lost lease's item. */
  private async state(tx: Tx, lease: DueLease, revision: number, partnerId: number, amount: bigint): Promise<void> {
    await tx.query(
      'INSERT INTO partner_compensations (trade_id, replaced_by, revision, partner_id, amount, owed_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [lease.replaces_trade_id, lease.trade_id, revision, partnerId, amount, this.clock.now()],
    );
    const told = { tradeId: Number(lease.replaces_trade_id), partnerId, sold: false, amount };
    await this.outbox.publish(tx, PartnerCompensated, told, `partner/${partnerId}`);
  }
}

const owedFor = (lease: DueLease, unitSlots: number): bigint => (lease.owed_amount * BigInt(unitSlots)) / lease.unit_slots;
