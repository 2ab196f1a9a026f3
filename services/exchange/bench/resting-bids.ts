import { BidTerms, ComputeClass, Placement, Tier, TimeInForce, Unit } from '#contracts';
import { slotMs } from '../src/demo/orders.js';
import { book, rfc } from '../src/demo/small-market.js';

/** Bids that rest, as gRPC takes them: their book has one offer, dearer than they. */
export function restingBids(): (index: number) => BidTerms {
  const now = Math.floor(Date.now() / slotMs);
  const { model } = book;
  return (index) =>
    BidTerms.create({
      books: [{ computeClass: ComputeClass.INTELLIGENT, model, unit: Unit.CARD, tier: Tier.FIRM }],
      units: 1 + (index % 8),
      durationSlots: 4,
      earliest: now + 10 + (index % 500),
      latest: now + 14 + (index % 500),
      limitPrice: 1_500_000,
      timeInForce: TimeInForce.GTC,
      placement: Placement.ANYWHERE,
    });
}

/** The same, as HTTP takes them. */
export function restingBodies(): (index: number) => string {
  const now = Math.floor(Date.now() / slotMs);
  return (index) =>
    JSON.stringify({
      terms: {
        books: [book],
        units: 1 + (index % 8),
        durationSlots: 4,
        earliest: rfc(now + 10 + (index % 500)),
        latest: rfc(now + 14 + (index % 500)),
        limitPrice: '1.50',
        timeInForce: 'GTC',
        placement: 'ANYWHERE',
      },
      clientOrderId: `bench-${index}`,
      project: 'bench',
    });
}
