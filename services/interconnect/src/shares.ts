// What of this platform's adverts a partner is told of: what is entered and there, less what other partners have of it.
import { bytesOf, RemoteSupply, UnitsBySlot } from '#contracts';
import { firstSellableSlot, type Levels, levelsOf, levelsWithin, levelsWithout, type Slot, type UnitRange, type Window } from '#domain';
import { levelsIn, type Tx, unitsBySlot } from '#platform';
import { ReservationState } from './core/reservation.js';
import { shareOf, toldAsOne, toldBySlot } from './core/share.js';
import { type Limits, isWithin } from './core/supply.js';

type Reader = Pick<Tx, 'query'>;

/** A capability: who has it is told of units by slot. */
export const bySlot = 'supply_by_slot';

export interface Listener extends Limits {
  readonly platform: string;
  /** None of one that speaks another protocol. */
  readonly capabilities?: readonly string[];
}

/** What a partner has of an advert in a window: an open reservation until its time, a committed one until its window is over. */
export interface Holding extends UnitRange {
  readonly advertId: string;
  readonly platform: string;
}

/** @param advertIds undefined: of all */
export function holdingsOf(from: Reader, now: number, advertIds?: readonly string[]): Promise<Holding[]> {
  return from.query<Holding>(
    `select advert_id as "advertId", platform, from_slot as "from", to_slot as "to", sum(units)::int4 as units from reservations
     where to_slot >= $1 and state in (2, 3) and (state = $2 or until >= $3) and ($4::text[] is null or advert_id = any($4))
     group by advert_id, platform, from_slot, to_slot`,
    [firstSellableSlot(now), ReservationState.COMMITTED, now, advertIds ?? null],
  );
}

/** What partners have of an advert, or ask the market for without an answer yet. Until the transaction ends no other asks for it. */
export async function takenOf(tx: Tx, advertId: string, now: number): Promise<UnitRange[]> {
  const [, holdings, asked] = await Promise.all([
    tx.query(`select pg_advisory_xact_lock(hashtext('reserves of own supply'))`),
    holdingsOf(tx, now, [advertId]),
    tx.query<UnitRange>(
      `select units, from_slot as "from", to_slot as "to" from reservations where advert_id = $1 and state = $2 and until >= $3`,
      [advertId, ReservationState.ASKED, now],
    ),
  ]);
  return [...holdings, ...asked];
}

/** Of what was entered for all partners together, what none of them has. */
export const roomOf = ({ units }: RemoteSupply, window: Window, taken: readonly UnitRange[]): Levels =>
  levelsWithin(levelsWithout(levelsOf([{ ...window, units }]), taken), window);

/** By advert id; those of which something is left. @param advertIds undefined: of all */
export async function sharesOf(from: Reader, to: Listener, now: number, advertIds?: readonly string[]): Promise<RemoteSupply[]> {
  const rows = await from.query<{ supply: Buffer; there: Buffer | null }>(
    'select supply, there from own_supply where expires_at > $1 and ($2::text[] is null or advert_id = any($2)) order by advert_id',
    [now, advertIds ?? null],
  );
  const holdings = Map.groupBy(await holdingsOf(from, now, advertIds), ({ advertId }) => advertId);
  return rows
    .map((row) => ({ supply: RemoteSupply.decode(row.supply), there: row.there && levelsIn(UnitsBySlot.decode(row.there)) }))
    .filter(({ supply }) => isWithin(supply, to))
    .flatMap(({ supply, there }) => toldTo(supply, there ?? undefined, holdings.get(supply.advertId) ?? [], to, firstSellableSlot(now)));
}

function toldTo(
  supply: RemoteSupply,
  there: Levels | undefined,
  holdings: readonly Holding[],
  { platform, capabilities }: Listener,
  first: Slot,
): RemoteSupply[] {
  const window = supply.window!;
  const [own, others] = [holdings.filter((one) => one.platform === platform), holdings.filter((one) => one.platform !== platform)];
  const share = shareOf({ window, units: supply.units, there }, others, first);
  const told = capabilities?.includes(bySlot) ? toldBySlot(share, window, first) : toldAsOne(share, window, own, first);
  if (!told) return [];
  const { levels, ...as } = told;
  return [{ ...supply, ...as, unitsBySlot: levels && unitsBySlot(levels) }];
}

/** Of supply as a platform tells it. */
export const levelsOfSupply = ({ window, units, unitsBySlot: told }: RemoteSupply): Levels =>
  told ? levelsIn(told) : levelsOf([{ ...window!, units }]);

/** True where both say the same of what can still be sold. */
export function isToldAlike(one: RemoteSupply, other: RemoteSupply, now: number): boolean {
  const ahead = (supply: RemoteSupply): Buffer => {
    const window = { from: Math.max(supply.window!.from, firstSellableSlot(now)), to: supply.window!.to };
    return bytesOf(RemoteSupply, { ...supply, window, units: 0, unitsBySlot: unitsBySlot(levelsWithin(levelsOfSupply(supply), window)) });
  };
  return ahead(one).equals(ahead(other));
}

/** What the partner was told of last, by advert id. @param advertIds undefined: of all */
export async function lastToldTo(tx: Tx, platform: string, advertIds?: readonly string[]): Promise<Map<string, RemoteSupply>> {
  const rows = await tx.query<{ advert_id: string; supply: Buffer }>(
    'select advert_id, supply from told_adverts where platform = $1 and ($2::text[] is null or advert_id = any($2)) order by advert_id',
    [platform, advertIds ?? null],
  );
  return new Map(rows.map(({ advert_id, supply }) => [advert_id, RemoteSupply.decode(supply)]));
}
