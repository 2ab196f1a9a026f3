import { Injectable } from '@nestjs/common';
import { PartnerCompensated } from '#contracts';
import { type EventMeta, On, type Tx } from '#platform';
import { Side } from './core/statement.js';
import { addCompensation } from './statement-items.js';
import { lockTalk } from './talk.js';

interface Row {
  readonly platform: string;
  readonly reservation_id: string;
}

/** what a promise of green energy that was broken with a partner's lease costs who sold it is stated and netted, whoever of the two owes it. */
@Injectable()
export class Compensations {
  @On(PartnerCompensated)
  async compensated({ tradeId, sold, amount }: PartnerCompensated, tx: Tx, _meta: EventMeta): Promise<void> {
    const [row] = await tx.query<Row>(sold ? ofSold : ofBought, [tradeId]);
    if (!row) return;
    await lockTalk(tx, row.platform);
    await addCompensation(tx, row.platform, sold ? Side.SOLD : Side.BOUGHT, row.reservation_id, amount);
  }
}

const ofBought = 'select platform, reservation_id from piece_trades join pieces using (reservation_id) where trade_id = $1';
/** What places lost units anew is of the reservation that lost them. */
const ofSold = `select r.platform, r.reservation_id from reservation_leases r left join sold_leases s on s.root_id = r.lease_id
  where coalesce(s.lease_id, r.lease_id) = $1`;
