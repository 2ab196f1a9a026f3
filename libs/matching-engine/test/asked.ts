import { slotMs } from '#domain';
import type { Command, Event, QuotedBid, SubmitBid } from '#matching-engine';

/** Whom the differential asks to be explained, and what it has quoted: of each fate that a bid may have the last that met it, and one of long ago. */
export class Asked {
  private readonly byFate = new Map<string, number[]>();

  see(events: readonly Event[]): void {
    for (const event of events) {
      if ('orderId' in event && 'isBid' in event && event.isBid) this.note(event.kind, event.orderId);
      if (event.kind === 'OrderFilled' || event.kind === 'BidContinued') this.note(event.kind, event.orderId);
      if (event.kind === 'TradeMade') this.note(event.kind, event.bidId);
    }
  }

  private note(fate: string, orderId: number): void {
    const orders = this.byFate.get(fate);
    if (orders) orders.push(orderId);
    else this.byFate.set(fate, [orderId]);
  }

  orders(sequence: number): number[] {
    const asked = new Set<number>();
    for (const orders of this.byFate.values()) asked.add(orders.at(-1)!).add(orders[(sequence * 7_919) % orders.length]!);
    return [...asked];
  }

  /** The last bid as if it came again, somebody else's all or none an hour later, and for one start and twice the price far ahead in time. */
  quotes({ time }: Command, bid: SubmitBid | null): [QuotedBid, number][] {
    if (!bid) return [];
    const { participantId, terms } = bid;
    const latest = terms.earliest + terms.durationSlots;
    return [
      [{ participantId, terms }, time],
      [{ participantId: participantId + 1, terms: { ...terms, dataGb: 0, allOrNone: true } }, time + 4 * slotMs],
      [{ participantId, terms: { ...terms, latest, limitPrice: 2 * terms.limitPrice } }, time + 5_000 * slotMs],
    ];
  }
}
