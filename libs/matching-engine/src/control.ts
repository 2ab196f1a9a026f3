import type { BookId, Price, SessionId, SiteId, Slot } from '#domain';
import type { Stamp } from './stamp.js';

// the operator's hand on the market, and the end of sessions.

/** The book trades no more and collects what arrives; IOC and FOK end. */
export interface HaltBook extends Stamp {
  readonly kind: 'HaltBook';
  readonly bookId: BookId;
}

/** What the book collected is applied as if arriving, by sequence. */
export interface ReopenBook extends Stamp {
  readonly kind: 'ReopenBook';
  readonly bookId: BookId;
  /** The operator's new reference price, which takes the place of the book's indices; 0: all stays as it is. */
  readonly referencePrice: Price;
}

/** Every book halts until StartMarket; those that were halted on their own stay so. */
export interface StopMarket extends Stamp {
  readonly kind: 'StopMarket';
}

export interface StartMarket extends Stamp {
  readonly kind: 'StartMarket';
}

/** The sessions first … last have ended: their resting orders go. A new leader ends all that are older than its own. */
export interface EndSessions extends Stamp {
  readonly kind: 'EndSessions';
  readonly first: SessionId;
  readonly last: SessionId;
}

/** the grid takes power from the site in the slots [from, to): its RECLAIMABLE leases go, and none is sold there meanwhile. It takes the place of the site's last; from = to lifts it. */
export interface CurtailSite extends Stamp {
  readonly kind: 'CurtailSite';
  readonly siteId: SiteId;
  readonly from: Slot;
  readonly to: Slot;
}
