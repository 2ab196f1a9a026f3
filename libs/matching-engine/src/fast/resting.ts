import { collects } from './halts.js';
import { setExpiry, setResting } from './keeping.js';
import type { Market } from './market.js';
import { Bid } from './records.js';
import { restOf } from './wish.js';

/** what the bid lacks rests. A halted book collects it. */
export function letRest(market: Market, bid: number): void {
  const { data } = market.tables.bids;
  setResting(market, bid, true);
  data[bid + Bid.COLLECTED] = collects(market, bid) ? 1 : 0;
  setExpiry(market, bid);
  tellRested(market, bid, restOf(market.tables, bid));
}

export function tellRested({ events, participants, tables }: Market, bid: number, rest: number): void {
  const { data } = tables.bids;
  events.orderRested(data[bid + Bid.ID]!, participants.ids[data[bid + Bid.PARTICIPANT]!]!, true, rest);
}
