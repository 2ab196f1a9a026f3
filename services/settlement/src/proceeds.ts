import { Injectable } from '@nestjs/common';
import type { Tx } from '#platform';
import { feeOf } from './core/fee.js';
import type { FeeSchedule } from './core/fee.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import type { DueLease } from './rated-lease.js';

/** A lease as it was rated: unit-slots that are paid for, and the fee that counts for it. */
interface Rated {
  readonly lease: DueLease;
  readonly unitSlots: number;
  readonly fee: FeeSchedule;
}

interface Share {
  readonly trade_id: bigint;
  readonly lease_id: bigint;
  readonly participant_id: number;
  readonly amount: bigint;
}

/**
 * what a provider sells again of a FIRM lease that was ended early goes first to that lease's buyer: for what is paid for of it, less the fee on that.
 * It is settled with the first rating; the credit, refunds and late corrections are between the provider and whoever bought it again.
 */
@Injectable()
export class Proceeds {
  constructor(
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
  ) {}

  async pay(tx: Tx, rated: readonly Rated[]): Promise<void> {
    // what a programme paid a part of is nobody's to earn from; its provider keeps what it sells of it again.
    const shares = await tx.query<Share>(
      `SELECT p.* FROM proceeds p LEFT JOIN trades given_up ON given_up.trade_id = p.lease_id
       WHERE p.trade_id = ANY($1) AND coalesce(given_up.programme_id, 0) = 0 ORDER BY p.trade_id, p.lease_id`,
      [rated.map(({ lease }) => lease.trade_id)],
    );
    for (const share of shares)
      await this.move(
        tx,
        share,
        rated.find(({ lease }) => lease.trade_id === share.trade_id)!,
      );
  }

  private async move(tx: Tx, share: Share, { lease, unitSlots, fee }: Rated): Promise<void> {
    const { participant_id: to } = share;
    const { provider_id: from, trade_id: tradeId } = lease;
    const paid = (share.amount * BigInt(unitSlots)) / lease.unit_slots;
    const amount = paid - feeOf(paid, fee);
    if (amount === 0n || to === from) return;
    const as = { id: `trade/${tradeId}/proceeds/${share.lease_id}`, kind: 'proceeds' };
    const orders = [...(await this.earnings.takeBack(tx, from, amount, as)), ...(await this.earnings.giveTo(tx, to, amount, as))];
    await this.ledger.post(tx, { journal: as.id, cause: 'rate', orders });
    await this.earnings.add(tx, [
      { participantId: from, kind: 'proceeds', amount: -amount, tradeId, feeVersion: fee.version },
      { participantId: to, kind: 'proceeds', amount, tradeId, feeVersion: fee.version },
    ]);
  }
}
