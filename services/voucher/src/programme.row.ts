import { type Programme, type ProgrammeState, ProgrammeTerms } from '#contracts';
import { type Call, type Tx, absent, has, mayAct } from '#platform';

export interface ProgrammeRow {
  readonly programme_id: number;
  readonly authority_id: number;
  readonly state: ProgrammeState;
  readonly terms: Buffer;
  readonly first_day: number;
  readonly last_day: number;
  readonly round: number;
  readonly drafted_by: string;
  readonly submitted_by: string;
  readonly ended: boolean;
  readonly endings: number;
  readonly created_at: bigint;
  readonly changed_at: bigint;
  readonly approved_by: string[];
}

export const selectProgrammes = `select programmes.*,
  array(select key from approvals where approvals.programme_id = programmes.programme_id and approvals.round = programmes.round order by at, key) as approved_by
  from programmes`;

export const termsOf = (row: Pick<ProgrammeRow, 'terms'>): ProgrammeTerms => ProgrammeTerms.decode(row.terms);

export const toProgramme = (row: ProgrammeRow): Programme => ({
  programmeId: row.programme_id,
  authorityId: row.authority_id,
  state: row.state,
  terms: termsOf(row),
  approvedBy: row.approved_by,
  createdAt: Number(row.created_at),
  changedAt: Number(row.changed_at),
});

export async function readProgramme(tx: Pick<Tx, 'query'>, programmeId: number): Promise<ProgrammeRow> {
  const [row] = await tx.query<ProgrammeRow>(`${selectProgrammes} where programme_id = $1`, [programmeId]);
  if (!row) throw absent(`programme ${programmeId}`);
  return row;
}

/** Locked until the transaction ends, for its authority or the operator to change; absent to every other. */
export async function lockProgramme(tx: Tx, programmeId: number, call: Call): Promise<ProgrammeRow> {
  await tx.query('select 1 from programmes where programme_id = $1 for update', [programmeId]);
  const row = await readProgramme(tx, programmeId);
  if (!mayAct(call, row.authority_id)) throw absent(`programme ${programmeId}`);
  return row;
}

export const seesDrafts = (call: Call, authorityId: number): boolean => mayAct(call, authorityId) || has(call, 'regulator');
