// R-35 on the seller's side: a partner's reservation, from the question to the lease or its end. The market has the last word on time and supply, and does
// nothing twice for one id; here is what is asked of it, and what its word means.

/** The numbers are kept. Lapsed: held until its time, and nobody came. */
export const ReservationState = { ASKED: 1, RESERVED: 2, COMMITTED: 3, RELEASED: 4, LAPSED: 5, REFUSED: 6 } as const;
export type ReservationState = (typeof ReservationState)[keyof typeof ReservationState];

/** 'ask' asks the market. Else the rule that is broken, without asking. */
export type Verdict = 'ask' | Broken;

export interface Broken {
  readonly rule: string;
  readonly detail: string;
}

/**
 * An id that was asked for and has no answer yet is asked for again: this side ended between the market's word and its record.
 * @param known undefined: the id is new
 * @param isSame the terms are those that the id came with before
 */
export function onReserve(known: ReservationState | undefined, isSame: boolean): Verdict {
  if (known === undefined) return 'ask';
  if (known === ReservationState.RELEASED) return broken('reservation_must_not_be_released', 'it was cancelled before it was made');
  if (known === ReservationState.ASKED && isSame) return 'ask';
  return broken('reservation_id_must_not_be_reused', 'another message asked for a reservation of this id');
}

/** The market may know an id that is not known here: this side was restored from a back-up, and the market was not. */
export function onCommit(known: ReservationState | undefined, isSame: boolean): Verdict {
  if (known === ReservationState.REFUSED) return broken('reservation_must_be_made', 'it was refused');
  if (known === ReservationState.RELEASED) return broken('reservation_must_not_be_released', 'it was cancelled');
  return isSame ? 'ask' : broken('terms_must_be_those_reserved', 'it was reserved by other terms');
}

/**
 * What the market is asked to do where a commit is heard. One that may not be heard any more (late, of a suspended partner) may have been done before its
 * record was lost: releasing finds that out, and bars it else.
 */
export const decisionOf = (isHeard: boolean): 'commit' | 'release' => (isHeard ? 'commit' : 'release');

/** The market's word on a reservation that it was asked to commit; undefined: there is a lease. */
export function afterCommit(state: ReservationState | undefined): Broken | undefined {
  if (state === ReservationState.COMMITTED) return undefined;
  if (state === ReservationState.LAPSED)
    return broken('reservation_must_not_have_expired', 'it was held until its time, and no commit came');
  if (state === ReservationState.RELEASED) return broken('reservation_must_not_be_released', 'it was given back');
  return broken('reservation_must_be_known', 'this platform knows none of this id; it may have been restored from before it was made');
}

/** Cancelled is also what is not known: should the question for it come later, it is refused. */
export const afterCancel = (state: ReservationState | undefined): Broken | undefined =>
  state === ReservationState.COMMITTED ? broken('reservation_must_not_be_committed', 'a lease was made of it') : undefined;

const broken = (rule: string, detail: string): Broken => ({ rule, detail });

export interface Credit {
  /** Micro-yuan that the partner may owe at most. */
  readonly limit: bigint;
  /** Reserved, committed, and not netted yet. */
  readonly used: bigint;
}

/** True where the partner may owe so much more. */
export const isCovered = ({ limit, used }: Credit, amount: bigint): boolean => used + amount <= limit;
