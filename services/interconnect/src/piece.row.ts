// Rows of pieces; those of one turn are read and written by a statement each.
import type { CommitDone } from '#contracts';
import { Together, type Tx } from '#platform';
import type { PieceState } from './core/piece.js';

export interface PieceRow {
  readonly reservation_id: string;
  readonly platform: string;
  readonly number: bigint;
  readonly state: PieceState;
  readonly terms: Buffer;
  readonly to_slot: number;
  readonly amount: bigint;
}

export const selectPiece = 'select reservation_id, platform, number, state, terms, to_slot, amount from pieces';

/** Undefined where nothing was asked under the id. */
export const lockPiece = (tx: Tx, reservationId: string): Promise<PieceRow | undefined> => pieces.one(tx, reservationId);

const pieces = new Together<string, PieceRow | undefined>(async (tx, ids) => {
  const rows = await tx.query<PieceRow>(
    `select p.* from unnest($1::text[]) as asked (id) cross join lateral (${selectPiece} where reservation_id = asked.id for update) p`,
    [ids],
  );
  const byId = new Map(rows.map((row) => [row.reservation_id, row]));
  return ids.map((id) => byId.get(id));
});

interface Move {
  readonly reservationId: string;
  readonly state: PieceState;
  /** By which the partner refused it. */
  readonly rule: string;
  /** 0: it is not decided. */
  readonly decidedAt: number;
  /** 0: the partner did not say. */
  readonly until: number;
}

export const movePiece = (tx: Tx, move: Move): Promise<void> => moves.one(tx, move);

const moves = new Together<Move, void>(async (tx, all) => {
  await tx.query(
    `update pieces p set state = m.state, rule = m.rule, decided_at = m.decided_at, until = greatest(p.until, m.until)
     from unnest($1::text[], $2::int4[], $3::text[], $4::int8[], $5::int8[]) as m (id, state, rule, decided_at, until) where p.reservation_id = m.id`,
    [
      all.map(({ reservationId }) => reservationId),
      all.map(({ state }) => state),
      all.map(({ rule }) => rule),
      all.map(({ decidedAt }) => decidedAt),
      all.map(({ until }) => until),
    ],
  );
  return all.map(() => undefined);
});

/** The partner's leases in it. */
export const keepPieceLeases = (tx: Tx, commit: Pick<CommitDone, 'reservationId' | 'leases'>): Promise<void> => leases.one(tx, commit);

const leases = new Together<Pick<CommitDone, 'reservationId' | 'leases'>, void>(async (tx, all) => {
  const each = all.flatMap(({ reservationId, leases: of }) => of.map((lease) => ({ reservationId, ...lease })));
  await tx.query(
    `insert into piece_leases (platform, lease_id, reservation_id, units)
     select p.platform, l.id, p.reservation_id, l.units from unnest($1::text[], $2::int8[], $3::int4[]) as l (of, id, units)
       join pieces p on p.reservation_id = l.of
     on conflict do nothing`,
    [each.map(({ reservationId }) => reservationId), each.map(({ leaseId }) => leaseId), each.map(({ units }) => units)],
  );
  return all.map(() => undefined);
});
