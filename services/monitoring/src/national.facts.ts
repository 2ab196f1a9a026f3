// Providers, sites and pools as the registry has them, in the words of the national node.
import { Inject, Injectable } from '@nestjs/common';
import {
  ListParticipantsRequest,
  ListPoolsRequest,
  ListSitesRequest,
  NationalRegistration,
  NationalResource,
  type PageInfo,
  RegisteredKind,
  RegistryDefinition,
  Role,
} from '#contracts';
import { type Client, clientOf, serviceCall } from '#platform';

export interface SubjectKey {
  readonly kind: RegisteredKind;
  readonly id: number;
}

/** What is said of it. Empty `identifier`: it was never verified, and nothing is said. */
export interface Subject extends SubjectKey {
  readonly identifier: string;
  /** Of a pool its site, of a site its provider; a provider has none. */
  readonly owner?: SubjectKey;
  /** @param owner its identifier */
  readonly registration: (owner: string) => NationalRegistration;
  readonly resource: (owner: string) => NationalResource;
}

const { PARTICIPANT, SITE, POOL } = RegisteredKind;
const caller = serviceCall('monitoring');
const pageRows = 1_000;

@Injectable()
export class NationalFacts {
  constructor(@Inject(clientOf(RegistryDefinition)) private readonly registry: Client<typeof RegistryDefinition>) {}

  /** @throws Refusal absent, or unavailable where the registry does not answer */
  async of({ kind, id }: SubjectKey): Promise<Subject> {
    if (kind === PARTICIPANT) return this.participant(id);
    return kind === SITE ? this.site(id) : this.pool(id);
  }

  /** All there is, providers first and pools last, page by page. */
  async *all(): AsyncGenerator<SubjectKey[]> {
    for await (const { participants } of pages((page) =>
      this.registry.listParticipants(ListParticipantsRequest.create({ role: Role.PROVIDER, page }), caller),
    ))
      yield participants.map(({ participantId: id }) => ({ kind: PARTICIPANT, id }));
    for await (const { sites } of pages((page) => this.registry.listSites(ListSitesRequest.create({ page }), caller)))
      yield sites.map(({ siteId: id }) => ({ kind: SITE, id }));
    for await (const { pools } of pages((page) => this.registry.listPools(ListPoolsRequest.create({ page }), caller)))
      yield pools.map(({ poolId: id }) => ({ kind: POOL, id }));
  }

  private async participant(id: number): Promise<Subject> {
    const { identifier, state, details, nationalIdentifier: assigned } = await this.registry.getParticipant({ id }, caller);
    const { name, region, industry, size, creditCode } = details!;
    return {
      ...{ kind: PARTICIPANT, id, identifier },
      registration: (owner) => ({ kind: PARTICIPANT, name, region, owner, creditCode, assigned }),
      resource: () => ({ state, provider: { name, region, industry, size, creditCode } }),
    };
  }

  private async site(id: number): Promise<Subject> {
    const site = await this.registry.getSite({ id }, caller);
    const { identifier, state, siteClass, providerId, nationalIdentifier: assigned } = site;
    const { name, region, district, zone, securityGrade, standardRacks, occupancyBp, pueMilli, greenShareBp, energyMwhPerYear } =
      site.details!;
    return {
      ...{ kind: SITE, id, identifier, owner: { kind: PARTICIPANT, id: providerId } },
      registration: (owner) => ({ kind: SITE, name, region, owner, creditCode: '', assigned }),
      resource: (provider) => ({
        state,
        site: {
          ...{ name, provider, region, district, zone, securityGrade, siteClass, standardRacks },
          ...{ occupancyBp, pueMilli, greenShareBp, energyMwhPerYear },
        },
      }),
    };
  }

  private async pool(id: number): Promise<Subject> {
    const { identifier, state, details, nodeCount: nodes, nationalIdentifier: assigned } = await this.registry.getPool({ id }, caller);
    const { siteId, computeClass, model, unit, unitsPerNode, memoryGibPerUnit, interconnect, domestic } = details!;
    const { tflopsFp16Milli, tflopsFp32Milli } = details!;
    // What is nameless goes by its model; its region stands in its identifier, which names that of its site.
    const name = details!.name || model;
    const region = Number(identifier.split('-')[1] ?? 0);
    return {
      ...{ kind: POOL, id, identifier, owner: { kind: SITE, id: siteId } },
      registration: (owner) => ({ kind: POOL, name, region, owner, creditCode: '', assigned }),
      resource: (site) => ({
        state,
        pool: {
          ...{ site, computeClass, model, unit, unitsPerNode, nodes, memoryGibPerUnit, interconnect },
          ...{ tflopsFp16Milli, tflopsFp32Milli, domestic },
        },
      }),
    };
  }
}

async function* pages<T extends { page?: PageInfo | undefined }>(
  list: (page: { cursor: string; limit: number }) => Promise<T>,
): AsyncGenerator<T> {
  for (let cursor: string | undefined = ''; cursor !== undefined;) {
    const answer: T = await list({ cursor, limit: pageRows });
    yield answer;
    cursor = answer.page?.nextCursor || undefined;
  }
}
