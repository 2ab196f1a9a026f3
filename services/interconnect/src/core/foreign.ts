// Documents of other protocols: how they are read, and of which kind a refusal is there.

export type Json = Readonly<Record<string, unknown>>;

/** Why a document is not understood. */
export interface Unfit {
  /** Its JSON path in the document. */
  readonly field: string;
  readonly rule: string;
  readonly detail: string;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member by one of its names, whatever their case: schemas and programs of one specification write it differently. */
export function member(document: Json, ...names: readonly string[]): unknown {
  const wanted = names.map((name) => name.toLowerCase());
  return Object.entries(document).find(([name]) => wanted.includes(name.toLowerCase()))?.[1];
}

export const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export const unfit = (field: string, rule: string, detail: string): Unfit => ({ field, rule, detail });
export const isUnfit = (value: object): value is Unfit => 'rule' in value && 'field' in value;

const kinds: Readonly<Record<string, 'absent' | 'forbidden'>> = {
  advert_must_be_offered: 'absent',
  reservation_must_be_known: 'absent',
  partner_must_not_be_suspended: 'forbidden',
  partner_must_not_have_left: 'forbidden',
};

/** How the refusal of a message is answered over HTTP: what is not there (404), what the partner may not (403), what the state forbids (409). */
export const kindOfRule = (rule: string): 'absent' | 'forbidden' | 'conflict' => kinds[rule] ?? 'conflict';

/** "CARD" of Unit and 1. */
export const wordOf = (list: Readonly<Record<string, number>>, value: number): string =>
  Object.entries(list).find(([, known]) => known === value)?.[0] ?? '';
