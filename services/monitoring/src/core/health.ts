import { Health } from '#domain';
import type { Time } from '#domain';

/** Silence of so many deadlines, and of at least so long, is a loss (R-24: only `lost` loses leases). */
export const lostAfterDeadlines = 4;
export const lostAfterMsLeast = 3_600_000;

export interface PoolFacts {
  /** Last heartbeat or telemetry; before the first, when the pool was verified. */
  readonly lastSeenAt: Time;
  readonly deadlineSeconds: number;
  /** How telemetry contradicts the registration; empty: it does not. Stands until the operator forgives it. */
  readonly contradiction: string;
  /** What the operator judged by hand: OK where nothing stands. */
  readonly operatorHealth: Health;
  readonly operatorReason: string;
}

export interface Verdict {
  readonly health: Health;
  /** Named as the broken rule; empty where it is well. */
  readonly reason: string;
}

const well: Verdict = { health: Health.OK, reason: '' };

export const deadlineAt = (facts: Pick<PoolFacts, 'lastSeenAt' | 'deadlineSeconds'>): Time =>
  facts.lastSeenAt + facts.deadlineSeconds * 1000;

export const lostAt = (facts: Pick<PoolFacts, 'lastSeenAt' | 'deadlineSeconds'>): Time =>
  facts.lastSeenAt + Math.max(lostAfterDeadlines * facts.deadlineSeconds * 1000, lostAfterMsLeast);

/** The worst of the operator's word, a contradiction and silence; of equals the first of these. */
export function judgePool(facts: PoolFacts, now: Time): Verdict {
  const verdicts: Verdict[] = [
    { health: facts.operatorHealth, reason: facts.operatorHealth === Health.OK ? '' : `operator: ${facts.operatorReason}` },
    facts.contradiction ? { health: Health.SUSPECT, reason: facts.contradiction } : well,
    judgeSilence(facts, now),
  ];
  return verdicts.reduce((worst, verdict) => (verdict.health > worst.health ? verdict : worst), well);
}

/** A pool seen exactly at its deadline is in time. */
function judgeSilence(facts: PoolFacts, now: Time): Verdict {
  const rule = 'heartbeat_must_come_before_its_deadline';
  if (now > lostAt(facts)) return { health: Health.LOST, reason: `${rule}: so long that the pool counts as lost` };
  if (now > deadlineAt(facts)) return { health: Health.SUSPECT, reason: `${rule}: silent for more than ${facts.deadlineSeconds} s` };
  return well;
}

/** A node by its newest slot: none of its units up loses its leases, a part of them puts those at risk. */
export function judgeNode(unitsUp: number, unitsPerNode: number): Verdict {
  if (unitsUp >= unitsPerNode) return well;
  if (unitsUp > 0) return { health: Health.SUSPECT, reason: 'units_of_a_node_must_all_be_up' };
  return { health: Health.LOST, reason: 'node_must_have_a_unit_up' };
}
