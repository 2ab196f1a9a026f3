import { type Money, formatYuan } from '#domain';
import type { Clause } from './terms.js';

export interface Limited {
  readonly amount: Money;
  readonly clauses: readonly Clause[];
}

/** Cuts to what a cap leaves after what counts against it; a cap of 0 is none. */
export function limitBy(limited: Limited, rule: string, cap: Money, used: Money): Limited {
  if (cap === 0n) return limited;
  return limitTo(limited, rule, used < cap ? cap - used : 0n, `${formatYuan(used)} of ${formatYuan(cap)} yuan used before`);
}

/** Cuts to what is left. */
export function limitTo({ amount, clauses }: Limited, rule: string, left: Money, detail: string): Limited {
  const cut = amount > left ? left : amount;
  return { amount: cut, clauses: [...clauses, { rule, passed: cut === amount, detail }] };
}
