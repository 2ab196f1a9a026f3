// A bill that comes in parts: what its first parts were decided is looked at once more, and told, when all have come.
import { type BillIssued, ClaimState, type ProgrammeTerms } from '#contracts';
import { formatYuan } from '#domain';
import type { Outbox, Tx } from '#platform';
import { nobody, record } from './audit.js';
import type { ClaimedBill } from './claim.facts.js';
import { type ClaimRow, selectClaims, toClaim } from './claim.row.js';
import { rememberDecisions } from './claim.store.js';
import { findingsClause, splitContracts } from './core/findings.js';
import { tellDecisions } from './decision.js';
import { termsOf } from './programme.row.js';
import { monthOf } from './split-contracts.js';

const claimsAtOnce = 1_000;

export const isLastOf = ({ part, parts }: BillIssued): boolean => part >= parts;

/** Nobody knows of these before the last part. */
export async function letWaitForParts(tx: Tx, { billId }: ClaimedBill, claimIds: readonly number[]): Promise<void> {
  await tx.query('insert into untold_claims (bill_id, claim_id) select $1, * from unnest($2::int8[])', [billId, claimIds]);
}

/** All parts have come. */
export async function endParts(tx: Tx, outbox: Outbox, bill: BillIssued, now: number): Promise<void> {
  if (bill.parts < 2) return;
  await findSplits(tx, bill, now);
  for (let untold = await untoldOf(tx, bill, 0n); untold.length; untold = await untoldOf(tx, bill, untold.at(-1)!.claim_id)) {
    const parts = await partsOf(tx, untold);
    await tellDecisions(
      tx,
      outbox,
      untold.map((row) => ({
        claim: { ...toClaim(row), billId: bill.billId, bidId: Number(row.bid_id) },
        terms: termsOf(row),
        parts: (parts.get(row.claim_id) ?? []).map((part) => ({ tradeId: Number(part.trade_id), amount: part.amount })),
      })),
    );
  }
  await tx.query('delete from untold_claims where bill_id = $1', [bill.billId]);
}

/** of one part's contracts those of later ones were not known. */
async function findSplits(tx: Tx, bill: ClaimedBill, now: number): Promise<void> {
  const terms = new Map<number, ProgrammeTerms>();
  for (const month of await monthOf(tx, bill)) {
    if (!terms.has(month.programmeId)) terms.set(month.programmeId, await termsOfProgramme(tx, month.programmeId));
    const { officersFrom } = terms.get(month.programmeId)!;
    if (!splitContracts({ officersFrom, capPerBill: 0n, sameMonth: [month] }, '').length) continue;
    for (let rows = await unseen(tx, bill, month); rows.length; rows = await unseen(tx, bill, month)) {
      const found = rows.map((row) => ({
        ...row,
        finding: splitContracts({ officersFrom, capPerBill: 0n, sameMonth: [month] }, `claim ${row.claim_id}`)[0]!,
      }));
      await tx.query(
        `insert into later_findings (claim_id, rule, detail, evidence, found_at)
         select claim_id, rule, detail, array(select jsonb_array_elements_text(evidence::jsonb)), $5
         from unnest($1::int8[], $2::text[], $3::text[], $4::text[]) as found (claim_id, rule, detail, evidence)`,
        [
          found.map((row) => row.claim_id),
          found.map(({ finding }) => finding.rule),
          found.map(({ finding }) => finding.detail),
          found.map(({ finding }) => JSON.stringify(finding.evidence)),
          now,
        ],
      );
      await letWait(
        tx,
        found.filter(({ state }) => state === ClaimState.GRANTED),
        now,
      );
    }
  }
}

interface UnseenRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly state: ClaimState;
  readonly amount: bigint;
  readonly base: bigint;
}

/** Claims of the bill with that provider of which it was not found yet: what was told already stays as it is. */
function unseen(tx: Tx, { billId }: ClaimedBill, { programmeId, providerId }: { programmeId: number; providerId: number }) {
  return tx.query<UnseenRow>(
    `select claim_id, programme_id, state, amount, base from claims where bill_id = $1 and programme_id = $2 and $3 = any(provider_ids) and amount > 0
       and state <> ${ClaimState.REFUSED}
       and (state <> ${ClaimState.GRANTED} or exists (select from untold_claims untold where untold.bill_id = $1 and untold.claim_id = claims.claim_id))
       and not findings @> '[{"rule": "contracts_must_not_be_split"}]' and not exists (select from later_findings later where later.claim_id = claims.claim_id)
     order by claim_id limit ${claimsAtOnce}`,
    [billId, programmeId, providerId],
  );
}

/** What would have been granted waits for officers. */
async function letWait(tx: Tx, claims: readonly UnseenRow[], now: number): Promise<void> {
  if (!claims.length) return;
  const ids = claims.map((row) => row.claim_id);
  await tx.query(
    `update claims set state = ${ClaimState.WAITING}, clauses = clauses || $2::jsonb, decided_at = $3 where claim_id = any($1::int8[])`,
    [ids, JSON.stringify([findingsClause(['contracts_must_not_be_split'], true)]), now],
  );
  await tx.query('delete from untold_claims where claim_id = any($1::int8[])', [ids]);
  await rememberDecisions(tx, ids);
  await record(
    tx,
    nobody,
    now,
    claims.map((row) => ({
      programmeId: row.programme_id,
      claimId: row.claim_id,
      step: 'claim_decided',
      detail: `${ClaimState[ClaimState.WAITING]}: ${formatYuan(row.amount)} of ${formatYuan(row.base)} yuan, beside all parts of its bill`,
    })),
  );
}

async function termsOfProgramme(tx: Tx, programmeId: number): Promise<ProgrammeTerms> {
  const [row] = await tx.query<{ terms: Buffer }>('select terms from programmes where programme_id = $1', [programmeId]);
  return termsOf(row!);
}

const untoldOf = (tx: Tx, { billId }: ClaimedBill, after: bigint): Promise<ClaimRow[]> =>
  tx.query<ClaimRow>(
    `${selectClaims} join untold_claims untold on untold.claim_id = claims.claim_id
     where untold.bill_id = $1 and untold.claim_id > $2 order by untold.claim_id limit ${claimsAtOnce}`,
    [billId, after],
  );

async function partsOf(tx: Tx, claims: readonly ClaimRow[]) {
  const rows = await tx.query<{ claim_id: bigint; trade_id: bigint; amount: bigint }>(
    'select claim_id, trade_id, amount from claim_trades where claim_id = any($1::int8[]) order by claim_id, trade_id',
    [claims.map((row) => row.claim_id)],
  );
  return Map.groupBy(rows, (row) => row.claim_id);
}
