import type { Slot, TradeNumber } from '#domain';
import type { Steps } from './steps.js';

/** what is resold of leases: by the lease's number, then by node, units over slots as steps of one word. Few leases are resold. */
export class Resold {
  private readonly leases = new Map<TradeNumber, Map<number, number>>();

  constructor(private readonly steps: Steps) {}

  has(lease: TradeNumber): boolean {
    return this.leases.has(lease);
  }

  /** Most units resold of the node at any slot of [from, to). */
  peak(lease: TradeNumber, node: number, from: Slot, to: Slot): number {
    const block = this.leases.get(lease)?.get(node);
    return block === undefined ? 0 : this.steps.extreme(block, from, to, 1);
  }

  /** Takes units (gives them back where negative) over [from, to). */
  add(lease: TradeNumber, node: number, from: Slot, to: Slot, units: number): void {
    const nodes = this.leases.get(lease) ?? new Map<number, number>();
    this.leases.set(lease, nodes);
    const block = nodes.get(node) ?? this.steps.create(1);
    nodes.set(node, from < to ? this.steps.add(block, from, to, units) : block);
  }

  /** Calls `mark` with each slot in [from, to) at which what is resold changes. */
  turns(lease: TradeNumber, from: Slot, to: Slot, mark: (slot: Slot) => void): void {
    for (const block of this.leases.get(lease)?.values() ?? []) this.steps.turns(block, from, to, mark);
  }

  /** The same where less is resold than just before. */
  falls(lease: TradeNumber, from: Slot, to: Slot, mark: (slot: Slot) => void): void {
    for (const block of this.leases.get(lease)?.values() ?? []) this.steps.falls(block, from, to, 'most', mark);
  }

  /** The lease has ended. */
  forget(lease: TradeNumber): void {
    const nodes = this.leases.get(lease);
    if (!nodes) return;
    for (const block of nodes.values()) this.steps.release(block);
    this.leases.delete(lease);
  }
}
