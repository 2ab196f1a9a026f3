import { Injectable } from '@nestjs/common';
import { At, Database } from '#platform';
import { Ledger } from './ledger.js';

const quarterHour = 900_000;

/** ends pending transfers whose time is out. Holds of trades have no time. */
@Injectable()
export class Timeouts {
  constructor(
    private readonly db: Database,
    private readonly ledger: Ledger,
  ) {}

  @At('time-out', quarterHour)
  async timeOut(now: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const due = await tx.query<{ transfer_id: string }>(
        `SELECT transfer_id FROM transfers p WHERE timeout_at <= $1 AND NOT EXISTS (SELECT 1 FROM transfers e WHERE e.pending_id = p.transfer_id)
         ORDER BY transfer_id`,
        [now],
      );
      const timeouts = due.map(
        ({ transfer_id: id }) => ({ id: `${id}/timed-out`, kind: 'timed_out', phase: 'timeout', pendingId: id }) as const,
      );
      await this.ledger.postAll(
        tx,
        timeouts.map((order) => ({ journal: order.id, cause: 'time-out', orders: [order] })),
      );
    });
  }
}
