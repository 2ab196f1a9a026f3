import type { Tx } from '#platform';

export interface BudgetRow {
  readonly participant_id: number;
  readonly project: string;
  readonly version: number;
  readonly amount: bigint;
  readonly alarms_bp: number[];
  readonly set_at: bigint;
}

/** The newest version of each. @param participantId 0: of everybody */
export async function budgetsInForce(reader: Pick<Tx, 'query'>, participantId: number): Promise<BudgetRow[]> {
  return reader.query<BudgetRow>(
    `SELECT * FROM (SELECT DISTINCT ON (participant_id, project) participant_id, project, version, amount, alarms_bp, set_at FROM budgets
       WHERE $1::int4 = 0 OR participant_id = $1 ORDER BY participant_id, project, version DESC) newest WHERE amount > 0
     ORDER BY participant_id, project`,
    [participantId],
  );
}
