// Details between messages, columns and JSON. Columns are named as the contract's fields, so one mapping serves every kind.
import { messages } from '#contracts';
import type { FieldSchema, Message } from '#contracts';

/** A message's codec with its `create`. */
export interface Codec<T> extends Message<T> {
  create(base?: never): T;
}

type Values = Readonly<Record<string, unknown>>;

const fieldsOf = (codec: { readonly $type: string }): readonly FieldSchema[] => messages[codec.$type]!.fields;

export const columnOf = (field: string): string => field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export const columnsOf = (codec: { readonly $type: string }): string[] => fieldsOf(codec).map(({ name }) => columnOf(name));

/** Values in the order of columnsOf. */
export function valuesOf<T extends object>(codec: Codec<T>, message: T): unknown[] {
  const values: Values = Object.fromEntries(Object.entries(message));
  return fieldsOf(codec).map(({ name }) => values[name]);
}

/** @param row values by column; columns of other names are left aside */
export const fromRow = <T>(codec: Codec<T>, row: Values): T => assemble(codec, (name) => row[columnOf(name)]);

/** JSON as it is stored: names as in TypeScript, 64-bit integers as strings. */
export const toJson = (value: object): string =>
  JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? String(item) : item));

export const fromJson = <T>(codec: Codec<T>, stored: Values): T => assemble(codec, (name) => stored[name]);

function assemble<T>(codec: Codec<T>, valueOf: (name: string) => unknown): T {
  const values = fieldsOf(codec).map(({ name, kind }) => {
    const value = valueOf(name);
    if (kind === 'int64') return [name, Number(value)];
    return [name, kind === 'bigint' ? BigInt(value as string | bigint) : value];
  });
  return codec.create(Object.fromEntries(values) as never);
}
