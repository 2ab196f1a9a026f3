import { Injectable } from '@nestjs/common';
import type { Tx } from '#platform';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import type { DueLease } from './rated-lease.js';

/** who lost the lease that another replaces pays its provider what the buyer's old price does not, for what was delivered. */
@Injectable()
export class Compensation {
  constructor(
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
    const [lost] = await tx.query<{ provider_id: number }>('SELECT delivered_by_id AS provider_id FROM trades WHERE trade_id = $1', [
      lease.replaces_trade_id,
    ]);
    if (!lost) throw new Error(`replaced_trade_must_exist: ${lease.replaces_trade_id}`);
    const change = owedFor(lease, after) - owedFor(lease, before);
    if (change === 0n || lost.provider_id === lease.provider_id) return;
    const [from, to] = change > 0n ? [lost.provider_id, lease.provider_id] : [lease.provider_id, lost.provider_id];
    const amount = change > 0n ? change : -change;
    const as = { id: `trade/${lease.trade_id}/rating/${revision}/compensation`, kind: 'compensation' };
    const orders = [...(await this.earnings.takeBack(tx, from, amount, as)), ...(await this.earnings.giveTo(tx, to, amount, as))];
    await this.ledger.post(tx, { journal: as.id, cause: revision === 1 ? 'rate' : 'adjust', orders });
    await this.earnings.add(tx, [
      { participantId: from, kind: 'compensation', amount: -amount, tradeId: lease.trade_id },
      { participantId: to, kind: 'compensation', amount, tradeId: lease.trade_id },
    ]);
  }
}

const owedFor = (lease: DueLease, unitSlots: number): bigint => (lease.owed_amount * BigInt(unitSlots)) / lease.unit_slots;
