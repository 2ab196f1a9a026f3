// The contract's messages, field by field: docs/national-node.md, "What is said".
import { fields, flag, instant, integer, list, named, oneOf, optional, type Shape, text } from './shape.js';

const most = Number.MAX_SAFE_INTEGER;
const region = integer(110_000, 829_999);
const basisPoints = integer(0, 10_000);
const kinds = ['IDENTIFIER', 'RESOURCE', 'MONITORING', 'INDICATOR'];

const registration = fields({
  kind: oneOf('PARTICIPANT', 'SITE', 'POOL'),
  name: named(120),
  region,
  owner: text(40),
  creditCode: text(18),
  assigned: text(100),
});

const resource = fields({
  state: oneOf('VERIFIED', 'SUSPENDED', 'RETIRED'),
  provider: optional(
    fields({
      name: named(120),
      region,
      industry: text(1, /^[A-T]?$/),
      size: oneOf('INDIVIDUAL', 'MICRO', 'SMALL', 'MEDIUM', 'LARGE'),
      creditCode: text(18),
    }),
  ),
  site: optional(
    fields({
      name: named(120),
      provider: named(40),
      region,
      district: integer(0, 829_999),
      zone: oneOf('DOMESTIC', 'BONDED', 'ABROAD'),
      securityGrade: integer(1, 5),
      siteClass: oneOf('EDGE', 'SMALL', 'LARGE', 'VERY_LARGE'),
      standardRacks: integer(1, 1_000_000),
      occupancyBp: basisPoints,
      pueMilli: integer(1_000, 5_000),
      greenShareBp: basisPoints,
      energyMwhPerYear: integer(0, most),
    }),
  ),
  pool: optional(
    fields({
      site: named(40),
      computeClass: oneOf('GENERAL', 'INTELLIGENT', 'SUPER'),
      model: named(40),
      unit: oneOf('CARD', 'CORE', 'NODE'),
      unitsPerNode: integer(1, 4_096),
      nodes: integer(0, most),
      memoryGibPerUnit: integer(0, most),
      interconnect: oneOf('ETHERNET', 'ROCE', 'INFINIBAND', 'NVLINK'),
      tflopsFp16Milli: integer(0, most),
      tflopsFp32Milli: integer(0, most),
      domestic: flag,
    }),
  ),
});

const monitoring = fields({
  from: instant,
  to: instant,
  pools: list(
    100_000,
    fields({
      identifier: named(40),
      nodes: integer(0, most),
      unitSlotsDue: integer(0, most),
      unitSlotsUp: integer(0, most),
      nodeSlotsDue: integer(0, most),
      nodeSlotsReported: integer(0, most),
      utilisationBp: basisPoints,
      energyWh: integer(0, most),
    }),
  ),
});

const indicator = fields({
  month: named(7, /^\d{4}-(0[1-9]|1[0-2])$/),
  code: named(64, /^[a-z0-9][a-z0-9-]*$/),
  value: named(40, /^-?\d+(\.\d+)?$/),
  unit: text(40),
  declared: flag,
});

/** Of the content that an item of its kind has. */
export const contents: Readonly<Record<string, Shape>> = {
  registration,
  resource,
  monitoring,
  indicator,
  fullReport: fields({ fromSerial: integer(1, most) }),
};

export const itemHead: Readonly<Record<string, Shape>> = {
  kind: oneOf(...kinds),
  itemId: named(100),
  serial: integer(1, most),
  identifier: text(40),
};

const anything: Shape = () => undefined;

export const message = fields({
  id: named(64),
  from: named(80),
  madeAt: instant,
  receipts: integer(0, most),
  items: list(200, fields({ ...itemHead, ...Object.fromEntries(Object.keys(contents).map((name) => [name, anything])) })),
  ask: optional(fields({ cursor: text(400), limit: integer(1, 1_000) })),
});
