import { Injectable } from '@nestjs/common';
import { CpuArchitecture, type RemoteSupply, type RemoteTerms, type ResourcePoolDocument, type ResourcePoolRequest } from '#contracts';
import type { ResourcePoolsRequest } from '#contracts';
import { firstSellableSlot, slotAt } from '#domain';
import { type Call, Clock, Refusal, absent, conflict, invalid, writeTime } from '#platform';
import {
  type NodeSupply,
  type Pool,
  federationDetailsOf,
  federationOf,
  poolOf,
  sayable,
  slugOf,
  unitsPerNodeOf,
  viewOf,
  windowOf,
  zoneDataOf,
  zoneIdOf,
  zonesOf,
} from './core/ewbi.js';
import { type Json, isObject, isUnfit } from './core/foreign.js';
import { jsonOf } from './foreign-document.js';
import { type ForeignPartner, ForeignPartners } from './foreign-partners.js';
import { ForeignReservations } from './foreign-reservations.js';
import { OwnPlatform } from './own-platform.js';

const edge = 'ewbi';
/** It is committed at once. */
const holdMs = 60_000;

type Told = NodeSupply & { readonly supply: RemoteSupply };

/** A pool as it is kept with its reservation. */
interface Kept {
  readonly zoneId: string;
  readonly appProviderId: string;
  readonly pool: Pool;
}

/** The edge for operator platforms that speak GSMA's E/WBI. What a document means is the core's; what is done of it is this protocol's. */
@Injectable()
export class EwbiDesk {
  constructor(
    private readonly clock: Clock,
    private readonly own: OwnPlatform,
    private readonly partners: ForeignPartners,
    private readonly reservations: ForeignReservations,
  ) {}

  /** @throws Refusal federation_must_be_agreed_by_the_operators */
  async federate(body: Uint8Array, call: Call): Promise<Json> {
    const partner = await this.partners.of(call);
    const contextId = slugOf(partner.platform);
    const document = jsonOf(body);
    if (!isObject(document) || document.origOPFederationId !== contextId)
      throw conflict(
        'federation_must_be_agreed_by_the_operators',
        `the caller's key is of the platform ${contextId}`,
        'origOPFederationId',
      );
    return federationOf({ platform: this.own.name, contextId, zones: zonesOf(await this.supplyFor(partner)) });
  }

  async federation(contextId: string, call: Call): Promise<Json> {
    return federationDetailsOf(zonesOf(await this.supplyFor(await this.partner(contextId, call))));
  }

  async subscribe(contextId: string, body: Uint8Array, call: Call): Promise<Json> {
    const partner = await this.partner(contextId, call);
    const document = jsonOf(body);
    const zoneIds = isObject(document) ? document.acceptedAvailabilityZones : undefined;
    if (!Array.isArray(zoneIds) || !zoneIds.length)
      throw invalid('acceptedAvailabilityZones', 'zones_must_be_named', 'of those that are offered');
    const supply = await this.supplyFor(partner);
    return { acceptedZoneResourceInfo: zoneIds.map((zoneId) => dataOf(String(zoneId), supply)) };
  }

  async zone(contextId: string, zoneId: string, call: Call): Promise<Json> {
    return dataOf(zoneId, await this.supplyFor(await this.partner(contextId, call)));
  }

  /** Reserved, and made a lease of at once. */
  async create({ federationContextId, zoneId, appProviderId, body }: ResourcePoolDocument, call: Call): Promise<Json> {
    const partner = await this.partner(federationContextId, call);
    const pool = poolOf(jsonOf(body));
    if (isUnfit(pool)) throw invalid(pool.field, pool.rule, pool.detail);
    const kept: Kept = { zoneId, appProviderId, pool };
    const name = nameOf({ zoneId, appProviderId, poolId: pool.poolId });
    const { known } = await this.reservations.reserve(call, partner, { edge, name, document: body }, async () => ({
      ...{ offered: kept, terms: this.termsOf(pool, zoneId, await this.supplyFor(partner)) },
      ...{ holdMs, image: '', publicKey: '' },
    }));
    await this.reservations.commit(partner, edge, known.reservationId);
    return { poolName: pool.poolName, poolId: pool.poolId };
  }

  async pools({ federationContextId, zoneId, appProviderId }: ResourcePoolsRequest, call: Call): Promise<Json[]> {
    const partner = await this.partner(federationContextId, call);
    const now = slotAt(this.clock.now());
    const made = await this.reservations.made(partner, edge);
    return made
      .filter(({ request }) => request.terms!.window!.to > now)
      .map(({ offered, at }) => ({ kept: JSON.parse(offered) as Kept, at }))
      .filter(({ kept }) => kept.zoneId === zoneId && kept.appProviderId === appProviderId)
      .map(({ kept, at }) => viewOf(kept.pool, writeTime(at)));
  }

  async remove({ federationContextId, ...asked }: ResourcePoolRequest, call: Call): Promise<Json> {
    const partner = await this.partner(federationContextId, call);
    const known = await this.reservations.named(partner, edge, nameOf(asked));
    if (!known) throw absent(`pool ${asked.poolId}`);
    await this.reservations.cancel(partner, known);
    return {};
  }

  private termsOf(pool: Pool, zoneId: string, supply: readonly Told[]): RemoteTerms {
    const found = supply.find((one) => one.advertId === pool.flavourId && zoneIdOf(one) === zoneId);
    if (!found) throw absent(`flavour ${pool.flavourId} in zone ${zoneId}`);
    const { advertId, computeClass, model, domestic, unit, zone, region, price } = found.supply;
    const perNode = unitsPerNodeOf(found);
    const window = windowOf(pool, firstSellableSlot(this.clock.now()));
    return { advertId, computeClass, model, domestic, unit, zone, region, price, units: pool.count * perNode, window, perNode };
  }

  private async partner(contextId: string, call: Call): Promise<ForeignPartner> {
    const partner = await this.partners.of(call);
    if (slugOf(partner.platform) !== contextId) throw absent(`federation ${contextId}`);
    return partner;
  }

  private async supplyFor(partner: ForeignPartner): Promise<Told[]> {
    return sayable((await this.partners.supplyFor(partner)).map(toldOf));
  }
}

/** What the other protocol has and this one has not. */
export function refused(what: string): never {
  throw new Refusal(
    'absent',
    'operation_must_be_offered',
    `${what} have no meaning here: this platform sells units of compute for a time, and runs no applications of others`,
  );
}

function dataOf(zoneId: string, supply: readonly Told[]): Json {
  const data = zoneDataOf(zoneId, supply);
  if (!data) throw absent(`zone ${zoneId}`);
  return data;
}

const nameOf = ({ zoneId, appProviderId, poolId }: { zoneId: string; appProviderId: string; poolId: string }): string =>
  [zoneId, appProviderId, poolId].join('\n');

function toldOf(supply: RemoteSupply): Told {
  const { nodeShape } = supply;
  const node = nodeShape && { ...nodeShape, architecture: CpuArchitecture[nodeShape.architecture] ?? '' };
  return { ...supply, node, supply };
}
