// Schemas of E/WBI's documents: names, types, patterns and what must be there, as GSMA's E/WBI APIs 1.3 have them.
import { Ajv } from 'ajv';

const text = { type: 'string' };
const whole = { type: 'integer' };
const identifier = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,62}[a-z0-9])?$' };
const list = (items: object) => ({ type: 'array', items, minItems: 1 });
const object = (properties: Record<string, object>, optional: string[] = []) => ({
  ...{ type: 'object', properties },
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
});

const zone = object({
  zoneId: identifier,
  geolocation: { type: 'string', pattern: '^[-+]?[\\d]{1,2}(\\.[\\d]{1,4})?,\\s*[-+]?[\\d]{1,3}(\\.[\\d]{1,4})?$' },
  geographyDetails: text,
});
const gpu = object({
  gpuVendorType: { enum: ['GPU_PROVIDER_NVIDIA', 'GPU_PROVIDER_AMD'] },
  ...{ gpuModeName: text, gpuMemory: whole, numGPU: whole },
});
const os = object({
  architecture: { enum: ['x86_64', 'x86'] },
  distribution: { enum: ['RHEL', 'UBUNTU', 'COREOS', 'FEDORA', 'WINDOWS', 'OTHER'] },
  version: { enum: ['OS_VERSION_UBUNTU_2204_LTS', 'OS_VERSION_RHEL_8', 'OS_VERSION_DEBIAN_11', 'OS_VERSION_COREOS_STABLE', 'OTHER'] },
  license: { enum: ['OS_LICENSE_TYPE_FREE', 'OS_LICENSE_TYPE_ON_DEMAND', 'NOT_SPECIFIED'] },
});
const resources = object(
  {
    cpuArchType: { enum: ['ISA_X86_64', 'ISA_ARM_64'] },
    numCPU: { type: 'string', pattern: '^\\d+((\\.\\d{1,3})|(m))?$' },
    ...{ memory: whole, diskStorage: whole, gpu: list(gpu) },
  },
  ['diskStorage', 'gpu'],
);
const flavour = object(
  {
    flavourId: text,
    cpuArchType: { enum: ['ISA_X86', 'ISA_X86_64', 'ISA_ARM_64'] },
    supportedOSTypes: list(os),
    ...{ numCPU: whole, memorySize: whole, storageSize: whole, gpu: list(gpu) },
  },
  ['gpu'],
);
const registered = object({
  zoneId: identifier,
  reservedComputeResources: list(resources),
  computeResourceQuotaLimits: list(resources),
  flavoursSupported: list(flavour),
});
const endpoint = { ...object({ port: { type: 'integer', minimum: 0 }, fqdn: text }), additionalProperties: false };
const duration = {
  ...object({ numOfDays: whole, numOfMonths: whole, numOfYears: whole }, ['numOfDays', 'numOfMonths', 'numOfYears']),
  minProperties: 1,
};
const pool = object(
  {
    ...{ poolName: text, reservedPoolId: identifier, reserveDuration: duration, reservationTime: text },
    reservedFlavours: list(object({ flavourId: text, count: whole })),
  },
  ['reserveDuration', 'reservationTime'],
);
const federation = object(
  {
    ...{ partnerOPFederationId: identifier, federationContextId: identifier, offeredAvailabilityZones: list(zone) },
    partnerOPCountryCode: { type: 'string', pattern: '^[A-Z]{2}$' },
    platformCaps: { type: 'array', items: { enum: ['homeRouting', 'Anchoring'] } },
  },
  ['partnerOPCountryCode', 'offeredAvailabilityZones'],
);
const request = object({
  resRequest: object({
    ...{ poolId: identifier, poolName: text, reserveDuration: duration },
    flavours: list(object({ flavourId: text, numFlavour: whole, minNumOfFlavours: whole }, ['minNumOfFlavours'])),
  }),
  resourceReservationCallbackLink: text,
});

const ajv = new Ajv({ strict: true, allErrors: true });
const checks = {
  federation: ajv.compile(federation),
  details: ajv.compile(
    object({ edgeDiscoveryServiceEndPoint: endpoint, lcmServiceEndPoint: endpoint, offeredAvailabilityZones: list(zone) }, [
      'offeredAvailabilityZones',
    ]),
  ),
  zones: ajv.compile(object({ acceptedZoneResourceInfo: list(registered) })),
  zone: ajv.compile(registered),
  pools: ajv.compile({ type: 'array', items: pool }),
  request: ajv.compile(request),
};

/** What of the document is not as the specification has it. */
export function faultsOf(kind: keyof typeof checks, document: unknown): string[] {
  const check = checks[kind];
  return check(document) ? [] : check.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}
