// An answer with a reason. What a handler may refuse travels as it is through every edge; anything else thrown is a fault of ours.

export type RefusalKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'absent' | 'conflict' | 'exhausted' | 'too_large' | 'unavailable';

/** One broken rule. `field` is the JSON path of what broke it ('offer.units'); empty where it is the whole request. */
export interface Violation {
  readonly field: string;
  /** snake_case name of the broken rule: units_must_be_multiple_of_per_node */
  readonly rule: string;
  readonly detail: string;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly kind: RefusalKind,
    readonly rule: string,
    readonly detail: string,
    readonly field?: string,
    readonly violations: readonly Violation[] = [],
    /** After how many seconds the same may be asked again, where that is known. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${rule}: ${detail}`);
  }
}

/** The request breaks a rule whatever the state of the exchange. */
export const invalid = (field: string, rule: string, detail: string): Refusal => new Refusal('invalid', rule, detail, field);

/** `what` names the thing and its id ('pool 7'); the same answer is given for what the caller may not see. */
export const absent = (what: string): Refusal => new Refusal('absent', 'entity_must_exist', `${what} does not exist`);

/** The request is well formed but the present state forbids it. */
export const conflict = (rule: string, detail: string, field?: string): Refusal => new Refusal('conflict', rule, detail, field);

export const forbidden = (rule: string, detail: string): Refusal => new Refusal('forbidden', rule, detail);
