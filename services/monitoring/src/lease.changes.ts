import { type LeaseChanged, LeaseState } from '#contracts';
import { firstSellableSlot, isRemotePool } from '#domain';
import type { Tx } from '#platform';
import { measuredAt } from './core/availability.js';

/** What a lease is now, told at a time. */
export interface LeaseChange {
  readonly lease: LeaseChanged;
  readonly time: number;
}

interface Known {
  /** Where it runs. */
  readonly placement: string;
  readonly until: number;
}

/** Brings leases, and where their parts run, up to these changes, in their order. Most are of the state alone. */
export async function writeChanges(tx: Tx, changes: readonly LeaseChange[]): Promise<void> {
  const newest = new Map(changes.map((change) => [change.lease.leaseId, change]));
  const known = await knownLeases(tx, [...newest.keys()]);
  const fresh: LeaseChanged[] = [];
  const moves: (() => Promise<void>)[] = [];
  for (const change of changes) {
    const { lease, time } = change;
    const { from, to } = windowOf(lease);
    const placement = placementOf(lease);
    const before = known.get(lease.leaseId);
    if (!before) fresh.push(lease);
    else if (before.placement !== placement && !isOver(lease))
      moves.push(() => replace(tx, lease, Math.max(from, firstSellableSlot(time)), before.until));
    else if (before.until !== to) moves.push(() => end(tx, lease.leaseId, to, before.until));
    known.set(lease.leaseId, { placement: before && isOver(lease) ? before.placement : placement, until: to });
  }
  await insert(tx, fresh);
  for (const move of moves) await move();
  await update(tx, [...newest.values()], known);
}

async function knownLeases(tx: Tx, leaseIds: readonly number[]): Promise<Map<number, Known>> {
  const rows = await tx.query<{ lease_id: bigint; placement: string; until: number }>(
    'select lease_id, placement, to_slot as until from leases where lease_id = any($1::int8[]) order by lease_id for update',
    [leaseIds],
  );
  return new Map(rows.map(({ lease_id, placement, until }) => [Number(lease_id), { placement, until }]));
}

async function insert(tx: Tx, fresh: readonly LeaseChanged[]): Promise<void> {
  if (!fresh.length) return;
  await tx.query(
    `insert into leases (lease_id, buyer_id, provider_id, state, placement, from_slot, to_slot)
     select * from unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::text[], $6::int4[], $7::int4[])`,
    [
      fresh.map((lease) => lease.leaseId),
      fresh.map((lease) => lease.buyerId),
      fresh.map((lease) => lease.providerId),
      fresh.map((lease) => lease.state),
      fresh.map(placementOf),
      fresh.map((lease) => windowOf(lease).from),
      fresh.map((lease) => windowOf(lease).to),
    ],
  );
  await place(
    tx,
    fresh.map((lease) => ({ lease, ...windowOf(lease) })),
  );
}

/** Re-placed: what ran until the next slot stays where it ran. */
async function replace(tx: Tx, lease: LeaseChanged, start: number, until: number): Promise<void> {
  await end(tx, lease.leaseId, start, until);
  await place(tx, [{ lease, from: start, to: windowOf(lease).to }]);
}

/** The parts of a lease that end at `until` end at `to` instead, and none later. */
async function end(tx: Tx, leaseId: number, to: number, until: number): Promise<void> {
  await tx.query('update lease_nodes set to_slot = greatest(from_slot, $2) where lease_id = $1 and (to_slot > $2 or to_slot = $3)', [
    leaseId,
    to,
    until,
  ]);
}

async function place(tx: Tx, placed: readonly { lease: LeaseChanged; from: number; to: number }[]): Promise<void> {
  const parts = placed
    .filter(({ from, to }) => from < to)
    .flatMap(({ lease, from, to }) => lease.nodes.map(({ node, units }) => ({ lease, node, units, from, to })));
  if (!parts.length) return;
  await tx.query(
    `insert into lease_nodes (lease_id, pool_id, node, units, from_slot, to_slot)
     select * from unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int4[])
     on conflict (lease_id, pool_id, node, from_slot) do update set units = excluded.units, to_slot = excluded.to_slot`,
    [
      parts.map(({ lease }) => lease.leaseId),
      parts.map(({ lease }) => lease.poolId),
      parts.map(({ node }) => node),
      parts.map(({ units }) => units),
      parts.map(({ from }) => from),
      parts.map(({ to }) => to),
    ],
  );
}

async function update(tx: Tx, changes: readonly LeaseChange[], known: ReadonlyMap<number, Known>): Promise<void> {
  await tx.query(
    `update leases set state = new.state, placement = new.placement, from_slot = new.from_slot, to_slot = new.to_slot,
       measure_at = case when measured then null else new.measure_at end
     from unnest($1::int8[], $2::int4[], $3::text[], $4::int4[], $5::int4[], $6::int8[]) as new (lease_id, state, placement, from_slot, to_slot, measure_at)
     where leases.lease_id = new.lease_id`,
    [
      changes.map(({ lease }) => lease.leaseId),
      changes.map(({ lease }) => lease.state),
      changes.map(({ lease }) => known.get(lease.leaseId)!.placement),
      changes.map(({ lease }) => windowOf(lease).from),
      changes.map(({ lease }) => windowOf(lease).to),
      changes.map(({ lease, time }) => (isMeasuredHere(lease) ? measuredAt(time, windowOf(lease).to) : null)),
    ],
  );
}

const isOver = ({ state }: LeaseChanged): boolean => state === LeaseState.ENDED || state === LeaseState.CUT_SHORT;

/** Of one on a partner's platform the partner tells what it got. */
const isMeasuredHere = (lease: LeaseChanged): boolean => isOver(lease) && !isRemotePool(lease.poolId);

const windowOf = ({ delivered }: LeaseChanged): { from: number; to: number } => delivered ?? { from: 0, to: 0 };

const placementOf = (lease: LeaseChanged): string =>
  `${lease.poolId}:${lease.nodes.map(({ node, units }) => `${node}x${units}`).join(',')}`;
