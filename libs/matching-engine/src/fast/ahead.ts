import type { OrderId } from '#domain';
import type { Command } from '../command.js';
import type { Market } from './market.js';
import { bidOfRef, offerOfRef } from './records.js';

/**
 * Where orders stand in memory is as good as random, and most of a command's time would be waiting for it. Before commands are applied their ids are looked for, and what
 * they lead to is read, all behind one another: then memory is waited for once and not for each. Nothing depends on what is read.
 */
export class Ahead {
  /** A sum of what was read: nobody asks for it, but without it reading could be left out. */
  sum = 0;
  private readonly refs = new Int32Array(256);

  constructor(private readonly market: Market) {}

  /** Reads what the commands [from, to), at most 256, will ask for. */
  touch(commands: readonly Command[], from: number, to: number): void {
    const { ids, tables } = this.market;
    const { refs } = this;
    let sum = 0;
    for (let i = from; i < to; i++) refs[i - from] = ids.touch(orderOf(commands[i]!)) - 1;
    for (let i = 0; i < to - from; i++) {
      const ref = refs[i]!;
      if (ref < 0) continue;
      const bid = bidOfRef(tables, ref);
      const offer = offerOfRef(tables, ref);
      if (bid >= 0) sum += tables.bids.data[bid]! + tables.bids.data[bid + 8]! + tables.bids.data[bid + 16]!;
      else if (offer >= 0) sum += tables.offers.data[offer]! + tables.offers.data[offer + 8]! + tables.offers.data[offer + 16]!;
    }
    this.sum = sum;
  }
}

/** The order that the command is about; 0: none. */
const orderOf = (command: { readonly kind: string; readonly orderId?: OrderId }): OrderId => command.orderId ?? 0;
