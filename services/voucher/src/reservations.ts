import { Inject, Injectable } from '@nestjs/common';
import {
  LedgerDefinition,
  OrderClosed,
  ProgrammeState,
  type ReleaseSubsidyForBid,
  type SubsidyAnswer,
  type SubsidyForBid,
  type SubsidyReservation,
  TradeMade,
  TradeSettled,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { type Client, Clock, Database, type EventMeta, Gather, On, type Tx, clientOf, conflict, serviceCall } from '#platform';
import { type ReservationDecision, type Used, decideReservation } from './core/reservation.js';
import type { Buyer, Clause } from './core/terms.js';
import { Participants } from './participants.js';
import { type ProgrammeRow, readProgramme, termsOf } from './programme.row.js';
import { isNewTo, lockBuyer, lockFirm, lockYears, usedBefore, yearOfDay } from './used.js';

interface ReservationRow {
  readonly programme_id: number;
  readonly buyer_id: number;
  readonly worst_case: bigint;
  readonly asked: bigint;
  readonly rate_bp: number;
  readonly clauses: Clause[];
  readonly closed: boolean;
}

/** A trade of an order was made; without one, the order closed. */
interface Told {
  readonly orderId: number;
  readonly trade?: TradeMade;
}

type Decided = Pick<ReservationDecision, 'amount' | 'rateBp' | 'clauses'>;

/** What programmes promise to bids, until their trades are billed. */
@Injectable()
export class Reservations {
  private readonly told = new Gather<Told>(writeTold);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly participants: Participants,
    @Inject(clientOf(LedgerDefinition)) private readonly ledger: Client<typeof LedgerDefinition>,
  ) {}

  /**
   * Idempotent by order id, in the ledger too; an order that was released may reserve anew. Bids of one buyer are decided one after the other, so that under
   * one programme they together keep the firm's cap, and under several not each is the first.
   */
  async reserve(request: SubsidyForBid): Promise<SubsidyAnswer> {
    return this.database.transaction(async (tx) => {
      // Said at once and done one after the other: what is asked after the lock sees what it waited for.
      const today = shanghaiDay(slotAt(this.clock.now()));
      const { programmeId, buyerId, orderId } = request;
      const [, , , , before, programme, buyers, used] = await Promise.all([
        lockBuyer(tx, buyerId),
        lockFirm(tx, programmeId, buyerId),
        lockYears(tx, [programmeId]),
        beginAttempt(tx, request),
        reservedBefore(tx, request),
        readProgramme(tx, programmeId),
        this.participants.find(tx, [buyerId]),
        usedBefore(tx, programmeId, buyerId, yearOfDay(today), orderId),
      ]);
      const asksNew = termsOf(programme).eligibility?.firstTime ?? false;
      const isNew = !asksNew || (await isNewTo(tx, programmeId, buyerId));
      const decided = decidedBefore(request, before) ?? decide(request, programme, { buyer: buyers.get(buyerId), isNew, used, today });
      const held = await this.hold(request, decided);
      const amount = held?.amount ?? 0n;
      tx.atCommit(
        `insert into reservations (order_id, programme_id, buyer_id, worst_case, asked, amount, rate_bp, clauses, promised)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $6)
         on conflict (order_id) do update set programme_id = excluded.programme_id, buyer_id = excluded.buyer_id,
           worst_case = excluded.worst_case, asked = excluded.asked, amount = excluded.amount, rate_bp = excluded.rate_bp,
           clauses = excluded.clauses, closed = false`,
        [
          request.orderId,
          request.programmeId,
          request.buyerId,
          request.worstCase,
          decided.amount,
          amount,
          decided.rateBp,
          JSON.stringify(decided.clauses),
        ],
      );
      if (before) tx.atCommit(promisesOf, [[request.orderId]]);
      const isShort = amount < decided.amount;
      const budget = { rule: 'subsidy_must_fit_the_budget', passed: !isShort, detail: isShort ? 'it had no more' : 'it had enough' };
      return {
        amount,
        rateBp: decided.rateBp,
        clauses: held ? [...decided.clauses, budget] : [...decided.clauses],
      };
    });
  }

  /** The ledger is asked whatever stands here: it may hold what a crash kept from being noted. */
  async release({ orderId, attempt }: ReleaseSubsidyForBid): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (await endAttempt(tx, orderId, attempt)) {
        const open = await tx.query('update reservations set closed = true where order_id = $1 and not closed returning order_id', [
          orderId,
        ]);
        if (open.length) await countPromises(tx, [orderId]);
      }
      await this.ledger.releaseSubsidy({ orderId, attempt }, serviceCall('voucher'));
    });
  }

  @On(OrderClosed)
  async orderClosed({ programmeId, orderId }: OrderClosed, tx: Tx, _meta: EventMeta): Promise<void> {
    if (programmeId) this.told.add(tx, { orderId });
  }

  /** A trade's share is what it holds of the reservation. */
  @On(TradeMade)
  async tradeMade(trade: TradeMade, tx: Tx, _meta: EventMeta): Promise<void> {
    if (trade.programmeId) this.told.add(tx, { orderId: trade.bidId, trade });
  }

  /** What cost nothing is promised nothing more, but where usage may still come for it until its bill. */
  @On(TradeSettled)
  async tradeSettled(trade: TradeSettled, tx: Tx, _meta: EventMeta): Promise<void> {
    if (trade.cost > 0n || trade.subsidyKept > 0n) return;
    await this.told.flush(tx);
    await markBilled(tx, [trade.tradeId]);
  }

  /** As much as the programme has, down to nothing: who comes first is served first. What asks for nothing ends what tries before it hold, or are still to hold. */
  private async hold(request: SubsidyForBid, { amount, rateBp }: Decided): Promise<SubsidyReservation | undefined> {
    const { programmeId, orderId, buyerId, attempt } = request;
    if (amount > 0n) return this.ledger.reserveSubsidy({ programmeId, orderId, buyerId, amount, rateBp, attempt }, serviceCall('voucher'));
    if (attempt > 0) await this.ledger.releaseSubsidy({ orderId, attempt }, serviceCall('voucher'));
    return undefined;
  }
}

/** @throws Refusal conflict attempt_must_be_the_newest where the try was released, or a later one was heard of: its call is late */
async function beginAttempt(tx: Tx, { orderId, attempt }: SubsidyForBid): Promise<void> {
  if (attempt === 0) return;
  const [newest] = await tx.query(
    `insert into subsidy_attempts as known (order_id, attempt) values ($1, $2)
     on conflict (order_id) do update set attempt = excluded.attempt where known.attempt < excluded.attempt returning attempt`,
    [orderId, attempt],
  );
  if (!newest) throw conflict('attempt_must_be_the_newest', `attempt ${attempt} of order ${orderId} is over`, 'attempt');
}

/** False where a later try came: what is open is that one's. */
async function endAttempt(tx: Tx, orderId: number, attempt: number): Promise<boolean> {
  if (attempt === 0) return true;
  const [ended] = await tx.query(
    `insert into subsidy_attempts as known (order_id, attempt) values ($1, $2)
     on conflict (order_id) do update set attempt = excluded.attempt where known.attempt <= excluded.attempt returning attempt`,
    [orderId, attempt],
  );
  return ended !== undefined;
}

async function writeTold(tx: Tx, told: readonly Told[]): Promise<void> {
  const made = told.flatMap(({ trade }) => (trade ? [trade] : []));
  const closed = told.flatMap(({ orderId, trade }) => (trade ? [] : [orderId]));
  if (made.length)
    await tx.query(
      `insert into subsidised_trades (trade_id, order_id, programme_id, share)
       select made.trade_id, order_id, programme_id, made.share
       from unnest($1::int8[], $2::int8[], $3::int8[]) as made (trade_id, order_id, share) join reservations using (order_id)`,
      [made.map((trade) => trade.tradeId), made.map((trade) => trade.bidId), made.map((trade) => trade.subsidy)],
    );
  if (closed.length) await tx.query('update reservations set closed = true where order_id = any($1::int8[])', [closed]);
  await countPromises(tx, [...new Set(told.map(({ orderId }) => orderId))]);
}

interface Asked {
  readonly buyer: Buyer | undefined;
  readonly isNew: boolean;
  readonly used: Used;
  readonly today: number;
}

/** @throws Refusal the clause that refuses the bid */
function decide(request: SubsidyForBid, programme: ProgrammeRow, { buyer, isNew, used, today }: Asked): Decided {
  if (!buyer) throw conflict('buyer_must_be_registered', `participant ${request.buyerId} is not known`, 'programmeId');
  const decision = decideReservation({
    ...used,
    terms: termsOf(programme),
    isApproved: programme.state === ProgrammeState.APPROVED || programme.state === ProgrammeState.ACTIVE,
    buyer,
    isNew,
    bid: request,
    worstCase: request.worstCase,
    today,
  });
  if (decision.refusedBy) throw conflict(decision.refusedBy.rule, decision.refusedBy.detail, 'programmeId');
  return decision;
}

/** R-10a lets a key come again a day after its order closed; the leases of that order may run and be billed long after. */
async function reservedBefore(tx: Tx, { orderId }: SubsidyForBid): Promise<ReservationRow | undefined> {
  const [row] = await tx.query<ReservationRow & { had_trades: boolean }>(
    'select *, exists (select from subsidised_trades t where t.order_id = $1) as had_trades from reservations where order_id = $1',
    [orderId],
  );
  if (row?.closed && row.had_trades)
    throw conflict('idempotency_key_must_be_new', 'a bid of this key has had leases under a programme', 'Idempotency-Key');
  return row;
}

function decidedBefore(request: SubsidyForBid, row: ReservationRow | undefined): Decided | undefined {
  const isSame =
    row &&
    !row.closed &&
    row.programme_id === request.programmeId &&
    row.buyer_id === request.buyerId &&
    row.worst_case === request.worstCase;
  return isSame ? { amount: row.asked, rateBp: row.rate_bp, clauses: row.clauses } : undefined;
}

/** These trades stand on bills now, and are promised no more. */
export async function markBilled(tx: Tx, tradeIds: readonly number[]): Promise<void> {
  const rows = await tx.query<{ order_id: bigint }>(
    'update subsidised_trades set billed = true where trade_id = any($1::int8[]) and not billed returning order_id',
    [tradeIds],
  );
  await countPromises(tx, [...new Set(rows.map((row) => row.order_id))]);
}

/** Their rows are locked first: who makes a trade of a bid and who bills another at the same time would each count without the other's. */
async function countPromises(tx: Tx, orderIds: readonly (number | bigint)[]): Promise<void> {
  if (!orderIds.length) return;
  await tx.query('select from reservations where order_id = any($1::int8[]) order by order_id for no key update', [orderIds]);
  await tx.query(promisesOf, [orderIds]);
}

/** Of an open order all that its billed trades did not take; of a closed one the shares of trades that are still to be billed. */
const promisesOf = `update reservations set promised = case when closed then shares.unbilled else greatest(0, amount - shares.billed) end
  from (select named.order_id, coalesce(sum(share) filter (where billed), 0)::int8 as billed,
          coalesce(sum(share) filter (where not billed), 0)::int8 as unbilled
        from unnest($1::int8[]) as named (order_id) left join subsidised_trades using (order_id) group by 1) shares
  where reservations.order_id = shares.order_id`;
