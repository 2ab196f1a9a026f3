// R-35 on the buyer's side: what becomes of a piece of a bid that a partner is asked for. No answer is not a no: nothing but the partner's word moves it.

/** The numbers are kept. */
export const PieceState = { ASKED: 1, COMMITTING: 2, CANCELLING: 3, MADE: 4, RETURNED: 5 } as const;
export type PieceState = (typeof PieceState)[keyof typeof PieceState];

/** What was learned: the partner's answers, or that the bid does not want the piece any more. */
export type Learned =
  | { readonly kind: 'reserved' | 'committed' | 'cancelled' | 'unwanted' }
  | { readonly kind: 'refused'; readonly of: 'reserve' | 'commit' | 'cancel'; readonly rule: string };

export interface Moved {
  readonly state: PieceState;
  /** What the partner is told next. */
  readonly say?: 'commit' | 'cancel';
  /** What the market is told: then the piece is decided, for good. */
  readonly decided?: Decision;
}

export interface Decision {
  readonly made: boolean;
  /** False: another bid would find nothing there either, until the partner advertises again. */
  readonly isSupplyThere: boolean;
}

/** Refusals that say nothing against the supply: it was asked for too late, or given back. */
const rulesOfTime = new Set([
  'message_must_be_said_in_time',
  'reservation_must_not_have_expired',
  'reservation_must_not_be_released',
  'reservation_must_be_known',
]);

const returned = (isSupplyThere: boolean): Moved => ({ state: PieceState.RETURNED, decided: { made: false, isSupplyThere } });

/** Undefined where it changes nothing: the piece is decided, or what was learned is of a question that is settled. */
export function movedPiece(state: PieceState, learned: Learned): Moved | undefined {
  switch (state) {
    case PieceState.ASKED:
      return ofAsked(learned);
    case PieceState.CANCELLING:
      return ofCancelling(learned);
    case PieceState.COMMITTING:
      return ofCommitting(learned);
    case PieceState.MADE:
    case PieceState.RETURNED:
      return undefined;
  }
}

function ofAsked(learned: Learned): Moved | undefined {
  if (learned.kind === 'reserved') return { state: PieceState.COMMITTING, say: 'commit' };
  if (learned.kind === 'unwanted') return { state: PieceState.CANCELLING, say: 'cancel' };
  return learned.kind === 'refused' && learned.of === 'reserve' ? returned(rulesOfTime.has(learned.rule)) : undefined;
}

/** No commit was said and none will be, so whatever is answered nothing was bought. */
function ofCancelling(learned: Learned): Moved | undefined {
  if (learned.kind === 'cancelled') return returned(true);
  if (learned.kind !== 'refused' || learned.of === 'commit') return undefined;
  return returned(learned.of === 'cancel' || rulesOfTime.has(learned.rule));
}

/** A commit that was said cannot be taken back: that the bid does not want it any more comes too late. */
function ofCommitting(learned: Learned): Moved | undefined {
  if (learned.kind === 'committed') return { state: PieceState.MADE, decided: { made: true, isSupplyThere: true } };
  return learned.kind === 'refused' && learned.of === 'commit' ? returned(rulesOfTime.has(learned.rule)) : undefined;
}
