// How messages of a type are read where they are checked as they come: the schema's table, laid out by the numbers of the fields.
import { messages } from '#contracts';
import type { FieldSchema } from '#contracts';
import { knownOf, printable, rangeOf, validate } from './validate.js';

export type Message = Record<string | symbol, unknown>;

/** Under this stands from where a message was read. */
export const wire = Symbol('wire');

export const kinds = { number: 0, enum: 1, bool: 2, numbers: 3, text: 4, message: 5, messages: 6 } as const;
const [VARINT, DELIMITED] = [0, 2];

export interface Field {
  readonly name: string;
  /** Its number and wire type, as they stand before the value. */
  readonly tag: number;
  readonly kind: (typeof kinds)[keyof typeof kinds];
  /** Also a default tells that it was given. */
  readonly isOptional: boolean;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Of an enum. */
  readonly known: ReadonlySet<number>;
  readonly patterns: readonly RegExp[];
  /** Characters or items. */
  readonly leastLength: number;
  readonly mostLength: number;
  /** A bit for the field, and one for the group of which one may be given. */
  readonly bit: number;
  readonly group: number;
  readonly type: string;
  plan: Plan | undefined;
  /** What stood there last, and where: much is said again and again. */
  last: unknown;
  lastBytes: Uint8Array;
  lastFrom: number;
  lastLength: number;
}

export interface Plan {
  readonly type: string;
  /** By their numbers. */
  readonly fields: readonly (Field | undefined)[];
  /** A message of which nothing is given. */
  readonly none: Message;
  /** Bits of the fields without which it breaks a rule. */
  readonly needed: number;
  /** It holds single numbers and texts alone. */
  readonly isFlat: boolean;
  /** The messages in it are checked apart from it, so each is known by its own bytes. */
  readonly isApart: boolean;
}

const bitsMax = 31;
const plans = new Map<string, Plan | undefined>();
const apart = new Set(Object.values(messages).flatMap(({ fields }) => fields.flatMap(({ rule, type }) => (rule?.apart ? [type!] : []))));

export function planOf(type: string): Plan | undefined {
  let plan = plans.get(type);
  if (!plan && !plans.has(type)) plans.set(type, (plan = planned(type)));
  return plan;
}

/** Undefined for a message with fields of kinds that seldom come. */
function planned(type: string): Plan | undefined {
  const schemas = messages[type]!.fields;
  const groups = [...new Set(schemas.map(({ oneof }) => oneof))];
  const found = schemas.map((schema, place) => fieldOf(schema, place, groups.indexOf(schema.oneof)));
  if (!found.every((field) => field !== undefined) || found.length > bitsMax) return undefined;
  if (!found.every((field, place) => place === 0 || field.tag > found[place - 1]!.tag)) return undefined;
  const fields: Field[] = [];
  for (const field of found) fields[field.tag >>> 3] = field;
  const none = { ...Object.fromEntries(schemas.map((schema) => [schema.name, noneOf(schema)])), [wire]: undefined };
  const broken = new Set(validate(type, none).map(({ field }) => field));
  return {
    type,
    fields,
    none,
    needed: found.reduce((bits, { name, bit }) => (broken.has(name) ? bits | bit : bits), 0),
    isFlat: found.every(({ kind }) => kind <= kinds.text && kind !== kinds.numbers),
    isApart: apart.has(type),
  };
}

const noItems: readonly unknown[] = Object.freeze([]);

function noneOf({ kind, repeated, optional, oneof }: FieldSchema): unknown {
  if (repeated) return noItems;
  if (optional || oneof || kind === 'message') return undefined;
  if (kind === 'string') return '';
  return kind === 'bool' ? false : 0;
}

function kindOf({ kind, repeated = false }: FieldSchema): Field['kind'] | undefined {
  switch (kind) {
    case 'int32':
    case 'uint32':
    case 'int64':
      return repeated ? kinds.numbers : kinds.number;
    case 'enum':
      return repeated ? kinds.numbers : kinds.enum;
    case 'message':
      return repeated ? kinds.messages : kinds.message;
    case 'bool':
      return repeated ? undefined : kinds.bool;
    case 'string':
      return repeated ? undefined : kinds.text;
    case 'bytes':
    case 'double':
    case 'bigint':
    case 'uint64':
      return undefined;
  }
}

function fieldOf(schema: FieldSchema, place: number, group: number): Field | undefined {
  const kind = kindOf(schema);
  if (kind === undefined) return undefined;
  const { name, number = place + 1, repeated, optional, oneof, rule, type = '' } = schema;
  // Lists of numbers go one by one here; who packs them is read by the codec.
  const wireType = kind <= kinds.numbers ? VARINT : DELIMITED;
  const isNumber = ['int32', 'uint32', 'int64'].includes(schema.kind);
  return {
    name,
    tag: (number << 3) | wireType,
    kind,
    isOptional: optional === true || oneof !== undefined,
    ...(isNumber ? rangeOf(schema) : { min: 0, max: 0, step: 1 }),
    known: schema.kind === 'enum' ? knownOf(schema) : new Set(),
    patterns: [rule?.pattern, rule?.printable && printable].flatMap((one) => (one ? new RegExp(one, 'u') : [])),
    leastLength: (repeated ? rule?.minItems : rule?.minLength) ?? 0,
    mostLength: (repeated ? rule?.maxItems : rule?.maxLength) ?? Infinity,
    bit: 1 << place,
    group: oneof === undefined ? 0 : 1 << group,
    type,
    plan: undefined,
    last: undefined,
    lastBytes: new Uint8Array(),
    lastFrom: 0,
    lastLength: -1,
  };
}
