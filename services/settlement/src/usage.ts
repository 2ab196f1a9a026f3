import { Injectable } from '@nestjs/common';
import { ReportUsageResponse } from '#contracts';
import type { ListUsageRequest, ListUsageResponse, ReportUsageRequest } from '#contracts';
import { Clock, Database, nextPage, numberArray, pageOf, Refusal, textArray } from '#platform';
import type { Call, Tx } from '#platform';
import { Tier } from '#domain';
import { admit } from './core/usage.js';
import type { Admission, UsageRecord, UsedLease } from './core/usage.js';
import { before, participantAsked } from './list.js';

interface Row {
  usage_id: bigint;
  provider_id: number;
  record_id: string;
  version: number;
  trade_id: bigint;
  meter_sequence: bigint;
  from_slot: number;
  to_slot: number;
  unit_slots: bigint;
  reported_at: bigint;
}

/** what providers say that their leases used. */
@Injectable()
export class Usage {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
  ) {}

  /** Records all of a call, or nothing where a record breaks a rule. Late records of a rated RECLAIMABLE lease make it due for an adjustment. */
  async report(request: ReportUsageRequest, call: Call): Promise<ReportUsageResponse> {
    const { participantId } = call.caller;
    const records = request.records.map<UsageRecord>((record) => ({
      recordId: record.recordId,
      version: record.version,
      tradeId: record.leaseId,
      meterSequence: record.meterSequence,
      from: record.window!.from,
      to: record.window!.to,
      unitSlots: record.unitSlots,
    }));
    return this.db.once(call, ReportUsageResponse, async (tx) => {
      const leases = await this.lockLeases(tx, participantId, records);
      const admission = admit(records, leases, await this.known(tx, participantId, records), this.clock.now());
      refuseBroken(admission);
      if (admission.fresh.length > 0) await this.insert(tx, participantId, admission.fresh);
      return { recorded: admission.fresh.length, duplicates: admission.duplicates };
    });
  }

  async list(request: ListUsageRequest, call: Call): Promise<ListUsageResponse> {
    const { limit, after } = pageOf(request.page);
    // A provider sees what it reported, a buyer what was reported of its leases.
    const found = await this.db.query<Row & { superseded: boolean }>(
      `SELECT u.*, EXISTS (SELECT 1 FROM usage_records n WHERE n.provider_id = u.provider_id AND n.record_id = u.record_id AND n.version > u.version) AS superseded
       FROM usage_records u
       WHERE ($1::int4 = 0 OR u.provider_id = $1 OR (SELECT buyer_id FROM trades t WHERE t.trade_id = u.trade_id) = $1)
         AND ($2::int8 = 0 OR u.trade_id = $2) AND u.usage_id < $3 ORDER BY u.usage_id DESC LIMIT $4`,
      [participantAsked(call, request.participantId), request.leaseId, before(after), limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.usage_id]);
    return {
      records: rows.map((row) => ({
        recordId: row.record_id,
        version: row.version,
        leaseId: Number(row.trade_id),
        meterSequence: Number(row.meter_sequence),
        window: { from: row.from_slot, to: row.to_slot },
        unitSlots: Number(row.unit_slots),
        providerId: row.provider_id,
        reportedAt: Number(row.reported_at),
        superseded: row.superseded,
      })),
      page,
    };
  }

  private async lockLeases(tx: Tx, providerId: number, records: readonly UsageRecord[]): Promise<Map<number, UsedLease>> {
    const rows = await tx.query<{ trade_id: bigint; units: number; from_slot: number; to_slot: number }>(
      `SELECT t.trade_id, t.units, t.from_slot, t.to_slot FROM leases l JOIN trades t USING (trade_id)
       WHERE l.trade_id = ANY($1) AND t.delivered_by_id = $2 ORDER BY l.trade_id FOR UPDATE OF l`,
      [[...new Set(records.map(({ tradeId }) => tradeId))], providerId],
    );
    return new Map(rows.map((row) => [Number(row.trade_id), { units: row.units, from: row.from_slot, to: row.to_slot }]));
  }

  /**
   * Every version of whatever shares a record id, a meter sequence or a piece of window with the call. Each is found by its key: joined plainly, the planner
   * reads all records that there are for each call.
   */
  private async known(tx: Tx, providerId: number, records: readonly UsageRecord[]): Promise<UsageRecord[]> {
    const rows = await tx.query<Row>(
      `WITH said AS (SELECT * FROM unnest($2::text[], $3::int8[], $4::int8[], $5::int4[], $6::int4[]) AS s (record_id, trade_id, meter_sequence, from_slot, to_slot)),
       touched AS (
         SELECT record_id FROM said
         UNION SELECT u.record_id FROM said s CROSS JOIN LATERAL
           (SELECT record_id FROM usage_records WHERE trade_id = s.trade_id AND meter_sequence = s.meter_sequence OFFSET 0) u
         UNION SELECT u.record_id FROM said s CROSS JOIN LATERAL
           (SELECT record_id FROM usage_records WHERE trade_id = s.trade_id AND to_slot > s.from_slot AND from_slot < s.to_slot OFFSET 0) u
       )
       SELECT u.* FROM touched CROSS JOIN LATERAL (SELECT * FROM usage_records WHERE provider_id = $1 AND record_id = touched.record_id OFFSET 0) u`,
      [
        providerId,
        textArray(records.map((r) => r.recordId)),
        numberArray(records.map((r) => r.tradeId)),
        numberArray(records.map((r) => r.meterSequence)),
        numberArray(records.map((r) => r.from)),
        numberArray(records.map((r) => r.to)),
      ],
    );
    return rows.map((row) => ({
      recordId: row.record_id,
      version: row.version,
      tradeId: Number(row.trade_id),
      meterSequence: Number(row.meter_sequence),
      from: row.from_slot,
      to: row.to_slot,
      unitSlots: Number(row.unit_slots),
    }));
  }

  private async insert(tx: Tx, providerId: number, fresh: readonly UsageRecord[]): Promise<void> {
    await tx.query(
      `INSERT INTO usage_records (record_id, version, trade_id, meter_sequence, from_slot, to_slot, unit_slots, provider_id, reported_at)
       SELECT u.*, $8::int4, $9::int8 FROM unnest($1::text[], $2::int4[], $3::int8[], $4::int8[], $5::int4[], $6::int4[], $7::int8[]) AS u`,
      [
        textArray(fresh.map((r) => r.recordId)),
        numberArray(fresh.map((r) => r.version)),
        numberArray(fresh.map((r) => r.tradeId)),
        numberArray(fresh.map((r) => r.meterSequence)),
        numberArray(fresh.map((r) => r.from)),
        numberArray(fresh.map((r) => r.to)),
        numberArray(fresh.map((r) => r.unitSlots)),
        providerId,
        this.clock.now(),
      ],
    );
    await tx.query(
      `UPDATE leases l SET due = true FROM trades t WHERE l.trade_id = ANY($1) AND l.rated AND NOT l.due AND t.trade_id = l.trade_id AND t.tier = $2`,
      [[...new Set(fresh.map(({ tradeId }) => tradeId))], Tier.RECLAIMABLE],
    );
  }
}

/** One refusal for all that the call breaks; absent where a lease is not the caller's. */
function refuseBroken({ broken }: Admission): void {
  if (broken.length === 0) return;
  const violations = broken
    .slice(0, 50)
    .map(({ at, rule, field }) => ({ field: `records[${at}].${field}`, rule, detail: rule.replaceAll('_', ' ') }));
  const kind = broken.some(({ rule }) => rule === 'entity_must_exist')
    ? 'absent'
    : broken.some(({ rule }) => rule === 'usage_record_must_not_change')
      ? 'conflict'
      : 'invalid';
  const first = violations[0]!;
  throw new Refusal(kind, first.rule, `${broken.length} of the records break a rule; none is recorded`, first.field, violations);
}
