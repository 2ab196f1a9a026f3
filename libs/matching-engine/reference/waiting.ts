import { amountOf } from '#domain';
import type { ParticipantId } from '#domain';
import { unitsOn } from './capacity.js';
import { DueClass } from './due.js';
import type { Bid, Market, Pool, Trade } from './market.js';

// pieces that wait to be decided are trades that hold nothing; and where pools lie.

/** The partner on whose platform the pool lies; 0: this one. */
export const platformOf = ({ site }: Pick<Pool, 'site'>): ParticipantId => site.platform ?? 0;

/** Those of the bid that are not decided, by trade number. */
export const waitingOf = (bid: Pick<Bid, 'trades'>): Trade[] => [...bid.trades].filter(({ reserved }) => reserved !== null);

export const waits = (bid: Pick<Bid, 'trades'>): boolean => waitingOf(bid).length > 0;

export const countedWaiting = (bid: Pick<Bid, 'trades'>): number => waitingOf(bid).reduce((sum, { counted }) => sum + counted, 0);

/** Micro-yuan that the pieces of the bid cost once they are trades. */
export const costWaiting = (bid: Pick<Bid, 'trades'>): number => waitingOf(bid).reduce((sum, piece) => sum + costOf(piece), 0);

export const computeOf = ({ price, nodes, from, to }: Trade): number => amountOf(price, unitsOn(nodes), to - from);
const costOf = (piece: Trade): number => computeOf(piece) + piece.transferAmount;

/** when a piece lapses; once for its reservation. */
export function setLapse(market: Market, { tradeNumber, reserved }: Trade): void {
  const { reservation, until } = reserved!;
  if (until === 0 || reservation !== tradeNumber) return;
  market.due.push({ at: until, class: DueClass.RESERVATION, sequence: reservation, id: reservation });
}
