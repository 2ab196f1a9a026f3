import { Injectable } from '@nestjs/common';
import type { Tx } from '#platform';
import { feeOf } from './core/fee.js';
import type { FeeSchedule } from './core/fee.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import type { DueLease } from './rated-lease.js';

/** A lease and what it is paid for, before and after a rating; 0 before the first. */
export interface Rerated {
  readonly lease: DueLease;
  readonly revision: number;
  readonly before: number;
  readonly after: number;
  readonly fee: FeeSchedule;
}

interface Share {
  readonly trade_id: bigint;
  readonly lease_id: bigint;
  readonly participant_id: number;
  readonly amount: bigint;
}

/** what a provider sells again of a FIRM lease that was ended early goes first to that lease's buyer, for what was paid for of it and less the fee. */
@Injectable()
export class Proceeds {
  constructor(
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
  ) {}

  /** Moves what these ratings changed of it: from the provider to the buyer, or back. */
  async pay(tx: Tx, rated: readonly Rerated[]): Promise<void> {
    const shares = await tx.query<Share>('SELECT * FROM proceeds WHERE trade_id = ANY($1) ORDER BY trade_id, lease_id', [
      rated.map(({ lease }) => lease.trade_id),
    ]);
    for (const share of shares)
      await this.move(
        tx,
        share,
        rated.find(({ lease }) => lease.trade_id === share.trade_id)!,
      );
  }

  private async move(tx: Tx, share: Share, { lease, revision, before, after, fee }: Rerated): Promise<void> {
    const change = dueFor(share, lease, after, fee) - dueFor(share, lease, before, fee);
    if (change === 0n || share.participant_id === lease.provider_id) return;
    const [from, to] = change > 0n ? [lease.provider_id, share.participant_id] : [share.participant_id, lease.provider_id];
    const amount = change > 0n ? change : -change;
    const as = { id: `trade/${lease.trade_id}/rating/${revision}/proceeds/${share.lease_id}`, kind: 'proceeds' };
    const orders = [...(await this.earnings.takeBack(tx, from, amount, as)), ...(await this.earnings.giveTo(tx, to, amount, as))];
    await this.ledger.post(tx, { journal: as.id, cause: revision === 1 ? 'rate' : 'adjust', orders });
    await this.earnings.add(tx, [
      { participantId: from, kind: 'proceeds', amount: -amount, tradeId: lease.trade_id, feeVersion: fee.version },
      { participantId: to, kind: 'proceeds', amount, tradeId: lease.trade_id, feeVersion: fee.version },
    ]);
  }
}

/** The share of so many unit-slots, rounded down, less the fee on it. */
function dueFor({ amount }: Share, lease: DueLease, unitSlots: number, fee: FeeSchedule): bigint {
  const share = (amount * BigInt(unitSlots)) / lease.unit_slots;
  return share - feeOf(share, fee);
}
