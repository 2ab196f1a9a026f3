import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';

/** A row that is not what stands for good says. */
export interface Differing {
  /** Its key, as findings name rows. */
  readonly row: string;
  readonly differing: readonly string[];
}

/** SQL for the names of what differs, by the condition of each. */
export const differing = (conditions: Readonly<Record<string, string>>): string =>
  `array_remove(array[${Object.entries(conditions)
    .map(([name, condition]) => `case when ${condition} then '${name}' end`)
    .join(', ')}], null)`;

/** @param sql for `row` and `differing` of each row that is looked at */
export async function* whereDiffering(read: AuditReader, table: string, than: string, sql: string): AsyncGenerator<Finding> {
  for await (const one of read.rows<Differing>(`select * from (${sql}) looked_at where differing <> '{}'`))
    yield finding(read.service, table, one.row, 'changed', `${one.differing.join(', ')}: ${than}`);
}
