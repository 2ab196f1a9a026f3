// Every route × role, as the OpenAPI document has them: a new route without a rule fails here.
import { openCast, roles } from './cast.js';
import type { Cast } from './cast.js';

interface Operation {
  readonly 'x-roles'?: string[];
  readonly 'x-anonymous'?: boolean;
  readonly parameters?: {
    readonly name: string;
    readonly in: string;
    readonly schema?: { readonly type?: string; readonly pattern?: string };
  }[];
  readonly requestBody?: { readonly content: Record<string, unknown> };
}

let cast: Cast;
let operations: { verb: string; path: string; operation: Operation }[];

beforeAll(async () => {
  cast = await openCast();
  const { body } = await cast.exchange.http<{ paths: Record<string, Record<string, Operation>> }>('/openapi.json');
  operations = Object.entries(body.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ verb: verb.toUpperCase(), path, operation })),
  );
});
afterAll(() => cast?.exchange.stop());

/** Nothing has these ids, so nobody's things are touched. */
const idOf = (schema: { type?: string; pattern?: string } = {}): string =>
  schema.type === 'integer' ? '999999' : schema.pattern?.includes('{11}') ? '3ZZZZZZZZZZ' : 'none';

const urlOf = (path: string, operation: Operation): string =>
  path.replace(/\{(\w+)\}/g, (_match, name: string) => idOf(operation.parameters?.find((known) => known.name === name)?.schema));

/** The status, and the rule where it is a problem. The stream of an answer is not read. */
async function knock(verb: string, path: string, operation: Operation, key: string | undefined): Promise<string> {
  const url = urlOf(path, operation);
  const [mediaType] = Object.keys(operation.requestBody?.content ?? {});
  const gone = new AbortController();
  const answer = await fetch(`${cast.exchange.running.httpAddress}${url}`, {
    method: verb,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(mediaType === undefined ? {} : { 'content-type': mediaType }),
      ...(verb === 'GET' ? {} : { 'idempotency-key': crypto.randomUUID() }),
    },
    body: mediaType === 'application/json' ? '{}' : mediaType === undefined ? undefined : '',
    signal: gone.signal,
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  const rule = isProblem ? ` ${((await answer.json()) as { rule: string }).rule}` : '';
  gone.abort();
  return `${answer.status}${rule}`;
}

it('there are routes, and each names its roles', () => {
  expect(operations.length).toBeGreaterThan(50);
  const silent = operations.filter(({ operation }) => !operation['x-roles']?.length && !operation['x-anonymous']);
  expect(silent.map(({ verb, path }) => `${verb} ${path}`)).toEqual([]);
});

it('no route answers without a key', async () => {
  const wrong: string[] = [];
  for (const { verb, path, operation } of operations) {
    const answer = await knock(verb, path, operation, undefined);
    if (!operation['x-anonymous'] && answer !== '401 key_must_be_given') wrong.push(`${verb} ${path}: ${answer}`);
  }
  expect(wrong).toEqual([]);
});

it.each(roles)('the %s passes where the document says so, and nowhere else', async (role) => {
  const wrong: string[] = [];
  for (const { verb, path, operation } of operations) {
    const answer = await knock(verb, path, operation, cast.keys[role]);
    const isLetIn = !/^(401|403)/.test(answer);
    const may = operation['x-anonymous'] || operation['x-roles']!.includes(role);
    if (answer.startsWith('5') || (may ? !isLetIn : answer !== '403 caller_must_hold_a_role_of_the_method'))
      wrong.push(`${verb} ${path}: ${answer}`);
  }
  expect(wrong).toEqual([]);
});

it('answers HEAD of each path that has a GET as that, without the body, and refuses it of the others', async () => {
  const told = async (method: string, url: string): Promise<unknown[]> => {
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${cast.keys.operator}` };
    const {
      status,
      headers: said,
      body,
    } = await fetch(`${cast.exchange.running.httpAddress}${url}`, { method, headers, signal: gone.signal });
    gone.abort();
    const names = ['content-type', 'content-length', 'content-disposition', 'cache-control', 'allow'];
    return [url, status, ...names.map((name) => said.get(name)), ...(method === 'HEAD' ? [body] : [])];
  };
  const paths = new Map(operations.map(({ path, operation }) => [path, operation]));
  const readable = new Set(operations.flatMap(({ verb, path }) => (verb === 'GET' ? [path] : [])));
  for (const [path, operation] of paths) {
    const url = urlOf(path, operation);
    const head = await told('HEAD', url);
    if (readable.has(path)) expect(head).toEqual([...(await told('GET', url)), null]);
    else expect([head[1], String(head[6])]).toEqual([405, expect.not.stringContaining('HEAD')]);
  }
});

it('the API’s pages are found with a slash at the end, too', async () => {
  const answer = await fetch(`${cast.exchange.running.httpAddress}/docs/`);
  expect([answer.status, new URL(answer.url).pathname]).toEqual([200, '/docs']);
});

it.each(['/', '/docs', '/docs/', '/docs/start.js', '/docs/assets/swagger-ui.css', '/openapi.json', '/healthz', '/readyz', '/console'])(
  'answers HEAD of %s as GET, without the body',
  async (path) => {
    const [head, get] = await Promise.all(
      ['HEAD', 'GET'].map((method) => fetch(`${cast.exchange.running.httpAddress}${path}`, { method, redirect: 'manual' })),
    );
    const told = ({ status, headers }: Response) => [
      status,
      headers.get('content-type'),
      headers.get('content-length'),
      headers.get('location'),
    ];
    expect(told(head!)).toEqual(told(get!));
    expect(await head!.text()).toBe('');
  },
);
