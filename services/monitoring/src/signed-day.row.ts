import type { SignedDay, SignedDayState } from '#contracts';
import type { PoolId } from '#domain';
import type { Tx } from '#platform';
import { futureMsMax, lateMsMax } from './core/block.js';

export interface SignedDayRow {
  readonly pool_id: number;
  readonly day: number;
  readonly provider_id: number;
  readonly state: SignedDayState;
  readonly late: boolean | null;
  readonly key_id: string | null;
  readonly slots: Buffer | null;
  readonly signature: Buffer | null;
  readonly signed_at: bigint | null;
  readonly exchange_key_id: string | null;
  readonly exchange_suite: string | null;
  readonly countersignature: Buffer | null;
  readonly different_slots: number[] | null;
  readonly differences: number | null;
  readonly rows_aside: number;
}

/** A day begins so long before that of UTC. */
const shanghaiMs = 28_800_000;

/** A row that was put aside may be of a day by when it was received: points come up to a minute ahead, and are waited for. */
export const selectSignedDays = `select d.pool_id, d.day, d.provider_id, d.state, s.late, s.key_id, s.slots, s.signature, s.signed_at,
    s.exchange_key_id, s.exchange_suite, s.countersignature, s.different_slots, s.differences,
    (select count(*)::int4 from point_dead_letters l where l.replayed_at is null and l.received_at
       between d.day * 86400000::int8 - ${shanghaiMs + futureMsMax} and (d.day + 1) * 86400000::int8 - ${shanghaiMs} + ${lateMsMax}) as rows_aside
  from signed_days d left join rollup_statements s on s.number = d.statement`;

export async function readSignedDay(tx: Pick<Tx, 'query'>, poolId: PoolId, day: number): Promise<SignedDay | undefined> {
  const [row] = await tx.query<SignedDayRow>(`${selectSignedDays} where d.pool_id = $1 and d.day = $2`, [poolId, day]);
  return row && toSignedDay(row);
}

export const toSignedDay = (row: SignedDayRow): SignedDay => ({
  poolId: row.pool_id,
  providerId: row.provider_id,
  day: row.day,
  state: row.state,
  late: row.late ?? false,
  keyId: row.key_id ?? '',
  slots: bytesOf(row.slots),
  signature: bytesOf(row.signature),
  signedAt: Number(row.signed_at ?? 0),
  exchangeKeyId: row.exchange_key_id ?? '',
  exchangeSuite: row.exchange_suite ?? '',
  countersignature: bytesOf(row.countersignature),
  differentSlots: row.different_slots ?? [],
  differences: row.differences ?? 0,
  rowsAside: row.rows_aside,
});

const bytesOf = (buffer: Buffer | null): Uint8Array<ArrayBuffer> => new Uint8Array(buffer ?? []);
