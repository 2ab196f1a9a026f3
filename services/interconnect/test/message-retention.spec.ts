// What proves money is kept for good; hellos and advertisements go, and one of them that comes again has a defined outcome all the same.
import {
  Advertisement,
  CancelRequested,
  CommitRequested,
  DayStated,
  Greeting,
  LeaseStateTold,
  MessageKind,
  NettingProposed,
  QuoteRequested,
  ReservationRequested,
  UsageTold,
} from '#contracts';
import { databaseAddress, auditServices, servicesOf, type Finding } from '#platform';
import { InterconnectModule } from '#interconnect';
import { HandMade, Platform, advert, supplyOf } from './platforms.js';

const hour = 3_600_000;
const day = 24 * hour;
/** Nobody listens there. */
const nowhere = 9;

let here: Platform;
let tianfu: HandMade;
beforeEach(async () => {
  here = await Platform.open('Shuitu', 'international', [], { partnerMessageDays: 2 });
  tianfu = new HandMade('Tianfu', here);
  await here.register(tianfu, nowhere);
});
afterEach(() => here?.stop());

const kept = async () =>
  (await here.partners.listPartnerMessages({ platform: 'Tianfu', direction: 2 })).messages.map(({ kind, rule }) => [kind, rule]);
const statement = (revision: number) => ({
  statement: {
    day: 20_000,
    revision,
    sold: [],
    bought: [],
    fromId: '',
    toId: '',
    soldAdjustments: [],
    boughtAdjustments: [],
    soldCompensations: [],
    boughtCompensations: [],
  },
});
/** In silence: it says nothing that nobody hears. */
async function pass(ms: number): Promise<void> {
  await here.sql('update interconnect.partners set state = 2');
  await here.exchange.advance(ms);
  await here.sql('update interconnect.partners set state = 1');
}
const findings = async () => {
  const found: Finding[] = [];
  const address = databaseAddress(here.exchange.database.url);
  await auditServices(
    address,
    servicesOf([InterconnectModule]),
    { keys: [], roots: [] },
    (one) => found.push(one),
    () => undefined,
  );
  return found;
};

const bodies = [
  ...[{}, { hello: Greeting.create({}) }, { advertise: Advertisement.create({}) }, { quote: QuoteRequested.create({}) }],
  ...[{ reserve: ReservationRequested.create({}) }, { commit: CommitRequested.create({}) }, { cancel: CancelRequested.create({}) }],
  ...[{ leaseState: LeaseStateTold.create({}) }, { usage: UsageTold.create({}) }],
  ...[{ statement: DayStated.create({}) }, { netting: NettingProposed.create({}) }],
];
const proofs = ['RESERVE', 'COMMIT', 'CANCEL', 'LEASE_STATE', 'USAGE', 'STATEMENT', 'NETTING'];

it('what proves money is kept for good, by its kind, however it was answered; the rest goes', async () => {
  for (const body of bodies) await tianfu.say(body);
  const kinds = async () => (await kept()).map(([kind]) => MessageKind[kind as number]).reverse();
  expect(await kinds()).toEqual(['UNKNOWN', 'HELLO', 'ADVERTISE', 'QUOTE', ...proofs]);
  await pass(3 * day + hour);
  expect(await kinds()).toEqual(proofs);
});

it('goes after its days with its answer; the same message again is refused for its time, and does nothing', async () => {
  const [hello, offer] = [tianfu.message(tianfu.hello()), tianfu.message(advert(1, true, [supplyOf('a')]))];
  await tianfu.tell(tianfu.signed(hello));
  await tianfu.tell(tianfu.signed(offer));
  await tianfu.say(statement(1));
  await pass(day);
  expect(await kept()).toEqual([
    [MessageKind.STATEMENT, ''],
    [MessageKind.ADVERTISE, ''],
    [MessageKind.HELLO, ''],
  ]);
  expect(await tianfu.tell(tianfu.signed(offer))).toMatchObject({ advertiseAnswer: { heardSerial: 1 } });
  await pass(2 * day + hour);
  expect(await kept()).toEqual([[MessageKind.STATEMENT, '']]);
  expect(
    await here.sql('select from interconnect.answers a where not exists (select from interconnect.messages m where m.number = a.number)'),
  ).toEqual([]);
  for (const message of [hello, offer])
    expect(await tianfu.tell(tianfu.signed(message))).toMatchObject({ refused: { rule: 'message_must_be_said_in_time', again: false } });
  expect((await kept()).map(([, rule]) => rule)).toEqual(['message_must_be_said_in_time', 'message_must_be_said_in_time', '']);
});

it('stays while it may still be heard, or has no answer', async () => {
  await tianfu.say({ ...tianfu.hello(), validUntil: here.exchange.now() + 9 * day });
  await pass(8 * day);
  expect((await kept()).map(([kind]) => kind)).toEqual([MessageKind.HELLO]);
  const waiting = await here.sql('select from interconnect.waiting join interconnect.messages using (number)');
  expect(waiting).toHaveLength(1);
});

it('nobody has one kept for years: it is refused, and goes as others do; so does what was heard before there was a bound', async () => {
  const years = here.exchange.now() + 3650 * day;
  const offer = { ...advert(1, true, [supplyOf('a')]), validUntil: years };
  expect(await tianfu.say(offer)).toMatchObject({ refused: { rule: 'message_must_expire_within_31_days', again: false } });
  expect(await tianfu.say({ ...statement(1), validUntil: years })).toMatchObject({ statementAnswer: {} });
  await tianfu.say(tianfu.hello());
  await here.sql('update interconnect.passing_messages set valid_until = $1 where kind = $2', [years, MessageKind.HELLO]);
  await pass(30 * day);
  expect((await kept()).map(([kind]) => kind)).toEqual([MessageKind.HELLO, MessageKind.STATEMENT, MessageKind.ADVERTISE]);
  await pass(3 * day);
  expect((await kept()).map(([kind]) => kind)).toEqual([MessageKind.STATEMENT]);
});

it('of what goes no evidence is made, and nothing is missed; of the rest all', async () => {
  await tianfu.say(tianfu.hello());
  await tianfu.say(statement(1));
  await pass(8 * hour);
  expect(await findings()).toEqual([]);
  await pass(4 * day);
  expect(await findings()).toEqual([]);
  for (const table of ['answers', 'messages']) await here.sql(`delete from only interconnect.${table}`);
  expect((await findings()).map(({ table, wrong }) => [table, wrong]).sort()).toEqual([
    ['answers', 'missing'],
    ['messages', 'missing'],
  ]);
});

it('more than one statement drops goes with the next', async () => {
  await here.sql(`insert into interconnect.passing_messages (direction, platform, message_id, digest, kind, message, valid_until, at)
    select 2, 'Tianfu', 'bulk-' || n, sha256(n::text::bytea), ${MessageKind.HELLO}, '', 1, 1 from generate_series(1, 10001) n`);
  await pass(day + hour);
  expect(await here.sql('select from interconnect.passing_messages where at = 1')).toEqual([]);
});
