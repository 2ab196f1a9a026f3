// REAR 2.0 (fluidos-project/REAR, REAR-data-models): this protocol's supply and reservations as its documents, and its documents as ours.
// A flavor is of the type "service", the only one whose provider says what can be asked of it: REAR has no words of its own for units and time.
import { ComputeClass, formatYuan, ResidencyZone, Unit } from '#domain';
import type { Window } from '#domain';
import { type Json, type Unfit, isObject, isUnfit, member, textOf, unfit, wordOf } from './foreign.js';

export interface Supply {
  readonly advertId: string;
  readonly computeClass: number;
  readonly model: string;
  readonly domestic: boolean;
  readonly unit: number;
  readonly zone: number;
  readonly region: number;
  readonly units: number;
  /** Micro-yuan a unit-hour. At 0 it is shown, and nothing is sold of it. */
  readonly price: number;
  readonly window: Window;
  readonly roundTripUs: number;
  readonly greenShareBp: number;
  readonly pueMilli: number;
  readonly unitsPerNode: number;
  readonly securityGrade: number;
}

/** What a flavor says beside the supply. */
export interface Setting {
  /** The seller's name. */
  readonly platform: string;
  /** Of the supply's kind and price: once they change it is another flavor. */
  readonly tag: string;
  /** RFC 3339 of a slot. */
  readonly timeOf: (slot: number) => string;
  /** JSON Schema of what is asked of it. */
  readonly template: Json;
}

const hosting = 'Provider';
const usPerMs = 1_000;
const percentBp = 100;

export const flavorIdOf = (advertId: string, tag: string): string => `${advertId}~${tag}`;

/** The advert that a flavor's id names. */
export const advertIdOf = (flavorId: string): string => flavorId.split('~')[0]!;

export function flavorOf(supply: Supply, setting: Setting): Json {
  const { platform, tag, timeOf } = setting;
  return {
    flavorId: flavorIdOf(supply.advertId, tag),
    providerId: platform,
    timestamp: timeOf(supply.window.from),
    location: {
      ...(supply.zone === ResidencyZone.ABROAD ? {} : { country: 'CN' }),
      additionalNotes: `GB/T 2260 ${supply.region}, residency zone ${wordOf(ResidencyZone, supply.zone)}`,
    },
    type: { name: 'service', data: { Characteristics: characteristics(supply, setting) } },
    price: { amount: formatYuan(BigInt(supply.price)), currency: 'CNY', period: 'hourly' },
    owner: { domain: platform, nodeId: platform, ip: '' },
    availability: supply.price > 0,
  };
}

function characteristics(supply: Supply, { timeOf, template }: Setting): Json {
  const { model, units, window } = supply;
  const unit = wordOf(Unit, supply.unit);
  const tags = {
    class: wordOf(ComputeClass, supply.computeClass),
    model,
    domestic: supply.domestic,
    unit,
    units,
    from: timeOf(window.from),
    to: timeOf(window.to),
    zone: wordOf(ResidencyZone, supply.zone),
    region: supply.region,
    unitsPerNode: supply.unitsPerNode || undefined,
    greenSharePercent: supply.greenShareBp / percentBp,
    pue: supply.pueMilli ? supply.pueMilli / 1_000 : undefined,
  };
  return {
    Name: `${model} ${unit}`,
    Description: `Lease of units on named nodes, each a ${unit} of ${model}; ${units} in each quarter of an hour. The price is of one for an hour.`,
    Category: 'compute',
    Tags: Object.entries(tags).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])),
    HostingPolicies: [hosting],
    ConfigurationTemplate: JSON.stringify(template),
    ...(supply.roundTripUs ? { Latency: Math.ceil(supply.roundTripUs / usPerMs) } : {}),
    SecurityStandards: [`GB/T 22239 level ${supply.securityGrade || 3}`],
  };
}

export interface Reservation {
  readonly flavorId: string;
  readonly buyer: Json;
  readonly configuration: Json;
  /** What is asked of the flavor, as its template has it. */
  readonly data: unknown;
}

/** @param pathFlavorId that the path names; undefined where it names none */
export function reservationOf(document: unknown, pathFlavorId?: string): Reservation | Unfit {
  if (!isObject(document)) return unfit('', 'body_must_be_a_reservation', "send REAR's Reservation");
  const flavorId = textOf(member(document, 'FlavorID'));
  if (flavorId === undefined) return unfit('FlavorID', 'flavor_id_must_be_given', 'it names the flavor to reserve');
  if (pathFlavorId !== undefined && flavorId !== pathFlavorId)
    return unfit('FlavorID', 'field_must_agree_with_the_path', 'differs from what the path says');
  const buyer = member(document, 'Buyer', 'buyerID');
  if (!isObject(buyer) || !['Domain', 'NodeID', 'IP'].every((name) => typeof member(buyer, name) === 'string'))
    return unfit('Buyer', 'buyer_must_be_a_node_identity', 'it has Domain, NodeID and IP');
  const configuration = member(document, 'Configuration');
  const data = dataOf(configuration);
  return isUnfit(data) ? data : { flavorId, buyer, configuration: configuration as Json, data: data.data };
}

const place = 'Configuration.data';

function dataOf(configuration: unknown): { readonly data: unknown } | Unfit {
  if (!isObject(configuration))
    return unfit('Configuration', 'configuration_must_be_given', "it says units and time by the flavor's template");
  const data = member(configuration, 'data');
  if (member(configuration, 'type') !== 'service' || !isObject(data))
    return unfit('Configuration', 'configuration_must_be_of_a_service', 'this platform has flavors of the type service alone');
  const policy = member(data, 'HostingPolicy');
  if (policy !== undefined && policy !== hosting)
    return unfit(`${place}.HostingPolicy`, 'hosting_policy_must_be_offered', `it is hosted by the ${hosting} alone`);
  const written = member(data, 'ConfigurationData');
  return typeof written === 'string' ? parsed(written) : { data: written };
}

function parsed(text: string): { readonly data: unknown } | Unfit {
  try {
    return { data: JSON.parse(text) as unknown };
  } catch {
    return unfit(`${place}.ConfigurationData`, 'configuration_data_must_be_json', 'it is JSON in a text');
  }
}

export interface Held {
  readonly transactionId: string;
  readonly reservation: Reservation;
  /** RFC 3339: when it was reserved, and until when it is held. */
  readonly at: string;
  readonly until: string;
}

/** With the names of either published schema: StartTime is the older's, ExpirationTime the newer's. */
export const transactionOf = ({ transactionId, reservation, at, until }: Held): Json => ({
  TransactionID: transactionId,
  FlavorID: reservation.flavorId,
  Buyer: identityOf(reservation.buyer),
  Configuration: reservation.configuration,
  StartTime: at,
  ExpirationTime: until,
});

export interface Bought {
  readonly transactionId: string;
  readonly platform: string;
  readonly reservation: Reservation;
  /** As it was when it was reserved. */
  readonly flavor: Json;
  /** RFC 3339: the last lease's end. */
  readonly end: string;
  readonly amount: bigint;
  readonly leases: readonly { readonly leaseId: number; readonly units: number }[];
  /** This platform's signed answer, in base 64. */
  readonly signedAnswer: string;
  readonly became: Json;
}

export interface LeaseBecame {
  readonly leaseId: number;
  readonly state: string;
  /** That stood. */
  readonly unitSlots: number;
  /** Unit-slots, once it is measured. */
  readonly measured: { readonly due: number; readonly up: number } | undefined;
}

/** REAR has no word for what becomes of a lease; a contract's texts say it, once there is something to say. @param owed micro-yuan, by now */
export function becameOf(leases: readonly LeaseBecame[], owed: bigint): Json {
  if (!leases.length) return {};
  const usage = leases.flatMap(({ leaseId, measured }) => (measured ? [`${leaseId}:${measured.up}/${measured.due}`] : []));
  return {
    states: leases.map(({ leaseId, state, unitSlots }) => `${leaseId}:${state}:${unitSlots}`).join(','),
    ...(usage.length ? { usage: usage.join(',') } : {}),
    owed: formatYuan(owed),
  };
}

/** Credentials of a cluster (Liqo) there are none: what a lease is reached by is sealed to the public key that was given. */
export const contractOf = ({ transactionId, platform, reservation, flavor, end, amount, leases, signedAnswer, became }: Bought): Json => ({
  ContractID: transactionId,
  TransactionID: transactionId,
  Flavor: flavor,
  Buyer: identityOf(reservation.buyer),
  Seller: { Domain: platform, NodeID: platform, IP: '' },
  ExpirationTime: end,
  Configuration: reservation.configuration,
  ExtraInformation: {
    amount: formatYuan(amount),
    currency: 'CNY',
    leases: leases.map(({ leaseId, units }) => `${leaseId}:${units}`).join(','),
    signedAnswer,
    ...became,
  },
});

/** By the schema's names. */
function identityOf(buyer: Json): Json {
  const more = member(buyer, 'AdditionalInformation');
  return {
    Domain: member(buyer, 'Domain'),
    NodeID: member(buyer, 'NodeID'),
    IP: member(buyer, 'IP'),
    ...(isObject(more) ? { AdditionalInformation: more } : {}),
  };
}
