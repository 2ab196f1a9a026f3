// Messages from JSON by the contract's table. Closures are compiled once for each message: orders are the hot path.
import { enums, messages } from '#contracts';
import type { FieldSchema } from '#contracts';
import { readBytes, readDay, readMoney, readOrderId, readSlot, readTime } from './json-codec-format.js';
import type { Violation } from './refusal.js';
import { invalidAll } from './rpc-status.js';

type Json = Record<string, unknown>;
/** Answers the value, or adds to `found` why it is none. */
type Reader = (json: unknown, path: string, found: Violation[]) => unknown;

const VIOLATIONS_MAX = 50;
const readers = new Map<string, Reader>();

/**
 * A message from JSON. Fields left out and nulls take the default; the contract's rules are the pipeline's affair.
 * @param type the message's full name
 * @throws Refusal invalid, with each unknown field and each value of a wrong type or form by its path
 */
export function fromJson(type: string, json: unknown, path = ''): object {
  const found: Violation[] = [];
  const message = readerOf(type)(json, path, found);
  if (found.length) throw invalidAll(found);
  return message as object;
}

/**
 * JSON from the parameters of a path or query, typed as the contract wants them, for fromJson. `a.b` stands for a field of a field,
 * `cursor` and `limit` for those of `page`; a list's parameter comes once for each item.
 */
export function jsonOfParameters(type: string, parameters: Readonly<Record<string, unknown>>): Json {
  const json = Object.create(null) as Json;
  for (const [name, text] of Object.entries(parameters)) put(json, type, parameterPath(type, name), text, name);
  return json;
}

function parameterPath(type: string, name: string): string[] {
  const isPaged = messages[type]!.fields.some((field) => field.type === 'exchange.common.v1.PageRequest');
  return isPaged && (name === 'cursor' || name === 'limit') ? ['page', name] : name.split('.');
}

function put(json: Json, type: string, [head, ...rest]: string[], text: unknown, name: string): void {
  const field = messages[type]!.fields.find((known) => known.name === head);
  const isWithin = field?.kind === 'message' && !field.repeated;
  const inner = isWithin && rest.length ? (json[field.name] ??= Object.create(null) as Json) : undefined;
  // What the contract does not know stays under its own name, for fromJson to refuse.
  if (!field || isWithin !== rest.length > 0 || typeof inner === 'string') json[name] = text;
  else if (inner) put(inner as Json, field.type!, rest, text, rest.join('.'));
  else if (field.repeated) json[field.name] = [text].flat().map((item) => typed(field, item));
  else json[field.name] = typed(field, text);
}

/** Text that is not of the kind stays as it is and is refused by the reader. */
function typed(field: FieldSchema, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (field.kind === 'bool') return text === 'true' ? true : text === 'false' ? false : text;
  const isNumber = ['int32', 'uint32', 'int64', 'double'].includes(field.kind) && field.rule?.format === undefined;
  return isNumber && /^-?\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : text;
}

function readerOf(type: string): Reader {
  let reader = readers.get(type);
  if (!reader) {
    // A message may hold its own kind, so the place is taken before the fields are compiled.
    readers.set(type, (json, path, found) => readers.get(type)!(json, path, found));
    reader = messageReader(type);
    readers.set(type, reader);
  }
  return reader;
}

function messageReader(type: string): Reader {
  const schema = messages[type];
  if (!schema) throw new Error(`message_must_be_in_the_contract: ${type}`);
  const fields = new Map(
    schema.fields.map((field) => [
      field.name,
      { read: field.repeated ? listReader(field) : aboveZero(field, valueReader(field)), empty: emptyOf(field) },
    ]),
  );
  // Every message of a type is a copy of this, so that all have one shape; lists and bytes are then its own.
  const template: Json = Object.fromEntries(schema.fields.map((field) => [field.name, emptyOf(field)()]));
  const own = schema.fields
    .filter((field) => field.repeated || field.kind === 'bytes')
    .map((field) => ({ name: field.name, empty: emptyOf(field) }));
  return (json, path, found) => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return wrongType(path, 'an object', json, found);
    const message = { ...template };
    for (const { name, empty } of own) if (!(json as Json)[name]) message[name] = empty();
    for (const name of Object.keys(json)) {
      const value = (json as Json)[name];
      const field = fields.get(name);
      const place = path === '' ? name : `${path}.${name}`;
      if (field) message[name] = value === null ? field.empty() : field.read(value, place, found);
      else if (found.length < VIOLATIONS_MAX)
        found.push({ field: place, rule: 'field_must_be_known', detail: 'is no field of this request' });
    }
    return message;
  };
}

function listReader(field: FieldSchema): Reader {
  const read = valueReader(field);
  return (json, path, found) => {
    if (!Array.isArray(json)) return wrongType(path, 'a list', json, found);
    const list: unknown[] = [];
    for (let index = 0; index < json.length && found.length < VIOLATIONS_MAX; index++)
      list.push(read(json[index], `${path}[${index}]`, found));
    return list;
  };
}

/** A message holds 0 where nothing was given, so a 0 that was given is refused here. */
function aboveZero({ rule }: FieldSchema, read: Reader): Reader {
  const broken = rule?.aboveZero;
  if (broken === undefined) return read;
  return (json, path, found) => {
    const value = read(json, path, found);
    if (value === 0 || value === 0n) found.push({ field: path, rule: broken, detail: 'is 0: leave it out where there is none' });
    return value;
  };
}

/** A new value each time for what could be changed by who holds it. */
function emptyOf(field: FieldSchema): () => unknown {
  if (field.repeated) return () => [];
  if (field.optional || field.oneof || field.kind === 'message') return () => undefined;
  switch (field.kind) {
    case 'string':
      return () => '';
    case 'bool':
      return () => false;
    case 'bytes':
      return () => new Uint8Array(0);
    case 'bigint':
    case 'uint64':
      return () => 0n;
    case 'double':
    case 'int32':
    case 'uint32':
    case 'int64':
    case 'enum':
      return () => 0;
  }
}

function valueReader(field: FieldSchema): Reader {
  const isBig = field.kind === 'bigint' || field.kind === 'uint64';
  switch (field.rule?.format) {
    case 'money':
      return textReader(
        isBig ? readMoney : numberOf(readMoney),
        'money_must_be_a_decimal_of_yuan',
        'a decimal string of yuan with at most six decimals ("12.5")',
      );
    case 'price':
      return textReader(
        isBig ? readMoney : numberOf(readMoney),
        'price_must_be_a_decimal_of_yuan',
        'a decimal string of yuan a unit-hour ("2.35")',
      );
    case 'slot':
      return textReader(
        readSlot,
        'slot_must_begin_a_quarter_hour',
        'an RFC 3339 time on a quarter of an hour ("2026-03-01T08:15:00+08:00")',
      );
    case 'time':
      return textReader(readTime, 'time_must_be_rfc_3339', 'an RFC 3339 time, at most to the millisecond ("2026-03-01T08:00:00+08:00")');
    case 'day':
      return textReader(readDay, 'day_must_be_a_date', 'a date ("2026-03-01")');
    case 'orderId':
      return textReader(readOrderId, 'order_id_must_be_base_32', "eleven characters of Crockford's base 32");
    case undefined:
      return plainReader(field);
  }
}

function plainReader(field: FieldSchema): Reader {
  switch (field.kind) {
    case 'message':
      return readerOf(field.type!);
    case 'enum': {
      const { values } = enums[field.type!]!;
      const numbers = new Map(values.map(({ name, number }) => [name, number]));
      return textReader((text) => numbers.get(text), 'value_must_be_one_of_the_list', `one of ${[...numbers.keys()].join(', ')}`);
    }
    case 'string':
      return (json, path, found) => (typeof json === 'string' ? json : wrongType(path, 'a string', json, found));
    case 'bool':
      return (json, path, found) => (typeof json === 'boolean' ? json : wrongType(path, 'true or false', json, found));
    case 'bytes':
      return textReader(readBytes, 'bytes_must_be_base_64', 'bytes in base 64');
    case 'bigint':
    case 'uint64':
      return textReader(
        (text) => (/^-?\d{1,20}$/.test(text) ? BigInt(text) : undefined),
        'integer_must_be_a_string_of_digits',
        'a string of digits',
      );
    case 'double':
    case 'int32':
    case 'uint32':
    case 'int64':
      return (json, path, found) => (typeof json === 'number' ? json : wrongType(path, 'a number', json, found));
  }
}

const numberOf =
  (read: (text: string) => bigint | undefined) =>
  (text: string): number | undefined => {
    const value = read(text);
    return value === undefined ? undefined : Number(value);
  };

function textReader(read: (text: string) => unknown, rule: string, form: string): Reader {
  return (json, path, found) => {
    if (typeof json !== 'string') return wrongType(path, form, json, found);
    const value = read(json);
    if (value === undefined) found.push({ field: path, rule, detail: `must be ${form}` });
    return value;
  };
}

function wrongType(path: string, wanted: string, json: unknown, found: Violation[]): undefined {
  const is = json === null ? 'null' : Array.isArray(json) ? 'a list' : typeof json === 'object' ? 'an object' : `a ${typeof json}`;
  found.push({ field: path, rule: 'value_must_be_of_its_type', detail: `must be ${wanted}, is ${is}` });
}
