import type { OrderId } from '#domain';
import type { Command } from '../command.js';
import type { Market } from './market.js';
import { Bid, bidOfRef, offerOfRef } from './records.js';

/**
 * Where orders stand in memory is as good as random, and most of a command's time would be waiting for it. Before commands are applied their ids are looked for, and what
 * they lead to is read, all behind one another: then memory is waited for once and not for each. Nothing depends on what is read.
 */
export class Ahead {
  /** A sum of what was read: nobody asks for it, but without it reading could be left out. */
  sum = 0;
  private readonly refs = new Int32Array(256);
  private readonly places = new Int32Array(256);

  constructor(private readonly market: Market) {}

  /** Reads what the commands [from, to), at most 256, will ask for. */
  touch(commands: readonly Command[], from: number, to: number): void {
    const { ids, leaves, tables } = this.market;
    const { refs, places } = this;
    let sum = 0;
    for (let i = from; i < to; i++) refs[i - from] = ids.touch(orderOf(commands[i]!)) - 1;
    for (let i = 0; i < to - from; i++) {
      const ref = refs[i]!;
      places[i] = -1;
      if (ref < 0) continue;
      const bid = bidOfRef(tables, ref);
      const order = bid >= 0 ? bid : offerOfRef(tables, ref);
      if (order < 0) continue;
      const { data } = bid >= 0 ? tables.bids : tables.offers;
      sum += data[order]! + data[order + 16]!;
      places[i] = data[order + Bid.LEAF]!;
    }
    for (let i = 0; i < to - from; i++) if (places[i]! >= 0) sum += leaves.touch(places[i]!);
    this.sum = sum;
  }
}

/** The order that the command is about; 0: none. */
const orderOf = (command: { readonly kind: string; readonly orderId?: OrderId }): OrderId => command.orderId ?? 0;
