// What of this platform's adverts a partner is told of: what is entered, less what other partners have of it.
import { RemoteSupply } from '#contracts';
import { slotAt } from '#domain';
import type { Tx } from '#platform';
import { ReservationState } from './core/reservation.js';
import { type Limits, isWithin } from './core/supply.js';

interface Row {
  readonly supply: Buffer;
  readonly taken: number;
}

/**
 * By advert id; those of which something is left. What others have is counted at its most in one slot ahead, since an advert is for all of its slots: an open
 * reservation until its time, a committed one until its window is over.
 * @param advertIds undefined: all
 */
export async function sharesOf(
  from: Pick<Tx, 'query'>,
  { platform, ...limits }: Limits & { readonly platform: string },
  now: number,
  advertIds?: readonly string[],
): Promise<RemoteSupply[]> {
  const rows = await from.query<Row>(
    `with edge as (
       select r.advert_id, edge.slot, sum(edge.units) as units from reservations r
         cross join lateral (values (r.from_slot, r.units), (r.to_slot, -r.units)) as edge (slot, units)
       where r.to_slot > $2 and r.state in (2, 3) and (r.state = $3 or r.until >= $4) and r.platform <> $1
       group by r.advert_id, edge.slot),
     at_once as (select advert_id, sum(units) over (partition by advert_id order by slot) as units from edge)
     select supply, coalesce((select max(units) from at_once where at_once.advert_id = s.advert_id), 0)::int4 as taken from own_supply s
     where expires_at > $4 and ($5::text[] is null or advert_id = any($5)) order by advert_id`,
    [platform, slotAt(now), ReservationState.COMMITTED, now, advertIds ?? null],
  );
  return rows
    .map(({ supply, taken }) => ({ supply: RemoteSupply.decode(supply), taken }))
    .map(({ supply, taken }) => ({ ...supply, units: supply.units - taken }))
    .filter((supply) => supply.units > 0 && isWithin(supply, limits));
}

/** What the partner was told of last, encoded, by advert id. @param advertIds undefined: all */
export async function toldTo(tx: Tx, platform: string, advertIds?: readonly string[]): Promise<Map<string, Buffer>> {
  const rows = await tx.query<{ advert_id: string; supply: Buffer }>(
    'select advert_id, supply from told_adverts where platform = $1 and ($2::text[] is null or advert_id = any($2)) order by advert_id',
    [platform, advertIds ?? null],
  );
  return new Map(rows.map(({ advert_id, supply }) => [advert_id, supply]));
}
