// Partners as an operator keeps them, through the public API.
import { GatewayModule } from '#gateway';
import { InterconnectModule } from '#interconnect';
import { cryptographyOf, type SuiteName } from '#platform';
import { RegistryModule } from '#registry';
import { type TestExchange, operator, testExchange } from '#testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'exchange-partners-'));
const platformKey = join(folder, 'key.pem');
let exchange: TestExchange;
let key: string;
beforeAll(async () => {
  writeFileSync(platformKey, cryptographyOf('international').newKeys().privateKey.export({ type: 'pkcs8', format: 'pem' }));
  exchange = await testExchange({
    modules: [GatewayModule, RegistryModule, InterconnectModule],
    config: { platformKey, platform: 'Shuitu' },
  });
  key = await exchange.key(operator);
});
afterAll(async () => {
  await exchange?.stop();
  rmSync(folder, { recursive: true });
});

const publicKey = (suite: SuiteName = 'international') => cryptographyOf(suite).newKeys().publicKey.export({ type: 'spki', format: 'pem' });
const post = (path: string, body: unknown) => exchange.http(`/v1/interconnect${path}`, { key, body });
const get = <T>(path: string) => exchange.http<T>(`/v1/interconnect${path}`, { key });

async function participant(name: string, isPartner = true): Promise<number> {
  const details = { name, roles: [isPartner ? 'PARTNER' : 'BUYER'], region: 500_000, industry: 'I', size: 'LARGE' };
  const { body } = await exchange.http<{ participantId: number }>('/v1/participants', { key, body: { details } });
  for (const state of ['SUBMITTED', 'VERIFIED'])
    await exchange.http(`/v1/participants/${body.participantId}/state`, { key, body: { state, reason: 'papers seen' } });
  await exchange.advance();
  return body.participantId;
}

const detailsOf = (participantId: number) => ({
  ...{ participantId, address: 'tianfu.invalid:9', tls: true, creditLimit: '1000000.00', ratePerSecond: 50 },
  ...{ classes: ['INTELLIGENT'], zones: ['DOMESTIC'] },
});
const keys = () => [{ suite: 'international', publicKey: publicKey() }];

it('is registered, amended, gets keys, leaves; each act has its reason in the audit; all is listed page by page', async () => {
  const participantId = await participant('Tianfu 天府');
  const details = detailsOf(participantId);
  const registered = await post('/partners', { platform: 'Tianfu', details, keys: keys() });
  expect(registered).toMatchObject({
    status: 200,
    body: { platform: 'Tianfu', state: 'ACTIVE', version: 0, details: { creditLimit: '1000000' } },
  });
  const second = { suite: 'national', publicKey: publicKey('national') };
  expect(await post('/partners/Tianfu/keys', { key: second, reason: 'rotation' })).toMatchObject({ status: 200 });
  const { body: partner } = await get<{ keys: { keyId: string; suite: string }[] }>('/partners/Tianfu');
  expect(partner.keys.map(({ suite }) => suite).sort()).toEqual(['international', 'national']);
  expect(await post(`/partners/Tianfu/keys/${partner.keys[0]!.keyId}/end`, { reason: 'rotation' })).toMatchObject({ status: 200 });
  const amended = { key, method: 'PUT', body: { details: { ...details, ratePerSecond: 5 }, reason: 'too many' } };
  expect(await exchange.http('/v1/interconnect/partners/Tianfu', amended)).toMatchObject({
    status: 200,
    body: { details: { ratePerSecond: 5 } },
  });
  const { body: page } = await get<{ messages: { kind: string; outcome: string }[] }>(
    '/messages?platform=Tianfu&outcome=UNANSWERED&limit=1',
  );
  expect(page.messages).toMatchObject([{ kind: 'HELLO', outcome: 'UNANSWERED' }]);
  expect(await post('/partners/Tianfu/leave', { reason: 'contract ended' })).toMatchObject({ status: 200, body: { state: 'LEFT' } });
  const { body: audit } = await get<{ steps: { step: string; reason: string }[] }>('/partners/Tianfu/audit');
  expect(audit.steps.map(({ step, reason }) => `${step} ${reason}`)).toEqual([
    ...['registered ', 'key_added rotation', 'key_ended rotation', 'amended too many', 'left contract ended'],
  ]);
  await post('/partners', { platform: 'Yuzhong', details: detailsOf(await participant('Yuzhong')), keys: keys() });
  const { body: active } = await get<{ partners: { platform: string }[] }>('/partners?state=ACTIVE');
  expect(active.partners.map(({ platform }) => platform)).toEqual(['Yuzhong']);
  const { body: first } = await get<{ partners: { platform: string }[]; page: { nextCursor: string } }>('/partners?limit=1');
  const { body: next } = await get<{ partners: { platform: string }[] }>(`/partners?limit=1&cursor=${first.page.nextCursor}`);
  expect([...first.partners, ...next.partners].map(({ platform }) => platform)).toEqual(['Tianfu', 'Yuzhong']);
});

it('what it would be is checked before it is one', async () => {
  const participantId = await participant('Qinling');
  const good = { platform: 'Qinling', details: detailsOf(participantId), keys: keys() };
  const buyer = await participant('Buyer', false);
  const wrong: [string, object][] = [
    ['partner_must_be_another_platform', { ...good, platform: 'Shuitu' }],
    ['participant_must_be_a_verified_partner', { ...good, details: detailsOf(buyer) }],
    ['key_must_be_a_public_key_of_its_suite', { ...good, keys: [{ suite: 'national', publicKey: publicKey() }] }],
    ['key_must_be_a_public_key_of_its_suite', { ...good, keys: [{ suite: 'international', publicKey: 'none' }] }],
    ['partner_must_have_a_key', { ...good, keys: [] }],
    ['ca_must_come_with_tls', { ...good, details: { ...good.details, tls: false, ca: 'x' } }],
    ['ca_must_be_a_certificate', { ...good, details: { ...good.details, ca: 'x' } }],
    ['text_must_match_its_pattern', { ...good, details: { ...good.details, address: 'http://tianfu' } }],
    ['address_must_be_a_name_with_tls', { ...good, details: { ...good.details, address: '192.0.2.7:8081' } }],
    ['list_must_fit_its_length', { ...good, details: { ...good.details, zones: [] } }],
  ];
  for (const [rule, body] of wrong) expect([rule, await post('/partners', body)]).toMatchObject([rule, { body: { rule } }]);
  expect(await post('/partners', good)).toMatchObject({ status: 200 });
  expect(await post('/partners', { ...good, platform: 'Other' })).toMatchObject({ status: 409, body: { rule: 'partner_must_be_new' } });
  expect(await post('/partners/Qinling/resume', { reason: 'x' })).toMatchObject({ body: { rule: 'partner_must_be_suspended' } });
  expect(await post('/partners/Nobody/suspend', { reason: 'x' })).toMatchObject({ status: 404 });
  const noKey = await post('/partners/Qinling/keys/0123456789abcdef/end', { reason: 'x' });
  expect(noKey).toMatchObject({ status: 404 });
});

it('without a key of its own a platform has no partners', async () => {
  const mute = await testExchange({ modules: [GatewayModule, RegistryModule, InterconnectModule] });
  const secret = await mute.key({ participantId: 1, roles: ['operator'] });
  const { body } = await mute.http('/v1/interconnect/platform', { key: secret });
  expect(body).toEqual({
    platform: 'compute-exchange',
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
    keys: [],
    certificate: '',
  });
  const registered = await mute.http('/v1/interconnect/partners', {
    key: secret,
    body: { platform: 'Tianfu', details: detailsOf(7), keys: keys() },
  });
  expect(registered).toMatchObject({ status: 503, body: { rule: 'platform_must_have_a_key' } });
  await mute.stop();
});

it('one that has left comes back under its name, with the keys that it is registered with now', async () => {
  const details = detailsOf(await participant('Bashu 巴蜀'));
  const [lost, kept] = [...keys(), ...keys()];
  const register = (given: unknown[]) => post('/partners', { platform: 'Bashu', details, keys: given });
  expect(await register([lost, kept])).toMatchObject({ status: 200 });
  expect(await register([kept])).toMatchObject({ status: 409, body: { rule: 'partner_must_be_new' } });
  expect(await post('/partners/Bashu/leave', { reason: 'contract ended' })).toMatchObject({ body: { state: 'LEFT' } });
  expect(await register([kept, kept])).toMatchObject({ status: 409, body: { rule: 'key_must_be_new' } });
  expect(await register([kept])).toMatchObject({ status: 200, body: { state: 'ACTIVE', version: 0 } });
  const { body } = await get<{ keys: { publicKey: string; validUntil?: string }[] }>('/partners/Bashu');
  expect(body.keys.filter(({ validUntil }) => !validUntil).map(({ publicKey: one }) => one)).toEqual([kept!.publicKey]);
});

it('once there was trade with it its participant stays its own, and stands for no other', async () => {
  const [first, second] = [await participant('Liao 辽'), await participant('Liao again')];
  const register = (platform: string, participantId: number) =>
    post('/partners', { platform, details: detailsOf(participantId), keys: keys() });
  const amend = (participantId: number) =>
    exchange.http('/v1/interconnect/partners/Liao', { key, method: 'PUT', body: { details: detailsOf(participantId), reason: 'another' } });
  expect(await register('Liao', second)).toMatchObject({ status: 200 });
  expect(await amend(first)).toMatchObject({ status: 200, body: { details: { participantId: first } } });
  await exchange.database.query(
    `insert into interconnect.reservations (platform, reservation_id, participant_id, state, terms, asked_at, until, amount) values ('Liao', 'traded', $1, 3, '', 0, 0, 0)`,
    [first],
  );
  const kept = { status: 409, body: { rule: 'partner_must_keep_its_participant' } };
  expect(await amend(second)).toMatchObject(kept);
  await post('/partners/Liao/leave', { reason: 'contract ended' });
  expect(await register('Liao', second)).toMatchObject(kept);
  expect(await register('Ji', first)).toMatchObject({ status: 409, body: { rule: 'partner_must_be_new' } });
  expect(await register('Ji', second)).toMatchObject({ status: 200 });
  expect(await register('Liao', first)).toMatchObject({ status: 200 });
});

it('its certificates are taken and ended like its keys, two at most at a time', async () => {
  const details = detailsOf(await participant('Kuimen 夔门'));
  const [first, second, third] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
  // As openssl writes it.
  const written = 'AB:'.repeat(31) + 'AB';
  const register = (certificates: string[]) => post('/partners', { platform: 'Kuimen', details, keys: keys(), certificates });
  expect(await register([first, first])).toMatchObject({ status: 409, body: { rule: 'certificate_must_be_new' } });
  expect(await register([first, second, third])).toMatchObject({ body: { rule: 'list_must_fit_its_length' } });
  expect(await register(['ab'])).toMatchObject({ body: { rule: 'text_must_match_its_pattern' } });
  expect(await register([first])).toMatchObject({ status: 200, body: { certificates: [{ sha256: first }] } });
  const add = (sha256: string) => post('/partners/Kuimen/certificates', { sha256, reason: 'rotation' });
  expect(await add(first)).toMatchObject({ status: 409, body: { rule: 'certificate_must_be_new' } });
  expect(await add(written)).toMatchObject({ status: 200 });
  expect(await add(second)).toMatchObject({ status: 409, body: { rule: 'certificates_must_be_two_at_most' } });
  const end = (sha256: string) => post(`/partners/Kuimen/certificates/${sha256}/end`, { reason: 'rotated' });
  expect(await end(third)).toMatchObject({ status: 404 });
  expect(await end(first)).toMatchObject({ status: 200, body: { certificates: [{ sha256: 'ab'.repeat(32) }] } });
  const { body: audit } = await get<{ steps: { step: string; reason: string; detail: string }[] }>('/partners/Kuimen/audit');
  expect(audit.steps.map(({ step, reason, detail }) => `${step} ${reason} ${detail.slice(-64)}`)).toEqual([
    ...[`registered  ${first}`, `certificate_added rotation ${'ab'.repeat(32)}`, `certificate_ended rotated ${first}`],
  ]);
  expect(await post('/partners/Kuimen/leave', { reason: 'contract ended' })).toMatchObject({ status: 200 });
  expect(await add(second)).toMatchObject({ status: 409, body: { rule: 'partner_must_not_have_left' } });
  expect(await register([third])).toMatchObject({ status: 200, body: { certificates: [{ sha256: third }] } });
});
