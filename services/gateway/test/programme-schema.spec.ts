// A voucher programme is a document: its schema is served, the shipped documents obey it, and an error names the place by its JSON pointer.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { openCast } from './cast.js';
import type { Cast } from './cast.js';

type Json = Record<string, unknown>;
const folder = join(import.meta.dirname, '../../voucher/programmes');
const documents = readdirSync(folder).map((file) => ({ file, document: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json }));

let cast: Cast;
let validate: (document: unknown) => { isValid: boolean; places: string[] };

beforeAll(async () => {
  cast = await openCast();
  const answer = await fetch(`${cast.exchange.running.httpAddress}/schemas/programme.json`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/schema+json; charset=utf-8']);
  const schema = (await answer.json()) as Json;
  expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', $id: '/schemas/programme.json', type: 'object' });
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { decimal: true } });
  addFormats.default(ajv);
  const check = ajv.compile(schema);
  validate = (document) => ({ isValid: check(document), places: (check.errors ?? []).map(({ instancePath }) => instancePath) });
});
afterAll(() => cast?.exchange.stop());

const post = async (terms: unknown) => {
  const answer = await fetch(`${cast.exchange.running.httpAddress}/v1/programmes`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cast.keys.authority}`, 'idempotency-key': crypto.randomUUID(), 'content-type': 'application/json' },
    body: JSON.stringify({ terms }),
  });
  return { status: answer.status, body: (await answer.json()) as Json };
};

it.each(documents)('$file obeys the schema, and is drafted and answered as it stands', async ({ document }) => {
  expect(validate(document)).toEqual({ isValid: true, places: [] });
  const { status, body } = await post(document);
  expect([status, body.terms]).toEqual([200, expect.objectContaining({ ...document, ...asAnswered(document) })]);
});

/** Lists and objects are answered with the defaults of what they leave out. */
const asAnswered = (document: Json): Json =>
  Object.fromEntries(
    Object.entries(document)
      .filter(([, value]) => typeof value === 'object')
      .map(([name, value]) => [
        name,
        Array.isArray(value)
          ? value.map((item: unknown) => (typeof item === 'object' ? (expect.objectContaining(item as Json) as unknown) : item))
          : expect.objectContaining(value as Json),
      ]),
  );

const good = documents.find(({ file }) => file === 'henan.json')!.document;

it.each<[string, Json, string, string]>([
  ['a field that is not known', { ...good, caps: 1 }, '#/terms/caps', 'field_must_be_known'],
  ['a rate above the whole', { ...good, tiers: [{ rateBp: 10_001 }] }, '#/terms/tiers/0/rateBp', 'number_must_be_in_range'],
  ['a rate that is missing', { ...good, tiers: [{}] }, '#/terms/tiers/0/rateBp', 'field_must_be_given'],
  [
    'an industry that is none',
    { ...good, eligibility: { industries: ['I', 'Z'] } },
    '#/terms/eligibility/industries/1',
    'text_must_match_its_pattern',
  ],
  ['a kind that is none', { ...good, kind: 'GIFT' }, '#/terms/kind', 'value_must_be_one_of_the_list'],
  ['money in words', { ...good, budget: '5 yuan' }, '#/terms/budget', 'money_must_be_a_decimal_of_yuan'],
  ['a budget of nothing a year', { ...good, budgetPerYear: '0' }, '#/terms/budgetPerYear', 'cap_must_be_above_zero'],
  ...['capPerBill', 'capPerFirmYear', 'capPerFirm', 'ceilingBp'].map((cap): [string, Json, string, string] => [
    `a cap of nothing as ${cap}`,
    { ...good, tiers: [{ rateBp: 2000, [cap]: cap === 'ceilingBp' ? 0 : '0.00' }] },
    `#/terms/tiers/0/${cap}`,
    'cap_must_be_above_zero',
  ]),
  ['no tiers', { ...good, tiers: [] }, '#/terms/tiers', 'list_must_fit_its_length'],
])('%s is refused by schema and service alike, at its place', async (_name, document, pointer, rule) => {
  const { isValid, places } = validate(document);
  expect(isValid).toBe(false);
  const place = pointer.slice('#/terms'.length);
  expect(places.some((found) => place.startsWith(found))).toBe(true);
  expect(await post(document)).toMatchObject({ status: 400, body: { rule, pointer } });
});

it.each<[string, Json, string, string]>([
  ['a year above the budget', { ...good, budgetPerYear: '150000000.01' }, '#/terms/budgetPerYear', 'budget_a_year_must_fit_the_budget'],
  [
    'a ceiling under the rate',
    { ...good, tiers: [{ rateBp: 2000, ceilingBp: 1000 }] },
    '#/terms/tiers/0/ceilingBp',
    'ceiling_must_not_be_under_the_rate',
  ],
  [
    'a green extra from nowhere',
    { ...good, tiers: [{ rateBp: 2000, greenExtraBp: 1 }] },
    '#/terms/tiers/0/greenFromBp',
    'green_extra_must_say_from_which_share',
  ],
])('what only the service can tell names its place too: %s', async (_name, document, pointer, rule) => {
  expect(await post(document)).toMatchObject({ status: 400, body: { rule, pointer } });
});
