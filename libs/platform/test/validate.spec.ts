import {
  AdvanceClockRequest,
  Book,
  ComputeClass,
  CreateKeyRequest,
  HelloRequest,
  RecordDepositRequest,
  SetBookRequest,
  SubmitBidRequest,
  Tier,
  Unit,
} from '#contracts';
import { namedBySent, validate } from '../src/validate.js';

const book = Book.create({ computeClass: ComputeClass.INTELLIGENT, model: 'A100', unit: Unit.CARD, tier: Tier.FIRM });
const bid = (terms: object, more: object = {}) =>
  SubmitBidRequest.create({ terms: { books: [book], units: 1, durationSlots: 4, limitPrice: 100, ...terms }, ...more });
const deposit = { participantId: 2, amount: 10_000n, bankReference: 'B' };

describe('a good request', () => {
  it.each([
    ['a bid', SubmitBidRequest.$type, bid({})],
    ['the highest price', SubmitBidRequest.$type, bid({ limitPrice: 9_000_000_000 })],
    ['a zero that a rule allows', SetBookRequest.$type, SetBookRequest.create({ book, referencePrice: 0 })],
    ['characters, not code units', CreateKeyRequest.$type, CreateKeyRequest.create({ name: '𠮷'.repeat(80) })],
    ['a text of many scripts', SubmitBidRequest.$type, bid({}, { project: '视觉 «á» ١٢ שלום 👩‍🚀' })],
    ['the last time', AdvanceClockRequest.$type, { to: Date.parse('9999-12-31T23:59:59.999Z') }],
  ])('%s', (_name, type, message) => {
    expect(validate(type, message)).toEqual([]);
  });
});

describe('each rule names the field that breaks it', () => {
  it.each([
    ['field_must_be_given', 'terms', SubmitBidRequest.$type, SubmitBidRequest.create()],
    ['field_must_be_given', 'terms.durationSlots', SubmitBidRequest.$type, bid({ durationSlots: 0 })],
    ['field_must_be_given', 'terms.books[0].model', SubmitBidRequest.$type, bid({ books: [{ ...book, model: '' }] })],
    ['field_must_be_given', 'book.tier', SetBookRequest.$type, SetBookRequest.create({ book: { ...book, tier: 0 } })],
    ['number_must_be_in_range', 'terms.units', SubmitBidRequest.$type, bid({ units: -1 })],
    ['number_must_be_in_range', 'terms.durationSlots', SubmitBidRequest.$type, bid({ durationSlots: 35_041 })],
    ['number_must_be_in_range', 'terms.limitPrice', SubmitBidRequest.$type, bid({ limitPrice: 9_000_000_100 })],
    ['number_must_be_in_range', 'terms.limitPrice', SubmitBidRequest.$type, bid({ limitPrice: -100 })],
    ['number_must_be_in_range', 'terms.hours[1]', SubmitBidRequest.$type, bid({ hours: [8, 24] })],
    ['number_must_be_in_range', 'terms.earliest', SubmitBidRequest.$type, bid({ earliest: 2 ** 31 - 1 })],
    ['number_must_be_in_range', 'to', AdvanceClockRequest.$type, { to: Date.parse('9999-12-31T23:59:59.999Z') + 1 }],
    ['number_must_be_whole', 'terms.units', SubmitBidRequest.$type, bid({ units: 1.5 })],
    ['number_must_be_whole', 'terms.units', SubmitBidRequest.$type, bid({ units: NaN })],
    ['number_must_be_in_range', 'terms.limitPrice', SubmitBidRequest.$type, bid({ limitPrice: 2 ** 53 })],
    ['number_must_be_whole', 'terms.limitPrice', SubmitBidRequest.$type, bid({ limitPrice: 0.5 })],
    ['number_must_be_in_range', 'amount', RecordDepositRequest.$type, { ...deposit, amount: 10n ** 31n }],
    ['number_must_be_in_range', 'amount', RecordDepositRequest.$type, { ...deposit, amount: 1_000n }],
    ['number_must_be_a_multiple', 'amount', RecordDepositRequest.$type, { ...deposit, amount: 1_005_000n }],
    ['price_must_be_on_the_tick', 'terms.limitPrice', SubmitBidRequest.$type, bid({ limitPrice: 150 })],
    ['value_must_be_one_of_the_list', 'terms.placement', SubmitBidRequest.$type, bid({ placement: 99 })],
    ['text_must_fit_its_length', 'project', SubmitBidRequest.$type, bid({}, { project: 'x'.repeat(65) })],
    ['text_must_match_its_pattern', 'clientOrderId', SubmitBidRequest.$type, bid({}, { clientOrderId: 'two words' })],
    ['text_must_be_well_formed', 'project', SubmitBidRequest.$type, bid({}, { project: 'a\0b' })],
    ['text_must_be_printable', 'project', SubmitBidRequest.$type, bid({}, { project: 'two\nlines' })],
    ['text_must_be_printable', 'project', SubmitBidRequest.$type, bid({}, { project: 'a\u0085b' })],
    ['text_must_be_printable', 'project', SubmitBidRequest.$type, bid({}, { project: 'a\u202eb' })],
    ['text_must_be_well_formed', 'project', SubmitBidRequest.$type, bid({}, { project: '\ud800' })],
    ['list_must_fit_its_length', 'terms.books', SubmitBidRequest.$type, bid({ books: Array.from({ length: 33 }, () => book) })],
    ['list_must_fit_its_length', 'versions', HelloRequest.$type, HelloRequest.create({ platform: 'x' })],
  ])('%s: %s', (rule, field, type, message) => {
    expect(validate(type, message)).toEqual([expect.objectContaining({ rule, field })]);
  });
});

it.each<[string, string, object, unknown, string]>([
  ['a price', SubmitBidRequest.$type, bid({ limitPrice: 0 }), '0.00', 'number_must_be_in_range: must be 0.0001 yuan to 9000 yuan'],
  [
    'a price left out',
    SubmitBidRequest.$type,
    bid({ limitPrice: 0 }),
    undefined,
    'field_must_be_given: is required: 0.0001 yuan to 9000 yuan',
  ],
  ['a price of null', SubmitBidRequest.$type, bid({ limitPrice: 0 }), null, 'field_must_be_given: is required: 0.0001 yuan to 9000 yuan'],
  ['a count', SubmitBidRequest.$type, bid({ durationSlots: 0 }), 0, 'number_must_be_in_range: must be 1 to 35040'],
  [
    'an amount',
    RecordDepositRequest.$type,
    { ...deposit, amount: 0n },
    '0',
    'number_must_be_in_range: must be 0.01 yuan to 9000000000 yuan',
  ],
  ['a text', RecordDepositRequest.$type, { ...deposit, bankReference: '' }, '', 'field_must_be_given: is required'],
])('what was sent as nothing is told from what was left out: %s', (_name, type, message, sent, told) => {
  expect(
    validate(type, message)
      .map((one) => namedBySent(one, sent))
      .map(({ rule, detail }) => `${rule}: ${detail}`),
  ).toEqual([told]);
});

it('lists everything that a request breaks, up to fifty', () => {
  expect(validate(SubmitBidRequest.$type, bid({ units: -1, durationSlots: 0, limitPrice: 1 })).map(({ field }) => field)).toEqual([
    'terms.units',
    'terms.durationSlots',
    'terms.limitPrice',
  ]);
  const many = bid({ constraints: { regionsIn: Array.from({ length: 64 }, () => 1) } });
  expect(validate(SubmitBidRequest.$type, many)).toHaveLength(50);
});
