import { firstSellableSlot } from '#domain';
import type { Slot, Time } from '#domain';
import type { BidTerms } from '../command.js';
import { piecesOf, fill, undo } from './standby.js';
import type { Run } from './run.js';
import type { Starts } from './starts.js';
import type { Asker } from './wish.js';

/** Which starts a dry run may take: sets them. */
export type SetStarts = (starts: Starts) => void;

/** a bid's questions to the market. What they take is given back, so that nothing is changed. */
export class Asking {
  /** where its leases bind it to; 0: nowhere. */
  readonly site: number;
  readonly region: number;
  readonly platform: number;
  readonly isBound: boolean;
  private readonly own: SetStarts;

  /** isOpen: it may have no starts but those ahead. */
  constructor(
    private readonly run: Run,
    readonly by: Asker,
    readonly terms: BidTerms,
    readonly time: Time,
    isOpen: boolean,
  ) {
    const { market, wish } = run;
    wish.ofTerms(market, by, terms, time);
    setAllowed(terms, firstSellableSlot(time))(wish.starts);
    this.isBound = by.bid >= 0 && wish.bind(market, by.bid);
    this.site = wish.site;
    this.region = wish.region;
    this.platform = wish.platform;
    const { areNone, first } = wish.starts;
    if (areNone && !isOpen) this.own = setAllowed(terms, firstSellableSlot(time) - 1);
    else if (!this.isBound) this.own = setAllowed(terms, firstSellableSlot(time));
    else this.own = areNone ? (starts) => starts.none() : (starts) => starts.one(first);
  }

  /** Makes the run's wish what the bid asks, on other terms and for other starts where these are given. */
  ask(terms: BidTerms = this.terms, setStarts: SetStarts = this.own): void {
    const { market, wish } = this.run;
    wish.ofTerms(market, this.by, terms, this.time);
    wish.site = this.site;
    wish.region = this.region;
    wish.platform = this.platform;
    setStarts(wish.starts);
  }

  /** True where the market gives the whole rest, by reclaiming too, and its standby (R-7a). */
  wouldFill(terms: BidTerms = this.terms, setStarts: SetStarts = this.own): boolean {
    const { run } = this;
    const { wish } = run;
    this.ask(terms, setStarts);
    const { rest } = wish;
    if (wish.isTogether) wish.need = rest;
    const first = fill(run);
    const pieces = piecesOf(first);
    let isFilled = counted(pieces) === rest;
    if (isFilled && terms.standby !== null) {
      this.ask(terms, setStarts);
      wish.keepAway(pieces);
      const second = fill(run);
      isFilled = counted(piecesOf(second)) === rest;
      undo(run, second);
    }
    undo(run, first);
    return isFilled;
  }

  /** As `wouldFill`, on other terms: its starts follow from hours and weekdays, but a bound rest stays bound. */
  wouldFillLoosened(terms: BidTerms): boolean {
    if (this.isBound) return this.wouldFill(terms);
    this.ask();
    const { starts } = this.run.wish;
    const sellable = firstSellableSlot(this.time);
    return this.wouldFill(terms, setAllowed(terms, starts.areNone ? sellable : Math.min(starts.first, sellable)));
  }
}

const counted = (pieces: readonly { readonly counted: number }[]): number => pieces.reduce((sum, piece) => sum + piece.counted, 0);

/** The allowed starts of the terms from the slot on. */
export const setAllowed =
  ({ earliest, latest, durationSlots, hours, weekdays }: BidTerms, first: Slot): SetStarts =>
  (starts) =>
    starts.set(earliest, latest, durationSlots, hours, weekdays, first);
