import pg from 'pg';
import { testDatabase, type TestDatabase } from '#testing';
import { Statement } from '../src/statement.js';

let place: TestDatabase;
let client: pg.Client;
/** Times that the driver asked which columns a statement answers. */
let asked: number;

beforeAll(async () => {
  place = await testDatabase();
});

beforeEach(async () => {
  client = await connect();
});

afterEach(() => client.end());
afterAll(() => place.drop());

async function connect(): Promise<pg.Client> {
  const opened = new pg.Client({ connectionString: place.url, pipeline: true });
  await opened.connect();
  asked = 0;
  const { connection } = opened as unknown as { connection: { describe(of: object): void } };
  const describe = connection.describe.bind(connection);
  connection.describe = (of) => {
    asked += 1;
    describe(of);
  };
  return opened;
}

const ask = (name: string | undefined, text: string, ...values: unknown[]): Promise<unknown[]> =>
  new Promise((resolve, reject) => {
    client.query(new Statement(name, text, values, (error, result) => (error ? reject(error) : resolve(result.rows))));
  });

it('asks once a connection which columns a statement answers', async () => {
  const text = 'select $1::int4 as number, $2::jsonb as body, $3::text as text';
  const first = [{ number: 1, body: { a: [2] }, text: 'é' }];
  expect(await ask('s1', text, 1, '{"a":[2]}', 'é')).toEqual(first);
  expect(asked).toBe(1);
  expect(await ask('s1', text, null, '[]', '')).toEqual([{ number: null, body: [], text: '' }]);
  const several = await Promise.all([7, 8].map((number) => ask('s1', text, number, '1', 'x')));
  expect(several).toEqual([[{ number: 7, body: 1, text: 'x' }], [{ number: 8, body: 1, text: 'x' }]]);
  expect(asked).toBe(1);
  await client.end();
  client = await connect();
  expect(await ask('s1', text, 1, '{"a":[2]}', 'é')).toEqual(first);
  expect(asked).toBe(1);
});

it('remembers also that there are none, and asks each time for what has no name', async () => {
  for (let time = 1; time <= 3; time += 1) expect(await ask('begin', 'begin')).toEqual([]);
  expect(asked).toBe(1);
  for (let time = 1; time <= 2; time += 1) expect(await ask(undefined, 'select $1::int4 as a', time)).toEqual([{ a: time }]);
  expect(asked).toBe(3);
});

it('goes on after a refusal, in which the others of its pipeline have no part', async () => {
  const text = 'select 10 / $1::int4 as tenth';
  const results = await Promise.allSettled([ask('s1', text, 0), ask('s1', text, 5), ask('bad', 'select nothing_such'), ask('s1', text, 2)]);
  expect(results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as pg.DatabaseError).code))).toEqual([
    '22012',
    [{ tenth: 2 }],
    '42703',
    [{ tenth: 5 }],
  ]);
  expect(await ask('s1', text, 1)).toEqual([{ tenth: 10 }]);
  await expect(ask('bad', 'select nothing_such')).rejects.toMatchObject({ code: '42703' });
});

it('is refused by the server rather than read wrongly once its columns are others', async () => {
  await ask(undefined, 'create table turned (a int4)');
  await ask(undefined, 'insert into turned values (1)');
  const text = 'select * from turned';
  expect(await ask('s1', text)).toEqual([{ a: 1 }]);
  await ask(undefined, 'alter table turned alter a type text');
  await expect(ask('s1', text)).rejects.toMatchObject({ code: '0A000' });
});
