// A consumer that speaks REAR 2.0 lists, reserves and purchases over HTTP, by the rules of any partner; what it did stands in the journal.
import { MessageKind, OrganisationSize, RegistrationState, RegistryDefinition, Role, SignedMessage, SupplyDefinition } from '#contracts';
import { writeTime } from '#platform';
import { startOfSlot } from '#domain';
import { RegistryModule } from '#registry';
import { window } from './market.js';
import { Platform, supplyOf, usual } from './platforms.js';
import { type Contract, type Flavor, type Transaction, faultsOf } from './rear-schema.js';

const minute = 60_000;

let here: Platform;
let participantId: number;
let key: string;
beforeAll(async () => {
  here = await Platform.open('Shuitu', 'international', [RegistryModule]);
  const registry = here.exchange.call(RegistryDefinition);
  const details = { name: 'Fluid', roles: [Role.PARTNER], region: 500_000, industry: 'I', size: OrganisationSize.SMALL };
  participantId = (await registry.registerParticipant({ details })).participantId;
  for (const state of [RegistrationState.SUBMITTED, RegistrationState.VERIFIED])
    await registry.moveParticipant({ id: participantId, state, reason: 'test' });
  key = await here.exchange.key({ participantId, roles: ['partner'] });
  await here.exchange.advance();
});
afterAll(() => here?.stop());

const get = (path: string) => here.exchange.http<Flavor[]>(`/rear/api/v2${path}`, { key });
const post = <T = Transaction>(path: string, body: unknown, idempotencyKey: string | null = null) =>
  here.exchange.http<T>(`/rear/api/v2${path}`, { key, body, idempotencyKey });
const asked = { units: 16, from: writeTime(startOfSlot(window.from)), to: writeTime(startOfSlot(window.to)), perNode: 8 };
const reservation = (FlavorID: string, change: object = {}) => ({
  FlavorID,
  Buyer: { Domain: 'example.com', NodeID: 'node-123', IP: '192.168.1.10' },
  Configuration: { type: 'service', data: { ConfigurationData: JSON.stringify({ ...asked, ...change }) } },
});

it('who stands for no partner is told so; registered, it sees what is advertised to it', async () => {
  expect(await get('/flavors')).toMatchObject({ status: 409, body: { rule: 'caller_must_stand_for_a_partner' } });
  await here.partners.registerPartner({ platform: 'Fluid', details: { ...usual(9), participantId, address: '' } });
  expect(await get('/flavors')).toMatchObject({ status: 200, body: [] });
  const supply = here.exchange.call(SupplyDefinition);
  for (const one of [supplyOf('a'), supplyOf('general', { computeClass: 1 })]) await supply.offerSupply({ supply: one });
  const { body } = await get('/flavors/services');
  expect(faultsOf('flavors', body)).toEqual([]);
  expect(body.map(({ flavorId }) => flavorId.split('~')[0])).toEqual(['a']);
  for (const type of ['k8slices', 'vms', 'sensors']) expect(await get(`/flavors/${type}`)).toMatchObject({ status: 200, body: [] });
  expect(await get('/flavors/boats')).toMatchObject({ status: 404 });
  expect((await here.partners.listPartnerMessages({ platform: 'Fluid' })).messages).toEqual([]);
});

const flavorId = async (): Promise<string> => (await get('/flavors')).body[0]!.flavorId;
const journal = async () =>
  (await here.partners.listPartnerMessages({ platform: 'Fluid', direction: 2 })).messages
    .map(({ kind, rule }) => [MessageKind[kind], rule])
    .reverse();

it('reserved and purchased: a contract with this platform’s signed answer; each call again is answered alike, and done once', async () => {
  const id = await flavorId();
  const first = await post(`/flavors/${id}/reservation`, reservation(id));
  expect([first.status, ...faultsOf('transaction', first.body)]).toEqual([200]);
  expect(first.body.ExpirationTime).toBe(writeTime(here.exchange.now() + 10 * minute));
  expect(await post('/reservations', reservation(id))).toMatchObject({ status: 200, body: first.body });
  expect(here.market.units).toBe(48);

  const purchase = `/transactions/${first.body.TransactionID}/purchase`;
  const contract = await post<Contract>(purchase, {});
  expect([contract.status, ...faultsOf('contract', contract.body)]).toEqual([200]);
  const { amount, leases, signedAnswer } = contract.body.ExtraInformation;
  expect({ amount, leases }).toEqual({ amount: '153.6', leases: '101:16' });
  expect(SignedMessage.decode(Buffer.from(signedAnswer, 'base64')).signature.length).toBe(64);
  expect(await post(purchase, {})).toMatchObject({ status: 200, body: contract.body });
  expect(here.market.made).toHaveLength(1);
  expect(await journal()).toEqual([
    ['RESERVE', ''],
    ['COMMIT', ''],
  ]);
  expect(await here.sql('select edge, participant_id from interconnect.foreign_reservations')).toEqual([
    { edge: 'rear', participant_id: participantId },
  ]);
});

it('the same document once it is bought is another transaction; under the same Idempotency-Key it is the same', async () => {
  const id = await flavorId();
  const [again, other] = [await post('/reservations', reservation(id), 'order-7'), await post('/reservations', reservation(id), 'order-7')];
  expect([again.status, other.body.TransactionID]).toEqual([200, again.body.TransactionID]);
  expect(await post('/reservations', reservation(id, { units: 8 }), 'order-7')).toMatchObject({
    ...{ status: 409, body: { rule: 'idempotency_key_must_not_be_reused' } },
  });
  await here.exchange.advance(11 * minute);
  expect(await post(`/transactions/${again.body.TransactionID}/purchase`, {})).toMatchObject({
    ...{ status: 409, body: { rule: 'reservation_must_not_have_expired' } },
  });
});

it.each<[string, (id: string) => unknown, number, string]>([
  ['a flavor that is not there', () => reservation('z~00000000'), 404, 'entity_must_exist'],
  ['a flavor of another price', () => reservation('a~00000000'), 404, 'entity_must_exist'],
  ['no units', (id) => reservation(id, { units: 0 }), 400, 'field_must_be_given'],
  ['a time within a quarter', (id) => reservation(id, { from: '2026-01-02T00:01:00Z' }), 400, 'slot_must_begin_a_quarter_hour'],
  ['more than there is', (id) => reservation(id, { units: 80 }), 409, 'supply_must_be_there'],
  ['more than is advertised', (id) => reservation(id, { units: 641 }), 409, 'units_must_be_advertised'],
  ['a window that is over', (id) => reservation(id, { from: '2025-01-02T00:00:00Z' }), 409, 'window_must_begin_in_time'],
  ['no JSON', () => 'reserve', 400, 'body_must_be_a_reservation'],
])('refused, with the rule: %s', async (_name, document, status, rule) => {
  const answer = await post('/reservations', document(await flavorId()));
  expect(answer).toMatchObject({ status, body: { rule } });
});

it('another partner’s transaction is none of the caller’s, and a suspended partner sees nothing', async () => {
  expect(await post('/transactions/none/purchase', {})).toMatchObject({ status: 404 });
  await here.partners.suspendPartner({ platform: 'Fluid', reason: 'test' });
  expect(await get('/flavors')).toMatchObject({ status: 403, body: { rule: 'partner_must_not_be_suspended' } });
  expect(await post('/reservations', reservation('a~1'))).toMatchObject({ status: 403 });
});
