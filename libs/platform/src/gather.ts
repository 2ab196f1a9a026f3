import type { Tx } from './database.js';

/**
 * Gathers what the events of one transaction bring, so that thousands of them are written by a few statements: at the transaction's end, or when a
 * handler needs it done before its own turn.
 */
export class Gather<T> {
  /** By the list of what a transaction publishes: the one thing that all events handled in one transaction share. */
  private readonly waiting = new WeakMap<Tx['outgoing'], T[]>();

  constructor(private readonly write: (tx: Tx, items: readonly T[]) => Promise<void>) {}

  add(tx: Tx, item: T): void {
    const items = this.waiting.get(tx.outgoing);
    if (items) {
      items.push(item);
      return;
    }
    this.waiting.set(tx.outgoing, [item]);
    tx.atEnd(() => this.flush(tx));
  }

  async flush(tx: Tx): Promise<void> {
    const items = this.waiting.get(tx.outgoing)?.splice(0) ?? [];
    if (items.length > 0) await this.write(tx, items);
  }
}
