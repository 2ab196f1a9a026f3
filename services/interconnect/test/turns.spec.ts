// What waits for one partner's row shares a transaction; what fails in it is undone alone.
import { type Turn, Turns } from '../src/turns.js';
import { HandMade, Platform } from './platforms.js';

const nowhere = 9;

let here: Platform;
let turns: Turns;
beforeAll(async () => {
  here = await Platform.open('Shuitu');
  await here.sql('insert into interconnect.participants values (8, 3, true)');
  await here.register(new HandMade('Tianfu', here), nowhere);
  await here.register(new HandMade('Hongyan', here), nowhere, { participantId: 8 });
  turns = here.exchange.running.get(Turns);
});
afterAll(() => here?.stop());

const keep =
  (name: string) =>
  async ({ tx }: Turn) => {
    await tx.query('insert into hellos (participant_id, platform, version, said_at) values (1, $1, 1, 0)', [name]);
    const [row] = await tx.query<{ id: string }>('select pg_current_xact_id()::text as id');
    return row!.id;
  };
const fail = () => Promise.reject(new Error('it_must_not_be_done'));
const kept = async () => {
  const rows = await here.sql<{ platform: string }>('select platform from interconnect.hellos order by hello_id');
  return rows.map(({ platform }) => platform);
};

it('of one partner together, of another apart; what has one name, or none, has turns of its own', async () => {
  const names: [platform: string, name?: string][] = [
    ['Tianfu', 'a'],
    ['Tianfu', 'b'],
    ['Hongyan', 'c'],
    ['Tianfu', 'a'],
    ['Tianfu'],
    ['Tianfu', 'd'],
  ];
  const [a, b, c, again, alone, d] = await Promise.all(names.map(([platform, name]) => turns.do(platform, name, keep(name ?? 'alone'))));
  expect(a).toBe(b);
  expect(new Set([a, c, again, alone, d]).size).toBe(5);
  expect((await kept()).filter((name) => name !== 'c')).toEqual(['a', 'b', 'a', 'alone', 'd']);
});

it('what fails is undone, and all else is done once', async () => {
  const before = await kept();
  const told = [turns.do('Tianfu', 'd', keep('d')), turns.do('Tianfu', 'x', fail), turns.do('Tianfu', 'e', keep('e'))];
  expect((await Promise.allSettled(told)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await kept()).slice(before.length)).toEqual(['d', 'e']);
});

it('what a partner reserves in one turn counts together against its credit limit', async () => {
  await here.sql(`update interconnect.partners set credit_limit = 100 where platform = 'Tianfu'`);
  const reserve = (name: string, amount: bigint) => turns.do('Tianfu', name, async (turn) => turn.reserves(amount));
  expect(await Promise.all([reserve('f', 60n), reserve('g', 60n), reserve('h', 40n)])).toEqual([true, false, true]);
  expect(await reserve('i', 100n)).toBe(true);
});

it('a partner’s messages of one turn keep its rate', async () => {
  await here.sql(`update interconnect.partners set rate_per_second = 2 where platform = 'Hongyan'`);
  const hear = (name: string) => turns.do('Hongyan', name, async (turn) => turn.hears(here.exchange.now()));
  expect(await Promise.all(['j', 'k', 'l'].map(hear))).toEqual([true, true, false]);
  expect(await hear('m')).toBe(false);
});
