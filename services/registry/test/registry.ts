// A registry and those who call it, with short ways to verified things.
import { Injectable, Module } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import {
  CatalogueDefinition,
  ComputeClass,
  DrainChanged,
  LinkChanged,
  ParticipantChanged,
  PoolChanged,
  SiteChanged,
  Interconnect,
  OrganisationSize,
  ParticipantDetails,
  PoolDetails,
  RegistrationState,
  RegistryDefinition,
  ResidencyZone,
  Role,
  SiteDetails,
  Unit,
} from '#contracts';
import type { RoleName } from '#contracts';
import { On, Refusal, service } from '#platform';
import type { EventMeta, Tx } from '#platform';
import { testExchange } from '#testing';
import { RegistryModule } from '../src/registry.module.js';

/** Reads what the registry tells, as another service would. */
@Injectable()
class Listener {
  readonly participants: ParticipantChanged[] = [];
  readonly sites: SiteChanged[] = [];
  readonly pools: PoolChanged[] = [];
  readonly links: LinkChanged[] = [];
  readonly drains: DrainChanged[] = [];

  @On(ParticipantChanged) async participant(event: ParticipantChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.participants.push(event);
  }
  @On(SiteChanged) async site(event: SiteChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.sites.push(event);
  }
  @On(PoolChanged) async pool(event: PoolChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.pools.push(event);
  }
  @On(LinkChanged) async link(event: LinkChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.links.push(event);
  }
  @On(DrainChanged) async drain(event: DrainChanged, _tx: Tx, _meta: EventMeta): Promise<void> {
    this.drains.push(event);
  }
}

@Module({ imports: [service({ name: 'listener' })], providers: [Listener] })
class ListenerModule {}

export type Registry = Awaited<ReturnType<typeof openRegistry>>;

/** A virtual clock at the beginning of 2026 in Asia/Shanghai; the operator is participant 1. */
export async function openRegistry(...others: Type[]) {
  const exchange = await testExchange({ modules: [RegistryModule, ListenerModule, ...others] });
  const by = (participantId: number, ...roles: RoleName[]) => exchange.call(RegistryDefinition, { participantId, roles });
  const operator = by(1, 'operator');
  const heard = async () => {
    await exchange.advance();
    return exchange.running.get<Listener>(Listener);
  };
  return {
    exchange,
    by,
    operator,
    catalogueBy: (participantId: number, ...roles: RoleName[]) => exchange.call(CatalogueDefinition, { participantId, roles }),
    /** What was told of one thing, in order, once everyone has heard it. */
    told: {
      participants: async (id: number) => (await heard()).participants.filter((event) => event.participantId === id),
      sites: async (id: number) => (await heard()).sites.filter((event) => event.siteId === id),
      pools: async (id: number) => (await heard()).pools.filter((event) => event.poolId === id),
      links: async (id: number) => (await heard()).links.filter((event) => event.linkId === id),
      drains: async (poolId: number) => (await heard()).drains.filter((event) => event.poolId === poolId),
    },
    /** One statement as the role by which the registry connects. */
    asRegistry: (sql: string) => {
      const role = `${new URL(exchange.database.url).pathname.slice(1)}_registry`;
      return exchange.database.query(`set role ${role}; set search_path to registry; ${sql}`);
    },
    async participant(details: Partial<ParticipantDetails>): Promise<number> {
      const { participantId } = await operator.registerParticipant({ details: participantDetails(details) });
      await verify((request) => operator.moveParticipant(request), participantId);
      return participantId;
    },
    async site(providerId: number, details: Partial<SiteDetails> = {}): Promise<number> {
      const { siteId } = await operator.registerSite({ providerId, details: siteDetails(details) });
      await verify((request) => operator.moveSite(request), siteId);
      return siteId;
    },
    /** With `nodes` nodes, serials named after the pool. */
    async pool(details: Partial<PoolDetails> & { siteId: number }, nodes = 4): Promise<number> {
      const { poolId } = await operator.registerPool({ details: poolDetails(details) });
      const serials = Array.from({ length: nodes }, (_, at) => `p${poolId}-${at}`);
      await operator.registerNodes(nodesOf(poolId, serials));
      await verify((request) => operator.movePool(request), poolId);
      return poolId;
    },
  };
}

type Move = (request: { id: number; state: RegistrationState; reason: string }) => Promise<unknown>;

export async function verify(move: Move, id: number): Promise<void> {
  await move({ id, state: RegistrationState.SUBMITTED, reason: 'complete' });
  await move({ id, state: RegistrationState.VERIFIED, reason: 'papers seen' });
}

export async function* nodesOf(poolId: number, serials: Iterable<string>) {
  for (const serial of serials) yield { poolId, serial };
}

export const participantDetails = (details: Partial<ParticipantDetails> = {}): ParticipantDetails =>
  ParticipantDetails.create({
    name: 'Liangjiang Compute',
    roles: [Role.PROVIDER],
    region: 500000,
    industry: 'I',
    size: OrganisationSize.LARGE,
    ...details,
  });

export const siteDetails = (details: Partial<SiteDetails> = {}): SiteDetails =>
  SiteDetails.create({
    name: 'Shuitu 水土',
    region: 500000,
    district: 500109,
    zone: ResidencyZone.DOMESTIC,
    securityGrade: 3,
    standardRacks: 3_000,
    occupancyBp: 7_000,
    pueMilli: 1_250,
    greenShareBp: 6_000,
    energyMwhPerYear: 90_000,
    ...details,
  });

export const poolDetails = (details: Partial<PoolDetails> & { siteId: number }): PoolDetails =>
  PoolDetails.create({
    computeClass: ComputeClass.INTELLIGENT,
    model: 'A100',
    unit: Unit.CARD,
    unitsPerNode: 8,
    memoryGibPerUnit: 80,
    interconnect: Interconnect.NVLINK,
    tflopsFp16Milli: 312_000,
    tflopsFp32Milli: 19_500,
    powerWattsPerUnit: 400,
    ...details,
  });

/** The rule that a call breaks; 'done' where it breaks none. What is no refusal is thrown on. */
export const ruleOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof Refusal) return error.violations[0]?.rule ?? error.rule;
      throw error;
    },
  );
