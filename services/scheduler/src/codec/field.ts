// What a journal knows of a value: the value that costs nothing, and how any other is written.
import type { Sink, Source } from './bytes.js';

export interface Field<T> {
  /** Not written where it stands in a record. It never changes: journals that were written without it mean it. */
  readonly none: T;
  isNone(value: T): boolean;
  write(sink: Sink, value: T): void;
  read(source: Source): T;
  /** Reads past it, where that costs less than to read it. */
  skip?(source: Source): void;
}

/** Any number; a safe integer from 0 in as few bytes as it needs. */
export const number = <T extends number>(none: number): Field<T> => ({
  none: none as T,
  isNone: (value) => value === none,
  write: (sink, value) => sink.number(value),
  read: (source) => source.number() as T,
});

export const text: Field<string> = {
  none: '',
  isNone: (value) => value === '',
  write: (sink, value) => sink.text(value),
  read: (source) => source.text(),
  skip: (source) => source.skipText(),
};

/** Its bit in a record's mask is all of it, so it stands in records alone. */
export const flag: Field<boolean> = {
  none: false,
  isNone: (value) => !value,
  write: () => undefined,
  read: () => true,
};

/** The same in every record, and no byte in any. */
export const always = <T>(none: T): Field<T> => ({
  none,
  isNone: () => true,
  write: () => undefined,
  read: () => none,
});

export const nullable = <T>(field: Field<T>): Field<T | null> => ({ ...field, none: null, isNone: (value) => value === null });

export const optional = <T>(field: Field<T>): Field<T | undefined> => ({
  ...field,
  none: undefined,
  isNone: (value) => value === undefined || (field === (flag as unknown) && !value),
});

export const list = <T>(item: Field<T>): Field<readonly T[]> => ({
  none: [],
  isNone: (values) => values.length === 0,
  write: (sink, values) => {
    sink.number(values.length);
    for (const value of values) item.write(sink, value);
  },
  read: (source) => Array.from({ length: source.number() }, () => item.read(source)),
});

export const pair = <A, B>(first: Field<A>, second: Field<B>): Field<readonly [A, B]> => ({
  none: [first.none, second.none],
  isNone: () => false,
  write: (sink, value) => {
    first.write(sink, value[0]);
    second.write(sink, value[1]);
  },
  read: (source) => [first.read(source), second.read(source)],
});

/** What only those need who tell of a batch: others pass over it, and find its none. */
export const untold = <T>(field: Field<T>): Field<T> => ({
  ...field,
  read: (source) => {
    if (field.skip) field.skip(source);
    else field.read(source);
    return field.none;
  },
});
