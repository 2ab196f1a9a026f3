import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';
import { monthOf } from '../../core/month.js';
import { difference } from '../../core/recount/differences.js';
import type { Difference, Figures } from '../../core/recount/differences.js';
import type { CountedEarning, CountedLease, CountedRating, CountedRefund } from '../../core/recount/lease.js';
import { costOf, measureOf } from '../../core/recount/rating.js';
import type { Tariffs } from '../../core/recount/tariff.js';
import type { EarningRow, LeaseRecord, RefundRow } from './lease-records.js';
import type { StatementSums } from './statement-sums.js';

/** A figure that was written in one transaction with what it is of may be stamped so much later. */
const stampedWithinMs = 600_000;

/** What a rating came of, for who looks for the cause. */
export const causesOf = (record: LeaseRecord, rating: CountedRating): string => {
  const { terms } = record.facts;
  const through = rating.usageThrough < 0n ? 'no usage records' : `usage records up to ${rating.usageThrough}`;
  return `lease ${terms.tradeId}, price ${terms.price}, ${through}, fee version ${rating.cost.feeVersion}, service level version ${rating.cost.levelVersion}`;
};

/** A lease's ratings, refunds and earnings against its records; what it earned for whom is added to the statements. */
export function* auditLease(
  read: AuditReader,
  record: LeaseRecord,
  counted: CountedLease,
  tariffs: Tariffs,
  sums: StatementSums,
): Generator<Finding> {
  read.count('leases');
  yield* auditRatings(read, record, counted, tariffs);
  yield* auditRefunds(read, record, counted.refunds);
  yield* auditEarnings(read, record, counted.earnings, sums);
}

function* auditRatings(read: AuditReader, record: LeaseRecord, counted: CountedLease, tariffs: Tariffs): Generator<Finding> {
  for (const [at, row] of record.ratings.entries()) {
    const rating = counted.ratings[at]!;
    if (row.revision !== at + 1)
      yield finding(read.service, 'ratings', String(row.rating_id), 'missing', `revision ${at + 1} of lease ${row.trade_id} is not there`);
    const other = difference({ ...row }, figuresOf(record, rating));
    if (other) yield finding(read.service, 'ratings', String(row.rating_id), 'figures_differ', causesOf(record, rating), other);
  }
  const last = counted.ratings.at(-1);
  if (!last || record.isDue) return;
  const { usage, told } = record.facts;
  const usageThrough = usage.reduce((newest, { usageId }) => (usageId > newest ? usageId : newest), last.usageThrough);
  const measureVersion = Math.max(last.measureVersion, ...told.map(({ version }) => version));
  const now = costOf(record.facts, { usageThrough, measureVersion }, tariffs);
  if (now.unitSlots !== last.cost.unitSlots || now.credit !== last.cost.credit)
    yield finding(
      read.service,
      'ratings',
      `lease ${record.facts.terms.tradeId}`,
      'missing',
      `its newest records say ${now.unitSlots} unit-slots, its newest rating came of ${last.cost.unitSlots}, and none is asked for`,
    );
}

const figuresOf = ({ facts, buyerId, window }: LeaseRecord, rating: CountedRating): Figures => ({
  ...measuresOf(facts, rating),
  ...{ buyer_id: buyerId, from_slot: window.from, to_slot: window.to },
  unit_slots: rating.cost.unitSlots,
  ...{ credit_bp: rating.cost.creditBp, fee_version: rating.cost.feeVersion, sla_version: rating.cost.levelVersion },
  ...{ compute: rating.cost.compute, transfer: rating.cost.transfer, credit: rating.cost.credit, fee: rating.fee },
  ...{ compute_change: rating.computeChange, transfer_change: rating.transferChange, credit_change: rating.creditChange },
  ...{ fee_change: rating.feeChange, subsidy: rating.subsidy, subsidy_at_most: rating.subsidyAtMost },
});

function measuresOf(facts: LeaseRecord['facts'], { measureVersion }: CountedRating): Figures {
  const measure = measureOf(facts, measureVersion);
  return { unit_slots_due: measure?.due ?? 0n, unit_slots_up: measure?.up ?? 0n };
}

/** Those of lines by their ids; those that corrections asked of programmes in their order. */
function* auditRefunds(read: AuditReader, record: LeaseRecord, counted: readonly CountedRefund[]): Generator<Finding> {
  const asked = counted.filter(({ refundId }) => refundId === undefined);
  const byId = new Map(counted.map((one) => [one.refundId, one]));
  const figures = ({ amount, exact, subsidy }: CountedRefund | RefundRow): Figures => ({ amount, exact, subsidy });
  for (const row of record.refunds) {
    const one = row.line > 0 ? byId.get(row.refund_id) : asked.shift();
    const other = one ? difference(figures(row), figures(one)) : { stored: `amount ${row.amount}`, computed: 'none' };
    if (other)
      yield finding(read.service, 'refunds', String(row.refund_id), 'figures_differ', `of lease ${record.facts.terms.tradeId}`, other);
  }
  for (const one of asked)
    yield finding(
      read.service,
      'refunds',
      `lease ${record.facts.terms.tradeId}`,
      'missing',
      'a late correction asks the programme for its share',
      { stored: 'none', computed: `amount ${one.amount}, subsidy ${one.subsidy}` },
    );
}

/** Of a lease, but made of other records than its own: the month's certificates, and what disputes moved. */
const elsewhere = new Set(['green_shortfall', 'disputed', 'dispute_released']);

/** Participant and kind name what is compared, in the order in which it was earned. */
function* auditEarnings(
  read: AuditReader,
  record: LeaseRecord,
  ofRecords: readonly CountedEarning[],
  sums: StatementSums,
): Generator<Finding> {
  const nameOf = (participantId: number, kind: string): string => `${participantId}, ${kind}`;
  const stored = Map.groupBy(
    record.earnings.filter(({ kind }) => !elsewhere.has(kind)),
    (row) => nameOf(row.participant_id, row.kind),
  );
  const computed = Map.groupBy(ofRecords, (one) => nameOf(one.participantId, one.kind));
  for (const [name, all] of computed) {
    const rows = stored.get(name) ?? [];
    stored.delete(name);
    for (const [at, one] of all.entries()) {
      const row = rows[at];
      sums.add(one.participantId, row ? monthEarned(row, one) : monthOf(one.at), one.kind, one.amount);
      const other = row
        ? difference({ amount: row.amount, month: row.month }, { amount: one.amount, month: monthEarned(row, one) })
        : { stored: 'none', computed: `amount ${one.amount}` };
      if (other) yield wrongEarning(read, record, row, name, other);
    }
    for (const row of rows.slice(all.length)) yield wrongEarning(read, record, row, name, extra(row));
  }
  for (const [name, rows] of stored) for (const row of rows) yield wrongEarning(read, record, row, name, extra(row));
}

/** By the stamp of the row, where it fits what it is of. */
function monthEarned(row: EarningRow, { at }: CountedEarning): string {
  const earnedAt = Number(row.earned_at);
  return monthOf(Math.abs(earnedAt - at) <= stampedWithinMs ? earnedAt : at);
}

const extra = (row: EarningRow): Difference => ({ stored: `amount ${row.amount}`, computed: 'none' });

const wrongEarning = (read: AuditReader, record: LeaseRecord, row: EarningRow | undefined, name: string, other: Difference): Finding =>
  finding(
    read.service,
    'earnings',
    row ? String(row.earning_id) : 'none',
    row ? 'figures_differ' : 'missing',
    `a line of the statement of participant ${name}, of lease ${record.facts.terms.tradeId}${row ? `, ${row.month}` : ''}`,
    other,
  );
