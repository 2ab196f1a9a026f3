// The life of everything registered, and who may move it.

export type State = 'DRAFT' | 'SUBMITTED' | 'VERIFIED' | 'SUSPENDED' | 'RETIRED';

/** Who moves or changes a thing, seen from that thing. */
export interface Mover {
  /** It is the thing's owner. */
  readonly isOwner: boolean;
  readonly isOperator: boolean;
  /** Its beneficial-owner group is the owner's. */
  readonly isOfOwnersGroup: boolean;
}

export interface Broken {
  readonly kind: 'conflict' | 'forbidden';
  readonly rule: string;
  readonly detail: string;
}

/** From, to, and who may: the operator may do all that an owner may. RETIRED is final. */
const moves: readonly (readonly [State, State, 'owner' | 'operator'])[] = [
  ['DRAFT', 'SUBMITTED', 'owner'],
  ['DRAFT', 'RETIRED', 'owner'],
  // The owner withdraws, or the operator sends back.
  ['SUBMITTED', 'DRAFT', 'owner'],
  ['SUBMITTED', 'VERIFIED', 'operator'],
  ['SUBMITTED', 'RETIRED', 'owner'],
  ['VERIFIED', 'SUSPENDED', 'operator'],
  ['VERIFIED', 'RETIRED', 'owner'],
  ['SUSPENDED', 'VERIFIED', 'operator'],
  ['SUSPENDED', 'RETIRED', 'owner'],
];

/** What forbids a move; undefined where it may be made. */
export function brokenByMove(from: State, to: State, mover: Mover): Broken | undefined {
  const move = moves.find(([source, target]) => source === from && target === to);
  if (!move) return conflict('state_must_follow_the_lifecycle', `${from} cannot become ${to}`);
  if (mover.isOperator) return to === 'VERIFIED' ? brokenByVerifying(mover) : undefined;
  if (move[2] === 'operator' || !mover.isOwner) return forbidden('only_the_operator_may_make_this_move', `${from} to ${to}`);
  return undefined;
}

/** What forbids to verify a thing or an amendment of it. */
export function brokenByVerifying(mover: Mover): Broken | undefined {
  if (!mover.isOperator) return forbidden('only_the_operator_verifies', 'the caller is not the operator');
  if (mover.isOwner || mover.isOfOwnersGroup)
    return forbidden('nobody_verifies_his_own', "the thing is the caller's or of the caller's owner group");
  return undefined;
}

/**
 * How a change of details is made: a draft is edited; what was verified is amended at once by an operator of another group, else the
 * amendment waits; the rest does not change.
 */
export function wayOfChange(state: State, mover: Mover): 'edit' | 'amend' | 'propose' | Broken {
  if (state === 'DRAFT') return 'edit';
  if (state === 'SUBMITTED') return conflict('submitted_must_be_withdrawn_before_it_changes', 'it waits for the operator as it is');
  if (state === 'RETIRED') return conflict('retired_must_not_change', 'it is retired');
  return brokenByVerifying(mover) ? 'propose' : 'amend';
}

const conflict = (rule: string, detail: string): Broken => ({ kind: 'conflict', rule, detail });
const forbidden = (rule: string, detail: string): Broken => ({ kind: 'forbidden', rule, detail });
