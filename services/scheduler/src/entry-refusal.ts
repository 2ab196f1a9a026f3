import type { EntryRefusal } from '#contracts';
import { faultStatus, Refusal, statusOf, type Fault } from '#platform';

/** What the pipeline lets through, as an entry's answer. */
export function entryRefusal(error: unknown): EntryRefusal {
  if (error instanceof Refusal) {
    const { kind, rule, detail, field = '', violations } = error;
    return { code: statusOf[kind].grpc, rule, detail, field, violations: [...violations] };
  }
  return { code: faultStatus.grpc, rule: '', detail: (error as Fault).message, field: '', violations: [] };
}
