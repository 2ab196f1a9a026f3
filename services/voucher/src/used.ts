import { ClaimState } from '#contracts';
import type { Tx } from '#platform';
import { dateOfDay } from './date.js';

/** Granted to the buyer by the programme in the year (less what was taken back), and promised to its bids other than this one. */
export async function usedInYear(
  tx: Tx,
  programmeId: number,
  buyerId: number,
  year: string,
  orderId: number,
): Promise<{ granted: bigint; promised: bigint }> {
  const [[row], granted] = await Promise.all([
    tx.query<{ promised: bigint }>(
      `select coalesce(sum(promised), 0)::int8 as promised from reservations
       where programme_id = $1 and buyer_id = $2 and promised > 0 and order_id <> $3`,
      [programmeId, buyerId, orderId],
    ),
    grantedInYear(tx, [programmeId], buyerId, year),
  ]);
  return { promised: row!.promised, granted: granted.get(programmeId)! };
}

/** By programme, claims that wait for officers included. */
export async function grantedInYear(tx: Tx, programmeIds: readonly number[], buyerId: number, year: string): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ programme_id: number; granted: bigint }>(
    `select programme_id, sum(amount - clawed_back)::int8 as granted from claims
     where programme_id = any($1) and buyer_id = $2 and month between $3::text || '-01' and $3::text || '-12' and state <> ${ClaimState.REFUSED}
     group by 1`,
    [programmeIds, buyerId, year],
  );
  const granted = new Map(rows.map((row) => [row.programme_id, row.granted]));
  return new Map(programmeIds.map((id) => [id, granted.get(id) ?? 0n]));
}

export const yearOfDay = (day: number): string => dateOfDay(day).slice(0, 4);
