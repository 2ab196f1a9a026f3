import { Injectable } from '@nestjs/common';
import { type DeclareSubsidyElsewhereRequest, Empty } from '#contracts';
import { type Call, Clock, Database, type Tx, absent, conflict, mayAct } from '#platform';

/** what others than the exchange's programmes pay for a contract is nothing that its buyer paid. */
@Injectable()
export class SubsidiesElsewhere {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async declare({ bidId, month, funder, amount }: DeclareSubsidyElsewhereRequest, call: Call): Promise<Empty> {
    return this.database.once(call, Empty, async (tx) => {
      const [bid] = await tx.query<{ buyer_id: number; authority_id: number; is_decided: boolean }>(
        `select buyer_id, authority_id, exists (select from claims where claims.bid_id = order_id and claims.month = $2) as is_decided
         from reservations join programmes using (programme_id) where order_id = $1`,
        [bidId, month],
      );
      if (!bid || !(mayAct(call, bid.buyer_id) || mayAct(call, bid.authority_id))) throw absent(`bid ${bidId} under a programme`);
      if (bid.is_decided) throw conflict('claim_must_not_be_decided', `the bid's claim for ${month} is decided`, 'month');
      await tx.query(
        `insert into subsidies_elsewhere (bid_id, month, funder, amount, participant_id, key, at) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (bid_id, month, funder) do update set amount = excluded.amount, participant_id = excluded.participant_id, key = excluded.key, at = excluded.at`,
        [bidId, month, funder, amount, call.caller.participantId, call.caller.name, this.clock.now()],
      );
      return Empty.create();
    });
  }
}

/** By bid, what was said of the month. */
export async function paidElsewhere(tx: Tx, bidIds: readonly number[], month: string): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ bid_id: bigint; amount: bigint }>(
    'select bid_id, sum(amount)::int8 as amount from subsidies_elsewhere where bid_id = any($1::int8[]) and month = $2 group by 1',
    [bidIds, month],
  );
  return new Map(rows.map((row) => [Number(row.bid_id), row.amount]));
}
