// Rows of what partners reserve here; those of one turn are read and written by a statement each.
import { bytesOf, type CommitDone, RemoteTerms } from '#contracts';
import { amountOf } from '#domain';
import { Together, type Tx } from '#platform';
import type { ReservationState } from './core/reservation.js';

export interface ReservationRow {
  readonly state: ReservationState;
  readonly terms: Buffer;
  readonly until: bigint;
  readonly participant_id: number;
}

/** Of one platform's. */
interface Name {
  readonly platform: string;
  readonly reservationId: string;
}

/** Locked until the transaction ends; undefined where the id is not known. */
export const lockReservation = (tx: Tx, platform: string, reservationId: string): Promise<ReservationRow | undefined> =>
  found.one(tx, { platform, reservationId });

const found = new Together<Name, ReservationRow | undefined>(async (tx, all) => {
  const rows = await tx.query<ReservationRow & { nth: bigint }>(
    `select asked.nth, r.* from unnest($1::text[], $2::text[]) with ordinality as asked (platform, id, nth) cross join lateral (
       select state, terms, until, participant_id from reservations where platform = asked.platform and reservation_id = asked.id for update) r`,
    namesOf(all),
  );
  const byNth = new Map(rows.map((row) => [Number(row.nth), row]));
  return all.map((_, at) => byNth.get(at + 1));
});

/** One that has terms. */
interface Kept extends Name {
  readonly participantId: number;
  readonly state: ReservationState;
  readonly askedAt: number;
  readonly until: number;
  readonly terms: RemoteTerms;
}

/** Where it is known it stands and lasts so from now on. */
export const keepReservation = (tx: Tx, reservation: Kept): Promise<void> => toKeep.one(tx, reservation);

const toKeep = new Together<Kept, void>(async (tx, all) => {
  await tx.query(
    `insert into reservations (platform, reservation_id, participant_id, state, asked_at, until, terms, amount, advert_id, units, from_slot, to_slot)
     select * from unnest($1::text[], $2::text[], $3::int4[], $4::int4[], $5::int8[], $6::int8[], $7::bytea[], $8::int8[], $9::text[], $10::int4[], $11::int4[], $12::int4[])
     on conflict (platform, reservation_id) do update set state = excluded.state, until = excluded.until`,
    [
      ...namesOf(all),
      all.map(({ participantId }) => participantId),
      all.map(({ state }) => state),
      all.map(({ askedAt }) => askedAt),
      all.map(({ until }) => until),
      all.map(({ terms }) => bytesOf(RemoteTerms, terms)),
      all.map(({ terms }) => amountOfTerms(terms)),
      all.map(({ terms }) => terms.advertId),
      all.map(({ terms }) => terms.units),
      all.map(({ terms }) => terms.window!.from),
      all.map(({ terms }) => terms.window!.to),
    ],
  );
  return all.map(() => undefined);
});

interface Held extends Name {
  readonly state: ReservationState;
  readonly until: number;
}

/** The market holds it. */
export const holdReservation = (tx: Tx, held: Held): Promise<void> => toHold.one(tx, held);

const toHold = new Together<Held, void>(async (tx, all) => {
  await tx.query(
    `update reservations r set state = h.state, until = h.until from unnest($1::text[], $2::text[], $3::int4[], $4::int8[]) as h (platform, id, state, until)
     where r.platform = h.platform and r.reservation_id = h.id`,
    [...namesOf(all), all.map(({ state }) => state), all.map(({ until }) => until)],
  );
  return all.map(() => undefined);
});

interface Committed extends Name {
  readonly leases: CommitDone['leases'];
  /** Micro-yuan. */
  readonly amount: bigint;
}

/** Its leases; and it counts against the partner's credit until it is netted. */
export const commitReservation = (tx: Tx, committed: Committed): Promise<void> => toCommit.one(tx, committed);

const toCommit = new Together<Committed, void>(async (tx, all) => {
  const each = all.flatMap(({ leases, ...name }) => leases.map((lease) => ({ ...name, ...lease })));
  await Promise.all([
    tx.query(
      `update partner_talk t set committed = t.committed + c.amount
       from (select platform, sum(amount)::int8 as amount from unnest($1::text[], $2::int8[]) as c (platform, amount) group by platform) c
       where t.platform = c.platform`,
      [all.map(({ platform }) => platform), all.map(({ amount }) => amount)],
    ),
    tx.query(
      `insert into reservation_leases (platform, reservation_id, lease_id, units) select * from unnest($1::text[], $2::text[], $3::int8[], $4::int4[])`,
      [...namesOf(each), each.map(({ leaseId }) => leaseId), each.map(({ units }) => units)],
    ),
  ]);
  return all.map(() => undefined);
});

const namesOf = (all: readonly Name[]): [string[], string[]] => [
  all.map(({ platform }) => platform),
  all.map(({ reservationId }) => reservationId),
];

export const amountOfTerms = ({ price, units, window }: RemoteTerms): bigint => BigInt(amountOf(price, units, window!.to - window!.from));
