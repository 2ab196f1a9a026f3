// What JSON of the contract must look like, as docs/national-node.md has it: written by hand, so that it judges the sender by the document and not by shared code.

export type Json = Readonly<Record<string, unknown>>;
/** Answers what is wrong, undefined where nothing is. What is absent is undefined. */
export type Shape = (value: unknown) => string | undefined;

/** A broken rule, said to who broke it. */
export class Broken extends Error {
  constructor(
    readonly rule: string,
    readonly detail: string,
  ) {
    super(`${rule}: ${detail}`);
  }
}

export const text =
  (max: number, pattern = /^/): Shape =>
  (value = '') =>
    typeof value === 'string' && value.length <= max && pattern.test(value)
      ? undefined
      : `must be text of at most ${max} like ${String(pattern)}`;

export const named = (max: number, pattern = /^[^]/): Shape => text(max, pattern);

export const integer =
  (min: number, max: number): Shape =>
  (value = 0) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;

export const flag: Shape = (value = false) => (typeof value === 'boolean' ? undefined : 'must be true or false');

export const instant: Shape = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(value) && !Number.isNaN(Date.parse(value))
    ? undefined
    : 'must be an RFC 3339 time in UTC';

export const oneOf =
  (...names: string[]): Shape =>
  (value) =>
    names.includes(value as string) ? undefined : `must be one of ${names.join(', ')}`;

export const list =
  (max: number, shape: Shape): Shape =>
  (value = []) => {
    if (!Array.isArray(value) || value.length > max) return `must be a list of at most ${max}`;
    const index = value.findIndex((one) => shape(one) !== undefined);
    return index === -1 ? undefined : `[${index}] ${shape(value[index])}`;
  };

/** Fields that are not named here are wrong. */
export const fields =
  (shapes: Readonly<Record<string, Shape>>): Shape =>
  (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'must be an object';
    const strange = Object.keys(value).find((name) => !(name in shapes));
    if (strange !== undefined) return `${strange} is not in the contract`;
    for (const [name, shape] of Object.entries(shapes)) {
      const wrong = shape((value as Json)[name]);
      if (wrong !== undefined) return `${name} ${wrong}`;
    }
    return undefined;
  };

export const optional =
  (shape: Shape): Shape =>
  (value) =>
    value === undefined ? undefined : shape(value);

/** @throws Broken by that rule */
export function mustFit(value: unknown, shape: Shape, rule: string): void {
  const wrong = shape(value);
  if (wrong !== undefined) throw new Broken(rule, wrong);
}
