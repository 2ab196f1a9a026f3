import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';

/** What each participant earned in a month, by kind, as its records make it: what its statement must say. */
export class StatementSums {
  private readonly sums = new Map<string, bigint>();

  add(participantId: number, month: string, kind: string, amount: bigint): void {
    const key = `${participantId}, ${month}, ${kind}`;
    this.sums.set(key, (this.sums.get(key) ?? 0n) + amount);
  }

  /** Each statement's lines against these. Statements are named as the calls for them: participant and month. */
  async *against(read: AuditReader): AsyncGenerator<Finding> {
    let statement = '';
    for await (const row of read.rows<{ participant_id: number; month: string; kind: string; amount: string }>(
      'SELECT participant_id, month, kind, sum(amount) AS amount FROM earnings GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
    )) {
      const name = `${row.participant_id}, ${row.month}`;
      if (name !== statement) read.count('statements');
      statement = name;
      read.count('statement lines');
      const key = `${name}, ${row.kind}`;
      const computed = this.sums.get(key) ?? 0n;
      this.sums.delete(key);
      if (computed !== BigInt(row.amount)) yield differs(read, key, BigInt(row.amount), computed);
    }
    for (const [key, computed] of this.sums) if (computed !== 0n) yield differs(read, key, 0n, computed);
  }
}

const differs = (read: AuditReader, key: string, stored: bigint, computed: bigint): Finding =>
  finding(read.service, 'statements', key, 'figures_differ', 'of this kind the month earned another sum by its records', {
    stored: `amount ${stored}`,
    computed: `amount ${computed}`,
  });
