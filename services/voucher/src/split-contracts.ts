import { ClaimState } from '#contracts';
import type { Tx } from '#platform';
import type { ClaimedBill } from './claim.facts.js';
import { type ProviderMonth, contractsNamed } from './core/findings.js';

/** Of one programme; those of several are kept apart by it. */
export interface ProgrammeMonth extends ProviderMonth {
  readonly programmeId: number;
}

interface Row {
  readonly programme_id: number;
  readonly provider_id: number;
  readonly contracts: number;
  readonly total: string;
  readonly largest: bigint;
  readonly claim_ids: bigint[];
  readonly amounts: bigint[];
}

/**
 * A buyer's contracts of a month, by programme and provider: those that were not refused and pay something.
 * @param providerIds of which; all where nothing is said
 */
export async function monthOf(
  tx: Tx,
  { buyerId, month }: ClaimedBill,
  providerIds: readonly number[] | null = null,
): Promise<ProgrammeMonth[]> {
  const rows = await tx.query<Row>(
    `select programme_id, provider_id, contracts, total, largest, array_agg(claim_id order by claim_id) as claim_ids, array_agg(amount order by claim_id) as amounts
     from (select programme_id, provider_id, claim_id, amount, count(*) over pair::int4 as contracts, sum(amount) over pair as total, max(amount) over pair as largest,
         row_number() over (partition by programme_id, provider_id order by claim_id) as place
       from claims, unnest(provider_ids) as provider_id
       where buyer_id = $1 and month = $2 and amount > 0 and state <> ${ClaimState.REFUSED} and ($3::int4[] is null or provider_id = any($3))
       window pair as (partition by programme_id, provider_id)) one
     where place <= ${contractsNamed + 1} group by 1, 2, 3, 4, 5 order by 1, 2`,
    [buyerId, month, providerIds],
  );
  return rows.map((row) => ({
    ...{ programmeId: row.programme_id, providerId: row.provider_id, contracts: row.contracts },
    ...{ amount: BigInt(row.total), largest: row.largest },
    named: row.claim_ids.map((claimId, at) => ({ name: `claim ${claimId}`, amount: row.amounts[at]! })),
  }));
}

/** What is decided now beside what was before. */
export function withContract(
  months: ProgrammeMonth[],
  programmeId: number,
  providerIds: readonly number[],
  contract: ProviderMonth['named'][number],
): void {
  for (const providerId of providerIds) {
    const at = months.findIndex((one) => one.programmeId === programmeId && one.providerId === providerId);
    const before = at < 0 ? { programmeId, providerId, contracts: 0, amount: 0n, largest: 0n, named: [] } : months[at]!;
    const { amount } = contract;
    const after = {
      ...before,
      ...{ contracts: before.contracts + 1, amount: before.amount + amount, largest: amount > before.largest ? amount : before.largest },
      named: before.named.length > contractsNamed ? before.named : [...before.named, contract],
    };
    if (at < 0) months.push(after);
    else months[at] = after;
  }
}
