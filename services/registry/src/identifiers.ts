// What an identifier stands for.
import { Injectable } from '@nestjs/common';
import { RegisteredKind, ResolvedIdentifier } from '#contracts';
import { Database, absent, ownsOrAbsent } from '#platform';
import type { Call } from '#platform';
import { regionalScheme } from './core/identifier.js';
import type { Identified, IdentifiedKind } from './core/identifier.js';
import { NationalIdentifiers } from './national-identifiers.js';

interface Row {
  id: number;
  owner_id: number;
  name: string;
  state: number;
  identifier: string;
  national_identifier?: string | null;
  node_number?: number;
}

const lookups: Record<IdentifiedKind, string> = {
  PARTICIPANT: 'select id, owner_id, name, state, identifier, national_identifier from participants where id = $1',
  SITE: 'select id, owner_id, name, state, identifier, national_identifier from sites where id = $1',
  POOL: 'select id, owner_id, name, state, identifier, national_identifier from pools where id = $1',
  LINK: `select id, owner_id, from_region || ' – ' || to_region as name, state, identifier from links where id = $1`,
  NEED: 'select id, owner_id, purpose as name, state, identifier from needs where id = $1',
  // A node's identifier carries its own number and the region of its pool's.
  NODE: `select p.id, p.owner_id, n.serial as name, p.state, p.identifier, n.number as node_number
         from nodes n join pools p on p.id = n.pool_id where n.id = $1 and n.number < p.node_count`,
};
/** What the resource list shows of everyone. */
const publicKinds: readonly IdentifiedKind[] = ['SITE', 'POOL', 'NODE', 'LINK'];

@Injectable()
export class Identifiers {
  constructor(
    private readonly database: Database,
    private readonly national: NationalIdentifiers,
  ) {}

  /**
   * @param given this region's, or one that the national node has assigned
   * @throws Refusal absent for what was not issued and for participants and needs of others
   */
  async resolve(given: string, call: Call): Promise<ResolvedIdentifier> {
    const identifier = regionalScheme.parse(given) ? given : ((await this.national.regionalOf(given)) ?? given);
    const identified = regionalScheme.parse(identifier);
    if (!identified) throw absent(`identifier ${identifier}`);
    const [row] = await this.database.query<Row>(lookups[identified.kind], [identified.number]);
    if (!row || !isIssued(identified, identifier, row)) throw absent(`identifier ${identifier}`);
    if (!publicKinds.includes(identified.kind)) ownsOrAbsent(call, row.owner_id, `identifier ${identifier}`);
    return {
      identifier,
      kind: RegisteredKind[identified.kind],
      id: row.id,
      nodeNumber: row.node_number ?? 0,
      name: row.name,
      state: row.state,
      region: identified.region,
      nationalIdentifier: row.national_identifier ?? '',
    };
  }
}

const isIssued = ({ kind, region }: Identified, identifier: string, row: Row): boolean =>
  kind === 'NODE' ? regionalScheme.parse(row.identifier)?.region === region : row.identifier === identifier;
