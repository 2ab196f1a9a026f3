import * as fc from 'fast-check';
import {
  AmendBidRequest,
  AmendOfferRequest,
  AuthenticateRequest,
  bytesOf,
  CancelAllRequest,
  CancelOrderRequest,
  EnterOrdersRequest,
  enums,
  ListBidsRequest,
  messages,
  OrderEntry,
  SetBookRequest,
  SignedMessage,
  SubmitBidRequest,
  SubmitOfferRequest,
  type AnyMessage,
  type FieldSchema,
} from '#contracts';
import { checkedBytes, readChecked } from '../src/checked-reader.js';
import { rangeOf, validate } from '../src/validate.js';

type Made = AnyMessage & { create(partial: never): unknown };

const types: readonly Made[] = [
  EnterOrdersRequest,
  SubmitBidRequest,
  SubmitOfferRequest,
  AmendBidRequest,
  AmendOfferRequest,
  CancelOrderRequest,
  CancelAllRequest,
  SetBookRequest,
  ListBidsRequest,
  AuthenticateRequest,
];

/** Mostly as the rule wants it, now and then not. */
function valueOf(field: FieldSchema, depth: number): fc.Arbitrary<unknown> {
  const { rule = {} } = field;
  switch (field.kind) {
    case 'message':
      return messageOf(field.type!, depth + 1);
    case 'enum':
      return fc.oneof(
        { weight: 40, arbitrary: fc.constantFrom(...enums[field.type!]!.values.map(({ number }) => number)) },
        fc.constant(99),
      );
    case 'bool':
      return fc.boolean();
    case 'string':
      return fc.oneof(
        { weight: 40, arbitrary: fc.constantFrom('a', 'A100', 'bench-17', 'x'.repeat(rule.maxLength ?? 300)) },
        fc.constantFrom('算力', 'two words', 'x'.repeat((rule.maxLength ?? 300) + 1), 'a\0b'),
      );
    case 'int32':
    case 'uint32':
    case 'int64': {
      const { min, max, step } = rangeOf(field);
      const least = Math.ceil(Math.max(min, 0) / step);
      const inside = fc.integer({ min: least, max: Math.floor(max / step) }).map((steps) => steps * step);
      const outside = [min - 1, max + 1, step / 2, -1].filter((value) => Number.isInteger(value) && Math.abs(value) < 2 ** 31);
      return fc.oneof({ weight: 40, arbitrary: inside }, fc.constantFrom(0, ...outside));
    }
    case 'bytes':
    case 'double':
    case 'bigint':
    case 'uint64':
      throw new Error(`${field.name}: not made here`);
  }
}

function messageOf(type: string, depth = 0): fc.Arbitrary<object> {
  const fields = messages[type]!.fields.map((field) => {
    const value = valueOf(field, depth);
    const values = field.repeated ? fc.array(value, { maxLength: 4 }) : value;
    const weight = field.rule?.required || field.rule?.apart ? 60 : field.oneof ? 1 : 2;
    return [field.name, fc.oneof({ weight, arbitrary: values }, { weight: 2, arbitrary: fc.constant(undefined) })] as const;
  });
  return fc.record(Object.fromEntries(fields));
}

const made = (type: Made) => messageOf(type.$type).map((message) => bytesOf(type, type.create(message as never)));

/** Also of the messages that are checked apart from the one they came in. */
const isGood = (type: AnyMessage, message: object): boolean =>
  validate(type.$type, message).length === 0 &&
  (type !== EnterOrdersRequest || (message as EnterOrdersRequest).entries.every((entry) => validate(OrderEntry.$type, entry).length === 0));

describe.each(types.map((type) => [type.$type, type] as const))('%s', (name, type) => {
  it('reads what breaks no rule as its codec does, and nothing else', () => {
    const seen = { good: 0, bad: 0 };
    fc.assert(
      fc.property(made(type), (bytes) => {
        const decoded = type.decode(bytes) as object;
        const read = readChecked(name, bytes);
        expect(read !== undefined).toBe(isGood(type, decoded));
        seen[read ? 'good' : 'bad']++;
        if (!read) return;
        expect(JSON.stringify(read)).toBe(JSON.stringify(decoded));
        expect(bytesOf(type, read)).toEqual(bytes);
        expect(checkedBytes(name, read)).toEqual(bytes);
      }),
      { numRuns: 400, seed: 42 },
    );
    expect(seen.good).toBeGreaterThan(10);
    if (type !== CancelAllRequest) expect(seen.bad).toBeGreaterThan(10);
  });

  it('reads no bytes but the canonical ones', () => {
    let read = 0;
    const changed = fc.tuple(
      made(type),
      fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('set', 'insert', 'remove', 'end')), { minLength: 1, maxLength: 2 }),
    );
    fc.assert(
      fc.property(changed, ([bytes, changes]) => {
        const list = [...bytes];
        for (const [place, byte, what] of changes) {
          const at = place % (list.length + 1);
          if (what === 'set' && at < list.length) list[at] = byte;
          if (what === 'insert') list.splice(at, 0, byte);
          if (what === 'remove') list.splice(at, 1);
          if (what === 'end') list.push(...list.slice(at));
        }
        const message = readChecked(name, Buffer.from(list));
        if (!message) return;
        read++;
        expect(bytesOf(type, type.decode(Buffer.from(list)))).toEqual(Buffer.from(list));
        expect(isGood(type, type.decode(Buffer.from(list)) as object)).toBe(true);
        expect(JSON.stringify(message)).toBe(JSON.stringify(type.decode(Buffer.from(list))));
      }),
      { numRuns: 1_000, seed: 43 },
    );
    expect(read).toBeGreaterThan(0);
  });
});

it('knows a message by its bytes, but no copy of it and no other type', () => {
  const bytes = bytesOf(CancelOrderRequest, { orderId: 7 });
  const message = readChecked(CancelOrderRequest.$type, bytes)!;
  expect(checkedBytes(CancelOrderRequest.$type, message)).toEqual(bytes);
  expect(checkedBytes(CancelOrderRequest.$type, { ...message, orderId: 8 })).toBeUndefined();
  expect(checkedBytes(CancelAllRequest.$type, message)).toBeUndefined();
});

it('knows each entry of a message by its own bytes', () => {
  const cancel = CancelOrderRequest.create({ orderId: 9 });
  const bytes = bytesOf(EnterOrdersRequest, EnterOrdersRequest.create({ entries: [{ correlation: 1, idempotencyKey: 'a', cancel }] }));
  const { entries } = readChecked(EnterOrdersRequest.$type, bytes) as EnterOrdersRequest;
  expect(checkedBytes(CancelOrderRequest.$type, entries[0]!.cancel!)).toEqual(bytesOf(CancelOrderRequest, cancel));
});

it('leaves a message with bytes in front to its codec', () => {
  const bytes = bytesOf(SignedMessage, SignedMessage.create({ message: Buffer.from('m'), saidAt: 1, keyId: 'k' }));
  expect(readChecked(SignedMessage.$type, bytes)).toBeUndefined();
});
