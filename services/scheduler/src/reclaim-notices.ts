import { Injectable } from '@nestjs/common';
import { ReclaimNotice, type ListReclaimNoticesRequest, type ListReclaimNoticesResponse } from '#contracts';
import { absent, Clock, Database, mayAct, nextPage, pageOf, type Call } from '#platform';
import { filter, scope } from './filter.js';
import { noticeOf, type NoticeRow } from './reclaim-notice.js';

/** notices as their buyers read and acknowledge them. */
@Injectable()
export class ReclaimNotices {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list(call: Call, request: ListReclaimNoticesRequest): Promise<ListReclaimNoticesResponse> {
    const { limit, after } = pageOf(request.page);
    const { where, params } = filter(
      ['buyer_id = ?', scope(call, request.participantId)],
      ['(acknowledged_at = 0) = ?', request.unacknowledged || undefined],
      ['lease_id = ?', request.leaseId],
      ['(told_at, notice_id) < (?, ?)', ...(after ?? [])],
    );
    const found = await this.database.query<NoticeRow>(
      `select * from reclaim_notice ${where} order by told_at desc, notice_id desc limit ${limit + 1}`,
      params,
    );
    const { rows, page } = nextPage(found, limit, (row) => [row.told_at, row.notice_id]);
    return { notices: rows.map(noticeOf), page };
  }

  /**
   * The first acknowledgement stands.
   * @throws Refusal absent, also for a notice of others
   */
  acknowledge(call: Call, noticeId: number): Promise<ReclaimNotice> {
    return this.database.once(call, ReclaimNotice, async (tx) => {
      const [known] = await tx.query<NoticeRow>('select * from reclaim_notice where notice_id = $1 for update', [noticeId]);
      if (!known || !mayAct(call, known.buyer_id)) throw absent('notice');
      if (known.acknowledged_at > 0n) return noticeOf(known);
      const [row] = await tx.query<NoticeRow>(
        'update reclaim_notice set acknowledged_at = $2, acknowledged_by = $3 where notice_id = $1 returning *',
        [noticeId, this.clock.now(), call.caller.name],
      );
      return noticeOf(row!);
    });
  }
}
