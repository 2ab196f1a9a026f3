// Fields and messages of the contract as JSON Schema, written as the JSON codec writes them.
import { enums, messages } from '#contracts';
import type { FieldSchema } from '#contracts';
import { printable } from './validate.js';

export type Schema = Readonly<Record<string, unknown>>;

/** Message names are unique over all packages. */
export const shortName = (type: string): string => type.slice(type.lastIndexOf('.') + 1);

/** Every message and enum that is used, and what those use in turn. */
export function schemasOf(used: Set<string>): Record<string, Schema> {
  const made: Record<string, Schema> = {};
  // A set goes on to what is added while it is walked.
  for (const type of used)
    made[shortName(type)] = enums[type]
      ? {
          type: 'string',
          enum: enums[type].values.map(({ name }) => name),
          description: [
            enums[type].description,
            ...enums[type].values.map(({ name, description }) => description && `${name}: ${description}`),
          ]
            .filter(Boolean)
            .join('\n\n'),
        }
      : messageSchema(type, used);
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A message's object.
 * @param used gathers full names of what its fields refer to
 * @param left names of fields that stand elsewhere
 */
export function messageSchema(type: string, used: Set<string>, left: ReadonlySet<string> = new Set()): Schema {
  const { description, fields } = messages[type]!;
  const present = fields.filter(({ name }) => !left.has(name));
  const required = present.filter(isRequired).map(({ name }) => name);
  return {
    type: 'object',
    ...(description ? { description } : {}),
    ...(required.length ? { required } : {}),
    properties: Object.fromEntries(present.map((field) => [field.name, fieldSchema(field, used)])),
    additionalProperties: false,
  };
}

export const isRequired = ({ rule }: FieldSchema): boolean => rule?.required === true || (rule?.minItems ?? 0) > 0;

export function fieldSchema(field: FieldSchema, used: Set<string>): Schema {
  const { description, repeated, rule = {} } = field;
  const item = itemSchema(field, used);
  const schema = repeated
    ? {
        type: 'array',
        items: item,
        ...given('minItems', rule.minItems ?? (rule.required ? 1 : undefined)),
        ...given('maxItems', rule.maxItems),
      }
    : item;
  const words = [description, schema.description, bounds(field)].filter(Boolean).join(' ');
  return words ? { ...schema, description: words } : schema;
}

function itemSchema(field: FieldSchema, used: Set<string>): Schema {
  const { rule = {} } = field;
  switch (rule.format) {
    case 'money':
      return {
        ...{ type: 'string', format: 'decimal', description: '(yuan)', examples: ['1250.5'] },
        pattern: rule.aboveZero === undefined ? '^-?\\d+(\\.\\d{1,6})?$' : '^(?=.*[1-9])\\d+(\\.\\d{1,6})?$',
      };
    case 'price':
      return { type: 'string', format: 'decimal', pattern: '^\\d+(\\.\\d{1,4})?$', description: '(yuan a unit-hour)', examples: ['2.35'] };
    case 'slot':
      return { type: 'string', format: 'date-time', description: '(begins a quarter of an hour)', examples: ['2026-03-01T08:15:00+08:00'] };
    case 'time':
      return { type: 'string', format: 'date-time', examples: ['2026-03-01T08:00:00+08:00'] };
    case 'day':
      return { type: 'string', format: 'date', description: '(Asia/Shanghai)', examples: ['2026-03-01'] };
    case 'orderId':
      return { type: 'string', pattern: '^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{11}$', examples: ['01HZY5J8XQK'] };
    case undefined:
      return plainSchema(field, used);
  }
}

function plainSchema(field: FieldSchema, used: Set<string>): Schema {
  const { rule = {} } = field;
  switch (field.kind) {
    case 'message':
    case 'enum':
      used.add(field.type!);
      return { $ref: `#/components/schemas/${shortName(field.type!)}` };
    case 'string':
      return {
        type: 'string',
        ...given('minLength', rule.minLength ?? (rule.required ? 1 : undefined)),
        ...given('maxLength', rule.maxLength),
        ...given('pattern', rule.pattern ?? (rule.printable ? printable : undefined)),
      };
    case 'bool':
      return { type: 'boolean' };
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' };
    case 'bigint':
    case 'uint64':
      return { type: 'string', pattern: '^-?\\d+$' };
    case 'double':
      return { type: 'number', ...given('minimum', rule.min), ...given('maximum', rule.max) };
    case 'int32':
    case 'uint32':
    case 'int64':
      return {
        type: 'integer',
        format: field.kind === 'uint32' ? 'int64' : field.kind,
        ...given('minimum', rule.aboveZero === undefined ? rule.min : 1),
        ...given('maximum', rule.max),
        ...given('multipleOf', rule.multipleOf),
      };
  }
}

/** A decimal string's range cannot stand in its schema, so it stands in its words. */
function bounds({ rule = {} }: FieldSchema): string | undefined {
  if (rule.format !== 'money' && rule.format !== 'price') return undefined;
  const parts = [
    rule.min !== undefined && (rule.aboveZero === undefined ? `at least ${rule.min / 1e6}` : 'above 0'),
    rule.max !== undefined && `at most ${rule.max / 1e6}`,
    rule.multipleOf !== undefined && `a multiple of ${rule.multipleOf / 1e6}`,
  ].filter(Boolean);
  return parts.length ? `${parts.join(', ')}.`.replace(/^a/, 'A') : undefined;
}

const given = (name: string, value: unknown): Schema => (value === undefined ? {} : { [name]: value });
