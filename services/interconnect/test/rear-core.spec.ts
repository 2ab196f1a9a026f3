// REAR 2.0's documents and this protocol's supply, each as the other.
import { ComputeClass, ResidencyZone, Unit } from '#domain';
import { isUnfit, kindOfRule } from '../src/core/foreign.js';
import {
  type LeaseBecame,
  type Setting,
  type Supply,
  advertIdOf,
  becameOf,
  contractOf,
  flavorOf,
  reservationOf,
  transactionOf,
} from '../src/core/rear.js';
import { type Flavor, faultsOf } from './rear-schema.js';

const supply: Supply = {
  ...{ advertId: 'cq.g2-1', computeClass: ComputeClass.INTELLIGENT, model: 'G2', domestic: true, unit: Unit.CARD },
  ...{ zone: ResidencyZone.DOMESTIC, region: 500_000, units: 640, price: 4_800_000, window: { from: 96, to: 192 } },
  ...{ roundTripUs: 18_200, greenShareBp: 6_550, pueMilli: 1_220, unitsPerNode: 8, securityGrade: 0 },
};
const setting: Setting = { platform: 'Shuitu', tag: '1a2b3c4d', timeOf: (slot) => `slot ${slot}`, template: { type: 'object' } };

const flavor = (change: Partial<Supply> = {}) => flavorOf({ ...supply, ...change }, setting) as unknown as Flavor;

it('supply as a flavor has the shape that REAR asks for', () => {
  expect(faultsOf('flavors', [flavor()])).toEqual([]);
  expect(faultsOf('flavors', [{ ...flavor(), price: { amount: 4.8, currency: 'CNY', period: 'hourly' } }])).not.toEqual([]);
});

const tags = (change: Partial<Supply> = {}): string[] => flavor(change).type.data.Characteristics.Tags;
it.each<[string, (document: Flavor) => unknown, Partial<Supply>, unknown]>([
  ['id', ({ flavorId }) => flavorId, {}, 'cq.g2-1~1a2b3c4d'],
  ['when it begins', ({ timestamp }) => timestamp, {}, 'slot 96'],
  ['yuan of a unit-hour', ({ price }) => price, { price: 4_800_100 }, { amount: '4.8001', currency: 'CNY', period: 'hourly' }],
  ['shown, and not sold', ({ availability }) => availability, { price: 0 }, false],
  ['country', ({ location }) => location.country, {}, 'CN'],
  ['country abroad', ({ location }) => location.country, { zone: ResidencyZone.ABROAD }, undefined],
  ['milliseconds, upwards', ({ type }) => type.data.Characteristics.Latency, {}, 19],
  ['no link known', ({ type }) => 'Latency' in type.data.Characteristics, { roundTripUs: 0 }, false],
  ['grade, when it is not told', ({ type }) => type.data.Characteristics.SecurityStandards, {}, ['GB/T 22239 level 3']],
])('a flavor: %s', (_name, of, change, wanted) => expect(of(flavor(change))).toEqual(wanted));

it('what REAR has no field for stands in its tags; what is not told is left out', () => {
  const words = ['class=INTELLIGENT', 'unit=CARD', 'units=640', 'from=slot 96', 'to=slot 192', 'zone=DOMESTIC', 'greenSharePercent=65.5'];
  expect(tags()).toEqual(expect.arrayContaining([...words, 'pue=1.22', 'unitsPerNode=8', 'region=500000', 'domestic=true']));
  expect(tags({ pueMilli: 0, unitsPerNode: 0 }).filter((tag) => /^pue|^unitsPerNode/.test(tag))).toEqual([]);
});

const asked = { units: 16, from: '2026-01-02T00:00:00Z', to: '2026-01-02T02:00:00Z' };
const buyer = { Domain: 'example.com', NodeID: 'node-123', IP: '192.168.1.10', AdditionalInformation: { LiqoID: 'liqo-abc' } };
const configuration = { type: 'service', data: { HostingPolicy: 'Provider', ConfigurationData: JSON.stringify(asked) } };
const reservation = { FlavorID: 'cq.g2-1~1a2b3c4d', Buyer: buyer, Configuration: configuration };

it('a reservation as REAR has it is understood, by the names of its schemas and of its node', () => {
  expect(faultsOf('reservation', reservation)).toEqual([]);
  const read = { flavorId: 'cq.g2-1~1a2b3c4d', buyer, configuration, data: asked };
  expect(reservationOf(reservation)).toEqual(read);
  const ofNode = { flavorID: reservation.FlavorID, buyerID: { domain: 'example.com', nodeID: 'node-123', ip: '192.168.1.10' } };
  const plain = { type: 'service', data: { hostingPolicy: 'Provider', configurationData: asked } };
  expect(reservationOf({ ...ofNode, configuration: plain })).toMatchObject({ flavorId: reservation.FlavorID, data: asked });
  expect(advertIdOf(reservation.FlavorID)).toBe('cq.g2-1');
});

it.each<[string, unknown, string, string]>([
  ['no object', [], '', 'body_must_be_a_reservation'],
  ['no flavor', { ...reservation, FlavorID: undefined }, 'FlavorID', 'flavor_id_must_be_given'],
  ['another flavor than the path', { ...reservation, FlavorID: 'b~1' }, 'FlavorID', 'field_must_agree_with_the_path'],
  ['no buyer', { ...reservation, Buyer: undefined }, 'Buyer', 'buyer_must_be_a_node_identity'],
  ['a buyer without IP', { ...reservation, Buyer: { Domain: 'a', NodeID: 'b' } }, 'Buyer', 'buyer_must_be_a_node_identity'],
  ['no configuration', { ...reservation, Configuration: undefined }, 'Configuration', 'configuration_must_be_given'],
  [
    'a slice',
    { ...reservation, Configuration: { ...configuration, type: 'k8slice' } },
    'Configuration',
    'configuration_must_be_of_a_service',
  ],
  [
    'hosted by the consumer',
    { ...reservation, Configuration: { type: 'service', data: { ...configuration.data, HostingPolicy: 'Consumer' } } },
    'Configuration.data.HostingPolicy',
    'hosting_policy_must_be_offered',
  ],
  [
    'data that are no JSON',
    { ...reservation, Configuration: { type: 'service', data: { ConfigurationData: '{' } } },
    'Configuration.data.ConfigurationData',
    'configuration_data_must_be_json',
  ],
])('not understood: %s', (_name, document, field, rule) => {
  expect(reservationOf(document, reservation.FlavorID)).toMatchObject({ field, rule });
});

it('transaction and contract have the shape that REAR asks for', () => {
  const read = reservationOf(reservation);
  if (isUnfit(read)) throw new Error(read.rule);
  const [at, until, end] = ['2026-01-01T00:00:00Z', '2026-01-01T00:10:00Z', '2026-01-02T02:00:00Z'];
  const transaction = transactionOf({ transactionId: 't-1', reservation: read, at, until });
  expect(faultsOf('transaction', transaction)).toEqual([]);
  expect(transaction).toEqual({
    ...{ TransactionID: 't-1', FlavorID: reservation.FlavorID, Buyer: buyer, Configuration: configuration },
    ...{ StartTime: at, ExpirationTime: until },
  });
  const leases = [
    { leaseId: 101, units: 8 },
    { leaseId: 102, units: 8 },
  ];
  const bought = {
    transactionId: 't-1',
    platform: 'Shuitu',
    flavor: flavorOf(supply, setting),
    end,
    amount: 153_600_000n,
    leases,
    signedAnswer: 'AA==',
    became: {},
  };
  const contract = contractOf({ ...bought, reservation: read });
  expect(faultsOf('contract', contract)).toEqual([]);
  expect(contract).toMatchObject({
    ...{ ContractID: 't-1', Seller: { NodeID: 'Shuitu' }, ExpirationTime: end },
    ExtraInformation: { amount: '153.6', currency: 'CNY', leases: '101:8,102:8', signedAnswer: 'AA==' },
  });
});

const running = { leaseId: 101, state: 'ACTIVE', unitSlots: 64, measured: undefined };
const over = { leaseId: 102, state: 'CUT_SHORT', unitSlots: 24, measured: { due: 24, up: 23 } };
it.each<[string, LeaseBecame[], object]>([
  ['nothing yet', [], {}],
  ['it runs', [running], { states: '101:ACTIVE:64', owed: '22.5' }],
  ['one of two is over', [running, over], { states: '101:ACTIVE:64,102:CUT_SHORT:24', usage: '102:23/24', owed: '22.5' }],
])('what became of the leases of a contract: %s', (_, leases, said) => expect(becameOf(leases, 22_500_000n)).toEqual(said));

it.each([
  ['advert_must_be_offered', 'absent'],
  ['reservation_must_be_known', 'absent'],
  ['partner_must_not_be_suspended', 'forbidden'],
  ['supply_must_be_there', 'conflict'],
  ['reservation_must_not_have_expired', 'conflict'],
])('%s is answered as %s', (rule, kind) => expect(kindOfRule(rule)).toBe(kind));
