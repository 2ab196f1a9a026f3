import { absent, has, type Call } from '#platform';

/**
 * The `where` of a list from conditions that name their value as `?`; a value of undefined, 0 or '' leaves its condition out.
 */
export function filter(...conditions: [sql: string, value: unknown][]): { where: string; params: unknown[] } {
  const used = conditions.filter(([, value]) => value !== undefined && value !== 0 && value !== '');
  const parts = used.map(([sql], index) => sql.replaceAll('?', `$${index + 1}`));
  return { where: parts.length ? `where ${parts.join(' and ')}` : '', params: used.map(([, value]) => value) };
}

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
