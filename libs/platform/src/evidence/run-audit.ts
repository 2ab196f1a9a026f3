// All that is audited of an exchange, service by service, each in one snapshot of its own that changes nothing.
import pg from 'pg';
import type { DatabaseAddress } from '../database-url.js';
import { makeLogger } from '../log.js';
import type { ServiceOptions } from '../platform.js';
import { endSession, openSession } from '../session.js';
import type { AuditReader, Finding } from './audit.js';
import { ChainAudit, type Extent, type Known, rootsOf, type SignedRoot } from './chain-audit.js';

const pageRows = 1_000;

export interface Audited {
  readonly extents: readonly Extent[];
  readonly findings: number;
  /** What was looked at beside the chain, by what it is. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Reads what it checks as the database's owner; `found` is told each thing that is wrong. */
export async function auditServices(
  owner: DatabaseAddress,
  services: readonly ServiceOptions[],
  known: Known,
  found: (finding: Finding) => void,
  progress: (text: string) => void,
): Promise<Audited> {
  const extents: Extent[] = [];
  const counts: Record<string, number> = {};
  let findings = 0;
  for (const { name, evidence = [], audits = [] } of services) {
    if (evidence.length === 0 && audits.length === 0) continue;
    const count = (what: string, more = 1): void => void (counts[what] = (counts[what] ?? 0) + more);
    await reading(owner, name, { progress, count }, async (read) => {
      const tell = async (some: AsyncGenerator<Finding>): Promise<void> => {
        for await (const one of some) {
          findings += 1;
          found(one);
        }
      };
      if (evidence.length > 0) {
        const chain = new ChainAudit(read, evidence, known);
        await tell(chain.run());
        extents.push(chain.extent);
      }
      for (const audit of audits) {
        progress(`${name}: ${audit.name}`);
        await tell(audit.run(read));
      }
    });
  }
  return { extents, findings, counts };
}

/** The newest signed root of each service, to be kept outside. */
export async function newestRoots(owner: DatabaseAddress, services: readonly ServiceOptions[]): Promise<SignedRoot[]> {
  const roots: SignedRoot[] = [];
  for (const { name, evidence = [] } of services) {
    if (evidence.length === 0) continue;
    await reading(owner, name, quietly, async (read) => {
      roots.push(...(await rootsOf(read)).slice(-1));
    });
  }
  return roots;
}

/** Whom an audit tells how far it is. */
type Told = Pick<AuditReader, 'progress' | 'count'>;

const quietly: Told = { progress: () => undefined, count: () => undefined };

async function reading(owner: DatabaseAddress, service: string, told: Told, work: (read: AuditReader) => Promise<void>): Promise<void> {
  const client = await openSession(owner, { log: makeLogger('silent'), config: { application_name: 'audit', types: bigints } });
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(`set local search_path = ${pg.escapeIdentifier(service)}`);
    let cursors = 0;
    await work({
      service,
      ...told,
      query: async <R>(sql: string, params: readonly unknown[] = []) => (await client.query(sql, [...params])).rows as R[],
      rows: async function* <R>(sql: string, params: readonly unknown[] = [], page = pageRows) {
        const name = `rows_${(cursors += 1)}`;
        await client.query(`declare ${name} no scroll cursor for ${sql}`, [...params]);
        for (let isMore = true; isMore;) {
          const { rows } = await client.query(`fetch ${page} from ${name}`);
          yield* rows as R[];
          isMore = rows.length === page;
        }
        await client.query(`close ${name}`);
      },
    });
  } finally {
    await endSession(client);
  }
}

const { types } = pg;
const bigints: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === 20 ? BigInt : (types.getTypeParser(oid, format) as (value: string) => unknown)) as typeof types.getTypeParser,
};
