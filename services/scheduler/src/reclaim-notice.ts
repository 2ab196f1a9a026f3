import { tradeId } from '#domain';
import { Reclaimer, type ReclaimNotice } from '#contracts';
import type { Tx } from '#platform';
import type { Step } from './entry.js';
import type { Rows } from './rows.js';

/** that a lease ends before its time, until and after its buyer has read it. */
export interface NoticeRow {
  notice_id: bigint;
  lease_id: bigint;
  buyer_id: number;
  reclaimed_by: Reclaimer;
  from_slot: number;
  rest_bid_id: bigint;
  told_at: bigint;
  acknowledged_at: bigint;
  acknowledged_by: string;
}

/** Number of the shard's last notice, where these steps make some: two shards never give the same. */
export async function lastNotice(tx: Tx, steps: readonly Step[], shard: number): Promise<bigint> {
  if (!steps.some(({ events }) => events.some(({ kind }) => kind === 'LeaseReclaimed'))) return 0n;
  const [row] = await tx.query<{ last: bigint }>(
    'select coalesce(max(notice_id), $1) as last from reclaim_notice where notice_id >= $1 and notice_id < $2',
    [tradeId(shard, 0), tradeId(shard + 1, 0)],
  );
  return row!.last;
}

/** The notices of a step, numbered behind the last. */
export function noticesOf({ time, events }: Step, rows: Rows, shard: number, last: bigint): NoticeRow[] {
  return events
    .filter((event) => event.kind === 'LeaseReclaimed')
    .map(({ tradeNumber, from, byOrderId }, index) => {
      const id = tradeId(shard, tradeNumber);
      const rest = events.find((event) => event.kind === 'BidContinued' && event.tradeNumber === tradeNumber);
      return {
        notice_id: last + BigInt(index + 1),
        lease_id: BigInt(id),
        buyer_id: rows.leases.get(id)!.buyer_id,
        reclaimed_by: byOrderId ? Reclaimer.FIRM_BID : Reclaimer.GRID,
        from_slot: from,
        rest_bid_id: BigInt(rest?.kind === 'BidContinued' ? rest.orderId : 0),
        told_at: BigInt(time),
        acknowledged_at: 0n,
        acknowledged_by: '',
      };
    });
}

export const noticeOf = (row: NoticeRow): ReclaimNotice => ({
  noticeId: Number(row.notice_id),
  leaseId: Number(row.lease_id),
  buyerId: row.buyer_id,
  reclaimedBy: row.reclaimed_by,
  from: row.from_slot,
  restBidId: Number(row.rest_bid_id),
  toldAt: Number(row.told_at),
  acknowledgedAt: Number(row.acknowledged_at),
  acknowledgedBy: row.acknowledged_by,
});
