import { ClaimState } from '#contracts';
import type { Tx } from '#platform';
import type { Used } from './core/reservation.js';
import { dateOfDay } from './date.js';

/** What a programme granted to a firm: in a year of the bills' months, and in all. Less what was taken back; claims that wait are counted. */
export interface Granted {
  readonly inYear: bigint;
  readonly inAll: bigint;
}

const nothing: Granted = { inYear: 0n, inAll: 0n };
const stands = `state <> ${ClaimState.REFUSED}`;
const monthOf = (year: string) => `month between ${year}::text || '-01' and ${year}::text || '-12'`;

/** What counts against a programme's caps where this order asks: its firm's and, where it has a budget a year, everybody's. */
export async function usedBefore(tx: Tx, programmeId: number, buyerId: number, year: string, orderId: number): Promise<Used> {
  const [[own], [all], granted] = await Promise.all([
    tx.query<{ promised: string }>(
      `select coalesce(sum(promised), 0) as promised from reservations
       where programme_id = $1 and buyer_id = $2 and promised > 0 and order_id <> $3`,
      [programmeId, buyerId, orderId],
    ),
    tx.query<{ promised: string; granted: string }>(
      `with yearly as (select programme_id from programmes where programme_id = $1 and budget_per_year > 0)
       select coalesce((select sum(promised) from reservations where programme_id = (select programme_id from yearly) and promised > 0 and order_id <> $2), 0)
           as promised,
         coalesce((select sum(amount - clawed_back) from claims where programme_id = (select programme_id from yearly) and ${monthOf('$3')} and ${stands}), 0)
           as granted`,
      [programmeId, orderId, year],
    ),
    grantedToFirm(tx, [programmeId], buyerId, year),
  ]);
  const { inYear, inAll } = granted.get(programmeId)!;
  const promised = BigInt(own!.promised);
  return {
    promised,
    usedThisYear: promised + inYear,
    usedByFirm: promised + inAll,
    usedByAllThisYear: BigInt(all!.promised) + BigInt(all!.granted),
  };
}

/** By programme. */
export async function grantedToFirm(tx: Tx, programmeIds: readonly number[], buyerId: number, year: string): Promise<Map<number, Granted>> {
  const rows = await tx.query<{ programme_id: number; in_year: string; in_all: string }>(
    `select programme_id, coalesce(sum(amount - clawed_back) filter (where ${monthOf('$3')}), 0) as in_year,
       sum(amount - clawed_back) as in_all
     from claims where programme_id = any($1) and buyer_id = $2 and ${stands} group by 1`,
    [programmeIds, buyerId, year],
  );
  const granted = new Map(rows.map((row) => [row.programme_id, { inYear: BigInt(row.in_year), inAll: BigInt(row.in_all) }]));
  return new Map(programmeIds.map((id) => [id, granted.get(id) ?? nothing]));
}

/** Of the programmes that have a budget a year what they granted to all in the year. */
export async function grantedToAll(tx: Tx, programmeIds: readonly number[], year: string): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ programme_id: number; granted: string }>(
    `select programme_id, sum(amount - clawed_back) as granted from claims join programmes using (programme_id)
     where programme_id = any($1) and budget_per_year > 0 and ${monthOf('$2')} and claims.${stands} group by 1`,
    [programmeIds, year],
  );
  return new Map(rows.map((row) => [row.programme_id, BigInt(row.granted)]));
}

/** By programme. */
export async function grantedOnBill(tx: Tx, billId: number): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ programme_id: number; granted: string }>(
    `select programme_id, sum(amount) as granted from claims where bill_id = $1 and ${stands} group by 1`,
    [billId],
  );
  return new Map(rows.map((row) => [row.programme_id, BigInt(row.granted)]));
}

/** Did another programme grant it nothing, and can it of no bid that rests or is still to be billed. The buyer is locked. */
export async function isNewTo(tx: Tx, programmeId: number, buyerId: number): Promise<boolean> {
  const [row] = await tx.query<{ found: boolean }>(
    `select exists (select from claims where buyer_id = $1 and programme_id <> $2 and amount > 0 and ${stands})
       or exists (select from reservations bid where buyer_id = $1 and programme_id <> $2 and rate_bp > 0
         and (not closed or exists (select from subsidised_trades trade where trade.order_id = bid.order_id and not billed))) as found`,
    [buyerId, programmeId],
  );
  return !row!.found;
}

/** One decision at a time about what a buyer was promised first, whatever the programme. Taken before the firm's lock. */
export async function lockBuyer(tx: Tx, buyerId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(0, $1::int4)', [buyerId]);
}

/** One decision at a time about what a buyer gets of a programme. */
export async function lockFirm(tx: Tx, programmeId: number, buyerId: number): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1::int4, $2::int4)', [programmeId, buyerId]);
}

/** And of a programme with a budget a year one at a time about what anybody gets. Taken after the firms' locks, in the programmes' order. */
export async function lockYears(tx: Tx, programmeIds: readonly number[]): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(programme_id, 0)
     from (select programme_id from programmes where programme_id = any($1) and budget_per_year > 0 order by 1) yearly`,
    [programmeIds],
  );
}

export const yearOfDay = (day: number): string => dateOfDay(day).slice(0, 4);
