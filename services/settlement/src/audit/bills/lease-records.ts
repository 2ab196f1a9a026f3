import { Tier } from '#domain';
import type { AuditReader } from '#platform';
import type { LeaseFacts, LeaseTerms, Proceeds, ToldMeasure, UsageVersion } from '../../core/recount/facts.js';

/** What was computed of a lease when it was rated, as it stands. */
export interface RatingRow {
  rating_id: bigint;
  trade_id: bigint;
  revision: number;
  buyer_id: number;
  from_slot: number;
  to_slot: number;
  unit_slots: bigint;
  unit_slots_due: bigint;
  unit_slots_up: bigint;
  usage_through: bigint;
  measure_version: number;
  credit_bp: number;
  fee_version: number;
  sla_version: number;
  compute: bigint;
  transfer: bigint;
  credit: bigint;
  fee: bigint;
  compute_change: bigint;
  transfer_change: bigint;
  credit_change: bigint;
  fee_change: bigint;
  subsidy: bigint;
  subsidy_at_most: bigint;
  rated_at: bigint;
  bill_id: bigint | null;
}

export interface RefundRow {
  refund_id: bigint;
  trade_id: bigint;
  bill_id: bigint;
  line: number;
  amount: bigint;
  exact: bigint;
  subsidy: bigint;
  refunded_at: bigint;
  of_transfer: boolean;
}

export interface EarningRow {
  earning_id: bigint;
  trade_id: bigint;
  participant_id: number;
  kind: string;
  amount: bigint;
  month: string;
  earned_at: bigint;
}

/** A lease: what its figures are computed anew from, and what they were. */
export interface LeaseRecord {
  readonly facts: LeaseFacts;
  readonly buyerId: number;
  readonly window: { readonly from: number; readonly to: number };
  /** A rating of it is asked for. */
  readonly isDue: boolean;
  readonly ratings: readonly RatingRow[];
  readonly refunds: readonly RefundRow[];
  readonly earnings: readonly EarningRow[];
}

interface TermsRow {
  trade_id: bigint;
  buyer_id: number;
  provider_id: number;
  partner_id: number;
  link_owner_id: number;
  tier: number;
  sold: bigint;
  price: bigint;
  transfer_amount: bigint;
  made_at: bigint;
  rate_bp: number;
  reservation_id: bigint | null;
  owed_amount: bigint;
  lost_by_id: number | null;
  lost_by_partner: boolean | null;
  end_from: number | null;
  end_to: number | null;
  standing: bigint | null;
  held: bigint | null;
  unit_slots_due: bigint | null;
  unit_slots_up: bigint | null;
  due: boolean | null;
}

/** Row by row by their keys: a plan that reads the whole tables for a page's leases costs more than they do. */
const terms = `SELECT t.trade_id, t.buyer_id, t.provider_id, t.partner_id, t.link_owner_id, t.tier, t.units::int8 * (t.to_slot - t.from_slot) AS sold, t.price, t.transfer_amount, t.made_at,
    t.rate_bp, t.reservation_id, t.owed_amount, e.from_slot AS end_from, e.to_slot AS end_to, e.unit_slots AS standing, e.held, m.unit_slots_due, m.unit_slots_up, l.due,
    CASE WHEN t.owed_amount <> 0 THEN (SELECT delivered_by_id FROM trades lost WHERE lost.trade_id = t.replaces_trade_id) END AS lost_by_id,
    CASE WHEN t.owed_amount <> 0 THEN (SELECT partner_id NOT IN (0, buyer_id) FROM trades lost WHERE lost.trade_id = t.replaces_trade_id) END AS lost_by_partner
  FROM unnest($1::int8[]) AS u (id) CROSS JOIN LATERAL (SELECT * FROM trades WHERE trade_id = id OFFSET 0) t
    LEFT JOIN LATERAL (SELECT * FROM lease_ends WHERE trade_id = id OFFSET 0) e ON true
    LEFT JOIN LATERAL (SELECT * FROM measurements WHERE trade_id = id OFFSET 0) m ON true
    LEFT JOIN LATERAL (SELECT * FROM leases WHERE trade_id = id OFFSET 0) l ON true`;

const ratings = `SELECT r.*, (SELECT bill_id FROM bill_lines l WHERE l.rating_id = r.rating_id LIMIT 1) AS bill_id FROM ratings r
  WHERE r.trade_id = ANY($1) ORDER BY r.trade_id, r.revision`;

const usage = 'SELECT trade_id, usage_id, record_id, version, unit_slots FROM usage_records WHERE trade_id = ANY($1)';

const told =
  'SELECT trade_id, version, unit_slots, unit_slots_due, unit_slots_up FROM remote_measurements WHERE trade_id = ANY($1) ORDER BY trade_id, version';

/** what a programme paid a part of is nobody's to earn from. */
const proceeds = `SELECT p.trade_id, p.participant_id, p.amount FROM proceeds p LEFT JOIN trades given_up ON given_up.trade_id = p.lease_id
  WHERE p.trade_id = ANY($1) AND coalesce(given_up.programme_id, 0) = 0 ORDER BY p.trade_id, p.lease_id`;

/** The last hold of each, from the ledger. */
const holds = `SELECT u.trade_id, t.transfer_id, t.amount FROM unnest($1::int8[]) AS u (trade_id)
  JOIN transfers t ON t.transfer_id >= 'trade/' || u.trade_id || '/hold/' AND t.transfer_id < 'trade/' || u.trade_id || '/hold0'
  WHERE t.phase = 'pending'`;

const refunds = `SELECT f.refund_id, f.trade_id, f.bill_id, f.line, f.amount, f.exact, f.subsidy, f.refunded_at, coalesce(l.kind = 'transfer', false) AS of_transfer
  FROM refunds f LEFT JOIN bill_lines l USING (bill_id, line) WHERE f.trade_id = ANY($1) ORDER BY f.refund_id`;

const grants = `SELECT g.trade_id, g.granted, d.bill_id, d.decided_at FROM subsidy_grants g JOIN subsidy_decisions d USING (claim_id) WHERE g.trade_id = ANY($1)`;

const earnings =
  'SELECT earning_id, trade_id, participant_id, kind, amount, month, earned_at FROM earnings WHERE trade_id = ANY($1) ORDER BY earning_id';

const time = (at: bigint): number => Number(at);

/** All that stands of some leases, by their trades. Of one without terms there is nothing. */
export async function readLeases(read: AuditReader, tradeIds: readonly bigint[]): Promise<Map<bigint, LeaseRecord>> {
  const ids = [tradeIds];
  const ofTerms = await read.query<TermsRow>(terms, ids);
  const pick = (is: (row: TermsRow) => boolean): bigint[] => ofTerms.filter(is).map((row) => row.trade_id);
  const metered = pick((row) => row.tier !== Tier.FIRM);
  const reserved = pick((row) => row.reservation_id !== null);
  const by = async <R extends { trade_id: bigint }>(sql: string, of: readonly bigint[] = tradeIds): Promise<Map<bigint, R[]>> =>
    of.length === 0 ? new Map<bigint, R[]>() : Map.groupBy(await read.query<R>(sql, [of]), (row) => row.trade_id);
  const ratingsOf = await by<RatingRow>(ratings);
  const usageOf = await by<{ trade_id: bigint; usage_id: bigint; record_id: string; version: number; unit_slots: bigint }>(usage, metered);
  const toldOf = await by<{ trade_id: bigint; version: number; unit_slots: bigint; unit_slots_due: bigint; unit_slots_up: bigint }>(told);
  const proceedsOf = await by<{ trade_id: bigint; participant_id: number; amount: bigint }>(proceeds);
  const holdsOf = await by<{ trade_id: bigint; transfer_id: string; amount: bigint }>(holds, reserved);
  const refundsOf = await by<RefundRow>(refunds);
  const grantsOf = await by<{ trade_id: bigint; granted: bigint; bill_id: bigint; decided_at: bigint }>(grants);
  const earningsOf = await by<EarningRow>(earnings);

  return new Map(
    ofTerms.map((row) => {
      const of = row.trade_id;
      const rated = ratingsOf.get(of) ?? [];
      const returned = refundsOf.get(of) ?? [];
      const [grant] = grantsOf.get(of) ?? [];
      const facts: LeaseFacts = {
        terms: termsOf(row),
        end: row.standing === null || row.held === null ? undefined : { standing: row.standing, held: row.held },
        measure: row.unit_slots_due === null || row.unit_slots_up === null ? undefined : { due: row.unit_slots_due, up: row.unit_slots_up },
        told: (toldOf.get(of) ?? []).map((one): ToldMeasure => ({
          ...{ version: one.version, standing: one.unit_slots, due: one.unit_slots_due, up: one.unit_slots_up },
        })),
        usage: (usageOf.get(of) ?? []).map((one): UsageVersion => ({
          usageId: one.usage_id,
          recordId: one.record_id,
          version: one.version,
          unitSlots: one.unit_slots,
        })),
        held: row.reservation_id === null ? undefined : lastHold(holdsOf.get(of) ?? []),
        proceeds: (proceedsOf.get(of) ?? []).map((one): Proceeds => ({ participantId: one.participant_id, amount: one.amount })),
        ratings: rated.map((one) => ({
          ...{ ratingId: one.rating_id, revision: one.revision, at: time(one.rated_at) },
          ...{ usageThrough: one.usage_through, measureVersion: one.measure_version, mayGrow: one.subsidy_at_most > 0n },
          billId: one.bill_id ?? undefined,
        })),
        grant: grant && { amount: grant.granted, at: time(grant.decided_at), billId: grant.bill_id },
        refunds: returned
          .filter(({ line }) => line > 0)
          .map((one) => ({
            ...{ refundId: one.refund_id, billId: one.bill_id, ofTransfer: one.of_transfer },
            ...{ amount: one.amount, at: time(one.refunded_at) },
          })),
      };
      const record: LeaseRecord = {
        ...{ facts, buyerId: row.buyer_id, window: { from: row.end_from ?? 0, to: row.end_to ?? 0 }, isDue: row.due ?? false },
        ...{ ratings: rated, refunds: returned, earnings: earningsOf.get(of) ?? [] },
      };
      return [of, record];
    }),
  );
}

const termsOf = (row: TermsRow): LeaseTerms => ({
  ...{ tradeId: row.trade_id, providerId: row.provider_id, linkOwnerId: row.link_owner_id, isFirm: row.tier === Tier.FIRM },
  isBought: row.partner_id !== 0 && row.partner_id !== row.buyer_id,
  ...{ sold: row.sold, price: row.price, transfer: row.transfer_amount, madeAt: time(row.made_at), subsidyBp: BigInt(row.rate_bp) },
  ...{ owed: row.owed_amount, lostById: row.lost_by_id ?? undefined, isLostByPartner: row.lost_by_partner ?? false },
});

/** A hold's transfers are named `trade/ID/hold/NUMBER/money` and `…/subsidy`; one that shrinks is a new one. */
function lastHold(transfers: readonly { transfer_id: string; amount: bigint }[]): { money: bigint; subsidy: bigint } {
  const numbered = transfers.map(({ transfer_id: id, amount }) => {
    const [, , , number, of] = id.split('/');
    return { number: Number(number), of, amount };
  });
  const last = Math.max(0, ...numbered.map(({ number }) => number));
  const amountOf = (part: string): bigint => numbered.find(({ number, of }) => number === last && of === part)?.amount ?? 0n;
  return { money: amountOf('money'), subsidy: amountOf('subsidy') };
}
