// What waits for one partner's row shares a transaction; what fails in it is undone alone.
import type { Tx } from '#platform';
import { Turns } from '../src/turns.js';
import { Platform } from './platforms.js';

let here: Platform;
let turns: Turns;
beforeAll(async () => {
  here = await Platform.open('Shuitu');
  turns = here.exchange.running.get(Turns);
});
afterAll(() => here?.stop());

const keep = (name: string) => async (tx: Tx) => {
  await tx.query('insert into hellos (participant_id, platform, version, said_at) values (1, $1, 1, 0)', [name]);
  const [row] = await tx.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return row!.id;
};
const fail = () => Promise.reject(new Error('it_must_not_be_done'));
const kept = async () =>
  (await here.sql<{ platform: string }>('select platform from interconnect.hellos order by hello_id')).map(({ platform }) => platform);

it('of one partner together, of another apart; one after the other', async () => {
  const ids = await Promise.all([turns.do('Tianfu', keep('a')), turns.do('Tianfu', keep('b')), turns.do('Hongyan', keep('c'))]);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
  expect((await kept()).filter((name) => name !== 'c')).toEqual(['a', 'b']);
});

it('what fails is undone, and all else is done once', async () => {
  const before = await kept();
  const told = [turns.do('Tianfu', keep('d')), turns.do('Tianfu', fail), turns.do('Tianfu', keep('e'))];
  expect((await Promise.allSettled(told)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect((await kept()).slice(before.length)).toEqual(['d', 'e']);
});
