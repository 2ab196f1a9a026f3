import type { Event, LeaseExtended, LeaseResold, ProceedsShared } from '#matching-engine';
import type { TradeNumber } from '#domain';

/** What the events behind a trade say of it (R-7a, R-18). */
export interface Marks {
  readonly standby: boolean;
  readonly resold?: LeaseResold;
  readonly extended?: LeaseExtended;
  readonly proceeds: readonly ProceedsShared[];
}

const unmarked: Marks = { standby: false, proceeds: [] };
const nothingMarked = (): Marks => unmarked;

/** By trade number; a trade that nothing is said of is plain. */
export function marksOf(events: readonly Event[]): (trade: TradeNumber) => Marks {
  if (!events.some((event) => event.kind === 'TradeMade')) return nothingMarked;
  const marks = new Map<TradeNumber, Marks>();
  const of = (trade: TradeNumber): Marks => marks.get(trade) ?? unmarked;
  for (const event of events) {
    if (event.kind === 'StandbyMade') marks.set(event.tradeNumber, { ...of(event.tradeNumber), standby: true });
    if (event.kind === 'LeaseResold') marks.set(event.byTradeNumber, { ...of(event.byTradeNumber), resold: event });
    if (event.kind === 'LeaseExtended') marks.set(event.byTradeNumber, { ...of(event.byTradeNumber), extended: event });
    if (event.kind === 'ProceedsShared') {
      const { proceeds, ...more } = of(event.byTradeNumber);
      marks.set(event.byTradeNumber, { ...more, proceeds: [...proceeds, event] });
    }
  }
  return of;
}
