import type { OrderState } from '#contracts';
import { absent, has, type Call } from '#platform';

/**
 * The `where` of a list from conditions that name their values as `?`, one after the other (a single one as often as it likes); a first value of undefined,
 * 0 or '' leaves its condition out. A condition without `?` names none.
 */
export function filter(...conditions: [sql: string, ...values: unknown[]][]): { where: string; params: unknown[] } {
  const params: unknown[] = [];
  const parts: string[] = [];
  for (const [sql, ...values] of conditions) {
    if (values[0] === undefined || values[0] === 0 || values[0] === '') continue;
    const before = params.length;
    let named = 0;
    parts.push(sql.replaceAll('?', () => `$${before + Math.min(++named, values.length)}`));
    if (named > 0) params.push(...values);
  }
  return { where: parts.length ? `where ${parts.join(' and ')}` : '', params };
}

/** Of an order. It stands in the text: to a plan for whatever state the index of what is open is of no use. */
export const stateIs = (state: OrderState): [sql: string, state: OrderState] => [`state = ${Number(state)}`, state];

/**
 * Whose rows a list shows: operator and regulator see everyone's or those of whom they ask for, anyone else their own.
 * @returns undefined for everyone
 * @throws Refusal absent where another's rows are asked for
 */
export function scope(call: Call, participantId: number): number | undefined {
  if (has(call, 'operator', 'regulator', 'service')) return participantId || undefined;
  if (participantId && participantId !== call.caller.participantId) throw absent('participant');
  return call.caller.participantId;
}
