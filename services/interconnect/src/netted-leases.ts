import type { PartnerNetted } from '#contracts';
import type { Tx } from '#platform';

/** This platform's leases of an item's reservation: its own of what it bought, and those that the partner has here, what places lost units anew among them; and those that an operator has placed. */
const leases = `select trade_id as lease_id from piece_trades where side = 2 and reservation_id = item.id
  union all select coalesce(s.lease_id, r.lease_id) from reservation_leases r left join sold_leases s on s.root_id = r.lease_id
  where side = 1 and r.platform = $1 and r.reservation_id = item.id
  union all select p.lease_id from placed_leases p where p.platform = $1 and p.side = item.side and p.reservation_id = item.id`;

type Netted = Pick<PartnerNetted, 'leaseIds' | 'adjustedLeaseIds' | 'compensatedLeaseIds'>;

/**
 * Of those that are nothing it is noted that they were told.
 * @returns the leases of the items that a netting is of, and of those up to its day that are nothing, which no netting will have; and those of which an adjustment
 * waits, or a compensation
 */
export async function leasesOf(tx: Tx, platform: string, through: number): Promise<Netted> {
  const netted = await of(
    tx,
    'select side, reservation_id from statement_items where platform = $1 and netted_through = $2',
    platform,
    through,
  );
  const nothing = await of(
    tx,
    `update statement_items set told_as_nothing = true where platform = $1 and day <= $2 and netted_through is null and ours = 0 and theirs = 0
       and not told_as_nothing returning side, reservation_id`,
    platform,
    through,
  );
  const waiting = (which: string): Promise<number[]> =>
    of(
      tx,
      `select side, reservation_id from statement_items where platform = $1 and netted_through is null and ${which} and ours <> 0`,
      platform,
    );
  return {
    leaseIds: [...new Set([...netted, ...nothing])].sort((one, other) => one - other),
    adjustedLeaseIds: await waiting(`reservation_id like '%~%' and reservation_id not like '%~g%'`),
    compensatedLeaseIds: await waiting(`reservation_id like '%~g%'`),
  };
}

async function of(tx: Tx, which: string, ...parameters: [platform: string, through?: number]): Promise<number[]> {
  const rows = await tx.query<{ lease_id: bigint }>(
    `with which as (${which}), item as (select distinct side, split_part(reservation_id, '~', 1) as id from which)
     select distinct lease_id from item join lateral (${leases}) l on true order by lease_id`,
    parameters,
  );
  return rows.map((row) => Number(row.lease_id));
}
