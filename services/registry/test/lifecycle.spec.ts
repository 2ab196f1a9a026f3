import { brokenByMove, wayOfChange } from '../src/core/lifecycle.js';
import type { Mover, State } from '../src/core/lifecycle.js';

const owner: Mover = { isOwner: true, isOperator: false, isOfOwnersGroup: true };
const operator: Mover = { isOwner: false, isOperator: true, isOfOwnersGroup: false };
const operatorOfItsOwn: Mover = { isOwner: true, isOperator: true, isOfOwnersGroup: true };
const operatorOfTheGroup: Mover = { isOwner: false, isOperator: true, isOfOwnersGroup: true };
const states: State[] = ['DRAFT', 'SUBMITTED', 'VERIFIED', 'SUSPENDED', 'RETIRED'];
const ruleOf = (from: State, to: State, mover: Mover) => brokenByMove(from, to, mover)?.rule ?? 'may';

describe('the life of what is registered', () => {
  const may = 'may';
  const only = 'only_the_operator_may_make_this_move';
  const own = 'nobody_verifies_his_own';
  const moves: [State, State, owner: string, operator: string, operatorOfItsOwn: string][] = [
    ['DRAFT', 'SUBMITTED', may, may, may],
    ['DRAFT', 'RETIRED', may, may, may],
    ['SUBMITTED', 'DRAFT', may, may, may],
    ['SUBMITTED', 'VERIFIED', only, may, own],
    ['SUBMITTED', 'RETIRED', may, may, may],
    ['VERIFIED', 'SUSPENDED', only, may, may],
    ['VERIFIED', 'RETIRED', may, may, may],
    ['SUSPENDED', 'VERIFIED', only, may, own],
    ['SUSPENDED', 'RETIRED', may, may, may],
  ];

  it.each(moves)('%s to %s: owner %s, operator %s, operator of its own %s', (from, to, byOwner, byOperator, byItsOwn) => {
    expect(ruleOf(from, to, owner)).toBe(byOwner);
    expect(ruleOf(from, to, operator)).toBe(byOperator);
    expect(ruleOf(from, to, operatorOfItsOwn)).toBe(byItsOwn);
    expect(ruleOf(from, to, operatorOfTheGroup)).toBe(byItsOwn);
  });

  const others = states.flatMap((from) =>
    states.filter((to) => !moves.some(([source, target]) => source === from && target === to)).map((to): [State, State] => [from, to]),
  );
  it.each(others)('%s to %s is no move, whoever asks', (from, to) => {
    for (const mover of [owner, operator, operatorOfItsOwn]) expect(ruleOf(from, to, mover)).toBe('state_must_follow_the_lifecycle');
  });
});

describe('a change of details', () => {
  it.each<[State, string, string, string]>([
    ['DRAFT', 'edit', 'edit', 'edit'],
    ['SUBMITTED', 'submitted_must_be_withdrawn_before_it_changes', 'submitted_must_be_withdrawn_before_it_changes', ''],
    ['VERIFIED', 'propose', 'amend', 'propose'],
    ['SUSPENDED', 'propose', 'amend', 'propose'],
    ['RETIRED', 'retired_must_not_change', 'retired_must_not_change', ''],
  ])('of what is %s: owner %s, operator %s', (state, byOwner, byOperator, byItsOwn) => {
    const wayOf = (mover: Mover) => {
      const way = wayOfChange(state, mover);
      return typeof way === 'string' ? way : way.rule;
    };
    expect(wayOf(owner)).toBe(byOwner);
    expect(wayOf(operator)).toBe(byOperator);
    expect(wayOf(operatorOfTheGroup)).toBe(byItsOwn || byOwner);
  });
});
