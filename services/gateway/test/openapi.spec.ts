import { Validator } from '@seriousme/openapi-schema-validator';
import { definitions, messages } from '#contracts';
import type { Method } from '#contracts';
import { fromJson, openApiOf } from '#platform';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly 'x-roles': string[];
  readonly parameters?: { $ref?: string; name?: string; in?: string }[];
  readonly requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown>; example?: unknown }> };
  readonly responses: Record<string, { content?: Record<string, unknown> }>;
}

const document = openApiOf(definitions, '0.1.0') as unknown as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { type?: string; enum?: string[]; properties?: Record<string, Record<string, unknown>> }> };
};
const operations = Object.values(document.paths).flatMap((verbs) => Object.values(verbs));

it('is valid OpenAPI 3.1', async () => {
  const result = await new Validator().validate(structuredClone(document));
  expect(result).toMatchObject({ valid: true });
  expect(document.openapi).toBe('3.1.0');
});

it('has every method that stands over HTTP, once', () => {
  const written = definitions.flatMap((definition) =>
    Object.values<Method>(definition.methods)
      .filter(({ rule }) => rule.verb)
      .map(({ name }) => `${definition.name}_${name}`),
  );
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(written.sort());
});

const ofEwbi = (path: string): string => `/operatorplatform/federation/v1${path}`;
/** What collectors and partners that speak another protocol send, and send again: known again by its bytes. */
const knownByBytes = [
  ...['/v1/pools/{poolId}/otlp/v1/metrics', '/v1/pools/{poolId}/prometheus/write'],
  ...['/rear/api/v2/flavors/{flavorId}/reservation', '/rear/api/v2/reservations', '/rear/api/v2/transactions/{transactionId}/purchase'],
  ...[
    '/partner',
    '/{federationContextId}/zones',
    '/{federationContextId}/{operation}',
    '/{federationContextId}/application/{operation}',
  ].map(ofEwbi),
  ...['', '/pool/{poolId}'].map((path) => ofEwbi(`/{federationContextId}/isv/resource/zone/{zoneId}/appProvider/{appProviderId}${path}`)),
  ofEwbi('/{federationContextId}/edgenodesharing/edgeDiscovery'),
];

it('tells of each who may call it, how it refuses, and that what changes something is named', () => {
  for (const [path, verbs] of Object.entries(document.paths))
    for (const [verb, operation] of Object.entries(verbs)) {
      const named = operation.parameters?.some(({ $ref }) => $ref === '#/components/parameters/IdempotencyKey') ?? false;
      expect([path, verb, named]).toEqual([path, verb, verb !== 'get' && !knownByBytes.includes(path)]);
      expect(operation.summary).not.toBe('');
      if (operation['x-roles'].length) expect(operation.description).toContain(`For: ${operation['x-roles'].join(', ')}.`);
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '404', '409', '429', '500']));
      const inPath = operation.parameters?.filter((parameter) => parameter.in === 'path').map(({ name }) => name) ?? [];
      expect(inPath).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    }
});

it('refers to nothing that is not there', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  expect(refs.length).toBeGreaterThan(100);
  const components = document.components as unknown as Record<string, Record<string, unknown>>;
  expect(refs.filter(([, kind, name]) => !components[kind!]?.[name!]).map(([ref]) => ref)).toEqual([]);
});

it('writes fields as the codec does', () => {
  const { BidTerms, Tier, PageInfo } = document.components.schemas;
  expect(BidTerms!.properties!.limitPrice).toMatchObject({ type: 'string', format: 'decimal' });
  expect(BidTerms!.properties!.earliest).toMatchObject({ type: 'string', format: 'date-time' });
  expect(BidTerms!.properties!.units).toMatchObject({ type: 'integer', minimum: 0, maximum: 1_000_000 });
  expect(BidTerms!.properties!.books).toMatchObject({ type: 'array', maxItems: 32, items: { $ref: '#/components/schemas/Book' } });
  expect(Tier!.enum).toEqual(['FIRM', 'RECLAIMABLE']);
  expect(PageInfo!.properties!.nextCursor).toMatchObject({ type: 'string' });
});

it('takes what the path says out of the body, and lists the rest of a GET as its query', () => {
  const amend = document.paths['/v1/bids/{bidId}']!.patch!;
  const { schema } = amend.requestBody!.content['application/json']!;
  expect(Object.keys(schema.properties as object)).not.toContain('bidId');
  const list = document.paths['/v1/keys']!.get!;
  expect(list.parameters!.map(({ name }) => name)).toEqual(['cursor', 'limit', 'participantId']);
});

it('asks for a body where a field of it is required', () => {
  const { post } = document.paths['/v1/bids']!;
  expect(post!.requestBody!.required).toBe(true);
  expect(document.paths['/v1/bids/{bidId}']!.patch!.requestBody!.required).toBe(false);
});

it('shows bids that are taken: no field beside another that excludes it', () => {
  const { post } = document.paths['/v1/bids']!;
  const example = post!.requestBody!.content['application/json']!.example as { terms: object };
  expect(Object.keys(example.terms)).toEqual(['books', 'units', 'durationSlots', 'limitPrice']);
  for (const method of definitions.flatMap((definition) => Object.values<Method>(definition.methods)))
    if (method.rule.example) expect(() => fromJson(method.requestType.$type, JSON.parse(method.rule.example!))).not.toThrow();
});

it('describes fields as both forms have them: no integer units of the contract', () => {
  const leaks = Object.entries(document.components.schemas).flatMap(([type, { properties = {} }]) =>
    Object.entries(properties)
      .filter(([, { description, format }]) => {
        const text = String(description);
        return /micro-yuan/i.test(text) || (/^date/.test(String(format)) && /\b0:/.test(text));
      })
      .map(([name]) => `${type}.${name}`),
  );
  expect(leaks).toEqual([]);
});

it('describes no field by a name that JSON does not have', () => {
  const names = new Set(Object.values(messages).flatMap(({ fields }) => fields.map(({ name }) => name)));
  const camel = (name: string) => name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
  const texts = [...JSON.stringify(document).matchAll(/"(?:description|summary)":"((?:[^"\\]|\\.)*)"/g)].map(([, text]) => text!);
  // Kinds of entries and events are values, and written so.
  const values = /sla_credit|claim_|amendment_|nodes_|drain_|returned_payout|self_trade|per_node, then/;
  const leaks = texts
    .filter((text) => !values.test(text))
    .flatMap((text) => text.match(/\b[a-z]+(?:_[a-z0-9]+)+\b/g) ?? [])
    .filter((name) => names.has(camel(name)));
  expect(leaks).toEqual([]);
});
