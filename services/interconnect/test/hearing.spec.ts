// what a partner says, however it comes, has a defined outcome. The partner is made by hand, from the contract and the document.
import { MessageDirection, MessageOutcome, PartnerMessage, ResidencyZone, SupplyDefinition } from '#contracts';
import { HandMade, Platform, advert, supplyOf } from './platforms.js';

const minute = 60_000;
const hour = 60 * minute;
/** Nobody listens there. */
const nowhere = 9;

let here: Platform;
beforeEach(async () => {
  here = await Platform.open('Shuitu');
});
afterEach(() => here?.stop());

async function partner(suite: 'international' | 'national' = 'international'): Promise<HandMade> {
  const made = new HandMade('Tianfu', here, suite);
  await here.register(made, nowhere);
  return made;
}

const refusedAs = (rule: string, code: number) => ({ code, details: expect.stringMatching(new RegExp(`^${rule}: `)) as string });
const answered = { helloAnswer: { versions: [1] } };
const heardCount = async () => {
  const [row] = await here.sql<{ count: string }>('select count(*) from interconnect.messages where direction = 2');
  return Number(row!.count);
};
const adverts = async () => {
  const { advertisements } = await here.exchange.call(SupplyDefinition).listAdvertisements({});
  return advertisements.map(({ supply }) => supply!.advertId);
};

it.each(['international', 'national'] as const)('R-35: hello and advertise by the %s suite, each answered and signed', async (suite) => {
  const tianfu = await partner(suite);
  const greeted = await tianfu.say(tianfu.hello([9, 1]));
  expect(greeted).toMatchObject({
    from: 'Shuitu',
    to: 'Tianfu',
    helloAnswer: {
      versions: [1],
      capabilities: [
        'advertise',
        'quote',
        'reserve',
        'commit',
        'cancel',
        'lease_state',
        'usage',
        'statement',
        'netting',
        'adjustment',
        'compensation',
        'supply_by_slot',
      ],
      heardSerial: 0,
    },
  });
  const taken = await tianfu.say(advert(1, true, [supplyOf('a'), supplyOf('b')]));
  expect(taken.advertiseAnswer).toEqual({ heardSerial: 1, wantsFull: false, refused: [] });
  expect(await here.partners.getPartner({ platform: 'Tianfu' })).toMatchObject({
    version: 1,
    heardSerial: 1,
    lastHeardAt: here.exchange.now(),
  });
  const { advertisements } = await here.exchange.call(SupplyDefinition).listAdvertisements({ page: { limit: 1 }, region: 500_000 });
  expect(advertisements).toEqual([{ platform: 'Tianfu', remote: true, supply: supplyOf('a'), heardAt: here.exchange.now() }]);
});

it('R-36: the same message is answered by the same bytes and done once, however often and however late it comes', async () => {
  const tianfu = await partner();
  const message = tianfu.message(advert(1, false, [supplyOf('a')]));
  const first = await tianfu.tellRaw(tianfu.signed(message));
  await here.exchange.advance(2 * hour);
  await here.partners.suspendPartner({ platform: 'Tianfu', reason: 'test' });
  expect(await tianfu.tellRaw(tianfu.signed(message))).toEqual(first);
  expect(await heardCount()).toBe(1);
  const both = tianfu.message(advert(2, false, [supplyOf('b')]));
  const answers = await Promise.all([1, 2, 3].map(() => tianfu.tellRaw(tianfu.signed(both))));
  expect(new Set(answers.map(({ message: bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
  expect(await heardCount()).toBe(2);
});

it('R-36: other bytes under the same id are refused for good, and the first keep their answer', async () => {
  const tianfu = await partner();
  const id = 'message-1';
  const first = await tianfu.say({ id, ...advert(1, false, [supplyOf('a')]) });
  const other = tianfu.message({ id, ...advert(2, false, [supplyOf('b')]) });
  const refused = await tianfu.tell(tianfu.signed(other));
  expect(refused).toMatchObject({ answers: id, refused: { rule: 'message_id_must_not_be_reused', again: false } });
  expect(await tianfu.tell(tianfu.signed(other))).toEqual(refused);
  expect(await adverts()).toEqual(['a']);
  expect(first.advertiseAnswer?.heardSerial).toBe(1);
});

describe('what nobody can be held to is refused by the call, and leaves nothing', () => {
  const unsigned = refusedAs('message_must_be_signed_by_a_partner', 16);
  const malformed = refusedAs('message_must_be_well_formed', 3);

  it.each<[string, object, (tianfu: HandMade) => Promise<unknown>]>([
    ['a wrong signature', unsigned, (t) => t.tell({ ...t.signed(t.message(t.hello())), signature: Buffer.alloc(64, 1) })],
    ['a signature of other bytes', unsigned, (t) => t.tell({ ...t.signed(t.message(t.hello())), message: t.message(t.hello()) })],
    ['a signature of another time', unsigned, (t) => t.tell({ ...t.signed(t.message(t.hello())), saidAt: here.exchange.now() - 1 })],
    ['a key that is not registered', unsigned, (t) => t.tell(t.signed(t.message(t.hello()), { keys: new HandMade('x', here).keys }))],
    ['another suite than the key’s', unsigned, (t) => t.tell({ ...t.signed(t.message(t.hello())), suite: 'national' })],
    ['an unknown sender', unsigned, (t) => t.say({ ...t.hello(), from: 'Nobody' })],
    ['a message for another platform', refusedAs('message_must_be_for_this_platform', 3), (t) => t.say({ ...t.hello(), to: 'Elsewhere' })],
    ['bytes that are no message', malformed, (t) => t.tell(t.signed(Buffer.from('ffffffff', 'hex')))],
    ['a message cut off', malformed, (t) => t.tell(t.signed(t.message(t.hello()).subarray(0, -1)))],
    ['a message without an id', malformed, (t) => t.say({ ...t.hello(), id: '' })],
    ['a sender with a zero byte', malformed, (t) => t.say({ ...t.hello(), from: 'Tian\u0000fu' })],
    [
      'no message at all',
      refusedAs('field_must_be_given', 3),
      (t) => t.tell({ message: new Uint8Array(), saidAt: 0, keyId: '', suite: '', signature: new Uint8Array() }),
    ],
    ['more than a mebibyte', { code: 3 }, (t) => t.tell(t.signed(Buffer.alloc((1 << 20) + 1)))],
    ['more than any message may have', { code: 8 }, (t) => t.tell(t.signed(Buffer.alloc(9 << 20)))],
  ])('%s', async (_name, refusal, tell) => {
    const tianfu = await partner();
    await expect(tell(tianfu)).rejects.toMatchObject(refusal);
    expect(await heardCount()).toBe(0);
    expect(await here.partners.getPartner({ platform: 'Tianfu' })).toMatchObject({ lastHeardAt: 0, version: 0 });
  });
});

describe('who is refused is told what is wrong with it', () => {
  it.each<[string, (tianfu: HandMade) => Promise<unknown>, RegExp]>([
    [
      'a key that is not registered',
      (t) => t.tell(t.signed(t.message(t.hello()), { keys: new HandMade('x', here).keys })),
      /: no key [0-9a-f]{16} of a partner Tianfu is registered$/,
    ],
    ['another suite', (t) => t.tell({ ...t.signed(t.message(t.hello())), suite: 'national' }), / is of the suite international, /],
    [
      'other bytes: the digest of what is to be signed',
      (t) => t.tell({ ...t.signed(t.message(t.hello())), message: bytes, saidAt: 1_767_225_600_250 }),
      / of the 106 bytes that are to be signed, whose SHA-256 is 6d13f8bc2c2e27be[0-9a-f]{48}$/,
    ],
    [
      'before the key is valid: from when it is',
      (t) => t.tell(t.signed(t.message(t.hello()), { saidAt: here.exchange.now() - hour })),
      / signed it at \d+, and is registered from \d+ on$/,
    ],
    ['bytes that are no message', (t) => t.tell(t.signed(Buffer.from('ffffffff', 'hex'))), /: the bytes are no PartnerMessage$/],
    ['an id that is too short', (t) => t.say({ ...t.hello(), id: 'short' }), /: its id must be 8 to 64 letters, digits and dashes$/],
    ['no sender', (t) => t.say({ ...t.hello(), from: '' }), /: its sender \(from\) must be /],
  ])('%s', async (_name, tell, details) => {
    const tianfu = await partner();
    await expect(tell(tianfu)).rejects.toMatchObject({ details: expect.stringMatching(details) as string });
  });

  /** The example of docs/interconnection.md. */
  const bytes = Buffer.from(
    '0a0c6578616d706c652d3030303112065469616e66751a065368756974752080d0eab6b73328c09f8fb7b733d201120a107265736572766174696f6e2d30303031',
    'hex',
  );

  it('no valid_until', async () => {
    const tianfu = await partner();
    expect((await tianfu.say({ ...tianfu.hello(), validUntil: 0 })).refused).toMatchObject({
      rule: 'message_must_be_said_in_time',
      detail: 'it does not say until when it is valid (valid_until)',
    });
  });
});

it('a key counts from its first instant to its last; another beside it takes over', async () => {
  const tianfu = await partner();
  await here.exchange.advance(hour);
  const [key] = (await here.partners.getPartner({ platform: 'Tianfu' })).keys;
  const next = new HandMade('Tianfu', here);
  const said = () => next.tell(next.signed(next.message(next.hello())));
  await expect(said()).rejects.toMatchObject({ code: 16 });
  await here.partners.addPartnerKey({ platform: 'Tianfu', key: { suite: 'international', publicKey: next.publicKey }, reason: 'rotation' });
  await expect(said()).resolves.toMatchObject(answered);
  await here.partners.endPartnerKey({ platform: 'Tianfu', keyId: key!.keyId, reason: 'rotation' });
  await expect(tianfu.say(tianfu.hello())).rejects.toMatchObject({ code: 16 });
  const before = tianfu.signed(tianfu.message(tianfu.hello()), { saidAt: here.exchange.now() - 1 });
  await expect(tianfu.tell(before)).resolves.toMatchObject(answered);
});

it.each([hour, -hour])(
  'clocks %i ms apart: refused by a signed answer that tells the time, kept nowhere, and heard once they agree',
  async (ms) => {
    const tianfu = await partner();
    await here.exchange.advance(2 * hour);
    const message = tianfu.message({ ...tianfu.hello(), validUntil: here.exchange.now() + 9 * hour });
    const saidAt = here.exchange.now() + ms;
    await here.sql('update interconnect.partner_keys set valid_from = 0');
    const refused = await tianfu.tell(tianfu.signed(message, { saidAt }));
    expect(refused.refused).toMatchObject({ rule: 'clocks_must_agree', again: true, time: here.exchange.now() });
    expect(await heardCount()).toBe(0);
    expect(await tianfu.tell(tianfu.signed(message))).toMatchObject(answered);
  },
);

it('an old copy of a message that was never heard is not heard now', async () => {
  const tianfu = await partner();
  const copy = tianfu.signed(tianfu.message(advert(1, true, [supplyOf('a')])));
  await here.exchange.advance(6 * minute);
  expect((await tianfu.tell(copy)).refused?.rule).toBe('clocks_must_agree');
  expect(await adverts()).toEqual([]);
});

it('after its time a message is refused for good', async () => {
  const tianfu = await partner();
  const message = tianfu.message(advert(1, true, [supplyOf('a')]));
  await here.exchange.advance(hour + 1);
  const refused = await tianfu.tell(tianfu.signed(message));
  expect(refused.refused).toMatchObject({ rule: 'message_must_be_said_in_time', again: false });
  expect(await tianfu.tell(tianfu.signed(message))).toEqual(refused);
  expect(await adverts()).toEqual([]);
});

it('a suspended partner is refused and its supply hidden; resumed, both come back; one that has left is gone', async () => {
  const tianfu = await partner();
  await tianfu.say(advert(1, true, [supplyOf('a')]));
  await here.partners.suspendPartner({ platform: 'Tianfu', reason: 'unpaid statement' });
  expect((await tianfu.say(advert(2, false, [supplyOf('b')]))).refused?.rule).toBe('partner_must_not_be_suspended');
  expect(await adverts()).toEqual([]);
  await here.partners.resumePartner({ platform: 'Tianfu', reason: 'paid' });
  expect((await tianfu.say(advert(2, false, [supplyOf('b')]))).advertiseAnswer?.heardSerial).toBe(2);
  expect(await adverts()).toEqual(['a', 'b']);
  await here.partners.leavePartner({ platform: 'Tianfu', reason: 'contract ended' });
  expect((await tianfu.say(tianfu.hello())).refused?.rule).toBe('partner_must_not_have_left');
  expect(await adverts()).toEqual([]);
  const { steps } = await here.partners.listPartnerAudit({ platform: 'Tianfu' });
  expect(steps.map(({ step, reason }) => [step, reason])).toEqual([
    ['registered', ''],
    ['suspended', 'unpaid statement'],
    ['resumed', 'paid'],
    ['left', 'contract ended'],
  ]);
});

it('beyond its rate nothing is heard; the same message is heard a second later', async () => {
  const tianfu = new HandMade('Tianfu', here);
  await here.register(tianfu, nowhere, { ratePerSecond: 2 });
  await tianfu.say(tianfu.hello());
  await tianfu.say(tianfu.hello());
  const message = tianfu.message(tianfu.hello());
  await expect(tianfu.tell(tianfu.signed(message))).rejects.toMatchObject(refusedAs('messages_must_keep_the_rate', 8));
  expect(await heardCount()).toBe(2);
  await here.exchange.advance(1_000);
  await expect(tianfu.tell(tianfu.signed(message))).resolves.toMatchObject(answered);
});

it.each<[string, object, string]>([
  [
    'versions that this platform does not speak',
    { hello: { versions: [2], capabilities: [], keys: [], time: 1, saidSerial: 0, heardSerial: 0 } },
    'platforms_must_share_a_version',
  ],
  ['a body that the contract refuses', advert(1, true, [supplyOf('a', { region: 1 })]), 'number_must_be_in_range'],
  ['no body that is known', {}, 'message_kind_must_be_known'],
  ['an answer that nobody asked for', { advertiseAnswer: { heardSerial: 1, wantsFull: false, refused: [] } }, 'message_kind_must_be_known'],
])('%s: refused for good', async (_name, content, rule) => {
  const tianfu = await partner();
  expect((await tianfu.say(content)).refused).toMatchObject({ rule, again: false });
  expect(await heardCount()).toBe(1);
});

describe('R-35: advertisements', () => {
  it('out of order: the gap asks for all, what was late is then taken as the next, and what is older is left', async () => {
    const tianfu = await partner();
    await tianfu.say(advert(1, true, [supplyOf('a')]));
    const [second, third] = [tianfu.message(advert(2, false, [supplyOf('b')])), tianfu.message(advert(3, false, [], ['a']))];
    expect((await tianfu.tell(tianfu.signed(third))).advertiseAnswer).toMatchObject({ heardSerial: 1, wantsFull: true });
    expect(await adverts()).toEqual(['a']);
    expect((await tianfu.tell(tianfu.signed(second))).advertiseAnswer).toMatchObject({ heardSerial: 2, wantsFull: false });
    expect((await tianfu.say(advert(4, true, [supplyOf('b')]))).advertiseAnswer).toMatchObject({ heardSerial: 4 });
    expect((await tianfu.say(advert(3, true, [supplyOf('z')]))).advertiseAnswer).toMatchObject({ heardSerial: 4, wantsFull: false });
    expect(await adverts()).toEqual(['b']);
  });

  it('what the partner may not bring is left out and named; what expires is no candidate', async () => {
    const tianfu = await partner();
    const supply = [supplyOf('a', { expiresAt: here.exchange.now() + hour }), supplyOf('b', { zone: ResidencyZone.ABROAD }), supplyOf('c')];
    const { advertiseAnswer } = await tianfu.say(advert(1, true, supply));
    expect(advertiseAnswer?.refused).toEqual([{ advertId: 'b', rule: 'zone_must_be_granted_to_the_partner' }]);
    expect(await adverts()).toEqual(['a', 'c']);
    await here.exchange.advance(hour);
    expect(await adverts()).toEqual(['c']);
    expect(await here.sql('select advert_id from interconnect.remote_supply')).toEqual([{ advert_id: 'c' }]);
  });

  it('a partner may have a thousand here, and no more', async () => {
    const tianfu = await partner();
    const many = Array.from({ length: 1_000 }, (_, nth) => supplyOf(`a${nth}`));
    expect((await tianfu.say(advert(1, true, many))).advertiseAnswer?.heardSerial).toBe(1);
    expect((await tianfu.say(advert(2, false, [supplyOf('b')]))).refused?.rule).toBe('adverts_must_not_exceed_1000');
    expect((await tianfu.say(advert(2, false, [supplyOf('b')], ['a0']))).advertiseAnswer?.heardSerial).toBe(2);
  });
});

it('each message is shown with its answer, as signed and as read', async () => {
  const tianfu = await partner();
  const signed = tianfu.signed(tianfu.message({ ...tianfu.hello([2]), id: 'message-1' }));
  const answer = await tianfu.tellRaw(signed);
  const { messages } = await here.partners.listPartnerMessages({ direction: MessageDirection.HEARD, outcome: MessageOutcome.REFUSED });
  expect(messages).toMatchObject([{ platform: 'Tianfu', id: 'message-1', rule: 'platforms_must_share_a_version' }]);
  const shown = await here.partners.getPartnerMessage({ number: messages[0]!.number });
  expect(shown.signedMessage).toEqual(signed);
  expect(shown.signedAnswer).toEqual(answer);
  expect(shown.answer).toEqual(PartnerMessage.decode(answer.message));
});

it('a restored receiver does a message again only where its effect is gone with it', async () => {
  const tianfu = await partner();
  const [first, second] = [tianfu.message(advert(1, true, [supplyOf('a')])), tianfu.message(advert(2, false, [supplyOf('b')]))];
  const kept = await tianfu.tellRaw(tianfu.signed(first));
  await here.sql('create schema saved');
  const tables = ['partners', 'partner_talk', 'messages', 'passing_answers', 'remote_supply'];
  for (const table of tables) await here.sql(`create table saved.${table} as table interconnect.${table}`);
  const lost = await tianfu.tell(tianfu.signed(second));
  for (const table of ['passing_answers', 'remote_supply']) await here.sql(`delete from interconnect.${table}`);
  await here.sql('delete from interconnect.messages where not number in (select number from saved.messages)');
  for (const table of ['passing_answers', 'remote_supply']) await here.sql(`insert into interconnect.${table} table saved.${table}`);
  await here.sql(
    'update interconnect.partner_talk t set heard_serial = s.heard_serial from saved.partner_talk s where s.platform = t.platform',
  );
  expect(await adverts()).toEqual(['a']);
  expect((await tianfu.say(tianfu.hello())).helloAnswer?.heardSerial).toBe(1);
  expect(await tianfu.tellRaw(tianfu.signed(first))).toEqual(kept);
  const again = await tianfu.tell(tianfu.signed(second));
  expect(again.advertiseAnswer).toEqual(lost.advertiseAnswer);
  expect(await adverts()).toEqual(['a', 'b']);
});
