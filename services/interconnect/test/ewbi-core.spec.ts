// E/WBI's documents and this protocol's supply, each as the other.
import { ResidencyZone, Unit } from '#domain';
import {
  type NodeShape,
  type NodeSupply,
  federationDetailsOf,
  federationOf,
  flavourOf,
  poolOf,
  sayable,
  slugOf,
  viewOf,
  windowOf,
  zoneDataOf,
  zonesOf,
} from '../src/core/ewbi.js';
import { faultsOf } from './ewbi-schema.js';

const node: NodeShape = {
  ...{ architecture: 'X86_64', cores: 128, memoryGib: 1_024, storageGb: 7_680 },
  ...{ cardMemoryGib: 80, cardVendor: 'NVIDIA' },
};
const supply: NodeSupply = {
  ...{ advertId: 'cq.a100-1', model: 'A100', unit: Unit.CARD, zone: ResidencyZone.DOMESTIC, region: 500_112 },
  ...{ units: 20, price: 4_800_000, unitsPerNode: 8, node },
};
const zoneId = 'cn-500112-domestic';

it('zones, their data and the federation have the shape that E/WBI asks for', () => {
  const zones = zonesOf([supply, { ...supply, advertId: 'b' }, { ...supply, region: 510_100 }]);
  expect(zones.map((zone) => [zone.zoneId, zone.geolocation])).toEqual([
    [zoneId, '29.56,106.55'],
    ['cn-510100-domestic', '30.57,104.07'],
  ]);
  expect(faultsOf('federation', federationOf({ platform: 'Shuitu', contextId: 'fluid', zones }))).toEqual([]);
  expect(faultsOf('federation', federationOf({ platform: 'Shuitu', contextId: 'fluid', zones: [] }))).toEqual([]);
  expect(faultsOf('details', federationDetailsOf(zones))).toEqual([]);
  expect(faultsOf('zone', zoneDataOf(zoneId, [supply]))).toEqual([]);
  expect(faultsOf('zone', { ...zoneDataOf(zoneId, [supply]), flavoursSupported: [] })).not.toEqual([]);
});

it('a flavour is a whole node, and the limit whole nodes of what is advertised', () => {
  const gpu = { gpuVendorType: 'GPU_PROVIDER_NVIDIA', gpuModeName: 'A100', gpuMemory: 81_920 };
  expect(flavourOf(supply)).toMatchObject({
    ...{ flavourId: 'cq.a100-1', cpuArchType: 'ISA_X86_64', numCPU: 128, memorySize: 1_048_576, storageSize: 7_680 },
    gpu: [{ ...gpu, numGPU: 8 }],
  });
  expect(zoneDataOf(zoneId, [supply])).toMatchObject({
    reservedComputeResources: [{ numCPU: '0', memory: 0 }],
    computeResourceQuotaLimits: [{ numCPU: '256', memory: 2_097_152, diskStorage: 15_360, gpu: [{ ...gpu, numGPU: 16 }] }],
  });
  expect(zoneDataOf('cn-110000-domestic', [supply])).toBeUndefined();
  expect('gpu' in flavourOf({ ...supply, unit: Unit.NODE })).toBe(false);
});

it.each<[string, Partial<NodeSupply>, number]>([
  ['all that it asks for', {}, 1],
  ['nodes of a core market', { unit: Unit.CORE, unitsPerNode: 0, units: 64, node: { ...node, cardVendor: '' } }, 1],
  ['no node told', { node: undefined }, 0],
  ['ARM', { node: { ...node, architecture: 'ARM_64' } }, 0],
  ['cards of another maker', { node: { ...node, cardVendor: 'Huawei' } }, 0],
  ['no price', { price: 0 }, 0],
  ['less than a node', { units: 7 }, 0],
  ['a region that is none', { region: 990_000 }, 0],
])('E/WBI has words for: %s', (_name, change, count) => expect(sayable([{ ...supply, ...change }])).toHaveLength(count));

const resRequest = {
  ...{ poolId: 'pool-1', poolName: 'vision', flavours: [{ flavourId: 'cq.a100-1', numFlavour: 2 }] },
  reserveDuration: { numOfDays: 2, numOfMonths: 1 },
};
const asked = (change: object = {}) => ({
  resRequest: { ...resRequest, ...change },
  resourceReservationCallbackLink: 'https://example.com/pools',
});

it('a pool is understood, and shown as it was asked for', () => {
  expect(faultsOf('request', asked())).toEqual([]);
  const pool = poolOf(asked());
  expect(pool).toEqual({
    ...{ poolId: 'pool-1', poolName: 'vision', flavourId: 'cq.a100-1', count: 2, days: 32, duration: resRequest.reserveDuration },
  });
  if ('rule' in pool) throw new Error(pool.rule);
  expect(windowOf(pool, 100)).toEqual({ from: 100, to: 100 + 32 * 96 });
  expect(faultsOf('pools', [viewOf(pool, '2026-01-01T00:00:00Z')])).toEqual([]);
});

it.each<[string, unknown, string, string]>([
  ['no request', {}, 'resRequest', 'pool_must_be_asked_for'],
  ['an id of capitals', asked({ poolId: 'Pool' }), 'resRequest.poolId', 'pool_id_must_be_an_identifier'],
  ['no name', asked({ poolName: '' }), 'resRequest.poolName', 'pool_name_must_be_given'],
  [
    'two flavours',
    asked({ flavours: [...resRequest.flavours, ...resRequest.flavours] }),
    'resRequest.flavours',
    'pool_must_be_of_one_flavour',
  ],
  ['no flavour', asked({ flavours: [] }), 'resRequest.flavours', 'pool_must_be_of_one_flavour'],
  ['a flavour without name', asked({ flavours: [{ numFlavour: 1 }] }), 'resRequest.flavours[0].flavourId', 'flavour_must_be_named'],
  [
    'half a node',
    asked({ flavours: [{ flavourId: 'a', numFlavour: 0.5 }] }),
    'resRequest.flavours[0].numFlavour',
    'flavours_must_be_counted',
  ],
  ['no time', asked({ reserveDuration: {} }), 'resRequest.reserveDuration', 'duration_must_be_given'],
  ['time in words', asked({ reserveDuration: { numOfDays: 'two' } }), 'resRequest.reserveDuration', 'duration_must_be_given'],
])('not understood: %s', (_name, document, field, rule) => expect(poolOf(document)).toMatchObject({ field, rule }));

it.each([
  ['Shuitu', 'shuitu'],
  ['Yu.Zhong_1', 'yu-zhong-1'],
  ['-a-', 'a'],
])('%s is %s in E/WBI', (name, slug) => expect(slugOf(name)).toBe(slug));
