// The reference receiver by itself: what it refuses, by which name, told by a region that is made by hand from docs/national-node.md.
import { generateKeyPairSync, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import { keyIdOf, Receiver } from '../receiver.js';
import { Store } from '../store.js';

const hourMs = 3_600_000;
const keys = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const nation = generateKeyPairSync('ed25519');

const provider = 'CX-500000-P-0000000002-9';
const site = 'CX-500000-S-0000000001-X';

let receiver: Receiver;
let url: string;
let control: string;
let serial: number;
beforeEach(async () => {
  serial = 0;
  receiver = new Receiver({
    ...{ store: new Store(':memory:'), key: nation.privateKey, senders: new Map([['Shuitu', keys.publicKey]]) },
    ...{ credential: '', trustsClocks: false },
  });
  const { port, controlPort } = await receiver.listen('127.0.0.1', 0, 0);
  url = `http://127.0.0.1:${port}/`;
  control = `http://127.0.0.1:${controlPort}`;
});
afterEach(() => receiver.close());

const signedText = (saidAt: number, body: Buffer): Buffer => {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([Buffer.from('compute-exchange national v1\n'), time, body]);
};

interface Answer {
  readonly answers: string;
  readonly receipts: number;
  readonly heardSerial: number;
  readonly items?: { itemId: string; receipt: number; rule?: string; nationalIdentifier?: string }[];
  readonly returns?: { entries: object[]; nextCursor: string; more: boolean };
  readonly refused?: { rule: string };
}

interface Signing {
  readonly saidAt?: number;
  readonly key?: KeyObject;
  readonly publicKey?: KeyObject;
}

async function post(body: Buffer, { saidAt = Date.now(), key = keys.privateKey, publicKey = keys.publicKey }: Signing = {}) {
  const headers = {
    ...{ 'exchange-said-at': String(saidAt), 'exchange-suite': 'international', 'exchange-key-id': keyIdOf(publicKey) },
    'exchange-signature': sign(undefined, signedText(saidAt, body), key).toString('base64'),
  };
  return fetch(url, { method: 'POST', body: new Uint8Array(body), headers });
}

/** @throws where the answer is not signed */
async function say(content: object, signing?: Signing): Promise<Answer> {
  const message = { id: randomUUID(), from: 'Shuitu', madeAt: new Date().toISOString(), ...content };
  const answer = await post(Buffer.from(JSON.stringify(message)), signing);
  const body = Buffer.from(await answer.arrayBuffer());
  const saidAt = Number(answer.headers.get('exchange-said-at'));
  const signature = Buffer.from(answer.headers.get('exchange-signature') ?? '', 'base64');
  if (!saidAt || !verify(undefined, signedText(saidAt, body), nation.publicKey, signature))
    throw new Error(`${answer.status} ${body.toString()}`);
  return JSON.parse(body.toString()) as Answer;
}

const item = (kind: string, itemId: string, content: object) => ({
  kind,
  itemId,
  serial: ++serial,
  identifier: itemId.split('/')[0],
  ...content,
});
const ofProvider = (change = {}) =>
  item('IDENTIFIER', provider, { registration: { kind: 'PARTICIPANT', name: 'Shuitu', region: 500_000, ...change } });
const ofSite = (change = {}) =>
  item('IDENTIFIER', site, { registration: { kind: 'SITE', name: 'Shuitu', region: 500_000, owner: provider, ...change } });
const resource = (itemId: string, details: object) => item('RESOURCE', itemId, { resource: { state: 'VERIFIED', ...details } });
const asProvider = { provider: { name: 'Shuitu', region: 500_000, industry: 'I', size: 'LARGE' } };
const lastHour = Math.floor(Date.now() / hourMs) * hourMs - hourMs;
const rfc = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
const period = (from: number, to: number, pools: object[] = []) =>
  item('MONITORING', `${site}/${rfc(from)}`, { monitoring: { from: rfc(from), to: rfc(to), pools } });
const indicator = (itemId: string, change = {}) => ({
  kind: 'INDICATOR',
  itemId,
  serial: ++serial,
  indicator: { month: '2026-01', code: 'pue', value: '1.22', ...change },
});

it('assigns one identifier to one thing, gives receipts in order, and the same answer to the same item', async () => {
  const items = [ofProvider(), ofSite(), resource(provider, asProvider), period(lastHour, lastHour + hourMs), indicator('pue/2026-01')];
  const first = await say({ items });
  expect(first.items!.map(({ receipt }) => receipt)).toEqual([1, 2, 3, 4, 5]);
  expect(first).toMatchObject({ receipts: 5, heardSerial: 5 });
  const [again, other] = await Promise.all([say({ items }), say({ items })]);
  expect(again.items).toEqual(first.items);
  expect(other.items).toEqual(first.items);
  const renamed = await say({ items: [ofProvider({ name: 'Shuitu Compute' })] });
  expect(renamed.items![0]).toMatchObject({ receipt: 6, nationalIdentifier: first.items![0]!.nationalIdentifier });
  const overtaken = await say({ items: [items[0]] });
  expect(overtaken.items![0]).toMatchObject({ receipt: 6 });
  expect(overtaken.receipts).toBe(6);
});

it.each([
  [
    'identifier_must_be_well_formed',
    () => item('IDENTIFIER', site.replace(/.$/, 'Z'), { registration: { kind: 'SITE', name: 'x', region: 500_000, owner: provider } }),
  ],
  ['identifier_must_be_of_its_kind', () => ofProvider({ kind: 'SITE' })],
  ['owner_must_be_of_its_kind', () => ofSite({ owner: '' })],
  ['owner_must_be_registered', () => ofSite()],
  ['identifier_must_be_registered', () => resource(provider, asProvider)],
  ['resource_must_be_what_its_identifier_names', () => resource(provider, {})],
  ['item_must_obey_the_contract', () => resource(provider, { provider: { ...asProvider.provider, size: 'HUGE' } })],
  ['item_must_obey_the_contract', () => ofProvider({ telephone: '1' })],
  ['content_must_be_of_its_kind', () => item('MONITORING', provider, { resource: { state: 'VERIFIED', ...asProvider } })],
  ['period_must_be_a_whole_hour', () => period(lastHour, lastHour + hourMs / 2)],
  ['period_must_be_over', () => period(lastHour + hourMs, lastHour + 2 * hourMs)],
  ['identifier_must_be_registered', () => period(lastHour, lastHour + hourMs)],
  ['item_id_must_name_indicator_and_month', () => indicator('pue/2026-02')],
  ['item_must_obey_the_contract', () => indicator('pue/2026-13', { month: '2026-13' })],
  ['full_report_must_begin_before_it_ends', () => ({ kind: 'RESOURCE', itemId: 'full', serial: ++serial, fullReport: { fromSerial: 9 } })],
])('refuses an item by %s, and keeps nothing of it', async (rule, made) => {
  const answer = await say({ items: [made()] });
  expect(answer.items).toEqual([expect.objectContaining({ receipt: 0, rule })]);
  expect(answer.receipts).toBe(0);
});

it('refuses more of a pool than was due, and other content under a serial that was used', async () => {
  const first = ofProvider();
  await say({ items: [first, ofSite()] });
  const pool = { identifier: 'CX-500000-R-0000000001-9', nodes: 1, unitSlotsDue: 32, unitSlotsUp: 33 };
  const { items } = await say({
    items: [period(lastHour, lastHour + hourMs, [pool]), { ...ofProvider({ name: 'other' }), serial: first.serial }],
  });
  expect(items!.map(({ rule }) => rule)).toEqual(['pool_must_not_have_more_than_was_due', 'serial_must_not_be_used_again']);
});

it.each([
  ['clocks_must_agree', {}, { saidAt: Date.now() - 10 * 60_000 }],
  ['message_must_obey_the_contract', { strange: 1 }, {}],
  ['message_must_obey_the_contract', { items: [{ kind: 'IDENTIFIER' }] }, {}],
  ['receipts_must_be_known', { receipts: 1 }, {}],
  ['cursor_must_come_from_this_node', { ask: { cursor: 'elsewhere/3/n', limit: 1 } }, {}],
])('refuses a message by %s', async (rule, content, signing) => {
  expect((await say(content, signing)).refused).toMatchObject({ rule });
});

it.each([
  ['a strange key', { key: stranger.privateKey, publicKey: stranger.publicKey }],
  ['another signature', { key: stranger.privateKey }],
])('answers %s by 401, unsigned', async (_name, signing) => {
  const answer = await post(Buffer.from(JSON.stringify({ id: 'x', from: 'Shuitu', madeAt: new Date().toISOString() })), signing);
  expect(answer.status).toBe(401);
  expect(answer.headers.get('exchange-signature')).toBeNull();
});

it('gives back what it was given, page by page', async () => {
  for (const entryId of ['a', 'b', 'c']) await fetch(`${control}/returns`, { method: 'POST', body: JSON.stringify({ entryId }) });
  const first = await say({ ask: { limit: 2 } });
  expect(first.returns).toMatchObject({ entries: [{ entryId: 'a' }, { entryId: 'b' }], more: true });
  const second = await say({ ask: { cursor: first.returns!.nextCursor, limit: 2 } });
  expect(second.returns).toMatchObject({ entries: [{ entryId: 'c' }], more: false });
  expect((await say({ ask: { cursor: second.returns!.nextCursor, limit: 2 } })).returns!.entries).toEqual([]);
});

it('ends a full report by dropping what was not in it', async () => {
  await say({ items: [ofProvider(), ofSite(), resource(provider, asProvider)] });
  await fetch(`${control}/want-full`, { method: 'POST' });
  const from = serial + 1;
  await say({ items: [{ kind: 'RESOURCE', itemId: 'full', serial: ++serial, fullReport: { fromSerial: from } }] });
  const items = (await (await fetch(`${control}/items`)).json()) as { kind: string; itemId: string }[];
  expect(items.filter(({ kind }) => kind === 'RESOURCE').map(({ itemId }) => itemId)).toEqual(['full']);
  expect(await (await fetch(`${control}/state`)).json()).toMatchObject({ wantsFull: false });
});
