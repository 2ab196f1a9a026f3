// Partners that speak REAR 2.0 and E/WBI list, reserve and buy over HTTP, by the rules of any partner; what they did stands in the journal.
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  CpuArchitecture,
  LeaseChanged,
  LeaseMeasured,
  LeaseState,
  MessageKind,
  OrganisationSize,
  RegistrationState,
  RegistryDefinition,
  Role,
  SignedMessage,
  SupplyDefinition,
  TradeMade,
} from '#contracts';
import { writeTime } from '#platform';
import { slotAt, startOfSlot } from '#domain';
import { RegistryModule } from '#registry';
import type { HttpRequest } from '#testing';
import { window } from './market.js';
import { Platform, supplyOf, usual } from './platforms.js';
import { faultsOf as faultsOfEwbi } from './ewbi-schema.js';
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
  await here.partners.registerPartner({
    platform: 'Fluid',
    details: { ...usual(9), participantId, address: '', creditLimit: 10_000_000_000n },
  });
  expect(await get('/flavors')).toMatchObject({ status: 200, body: [] });
  const supply = here.exchange.call(SupplyDefinition);
  for (const one of [supplyOf('a'), supplyOf('general', { computeClass: 1 })]) await supply.offerSupply({ supply: one });
  const { body } = await get('/flavors/services');
  expect(faultsOf('flavors', body)).toEqual([]);
  expect(body.map(({ flavorId }) => flavorId.split('~')[0])).toEqual(['a']);
  const template = new Ajv2020({ formats: { 'date-time': true, int32: true } }).compile(
    JSON.parse(body[0]!.type.data.Characteristics.ConfigurationTemplate) as object,
  );
  expect([template(asked), template({ ...asked, units: 0 }), template({ units: 16 })]).toEqual([true, false, false]);
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
  const supply = here.exchange.call(SupplyDefinition);
  await supply.withdrawSupply({ advertId: 'a' });
  expect(await post('/reservations', reservation(id), 'order-7')).toMatchObject({ status: 200, body: again.body });
  await supply.offerSupply({ supply: supplyOf('a') });
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

const ewbi = <T = unknown>(path: string, request: HttpRequest = {}) =>
  here.exchange.http<T>(`/operatorplatform/federation/v1${path}`, { key, idempotencyKey: null, ...request });
const zoneId = 'cn-500000-domestic';
const pools = `/fluid/isv/resource/zone/${zoneId}/appProvider/vision`;
const poolOf = (poolId: string, change: object = {}) => ({
  resRequest: {
    poolId,
    poolName: 'vision',
    flavours: [{ flavourId: 'whole', numFlavour: 2 }],
    reserveDuration: { numOfDays: 1 },
    ...change,
  },
  resourceReservationCallbackLink: 'https://example.com/pools',
});

it('E/WBI: the federation that the operators agreed on, its zones and their flavours', async () => {
  const { body: none } = await ewbi('/fluid/partner');
  expect([faultsOfEwbi('details', none), none]).toEqual([
    [],
    expect.not.objectContaining({ offeredAvailabilityZones: expect.anything() as unknown }),
  ]);
  const nodeShape = {
    ...{ architecture: CpuArchitecture.X86_64, cores: 128, memoryGib: 1_024, storageGb: 7_680 },
    cardMemoryGib: 80,
    cardVendor: 'NVIDIA',
  };
  const now = slotAt(here.exchange.now());
  const supply = supplyOf('whole', { model: 'A100', domestic: false, window: { from: now, to: now + 960 }, nodeShape });
  await here.exchange.call(SupplyDefinition).offerSupply({ supply });
  const request = { origOPFederationId: 'fluid', initialDate: '2026-01-01T00:00:00Z', partnerStatusLink: 'https://example.com/status' };
  const federation = await ewbi('/partner', { body: request });
  expect([federation.status, ...faultsOfEwbi('federation', federation.body)]).toEqual([200]);
  expect(federation.body).toMatchObject({ federationContextId: 'fluid', offeredAvailabilityZones: [{ zoneId }] });
  const zone = await ewbi(`/fluid/zones/${zoneId}`);
  expect([zone.status, ...faultsOfEwbi('zone', zone.body)]).toEqual([200]);
  const zones = await ewbi('/fluid/zones', { body: { acceptedAvailabilityZones: [zoneId], availZoneNotifLink: 'https://example.com' } });
  expect([zones.status, ...faultsOfEwbi('zones', zones.body)]).toEqual([200]);
  const other = await ewbi('/partner', { body: { ...request, origOPFederationId: 'other' } });
  expect(other).toMatchObject({ status: 409, body: { rule: 'federation_must_be_agreed_by_the_operators' } });
  expect(await ewbi('/other/partner')).toMatchObject({ status: 404 });
});

it('E/WBI: a pool is reserved and made a lease at once; asked for again it is the same, shown as it was asked for, and not given back', async () => {
  const made = here.market.made.length;
  const first = await ewbi(pools, { body: poolOf('pool-1') });
  expect(first).toMatchObject({ status: 200, body: { poolName: 'vision', poolId: 'pool-1' } });
  await here.exchange.advance(20 * minute);
  expect(await ewbi(pools, { body: poolOf('pool-1') })).toMatchObject({ status: 200, body: first.body });
  expect(here.market.made).toHaveLength(made + 1);
  expect((await journal()).slice(-2)).toEqual([
    ['RESERVE', ''],
    ['COMMIT', ''],
  ]);
  const { body } = await ewbi<object[]>(pools);
  expect([faultsOfEwbi('pools', body), body]).toMatchObject([
    [],
    [{ reservedPoolId: 'pool-1', reservedFlavours: [{ flavourId: 'whole', count: 2 }] }],
  ]);
  expect(await ewbi(`/fluid/isv/resource/zone/${zoneId}/appProvider/other`)).toMatchObject({ status: 200, body: [] });
  expect(await ewbi(`${pools}/pool/pool-1`, { method: 'DELETE' })).toMatchObject({
    ...{ status: 409, body: { rule: 'reservation_must_not_be_committed' } },
  });
  expect(await ewbi(`${pools}/pool/none`, { method: 'DELETE' })).toMatchObject({ status: 404 });
});

it.each<[string, string, object, number, string]>([
  ['a flavour that is not there', pools, poolOf('pool-2', { flavours: [{ flavourId: 'z', numFlavour: 1 }] }), 404, 'entity_must_exist'],
  ['more than there is', pools, poolOf('pool-3', { flavours: [{ flavourId: 'whole', numFlavour: 3 }] }), 409, 'supply_must_be_there'],
  ['more than may be owed', pools, poolOf('pool-4', { reserveDuration: { numOfDays: 9 } }), 409, 'credit_limit_must_cover_the_reservation'],
  ['longer than is advertised', pools, poolOf('pool-5', { reserveDuration: { numOfYears: 1 } }), 409, 'window_must_lie_in_the_adverts'],
  ['another pool of the name', pools, poolOf('pool-1', { poolName: 'other' }), 409, 'reservation_name_must_not_be_reused'],
  ['an artefact', '/fluid/artefact', {}, 404, 'operation_must_be_offered'],
  ['an application', '/fluid/application/onboarding', {}, 404, 'operation_must_be_offered'],
  ['edges near to a client', '/fluid/edgenodesharing/edgeDiscovery', {}, 404, 'operation_must_be_offered'],
])('E/WBI refused, with the rule: %s', async (_name, path, body, status, rule) => {
  expect(await ewbi(path, { body })).toMatchObject({ status, body: { rule } });
});

/** Of the lease, as market and telemetry tell of it. */
async function ends(leaseId: number, state: LeaseState, unitSlots: number, unitSlotsUp: number): Promise<void> {
  await here.market.tell(TradeMade, TradeMade.create({ tradeId: leaseId, buyerId: participantId }));
  await here.market.tell(LeaseChanged, LeaseChanged.create({ leaseId, state, buyerId: participantId, delivered: window, unitSlots }));
  const measure = { leaseId, unitSlotsDue: unitSlots, unitSlotsUp, energyWh: 1_000, energyMeasured: true, buyerId: participantId };
  await here.monitoring.tell(LeaseMeasured.create(measure));
  await here.exchange.advance(5 * minute);
}

it('REAR: a contract asked for again says what became of its leases; what is owed is what was delivered', async () => {
  const [{ reservation_id: id }] = (await here.sql('select reservation_id from interconnect.reservation_leases where lease_id = 101')) as [
    { reservation_id: string },
  ];
  await ends(101, LeaseState.ENDED, 128, 127);
  const contract = await post<Contract>(`/transactions/${id}/purchase`, {});
  expect([contract.status, ...faultsOf('contract', contract.body)]).toEqual([200]);
  // A tenth is credited: 127 of 128 were up.
  expect(contract.body.ExtraInformation).toMatchObject({
    ...{ amount: '153.6', leases: '101:16', states: '101:ENDED:128', usage: '101:127/128', owed: '138.24' },
  });
  const items = await here.sql('select ours from interconnect.statement_items where reservation_id = $1', [id]);
  expect(items).toEqual([{ ours: '138240000' }]);
  expect((await journal()).map(([kind]) => kind)).not.toContain('USAGE');
});

it('E/WBI: a pool whose lease is cut short as a whole is shown no more', async () => {
  const [{ lease_id: leaseId }] = (await here.sql('select max(lease_id) as lease_id from interconnect.reservation_leases')) as [
    { lease_id: string },
  ];
  expect((await ewbi<object[]>(pools)).body).toHaveLength(1);
  await ends(Number(leaseId), LeaseState.CUT_SHORT, 0, 0);
  expect((await ewbi(pools)).body).toEqual([]);
});

it('more than was agreed to in a second: come again, and nothing is kept', async () => {
  const id = await flavorId();
  const details = { ...usual(9), participantId, address: '', creditLimit: 10_000_000_000n };
  const count = async () => (await here.sql<object>('select 1 from interconnect.foreign_reservations')).length;
  await here.partners.amendPartner({ platform: 'Fluid', details: { ...details, ratePerSecond: 1 }, reason: 'test' });
  await post('/reservations', reservation(id, { units: 2 }));
  const before = await count();
  expect(await post('/reservations', reservation(id, { units: 1 }))).toMatchObject({
    status: 429,
    body: { rule: 'messages_must_keep_the_rate' },
  });
  expect(await count()).toBe(before);
  await here.partners.amendPartner({ platform: 'Fluid', details, reason: 'test' });
});

it('another partner’s transaction is none of the caller’s, and a suspended partner sees nothing', async () => {
  expect(await post('/transactions/none/purchase', {})).toMatchObject({ status: 404 });
  await here.partners.suspendPartner({ platform: 'Fluid', reason: 'test' });
  expect(await get('/flavors')).toMatchObject({ status: 403, body: { rule: 'partner_must_not_be_suspended' } });
  expect(await post('/reservations', reservation('a~1'))).toMatchObject({ status: 403 });
  expect(await ewbi('/fluid/partner')).toMatchObject({ status: 403, body: { rule: 'partner_must_not_be_suspended' } });
});
