import fc from 'fast-check';
import {
  AdvanceClockRequest,
  CreateKeyRequest,
  Depth,
  ListKeysRequest,
  SubmitBidRequest,
  SubsidyDecided,
  TradeMade,
  enums,
  messages,
} from '#contracts';
import type { FieldSchema } from '#contracts';
import { readDay, readOrderId, readTime, writeOrderId } from '../src/json-codec-format.js';
import { fromJson, jsonOfParameters } from '../src/json-codec-read.js';
import { toJson } from '../src/json-codec-write.js';
import { Refusal } from '../src/refusal.js';

const violationsOf = (read: () => unknown) => {
  try {
    read();
  } catch (error) {
    if (error instanceof Refusal) return error.violations.map(({ field, rule }) => `${field} ${rule}`);
    throw error;
  }
  return [];
};

const terms = { durationSlots: 4, limitPrice: '2.35', earliest: '2026-03-01T08:15:00+08:00', hours: [8, 9], placement: 'ONE_POOL' };

it('reads an order as the contract has it', () => {
  const message = fromJson(SubmitBidRequest.$type, { terms, project: 'p', image: null }) as SubmitBidRequest;
  expect(message).toEqual(
    SubmitBidRequest.create({
      terms: { durationSlots: 4, limitPrice: 2_350_000, earliest: Date.parse(terms.earliest) / 900_000, hours: [8, 9], placement: 1 },
      project: 'p',
    }),
  );
});

it('writes what is set, times in UTC and money in yuan', () => {
  const trade = TradeMade.create({ tradeId: 7, bidId: 2 ** 52 - 1, price: 100, computeAmount: -1n, window: { from: 1, to: 2 }, madeAt: 1 });
  expect(JSON.parse(toJson(TradeMade.$type, trade))).toEqual(
    expect.objectContaining({
      tradeId: 7,
      bidId: '3ZZZZZZZZZZ',
      price: '0.0001',
      computeAmount: '-0.000001',
      transferAmount: '0',
      window: { from: '1970-01-01T00:15:00Z', to: '1970-01-01T00:30:00Z' },
      madeAt: '1970-01-01T00:00:00.001Z',
    }),
  );
  expect(JSON.parse(toJson(TradeMade.$type, trade))).not.toHaveProperty('offerId');
  expect(JSON.parse(toJson(Depth.$type, Depth.create({ day: 20_513 })))).toEqual({ bookId: 0, day: '2026-03-01', bids: [], offers: [] });
});

describe('what is not so written is refused by its path', () => {
  it.each<[string, unknown]>([
    [' value_must_be_of_its_type', 'text'],
    [' value_must_be_of_its_type', null],
    [' value_must_be_of_its_type', []],
    ['unit field_must_be_known', { unit: 1 }],
    ['__proto__ field_must_be_known', JSON.parse('{"__proto__":{"terms":1}}')],
    ['constructor field_must_be_known', { constructor: 1 }],
    ['terms value_must_be_of_its_type', { terms: [] }],
    ['terms.units value_must_be_of_its_type', { terms: { units: '4' } }],
    ['terms.allOrNone value_must_be_of_its_type', { terms: { allOrNone: 'true' } }],
    ['terms.hours value_must_be_of_its_type', { terms: { hours: 8 } }],
    ['terms.hours[1] value_must_be_of_its_type', { terms: { hours: [8, '9'] } }],
    ['terms.books[0].modle field_must_be_known', { terms: { books: [{ modle: 'A100' }] } }],
    ['terms.placement value_must_be_one_of_the_list', { terms: { placement: 'PLACEMENT_ONE_POOL' } }],
    ['terms.placement value_must_be_one_of_the_list', { terms: { placement: 'UNSPECIFIED' } }],
    ['terms.limitPrice value_must_be_of_its_type', { terms: { limitPrice: 2.35 } }],
    ['terms.limitPrice price_must_be_a_decimal_of_yuan', { terms: { limitPrice: '2.3500001' } }],
    ['terms.limitPrice price_must_be_a_decimal_of_yuan', { terms: { limitPrice: '1e3' } }],
    ['terms.earliest slot_must_begin_a_quarter_hour', { terms: { earliest: '2026-03-01T08:10:00Z' } }],
    ['terms.earliest slot_must_begin_a_quarter_hour', { terms: { earliest: '2026-03-01 08:15' } }],
    ['terms.goodTill time_must_be_rfc_3339', { terms: { goodTill: '2026-02-30T08:00:00Z' } }],
  ])('%s', (expected, json) => {
    expect(violationsOf(() => fromJson(SubmitBidRequest.$type, json))).toEqual([expected]);
  });

  it('all at once', () => {
    expect(violationsOf(() => fromJson(SubmitBidRequest.$type, { a: 1, project: 1, terms: { b: 1, units: '' } }))).toEqual([
      'a field_must_be_known',
      'project value_must_be_of_its_type',
      'terms.b field_must_be_known',
      'terms.units value_must_be_of_its_type',
    ]);
  });
});

describe('single values', () => {
  it.each([
    ['2026-03-01T08:00:00+08:00', Date.parse('2026-03-01T00:00:00Z')],
    ['2026-03-01T00:00:00.5Z', Date.parse('2026-03-01T00:00:00.500Z')],
    ['2026-03-01T00:00:00', undefined],
    ['2026-03-01T25:00:00Z', undefined],
    ['2026-03-01T24:00:00Z', undefined],
    ['2026-03-01T00:00:00+24:00', undefined],
    ['2026-02-29T00:00:00Z', undefined],
    ['2026-03-01T00:00:00.1234Z', undefined],
    ['2026-03-01t00:00:00z', undefined],
  ])('time %s', (text, time) => expect(readTime(text)).toBe(time));

  it.each([
    ['1970-01-01', 0],
    ['2024-02-29', 19_782],
    ['2026-02-29', undefined],
    ['2026-2-28', undefined],
  ])('day %s', (text, day) => expect(readDay(text)).toBe(day));

  it.each([
    ['00000000001', 1],
    ['0000000000l', 1],
    ['0000000000o', 0],
    ['3zzzzzzzzzz', 2 ** 52 - 1],
    ['40000000000', 2 ** 52],
    ['80000000000', undefined],
    ['0000000000U', undefined],
    ['1', undefined],
  ])('order id %s', (text, id) => expect(readOrderId(text)).toBe(id));

  it('order ids read as they were written', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 2 ** 52 - 1 }), (id) => readOrderId(writeOrderId(id)) === id));
  });
});

it('types parameters of a path or query, and keeps what it does not know for the reader to refuse', () => {
  expect({ ...jsonOfParameters(ListKeysRequest.$type, { limit: '5', cursor: '7', participantId: '3' }) }).toEqual({
    page: { limit: 5, cursor: '7' },
    participantId: 3,
  });
  expect({ ...jsonOfParameters(SubmitBidRequest.$type, { 'terms.hours': '8', 'terms.allOrNone': 'true', participantId: 'x' }) }).toEqual({
    terms: { hours: [8], allOrNone: true },
    participantId: 'x',
  });
  const strange = { page: '1', 'page.size': '1', __proto__: '1', limit: 'x' };
  expect(violationsOf(() => fromJson(ListKeysRequest.$type, jsonOfParameters(ListKeysRequest.$type, strange)))).toEqual(
    expect.arrayContaining(['page value_must_be_of_its_type']),
  );
  expect(violationsOf(() => fromJson(AdvanceClockRequest.$type, jsonOfParameters(AdvanceClockRequest.$type, { too: '1' })))).toEqual([
    'too field_must_be_known',
  ]);
});

describe('every message of the contract', () => {
  /** A value of the field's kind and format, never the default that JSON leaves out. */
  const arbitraryOf = (field: FieldSchema, depth: number): fc.Arbitrary<unknown> => {
    const whole = (max: number) => fc.integer({ min: 1, max });
    switch (field.kind) {
      case 'message':
        return messageOf(field.type!, depth + 1);
      case 'enum':
        return fc.constantFrom(...enums[field.type!]!.values.map(({ number }) => number));
      case 'string':
        return fc.string({ minLength: 1 });
      case 'bool':
        return fc.boolean();
      case 'bytes':
        return fc.uint8Array({ maxLength: 20 });
      case 'bigint':
      case 'uint64':
        return fc.bigInt({ min: 0n, max: 2n ** 62n });
      case 'double':
        return fc.double({ noNaN: true, noDefaultInfinity: true });
      case 'int32':
      case 'uint32':
        return whole(field.rule?.format === 'day' ? 2_900_000 : field.rule?.format === 'slot' ? 280_000_000 : 2 ** 31 - 1);
      case 'int64':
        return whole(field.rule?.format === 'time' ? 253_402_300_799_999 : 2 ** 52 - 1);
    }
  };
  const messageOf = (type: string, depth = 0): fc.Arbitrary<object> =>
    fc.record(
      Object.fromEntries(
        messages[type]!.fields.map((field) => {
          const value = arbitraryOf(field, depth);
          if (field.repeated) return [field.name, depth > 3 ? fc.constant([]) : fc.array(value, { maxLength: 2 })];
          return [field.name, field.kind === 'message' && depth > 3 ? fc.constant(undefined) : value];
        }),
      ),
    );

  it.each(Object.keys(messages).filter((type) => type.startsWith('exchange.')))('%s reads as it was written', (type) => {
    fc.assert(
      fc.property(messageOf(type), (message) => {
        const read = fromJson(type, JSON.parse(toJson(type, message)));
        expect(read).toEqual(message);
      }),
      { numRuns: 5, seed: 7 },
    );
  });
});

it('reads bytes of both alphabets and refuses what is no base 64', () => {
  expect(violationsOf(() => fromJson(CreateKeyRequest.$type, { name: 'a', expiresAt: 5 }))).toEqual([
    'expiresAt value_must_be_of_its_type',
  ]);
  expect(fromJson('exchange.common.v1.FileChunk', { data: '-_8=' })).toEqual({ data: new Uint8Array([251, 255]) });
  expect(violationsOf(() => fromJson('exchange.common.v1.FileChunk', { data: 'a' }))).toEqual(['data bytes_must_be_base_64']);
  expect(JSON.parse(toJson(SubsidyDecided.$type, SubsidyDecided.create({ amount: 2_500_000n })))).toEqual(
    expect.objectContaining({ amount: '2.5' }),
  );
});
