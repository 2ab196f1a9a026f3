// JSON of messages by the contract's table, written as text at once. Closures are compiled once for each message.
import { enums, messages } from '#contracts';
import type { FieldSchema } from '#contracts';
import { writeBytes, writeDay, writeMoney, writeOrderId, writeSlot, writeTime } from './json-codec-format.js';

type Fields = Readonly<Record<string, unknown>>;
/** Answers undefined where JSON leaves the field out. */
type Writer = (value: unknown) => string | undefined;

const writers = new Map<string, (message: Fields) => string>();

/**
 * A message as JSON text: enums by name, money and prices as decimal strings of yuan, slots and times in UTC. Leaves out what is not set.
 * @param type the message's full name
 */
export const toJson = (type: string, message: object): string => writerOf(type)(message as Fields);

function writerOf(type: string): (message: Fields) => string {
  let writer = writers.get(type);
  if (!writer) {
    // A message may hold its own kind, so the place is taken before the fields are compiled.
    writers.set(type, (message) => writers.get(type)!(message));
    writer = messageWriter(type);
    writers.set(type, writer);
  }
  return writer;
}

function messageWriter(type: string): (message: Fields) => string {
  const schema = messages[type];
  if (!schema) throw new Error(`message_must_be_in_the_contract: ${type}`);
  const fields = schema.fields.map((field) => ({ name: field.name, key: `${JSON.stringify(field.name)}:`, write: fieldWriter(field) }));
  return (message) => {
    let text = '';
    for (const { name, key, write } of fields) {
      const value = message[name];
      const json = value === undefined ? undefined : write(value);
      if (json !== undefined) text += (text === '' ? key : `,${key}`) + json;
    }
    return `{${text}}`;
  };
}

function fieldWriter(field: FieldSchema): Writer {
  const write = valueWriter(field);
  if (field.repeated) return (list) => `[${(list as unknown[]).map(write).join(',')}]`;
  // Nothing happens at the epoch, and no order has the id 0: without presence a zero of these says that there is none.
  const { format = '', aboveZero } = field.rule ?? {};
  const isUnset = ['slot', 'time', 'day', 'orderId'].includes(format) || field.kind === 'enum' || aboveZero !== undefined;
  if (isUnset && !field.optional && !field.oneof) return (value) => (value === 0 || value === 0n ? undefined : write(value));
  return write;
}

function valueWriter(field: FieldSchema): Writer {
  switch (field.rule?.format) {
    case 'money':
    case 'price':
      return (value) => `"${writeMoney(value as bigint | number)}"`;
    case 'slot':
      return (value) => `"${writeSlot(value as number)}"`;
    case 'time':
      return (value) => `"${writeTime(value as number)}"`;
    case 'day':
      return (value) => `"${writeDay(value as number)}"`;
    case 'orderId':
      return (value) => `"${writeOrderId(value as number)}"`;
    case undefined:
      return plainWriter(field);
  }
}

function plainWriter(field: FieldSchema): Writer {
  switch (field.kind) {
    case 'message': {
      const write = writerOf(field.type!);
      return (value) => write(value as Fields);
    }
    case 'enum': {
      const names = new Map(enums[field.type!]!.values.map(({ name, number }) => [number, `"${name}"`]));
      return (value) => names.get(value as number);
    }
    case 'bytes':
      return (value) => `"${writeBytes(value as Uint8Array)}"`;
    case 'bigint':
    case 'uint64':
      return (value) => `"${String(value)}"`;
    case 'string':
    case 'double':
      return (value) => JSON.stringify(value);
    case 'bool':
    case 'int32':
    case 'uint32':
    case 'int64':
      return String;
  }
}
