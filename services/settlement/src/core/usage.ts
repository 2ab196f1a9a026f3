import { startOfSlot } from '#domain';
import type { Slot, Time } from '#domain';

/** one version of a provider's record of what a lease used. */
export interface UsageRecord {
  readonly recordId: string;
  readonly version: number;
  readonly tradeId: number;
  readonly meterSequence: number;
  readonly from: Slot;
  readonly to: Slot;
  readonly unitSlots: number;
}

/** What a lease can have used. */
export interface UsedLease {
  readonly units: number;
  readonly from: Slot;
  readonly to: Slot;
}

export type UsageRule =
  | 'entity_must_exist'
  | 'usage_record_must_not_change'
  | 'usage_record_must_keep_its_lease'
  | 'usage_window_must_end_after_it_starts'
  | 'usage_window_must_lie_in_the_lease'
  | 'usage_window_must_be_over'
  | 'usage_must_not_exceed_the_units'
  | 'meter_sequence_must_be_new'
  | 'usage_windows_must_not_overlap';

export interface Admission {
  readonly fresh: readonly UsageRecord[];
  /** Said before, word for word. */
  readonly duplicates: number;
  /** The first rule that each bad record breaks, by precedence, and its place in the call. */
  readonly broken: readonly { readonly at: number; readonly rule: UsageRule; readonly field: string }[];
}

/**
 * which records of a call are new. A record is superseded by its highest version; the current records of a lease never overlap, and no two share a
 * meter sequence.
 * @param leases those of the caller
 * @param known every version that shares a record id, a meter sequence or a piece of window with the call
 */
export function admit(
  call: readonly UsageRecord[],
  leases: ReadonlyMap<number, UsedLease>,
  known: readonly UsageRecord[],
  now: Time,
): Admission {
  const versions = new Map<string, UsageRecord[]>();
  const ofLease = new Map<number, Set<string>>();
  const remember = (record: UsageRecord): void => {
    versions.set(
      record.recordId,
      [...(versions.get(record.recordId) ?? []), record].sort((a, b) => a.version - b.version),
    );
    const ids = ofLease.get(record.tradeId);
    if (ids) ids.add(record.recordId);
    else ofLease.set(record.tradeId, new Set([record.recordId]));
  };
  known.forEach(remember);

  const fresh: UsageRecord[] = [];
  const broken: { at: number; rule: UsageRule; field: string }[] = [];
  let duplicates = 0;
  call.forEach((record, at) => {
    const before = versions.get(record.recordId)?.find(({ version }) => version === record.version);
    if (before && isSame(before, record)) {
      duplicates++;
      return;
    }
    const rule = before ? (['usage_record_must_not_change', 'recordId'] as const) : brokenRule(record);
    if (rule) {
      broken.push({ at, rule: rule[0], field: rule[1] });
      return;
    }
    remember(record);
    fresh.push(record);
  });
  return { fresh, duplicates, broken };

  function brokenRule(record: UsageRecord): readonly [UsageRule, string] | undefined {
    const lease = leases.get(record.tradeId);
    if (!lease) return ['entity_must_exist', 'leaseId'];
    const own = versions.get(record.recordId);
    if (own && own[0]!.tradeId !== record.tradeId) return ['usage_record_must_keep_its_lease', 'leaseId'];
    if (record.from >= record.to) return ['usage_window_must_end_after_it_starts', 'window'];
    if (record.from < lease.from || record.to > lease.to) return ['usage_window_must_lie_in_the_lease', 'window'];
    if (startOfSlot(record.to) > now) return ['usage_window_must_be_over', 'window.to'];
    if (record.unitSlots > lease.units * (record.to - record.from)) return ['usage_must_not_exceed_the_units', 'unitSlots'];
    const others = [...(ofLease.get(record.tradeId) ?? [])].filter((id) => id !== record.recordId).map((id) => versions.get(id)!);
    if (others.some((of) => of.some(({ meterSequence }) => meterSequence === record.meterSequence)))
      return ['meter_sequence_must_be_new', 'meterSequence'];
    if (own && own.at(-1)!.version > record.version) return undefined;
    if (others.some((of) => overlaps(of.at(-1)!, record))) return ['usage_windows_must_not_overlap', 'window'];
    return undefined;
  }
}

const overlaps = (a: UsageRecord, b: UsageRecord): boolean => a.from < b.to && b.from < a.to;

const isSame = (a: UsageRecord, b: UsageRecord): boolean =>
  a.tradeId === b.tradeId && a.meterSequence === b.meterSequence && a.from === b.from && a.to === b.to && a.unitSlots === b.unitSlots;
