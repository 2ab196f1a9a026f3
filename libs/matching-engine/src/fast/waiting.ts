import { amountOf } from '#domain';
import type { Market } from './market.js';
import { Bid, Trade } from './records.js';

// pieces that wait are records of trades that hold nothing and stand in no list but their bid's; what else they have is in `market.pieces`. There are few of them:
// where there are none nothing is looked for.

/** Of Trade.SETTLED. */
export const waitsToBeDecided = 2;

/** True where some piece of the bid is not decided. */
export const waits = (market: Market, bid: number): boolean => sumOfWaiting(market, bid, () => 1) > 0;

/** Counted units of the bid's pieces that wait. */
export const countedWaiting = (market: Market, bid: number): number =>
  sumOfWaiting(market, bid, (data, piece) => data[piece + Trade.COUNTED]!);

/** Micro-yuan that they cost once they are trades. */
export const costWaiting = (market: Market, bid: number): number =>
  sumOfWaiting(market, bid, (data, piece) => {
    const slots = data[piece + Trade.TO]! - data[piece + Trade.FROM]!;
    return amountOf(data[piece + Trade.PRICE]!, data[piece + Trade.UNITS]!, slots) + data[piece + Trade.TRANSFER]!;
  });

function sumOfWaiting({ pieces, tables }: Market, bid: number, of: (data: Float64Array, piece: number) => number): number {
  if (pieces.size === 0) return 0;
  const { data } = tables.trades;
  let sum = 0;
  for (let trade = tables.bids.data[bid + Bid.FIRST_TRADE]!; trade >= 0; trade = data[trade + Trade.OF_BID_NEXT]!) {
    if (data[trade + Trade.SETTLED] === waitsToBeDecided) sum += of(data, trade);
  }
  return sum;
}

export const isWaiting = ({ tables: { trades } }: Market, trade: number): boolean =>
  trades.data[trade + Trade.SETTLED] === waitsToBeDecided;
