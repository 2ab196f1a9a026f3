// A record is a mask of the fields that are not none, then those. A field is a bit by its place, so a new one goes behind the others: it costs
// old journals nothing, and they read as its none.
import type { Sink, Source } from './bytes.js';
import type { Field } from './field.js';

/** Every field, in the order of its bits. */
export type Shape<T> = { readonly [K in keyof T]-?: Field<T[K]> };

type Fields = Record<string, unknown>;

/** Bits of a mask, with which numbers are still counted without sign. */
const fieldsMax = 31;

/** @param known its none, where that is an object that others have too */
export function record<T extends object>(shape: Shape<T>, known?: T): Field<T> {
  const { names, fields, none } = laidOut(shape);
  const nones = names.map((name) => none[name]);
  const maskOf = (value: Fields): number => {
    let mask = 0;
    for (let index = 0; index < names.length; index++) {
      const field = value[names[index]!];
      // Most are none, and of one kind: that costs no call.
      if (field !== nones[index] && !fields[index]!.isNone(field)) mask |= 1 << index;
    }
    return mask;
  };
  return {
    none: known ?? (none as T),
    isNone: (value) => {
      if (value === known) return true;
      for (let index = 0; index < names.length; index++) if (!fields[index]!.isNone((value as Fields)[names[index]!])) return false;
      return true;
    },
    write: (sink, value) => {
      const mask = maskOf(value as Fields);
      sink.number(mask);
      writeMasked(sink, value as Fields, mask);
    },
    read: (source) => {
      const mask = knownMask(source);
      // A copy of one object, so that all that are read have one shape.
      const value = { ...none };
      for (let index = 0; mask >> index; index++) if ((mask >> index) & 1) value[names[index]!] = fields[index]!.read(source);
      return value as T;
    },
    skip: (source) => {
      const mask = knownMask(source);
      for (let index = 0; mask >> index; index++) if ((mask >> index) & 1) skipField(fields[index]!, source);
    },
  };

  function writeMasked(sink: Sink, value: Fields, mask: number): void {
    for (let index = 0; mask >> index; index++) if ((mask >> index) & 1) fields[index]!.write(sink, value[names[index]!]);
  }

  function knownMask(source: Source): number {
    const mask = source.number();
    if (mask >= 2 ** names.length) throw new Error(`journal_version_must_be_known: of ${names.join(', ')} there are more`);
    return mask;
  }
}

/** Of a change: which fields it names, then those as a record would write them. */
export function partial<T extends object>(shape: Shape<T>): Field<Partial<T>> {
  const { names, none } = laidOut(shape);
  const whole = record(shape);
  return {
    none: {},
    isNone: (value) => Object.keys(value).length === 0,
    write: (sink, value) => {
      let named = 0;
      for (let index = 0; index < names.length; index++) if ((value as Fields)[names[index]!] !== undefined) named |= 1 << index;
      sink.number(named);
      whole.write(sink, { ...(none as T), ...value });
    },
    read: (source) => {
      const named = source.number();
      const value = whole.read(source) as Fields;
      return Object.fromEntries(names.filter((_, index) => (named >> index) & 1).map((name) => [name, value[name]])) as Partial<T>;
    },
  };
}

function skipField(field: Field<unknown>, source: Source): void {
  if (field.skip) field.skip(source);
  else field.read(source);
}

function laidOut<T extends object>(shape: Shape<T>): { names: string[]; fields: Field<unknown>[]; none: Fields } {
  const names = Object.keys(shape);
  const fields = Object.values<Field<unknown>>(shape as Record<string, Field<unknown>>);
  if (names.length > fieldsMax) throw new Error(`record_must_fit_its_mask: ${names.join(', ')}`);
  return { names, fields, none: Object.fromEntries(names.map((name, index) => [name, fields[index]!.none])) };
}
