import { Tier } from '#domain';
import type { Money } from '#domain';
import { numberArray } from '#platform';
import type { Tx } from '#platform';
import type { FeeSchedule } from './core/fee.js';
import { mostOf, rate } from './core/rating.js';
import type { Rating, RatingInput } from './core/rating.js';
import type { Published } from './schedules.js';

/** A lease that is due, with all that it is rated from. */
export interface DueLease {
  readonly trade_id: bigint;
  readonly bid_id: bigint;
  readonly buyer_id: number;
  readonly provider_id: number;
  /** 0: no partner's. */
  readonly partner_id: number;
  readonly link_owner_id: number;
  readonly programme_id: number;
  readonly tier: Tier;
  /** Units × slots that were sold. */
  readonly unit_slots: bigint;
  readonly price: bigint;
  readonly transfer_amount: bigint;
  readonly made_at: bigint;
  readonly held_money: bigint;
  readonly held_subsidy: bigint;
  readonly hold: number;
  readonly reservation_id: bigint | null;
  readonly rate_bp: number;
  readonly delivered_from: number;
  readonly delivered_to: number;
  readonly standing: bigint;
  /** As it ended; a partner may have told of less. */
  readonly stood: bigint;
  readonly held: bigint;
  readonly replaces_trade_id: bigint;
  readonly owed_amount: bigint;
  readonly unit_slots_due: bigint | null;
  readonly unit_slots_up: bigint | null;
  /** Of what a partner told of it; 0: it is not on another platform, or nothing was told yet. */
  readonly measure_version: number;
}

export const dueLeaseColumns = `t.trade_id, t.bid_id, t.buyer_id, t.provider_id, t.partner_id, t.link_owner_id, t.programme_id, t.tier, t.units::int8 * (t.to_slot - t.from_slot) AS unit_slots, t.price, t.transfer_amount, t.made_at,
  l.held_money, l.held_subsidy, l.hold, t.reservation_id, t.rate_bp, t.replaces_trade_id, t.owed_amount, e.from_slot AS delivered_from,
  e.to_slot AS delivered_to, least(e.unit_slots, told.unit_slots) AS standing, e.unit_slots AS stood, e.held, coalesce(told.unit_slots_due, m.unit_slots_due) AS unit_slots_due,
  coalesce(told.unit_slots_up, m.unit_slots_up) AS unit_slots_up, coalesce(told.version, 0) AS measure_version`;

/** Of a lease on a partner's platform what the partner told last counts, and not more stood than by that. */
export const dueLeases = `leases l JOIN trades t USING (trade_id) JOIN lease_ends e USING (trade_id) LEFT JOIN measurements m USING (trade_id)
  LEFT JOIN LATERAL (SELECT * FROM remote_measurements WHERE trade_id = t.trade_id ORDER BY version DESC LIMIT 1) told ON true`;

/** The current version of each record, summed by lease; `through` is the last record that was there. */
export interface Used {
  readonly unitSlots: number;
  readonly through: number;
}

export async function usedBy(tx: Tx, tradeIds: readonly bigint[]): Promise<Map<bigint, Used>> {
  const rows = await tx.query<{ trade_id: bigint; unit_slots: string; through: bigint }>(
    `SELECT trade_id, sum(unit_slots) AS unit_slots, max(usage_id) AS through FROM (
       SELECT DISTINCT ON (trade_id, record_id) trade_id, unit_slots, usage_id FROM usage_records
       WHERE trade_id = ANY($1) ORDER BY trade_id, record_id, version DESC) AS newest
     GROUP BY trade_id`,
    [tradeIds],
  );
  return new Map(rows.map((row) => [row.trade_id, { unitSlots: Number(row.unit_slots), through: Number(row.through) }]));
}

/** it lies on a partner's platform, whose statement it is on. */
export const isBought = ({ partner_id: partnerId, buyer_id: buyerId }: Pick<DueLease, 'partner_id' | 'buyer_id'>): boolean =>
  partnerId !== 0 && partnerId !== buyerId;

/** A partner has bought it here. */
export const isSold = ({ partner_id: partnerId, buyer_id: buyerId }: Pick<DueLease, 'partner_id' | 'buyer_id'>): boolean =>
  partnerId !== 0 && partnerId === buyerId;

/** Of a lease on a partner's platform none is kept here: its fee is that of the platform where its provider is. */
export function feeOfLease(lease: DueLease, schedules: Published): FeeSchedule {
  const fee = schedules.feeAt(Number(lease.made_at));
  return isBought(lease) ? { ...fee, feeBp: 0 } : fee;
}

/** What the lease costs by all that is known now. */
export const rateLease = (lease: DueLease, used: Used | undefined, schedules: Published): Rating => rate(inputOf(lease, used, schedules));

/** What it may cost at most by what may still be told of it until it is billed; undefined of a FIRM lease here, which is rated once. */
export const mostOfLease = (lease: DueLease, schedules: Published): Money | undefined =>
  lease.tier === Tier.FIRM && !isBought(lease) ? undefined : mostOf(inputOf({ ...lease, standing: lease.stood }, undefined, schedules));

function inputOf(lease: DueLease, used: Used | undefined, schedules: Published): RatingInput {
  const madeAt = Number(lease.made_at);
  return {
    tier: lease.tier,
    price: Number(lease.price),
    transferAmount: lease.transfer_amount,
    standing: Number(lease.standing),
    held: lease.held,
    measured: { unitSlotsDue: Number(lease.unit_slots_due ?? 0n), unitSlotsUp: Number(lease.unit_slots_up ?? 0n) },
    usedUnitSlots: used?.unitSlots,
    fee: feeOfLease(lease, schedules),
    sla: schedules.slaAt(madeAt),
  };
}

/** A rating to be remembered. `changes` are against the rating before; all of it for the first. */
export interface RatingRow {
  readonly lease: DueLease;
  readonly revision: number;
  readonly rating: Rating;
  readonly used: Used | undefined;
  readonly changes: { readonly compute: bigint; readonly transfer: bigint; readonly credit: bigint; readonly fee: bigint };
  /** Of the change, what the reservation paid. */
  readonly subsidy: bigint;
  /** Of a first rating: that, and what of the reservation the lease may still need until it is billed. 0: nothing more. */
  readonly subsidyAtMost: bigint;
}

export async function rememberRatings(tx: Tx, rows: readonly RatingRow[], schedules: Published, ratedAt: number): Promise<void> {
  await tx.query(
    `WITH rated AS (
       INSERT INTO ratings (trade_id, revision, buyer_id, from_slot, to_slot, unit_slots, unit_slots_due, unit_slots_up, usage_through, credit_bp,
         fee_version, sla_version, compute, transfer, credit, fee, compute_change, transfer_change, credit_change, fee_change, subsidy, measure_version, subsidy_at_most, rated_at)
       SELECT u.*, $22::int8 FROM unnest($1::int8[], $2::int4[], $3::int4[], $4::int4[], $5::int4[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::int4[],
         $11::int4[], $12::int4[], $13::int8[], $14::int8[], $15::int8[], $16::int8[], $17::int8[], $18::int8[], $19::int8[], $20::int8[], $21::int8[], $23::int4[], $24::int8[]) AS u
       RETURNING rating_id, buyer_id, to_slot
     )
     INSERT INTO unbilled (rating_id, buyer_id, to_slot) SELECT rating_id, buyer_id, to_slot FROM rated`,
    [
      numberArray(rows.map(({ lease }) => lease.trade_id)),
      numberArray(rows.map(({ revision }) => revision)),
      numberArray(rows.map(({ lease }) => lease.buyer_id)),
      numberArray(rows.map(({ lease }) => lease.delivered_from)),
      numberArray(rows.map(({ lease }) => lease.delivered_to)),
      numberArray(rows.map(({ rating }) => rating.unitSlots)),
      numberArray(rows.map(({ lease }) => lease.unit_slots_due ?? 0n)),
      numberArray(rows.map(({ lease }) => lease.unit_slots_up ?? 0n)),
      numberArray(rows.map(({ used }) => used?.through ?? -1)),
      numberArray(rows.map(({ rating }) => rating.creditBp)),
      numberArray(rows.map(({ lease }) => schedules.feeAt(Number(lease.made_at)).version)),
      numberArray(rows.map(({ lease }) => schedules.slaAt(Number(lease.made_at)).version)),
      numberArray(rows.map(({ rating }) => rating.compute)),
      numberArray(rows.map(({ rating }) => rating.transfer)),
      numberArray(rows.map(({ rating }) => rating.credit)),
      numberArray(rows.map(({ rating }) => rating.fee)),
      numberArray(rows.map(({ changes }) => changes.compute)),
      numberArray(rows.map(({ changes }) => changes.transfer)),
      numberArray(rows.map(({ changes }) => changes.credit)),
      numberArray(rows.map(({ changes }) => changes.fee)),
      numberArray(rows.map(({ subsidy }) => subsidy)),
      ratedAt,
      numberArray(rows.map(({ lease }) => lease.measure_version)),
      numberArray(rows.map(({ subsidyAtMost }) => subsidyAtMost)),
    ],
  );
}
