import { absent, has } from '#platform';
import type { Call } from '#platform';
import { disputed, income, money, receivable } from './core/account.js';

/** What every list of this service begins with: whose rows the caller sees, and from where. */

/** 0 (everybody's) only for those who may see all; a participant sees its own, and others' are absent. */
export function participantAsked(call: Call, participantId: number): number {
  if (has(call, 'operator', 'regulator', 'service')) return participantId;
  if (participantId !== 0 && participantId !== call.caller.participantId) throw absent(`participant ${participantId}`);
  return call.caller.participantId;
}

/** Lists run from the newest: rows with an id below this one follow. */
export const before = (after: readonly string[] | undefined): bigint =>
  after && /^\d{1,18}$/.test(after[0]!) ? BigInt(after[0]!) : 9_223_372_036_854_775_807n;

/** A participant's accounts, as lists show them. */
export const accountsOf = (participantId: number): string[] => [
  money(participantId),
  income(participantId),
  receivable(participantId),
  disputed(participantId),
];

/** The key of a list whose key is several whole numbers; `otherwise` at its beginning, or where it was made up. */
export const wholeNumbers = (after: readonly string[] | undefined, otherwise: readonly bigint[]): readonly bigint[] =>
  after?.length === otherwise.length && after.every((part) => /^\d{1,19}$/.test(part)) ? after.map(BigInt) : otherwise;
