import { Injectable } from '@nestjs/common';
import {
  type ListUnplacedCompensationsRequest,
  type ListUnplacedCompensationsResponse,
  PartnerCompensated,
  PlacedLease,
  type PlaceLeaseRequest,
} from '#contracts';
import { formatYuan } from '#domain';
import { At, type Call, Clock, Database, type EventMeta, Logger, On, type Tx, absent, conflict, nextPage, pageOf } from '#platform';
import { record } from './audit.js';
import { Side } from './core/statement.js';
import { addCompensation, hasItem } from './statement-items.js';
import { lockTalk } from './talk.js';

const hour = 3_600_000;

interface Whose {
  readonly platform: string;
  readonly reservation_id: string;
}

interface Waiting {
  readonly number: bigint;
  readonly lease_id: bigint;
  readonly partner_id: number;
  readonly sold: boolean;
  readonly amount: bigint;
  readonly heard_at: bigint;
}

/**
 * What a promise of green energy that was broken with a partner's lease, or its loss, costs who sold it is stated and netted, whoever of the two
 * owes it. Of a lease that is not known here it waits, until the lease is heard of or an operator says of which reservation it is.
 */
@Injectable()
export class Compensations {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {}

  @On(PartnerCompensated)
  async compensated({ tradeId, partnerId, sold, amount }: PartnerCompensated, tx: Tx, _meta: EventMeta): Promise<void> {
    if (await place(tx, tradeId, sold, amount)) return;
    this.log.warn({ leaseId: tradeId, partnerId, sold }, 'compensation_must_be_of_a_known_lease: it waits to be placed');
    await tx.query('insert into unplaced_compensations (lease_id, partner_id, sold, amount, heard_at) values ($1, $2, $3, $4, $5)', [
      ...[tradeId, partnerId, sold, amount, this.clock.now()],
    ]);
  }

  @At('place compensations', hour)
  async placeAll(_now: number): Promise<void> {
    const waiting = await this.database.query<Waiting>('select * from unplaced_compensations order by number');
    for (const { number, lease_id: leaseId, sold, amount } of waiting)
      await this.database.transaction(async (tx) => {
        const still = await tx.query('select 1 from unplaced_compensations where number = $1 for update', [number]);
        if (still.length && (await place(tx, Number(leaseId), sold, amount)))
          await tx.query('delete from unplaced_compensations where number = $1', [number]);
      });
  }

  async list({ page: asked }: ListUnplacedCompensationsRequest): Promise<ListUnplacedCompensationsResponse> {
    const { limit, after } = pageOf(asked);
    const found = await this.database.query<Waiting>(
      'select * from unplaced_compensations where $1::int8 is null or number > $1 order by number limit $2',
      [after?.[0] ?? null, limit + 1],
    );
    const { rows, page } = nextPage(found, limit, (row) => [Number(row.number)]);
    const compensations = rows.map(({ lease_id: leaseId, partner_id: partnerId, heard_at: heardAt, sold, amount }) => ({
      ...{ leaseId: Number(leaseId), partnerId, sold, amount, heardAt: Number(heardAt) },
    }));
    return { compensations, page };
  }

  /** From then on the lease is the reservation's, for nettings too. */
  async placeLease({ platform, leaseId, sold, reservationId, reason }: PlaceLeaseRequest, call: Call): Promise<PlacedLease> {
    const side = sold ? Side.SOLD : Side.BOUGHT;
    return this.database.once(call, PlacedLease, async (tx) => {
      const talk = await lockTalk(tx, platform);
      if (!talk) throw absent(`partner ${platform}`);
      const waiting = await tx.query<Waiting>(
        'select * from unplaced_compensations where lease_id = $1 and sold = $2 order by number for update',
        [...[leaseId, sold]],
      );
      if (!waiting.length) throw absent(`unplaced compensation of lease ${leaseId}`);
      if (waiting.some(({ partner_id: id }) => id !== talk.participantId))
        throw conflict('lease_must_be_of_the_partner', `it is of participant ${waiting[0]!.partner_id}`, 'leaseId');
      if (await whoseIs(tx, leaseId, sold))
        throw conflict('lease_must_not_be_known', 'what waits of it is placed within the hour', 'leaseId');
      if (!(await hasItem(tx, platform, side, reservationId))) throw absent(`item ${reservationId}`);
      await tx.query('insert into placed_leases (side, lease_id, platform, reservation_id) values ($1, $2, $3, $4)', [
        ...[side, leaseId, platform, reservationId],
      ]);
      for (const { amount } of waiting) await addCompensation(tx, platform, side, reservationId, amount);
      await tx.query('delete from unplaced_compensations where number = any($1)', [waiting.map(({ number }) => number)]);
      const amount = waiting.reduce((total, one) => total + one.amount, 0n);
      const detail = `lease ${leaseId}, ${sold ? 'sold' : 'bought'}, of ${reservationId}: ${formatYuan(amount)} yuan`;
      await record(tx, call, this.clock.now(), { platform, step: 'lease_placed', reason, detail });
      return { platform, leaseId, sold, reservationId, amount };
    });
  }
}

/** @returns false where the lease, or its item, is not known here */
async function place(tx: Tx, leaseId: number, sold: boolean, amount: bigint): Promise<boolean> {
  const whose = await whoseIs(tx, leaseId, sold);
  if (!whose) return false;
  await lockTalk(tx, whose.platform);
  return addCompensation(tx, whose.platform, sold ? Side.SOLD : Side.BOUGHT, whose.reservation_id, amount);
}

async function whoseIs(tx: Tx, leaseId: number, sold: boolean): Promise<Whose | undefined> {
  const [row] = await tx.query<Whose>(sold ? ofSold : ofBought, [leaseId]);
  return row;
}

const ofBought = `select platform, reservation_id from piece_trades join pieces using (reservation_id) where trade_id = $1
  union all select platform, reservation_id from placed_leases where side = 2 and lease_id = $1`;
/** What places lost units anew is of the reservation that lost them. */
const ofSold = `select r.platform, r.reservation_id from reservation_leases r left join sold_leases s on s.root_id = r.lease_id
    where coalesce(s.lease_id, r.lease_id) = $1
  union all select platform, reservation_id from placed_leases where side = 1 and lease_id = $1`;
