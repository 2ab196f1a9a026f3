// What the contract says about each field, compiled once for each message into closures. In process, gRPC and HTTP calls pass the same checks.
import { enums, messages } from '#contracts';
import type { FieldSchema } from '#contracts';
import { maxOrderValue, maxPrice, slotMs, tick } from '#domain';
import { dayMs, writeDay, writeMoney, writeSlot, writeTime } from './json-codec-format.js';
import type { Violation } from './refusal.js';

/** The last millisecond, slot and day that RFC 3339 can write. */
const TIME_MAX = 253_402_300_799_999;
const SLOT_MAX = Math.floor(TIME_MAX / slotMs);
const DAY_MAX = Math.floor(TIME_MAX / dayMs);
const VIOLATIONS_MAX = 50;

type Format = NonNullable<FieldSchema['rule']>['format'];
type Fields = Readonly<Record<string, unknown>>;
/** Adds what `value`, which stands under that name or number in what stands at `path`, breaks. Most breaks nothing, so its own path is written only then. */
type Check = (value: unknown, path: string, name: string | number, found: Violation[]) => void;
type Validator = (message: Fields, path: string, found: Violation[]) => void;

const validators = new Map<string, Validator>();

/**
 * Every rule of the contract that a message breaks, at most fifty of them; none where it is good.
 * @param type the message's full name
 */
export function validate(type: string, message: object): Violation[] {
  const found: Violation[] = [];
  validatorOf(type)(message as Fields, '', found);
  return found;
}

function validatorOf(type: string): Validator {
  let validator = validators.get(type);
  if (!validator) {
    // A message may hold its own kind, so the place is taken before the fields are compiled.
    validators.set(type, (message, path, found) => validators.get(type)!(message, path, found));
    validator = compile(type);
    validators.set(type, validator);
  }
  return validator;
}

function compile(type: string): Validator {
  const schema = messages[type];
  if (!schema) throw new Error(`message_must_be_in_the_contract: ${type}`);
  const fields = schema.fields.map((field) => ({ name: field.name, check: fieldCheck(field) }));
  const oneofs = [...Map.groupBy(schema.fields, (field) => field.oneof)]
    .filter(([name]) => name)
    .map(([, of]) => of.map(({ name }) => name));
  return (message, path, found) => {
    for (const { name, check } of fields) {
      if (found.length >= VIOLATIONS_MAX) return;
      check(message[name], path, name, found);
    }
    for (const names of oneofs) {
      const given = names.filter((name) => message[name] !== undefined);
      if (given.length > 1)
        found.push({
          field: pathOf(path, given[1]!),
          rule: 'one_of_a_group_must_be_given',
          detail: `only one of ${names.join(', ')} may be given`,
        });
    }
  };
}

const pathOf = (path: string, name: string | number): string =>
  typeof name === 'number' ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;

function fieldCheck(field: FieldSchema): Check {
  const item = itemCheck(field);
  const { required = false } = field.rule ?? {};
  if (field.repeated) return listCheck(field, item);
  const isGiven = givenCheck(field);
  const detail = `${missing}${isNumber(field) ? `: ${rangeAboveNothing(field)}` : ''}`;
  return (value, path, name, found) => {
    if (isGiven(value)) item(value, path, name, found);
    else if (required) found.push({ field: pathOf(path, name), rule: 'field_must_be_given', detail });
  };
}

const missing = 'is required';

const isNumber = ({ kind }: FieldSchema): boolean => ['bigint', 'uint64', 'double', 'int32', 'uint32', 'int64'].includes(kind);

/** What a number may be that must be given, and so is not 0. */
function rangeAboveNothing(field: FieldSchema): string {
  const { min, max, step } = rangeOf(field);
  return min < 0 ? 'not 0' : written(Math.max(min, field.kind === 'double' ? min : step), max, field.rule?.format);
}

/**
 * On the wire a number that is 0 is one that is not given. Where what was sent says 0 the rule that it breaks is its range.
 * @param sent the value at the violation's field
 */
export function namedBySent(violation: Violation, sent: unknown): Violation {
  const isNought = (typeof sent === 'number' || (typeof sent === 'string' && /^-?[\d.]+$/.test(sent))) && Number(sent) === 0;
  if (violation.rule !== 'field_must_be_given' || !isNought) return violation;
  return { ...violation, rule: 'number_must_be_in_range', detail: violation.detail.replace(`${missing}:`, 'must be') };
}

/** Without presence on the wire the default counts as not given, but for a number that may itself be zero. */
function givenCheck(field: FieldSchema): (value: unknown) => boolean {
  if (field.optional || field.oneof || field.kind === 'message') return (value) => value !== undefined && value !== null;
  if (field.kind === 'string') return (value) => value !== '' && value !== undefined;
  if (field.kind === 'bytes') return (value) => (value as Uint8Array | undefined)?.length !== 0 && value !== undefined;
  if (field.kind === 'bool') return (value) => value !== undefined;
  if (field.kind === 'enum' || (field.rule?.required && !(field.rule.min !== undefined && field.rule.min <= 0)))
    return (value) => value !== 0 && value !== 0n && value !== undefined;
  return (value) => value !== undefined;
}

function listCheck(field: FieldSchema, item: Check): Check {
  const { required = false, minItems = required ? 1 : 0, maxItems = Infinity } = field.rule ?? {};
  return (value, path, name, found) => {
    const list = (value ?? []) as readonly unknown[];
    if (list.length < minItems || list.length > maxItems)
      found.push({
        field: pathOf(path, name),
        rule: 'list_must_fit_its_length',
        detail: `must hold ${range(minItems, maxItems)} items, holds ${list.length}`,
      });
    else if (list.length) {
      const at = pathOf(path, name);
      for (let index = 0; index < list.length && found.length < VIOLATIONS_MAX; index++) item(list[index], at, index, found);
    }
  };
}

function itemCheck(field: FieldSchema): Check {
  switch (field.kind) {
    case 'message': {
      if (field.rule?.apart) return () => undefined;
      const validator = validatorOf(field.type!);
      return (value, path, name, found) => validator(value as Fields, pathOf(path, name), found);
    }
    case 'enum':
      return enumCheck(field);
    case 'string':
      return textCheck(field);
    case 'bytes':
      return bytesCheck(field);
    case 'bool':
      return () => undefined;
    case 'bigint':
    case 'uint64':
      return bigCheck(field);
    case 'double':
    case 'int32':
    case 'uint32':
    case 'int64':
      return numberCheck(field);
  }
}

/** The numbers that an enum's field may hold. */
export function knownOf(field: FieldSchema): ReadonlySet<number> {
  const known = new Set(enums[field.type!]!.values.map(({ number }) => number));
  if (!field.repeated) known.add(0);
  return known;
}

function enumCheck(field: FieldSchema): Check {
  const values = enums[field.type!]!.values;
  const known = knownOf(field);
  const names = values.map(({ name }) => name).join(', ');
  return (value, path, name, found) => {
    if (!known.has(value as number))
      found.push({ field: pathOf(path, name), rule: 'value_must_be_one_of_the_list', detail: `must be one of ${names}` });
  };
}

/** Neither control characters nor Unicode's own ends of lines, nor marks that turn the direction of text. */
export const printable = '^[^\\p{Cc}\\u2028\\u2029\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]*$';

function textCheck(field: FieldSchema): Check {
  const { minLength = 0, maxLength = Infinity, pattern } = field.rule ?? {};
  const line = field.rule?.printable ? new RegExp(printable, 'u') : undefined;
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  return (value, path, name, found) => {
    const text = value as string;
    if (text.includes('\0') || !text.isWellFormed())
      found.push({ field: pathOf(path, name), rule: 'text_must_be_well_formed', detail: 'must be well-formed Unicode without NUL' });
    // Characters are counted only where the code units leave a doubt.
    else if (text.length < minLength || (text.length > maxLength && charactersOf(text) > maxLength))
      found.push({
        field: pathOf(path, name),
        rule: 'text_must_fit_its_length',
        detail: `must have ${range(minLength, maxLength)} characters, has ${charactersOf(text)}`,
      });
    else if (line && !line.test(text))
      found.push({
        field: pathOf(path, name),
        rule: 'text_must_be_printable',
        detail: 'must be one line without control characters or marks that turn the direction of text',
      });
    else if (expression && !expression.test(text))
      found.push({ field: pathOf(path, name), rule: 'text_must_match_its_pattern', detail: `must match ${pattern}` });
  };
}

const charactersOf = (text: string): number => [...text].length;

function bytesCheck(field: FieldSchema): Check {
  const { minLength = 0, maxLength = Infinity } = field.rule ?? {};
  return (value, path, name, found) => {
    const { length } = value as Uint8Array;
    if (length < minLength || length > maxLength)
      found.push({
        field: pathOf(path, name),
        rule: 'bytes_must_fit_their_length',
        detail: `must have ${range(minLength, maxLength)} bytes, has ${length}`,
      });
  };
}

/** [least, most] of a scalar's kind and format, before the field's own rule. */
function boundsOf(field: FieldSchema): [number, number] {
  switch (field.rule?.format) {
    case 'money':
      return [-maxOrderValue, maxOrderValue];
    case 'price':
      return [0, maxPrice];
    case 'slot':
      return [0, SLOT_MAX];
    case 'time':
      return [0, TIME_MAX];
    case 'day':
      return [0, DAY_MAX];
    case 'orderId':
      return [0, Number.MAX_SAFE_INTEGER];
    case undefined:
      if (field.kind === 'int32') return [-(2 ** 31), 2 ** 31 - 1];
      if (field.kind === 'uint32') return [0, 2 ** 32 - 1];
      if (field.kind === 'double') return [-Number.MAX_VALUE, Number.MAX_VALUE];
      return [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  }
}

/** What a number may be. */
export function rangeOf(field: FieldSchema): { readonly min: number; readonly max: number; readonly step: number } {
  const [least, most] = boundsOf(field);
  const min = Math.max(least, field.rule?.min ?? least);
  const max = Math.min(most, field.rule?.max ?? most);
  return { min, max, step: field.rule?.multipleOf ?? (field.rule?.format === 'price' ? tick : 1) };
}

/** What may be left out is 0 in a message; who gives it gives more. */
const leastGiven = <N extends number | bigint>({ rule }: FieldSchema, min: N, step: N): N =>
  rule?.aboveZero !== undefined && min < step ? step : min;

function numberCheck(field: FieldSchema): Check {
  const { format } = field.rule ?? {};
  const { min, max, step } = rangeOf(field);
  const inRange = `must be ${written(leastGiven(field, min, step), max, format)}`;
  const isWhole = field.kind !== 'double';
  return (value, path, name, found) => {
    const number = value as number;
    // What is written as text has no bound of JSON's, but its own.
    if (isWhole && !(format ? Number.isInteger(number) : Number.isSafeInteger(number)))
      found.push({ field: pathOf(path, name), rule: 'number_must_be_whole', detail: 'must be a whole number that is exact in JSON' });
    else if (!(number >= min && number <= max)) found.push({ field: pathOf(path, name), rule: 'number_must_be_in_range', detail: inRange });
    else if (isWhole && number % step !== 0)
      found.push(
        format === 'price'
          ? { field: pathOf(path, name), rule: 'price_must_be_on_the_tick', detail: `must be a multiple of ${writeMoney(step)} yuan` }
          : { field: pathOf(path, name), rule: 'number_must_be_a_multiple', detail: `must be a multiple of ${step}` },
      );
  };
}

function bigCheck(field: FieldSchema): Check {
  const isMoney = field.rule?.format === 'money';
  const least = field.kind === 'uint64' ? 0n : isMoney ? BigInt(-maxOrderValue) : -(2n ** 63n);
  const most = isMoney ? BigInt(maxOrderValue) : 2n ** (field.kind === 'uint64' ? 64n : 63n) - 1n;
  const min = field.rule?.min === undefined ? least : BigInt(field.rule.min);
  const max = field.rule?.max === undefined ? most : BigInt(field.rule.max);
  const step = BigInt(field.rule?.multipleOf ?? 1);
  const given = leastGiven(field, min, step);
  return (value, path, name, found) => {
    const number = value as bigint;
    if (number < min || number > max)
      found.push({
        field: pathOf(path, name),
        rule: 'number_must_be_in_range',
        detail: `must be ${isMoney ? written(Number(given), Number(max), 'money') : range(given, max)}`,
      });
    else if (number % step !== 0n)
      found.push({
        field: pathOf(path, name),
        rule: 'number_must_be_a_multiple',
        detail: `must be a multiple of ${isMoney ? `${writeMoney(step)} yuan` : step}`,
      });
  };
}

const range = (min: number | bigint, max: number | bigint): string =>
  max === Infinity ? `at least ${min}` : min === max ? `exactly ${min}` : `${min} to ${max}`;

/** A range in the words in which JSON writes the format. */
function written(min: number, max: number, format: Format): string {
  const write = writerOf(format);
  return `${write(min)} to ${write(max)}`;
}

function writerOf(format: Format): (value: number) => string {
  switch (format) {
    case 'money':
    case 'price':
      return (value) => `${writeMoney(value)} yuan`;
    case 'time':
      return writeTime;
    case 'slot':
      return writeSlot;
    case 'day':
      return writeDay;
    case 'orderId':
    case undefined:
      return String;
  }
}
