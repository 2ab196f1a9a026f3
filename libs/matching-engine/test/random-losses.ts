import { slotMs } from '#domain';
import type { TradeMade } from '#matching-engine';
import type { Dice } from './dice.js';
import { partners } from './random-facts.js';
import type { Unstamped } from './random-facts.js';

/** of a young lease with a partner, mostly, and of its bid's others there; now and then of one that is over, lies here or says nonsense. */
export function remoteLoss(dice: Dice, trades: readonly TradeMade[], time: number): Unstamped {
  const isRemote = ({ providerId }: TradeMade): boolean => partners.includes(providerId);
  const among = trades.filter((trade) => trade.to > time / slotMs + 1 && (isRemote(trade) || dice.oneIn(30)));
  const lost = among.at(-1 - dice.roll(10));
  const together = lost && dice.oneIn(2) ? among.filter((trade) => trade.bidId === lost.bidId && isRemote(trade)) : [lost];
  const leases = together.map((trade) => ({
    tradeNumber: trade?.tradeNumber ?? 1 + dice.roll(20),
    left: dice.oneIn(2) ? 0 : dice.roll(trade?.units ?? 1) - (dice.oneIn(40) ? 1 : 0),
  }));
  return { kind: 'RemoteLeasesLost', leases };
}
