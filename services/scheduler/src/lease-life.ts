import { slotAt, startOfSlot, tradeId, type TradeNumber } from '#domain';
import { LeaseChanged, LeaseState, Reclaimer, Tier } from '#contracts';
import type { LeaseCutShort, LeaseLost, LeaseReclaimed } from '#matching-engine';
import type { Dictionary } from './dictionary.js';
import type { ConfirmLease, Step } from './entry.js';
import type { LeaseRow } from './lease.view.js';
import type { Rows } from './rows.js';
import type { Tell } from './told.js';

/** Why a lease ended that its buyer gave up. */
export const endedEarly = 'ended_early';

/** The life of leases (R-27a) carried into their rows. */
export class LeaseLife {
  /** Those that the step under way changed. */
  readonly changed = new Set<number>();

  constructor(
    private readonly rows: Rows,
    private readonly dictionary: Dictionary,
    private readonly shard: number,
    private readonly tell: Tell,
  ) {}

  /** A confirmed lease is active from its first slot. */
  start({ time }: Step): void {
    for (const lease of this.rows.leases.values())
      if (lease.state === LeaseState.CONFIRMED && startOfSlot(lease.delivered_from) <= time) {
        lease.state = LeaseState.ACTIVE;
        this.told(lease, startOfSlot(lease.delivered_from));
      }
  }

  confirm({ time }: Step, { tradeNumber, endpoint, sealedSecret }: ConfirmLease): void {
    const lease = this.leaseOf(tradeNumber);
    const state = slotAt(time) >= lease.delivered_from ? LeaseState.ACTIVE : LeaseState.CONFIRMED;
    Object.assign(lease, { state, endpoint, sealed_secret: Buffer.from(sealedSecret, 'base64'), confirmed_at: BigInt(time) });
    this.told(lease, time);
  }

  end(number: TradeNumber, due: number): void {
    const lease = this.leaseOf(number);
    if (lease.state === LeaseState.CUT_SHORT) return;
    if (lease.state === LeaseState.PENDING) return this.stop(lease, lease.delivered_from, 'not_confirmed', due);
    lease.state = lease.delivered_to < lease.to_slot ? LeaseState.CUT_SHORT : LeaseState.ENDED;
    this.told(lease, due);
  }

  lose({ time, entry }: Step, { tradeNumber, nodes, units, from, unheld }: LeaseLost): void {
    const lease = this.leaseOf(tradeNumber);
    lease.held -= BigInt(unheld);
    const reason = entry.command.kind === 'FailLease' ? 'not_confirmed' : 'lost';
    if (units === lease.units) return this.stop(lease, from, reason, time);
    const lost = new Map(nodes.map((node) => [node.node, node.units]));
    lease.nodes = lease.nodes.map(([node, had]): [number, number] => [node, had - (lost.get(node) ?? 0)]).filter(([, left]) => left > 0);
    lease.units -= units;
    lease.unit_slots -= BigInt(units * (lease.delivered_to - Math.max(from, lease.delivered_from)));
    lease.reason = reason;
    this.told(lease, time);
  }

  /** it goes on as it is until its new end, and is cut short then; at once where it keeps no slot. */
  reclaim({ time }: Step, { tradeNumber, from, unheld, byOrderId }: LeaseReclaimed): void {
    const lease = this.leaseOf(tradeNumber);
    lease.reclaimed_by = byOrderId ? Reclaimer.FIRM_BID : Reclaimer.GRID;
    lease.reclaimed_at = BigInt(time);
    lease.held -= BigInt(unheld);
    if (from <= lease.delivered_from) return this.stop(lease, from, 'reclaimed', time);
    lease.unit_slots -= BigInt(lease.units * (lease.delivered_to - from));
    lease.delivered_to = from;
    lease.reason = 'reclaimed';
    this.told(lease, time);
  }

  /** What was lost is gone already; here only the rest of a broken gang ends, and what its buyer gave up. A FIRM buyer pays its window then. */
  cut({ time }: Step, { tradeNumber, from, reason, unheld }: LeaseCutShort): void {
    const lease = this.leaseOf(tradeNumber);
    lease.held -= BigInt(unheld);
    const paysWindow = reason === endedEarly && this.dictionary.get(lease.book_id)!.book.tier === Tier.FIRM;
    if (reason !== 'lost') this.stop(lease, from, reason, time, paysWindow);
  }

  /** The whole lease ends at a slot. One that its provider never confirmed delivered nothing; given up before its provider had to confirm, FIRM pays all the same. */
  private stop(lease: LeaseRow, from: number, reason: string, time: number, paysWindow = false): void {
    const end = lease.state === LeaseState.PENDING ? lease.delivered_from : Math.max(from, lease.delivered_from);
    if (!paysWindow && lease.state === LeaseState.PENDING) lease.unit_slots = 0n;
    else if (!paysWindow) lease.unit_slots -= BigInt(lease.units * (lease.delivered_to - end));
    Object.assign(lease, { state: LeaseState.CUT_SHORT, delivered_to: end, reason });
    this.told(lease, time);
  }

  private leaseOf(number: TradeNumber): LeaseRow {
    return this.rows.leases.get(tradeId(this.shard, number))!;
  }

  told(lease: LeaseRow, time: number): void {
    lease.changed_at = BigInt(time);
    this.changed.add(Number(lease.lease_id));
    const changed = {
      leaseId: Number(lease.lease_id),
      state: lease.state,
      buyerId: lease.buyer_id,
      providerId: lease.provider_id,
      poolId: lease.pool_id,
      nodes: lease.nodes.map(([node, units]) => ({ node, units })),
      units: lease.units,
      delivered: { from: lease.delivered_from, to: lease.delivered_to },
      tier: this.dictionary.get(lease.book_id)!.book.tier,
      reason: lease.reason,
      held: lease.held,
      unitSlots: Number(lease.unit_slots),
    };
    this.tell(LeaseChanged, changed, lease.buyer_id, time);
  }
}
