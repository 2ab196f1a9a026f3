import { Injectable } from '@nestjs/common';
import { type DeclareSubsidyElsewhereRequest, Empty } from '#contracts';
import { formatYuan } from '#domain';
import { type Call, Clock, Database, type Tx, absent, conflict, mayAct, writeOrderId } from '#platform';
import { actorOf, record } from './audit.js';
import { lockFirm } from './used.js';

interface BidRow {
  readonly buyer_id: number;
  readonly programme_id: number;
  readonly authority_id: number;
}

/**
 * R-33: what others than the exchange's programmes pay for a contract is nothing that its buyer paid. Each word stays; of what one participant said of a funder the
 * newest counts, and of what several said the most, so that nobody talks away what another said.
 */
@Injectable()
export class SubsidiesElsewhere {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async declare({ bidId, month, funder, amount }: DeclareSubsidyElsewhereRequest, call: Call): Promise<Empty> {
    return this.database.once(call, Empty, async (tx) => {
      const bid = await this.bidOf(tx, bidId, call);
      await lockFirm(tx, bid.programme_id, bid.buyer_id);
      const decided = await tx.query('select 1 from claims where bid_id = $1 and month = $2', [bidId, month]);
      if (decided.length) throw conflict('claim_must_not_be_decided', `the bid's claim for ${month} is decided`, 'month');
      const { participantId, name } = call.caller;
      const [before] = await tx.query<{ amount: bigint }>(
        `select amount from subsidies_elsewhere where bid_id = $1 and month = $2 and funder = $3 and participant_id = $4 order by number desc limit 1`,
        [bidId, month, funder, participantId],
      );
      const now = this.clock.now();
      await tx.query(
        'insert into subsidies_elsewhere (bid_id, month, funder, amount, participant_id, key, at) values ($1, $2, $3, $4, $5, $6, $7)',
        [bidId, month, funder, amount, participantId, name, now],
      );
      const said = `${funder} pays ${formatYuan(amount)} yuan for bid ${writeOrderId(bidId)} in ${month}`;
      const detail = before ? `${said}, not ${formatYuan(before.amount)}` : said;
      await record(tx, actorOf(call), now, [{ programmeId: bid.programme_id, step: 'subsidy_elsewhere_declared', detail }]);
      return Empty.create();
    });
  }

  private async bidOf(tx: Tx, bidId: number, call: Call): Promise<BidRow> {
    const [bid] = await tx.query<BidRow>(
      'select buyer_id, programme_id, authority_id from reservations join programmes using (programme_id) where order_id = $1',
      [bidId],
    );
    if (!bid || !(mayAct(call, bid.buyer_id) || mayAct(call, bid.authority_id))) throw absent(`bid ${bidId} under a programme`);
    return bid;
  }
}

/** By bid, what was said of the month. Anybody's words add up to more than 64 bits hold, and the bill is decided all the same. */
export async function paidElsewhere(tx: Tx, bidIds: readonly number[], month: string): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ bid_id: bigint; amount: string }>(
    `${countedOf('bid_id = any($1::int8[]) and month = $2')} select bid_id, sum(amount) as amount from counted group by 1`,
    [bidIds, month],
  );
  return new Map(rows.map((row) => [Number(row.bid_id), BigInt(row.amount)]));
}

/** By 'bid month', what was said of the year's months until a moment. */
export async function paidElsewhereIn(tx: Tx, year: number, asOf: number): Promise<Map<string, bigint>> {
  const rows = await tx.query<{ bid_id: bigint; month: string; amount: string }>(
    `${countedOf(`month between $1::text || '-01' and $1::text || '-12' and at <= $2`)}
     select bid_id, month, sum(amount) as amount from counted group by 1, 2 having sum(amount) > 0 order by 1, 2`,
    [year, asOf],
  );
  return new Map(rows.map((row) => [`${row.bid_id} ${row.month}`, BigInt(row.amount)]));
}

const countedOf = (where: string): string => `with newest as (
    select distinct on (bid_id, month, funder, participant_id) bid_id, month, funder, amount from subsidies_elsewhere where ${where}
    order by bid_id, month, funder, participant_id, number desc),
  counted as (select bid_id, month, funder, max(amount) as amount from newest group by 1, 2, 3)`;
