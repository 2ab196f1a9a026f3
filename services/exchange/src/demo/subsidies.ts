// Who got what of the programmes, and why: asked of the exchange when all is over.
import { textOf } from './client.js';
import type { Api, Json } from './client.js';
import type { World } from './world.js';

export interface Subsidised {
  readonly buyer: string;
  readonly claims: number;
  /** Of them, those that got something; what was cut is among them. */
  readonly granted: number;
  readonly cut: number;
  readonly base: number;
  readonly amount: number;
  /** Of its claims, how many each clause refused or cut. */
  readonly clauses: Record<string, number>;
}

export interface ProgrammeSummary {
  readonly name: string;
  readonly source: string;
  readonly issued: string;
  readonly redeemed: string;
  readonly available: string;
  readonly held: string;
  readonly funded: Record<string, string>;
  readonly firms: readonly Subsidised[];
  /** Claims that each clause refused or cut, and findings that officers saw. */
  readonly clauses: Record<string, number>;
  readonly findings: Record<string, number>;
  /** One claim that got less than its rate, else the last, clause by clause. */
  readonly example: readonly string[];
}

const count = (sums: Record<string, number>, name: string): number => (sums[name] = (sums[name] ?? 0) + 1);
const plain = (amount: unknown): string => String(Number(amount ?? 0));

/** Every programme that plays, in the order in which they were registered. */
export async function summarise(api: Api, world: World): Promise<ProgrammeSummary[]> {
  const made: ProgrammeSummary[] = [];
  for (const { id } of world.programmes) {
    const path = `/v1/programmes/${id}`;
    const { terms } = (await api.get(world.operator, path)) as { terms: Json };
    const balances = await api.get(world.operator, `${path}/balances`);
    const { funded } = (await api.get(world.operator, `${path}/funding`)) as { funded?: { name: string; amount: string }[] };
    const claims: Json[] = [];
    for await (const claim of api.list(world.operator, `/v1/claims?programmeId=${id}`, 'claims')) claims.push(claim);
    made.push({
      name: String(terms.name),
      source: textOf(terms.source),
      issued: plain(balances.issued),
      redeemed: plain(balances.redeemed),
      available: plain(balances.available),
      held: plain(balances.held),
      funded: Object.fromEntries((funded ?? []).map(({ name, amount }) => [name, plain(amount)])),
      ...told(claims, world),
    });
  }
  return made;
}

function told(claims: readonly Json[], world: World): Pick<ProgrammeSummary, 'firms' | 'clauses' | 'findings' | 'example'> {
  const findings: Record<string, number> = {};
  for (const claim of claims) for (const finding of (claim.findings as Json[] | undefined) ?? []) count(findings, String(finding.rule));
  const firms = [...Map.groupBy(claims, (claim) => Number(claim.buyerId))].map(([buyerId, own]) => ({
    buyer: world.buyers.find(({ id }) => id === buyerId)?.name ?? String(buyerId),
    claims: own.length,
    granted: own.filter(isGranted).length,
    cut: own.filter((claim) => isGranted(claim) && clausesOf(claim).some(({ passed }) => !passed)).length,
    base: sumOf(own, 'base'),
    amount: sumOf(own, 'amount'),
    clauses: brokenOf(own),
  }));
  const example = claims.findLast((claim) => clausesOf(claim).some(({ passed }) => !passed)) ?? claims.at(-1);
  return {
    clauses: brokenOf(claims),
    findings,
    firms: firms.sort((one, other) => other.amount - one.amount || one.buyer.localeCompare(other.buyer)),
    example: example
      ? clausesOf(example).map(({ rule, passed, detail }) => `${passed ? 'kept  ' : 'broken'} ${String(rule)}: ${String(detail)}`)
      : [],
  };
}

function brokenOf(claims: readonly Json[]): Record<string, number> {
  const clauses: Record<string, number> = {};
  for (const claim of claims) for (const clause of clausesOf(claim)) if (!clause.passed) count(clauses, String(clause.rule));
  return clauses;
}

const isGranted = (claim: Json): boolean => Number(claim.amount) > 0;
const clausesOf = (claim: Json): Json[] => (claim.clauses as Json[] | undefined) ?? [];
const sumOf = (claims: readonly Json[], field: 'base' | 'amount'): number =>
  Math.round(claims.reduce((sum, claim) => sum + Number(claim[field] ?? 0), 0) * 1e6) / 1e6;
