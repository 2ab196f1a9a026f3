import { Injectable } from '@nestjs/common';
import { numberOfTrade, TimeInForce } from '#domain';
import { Reservation, ReservationState, type Fill, type ReserveRequest } from '#contracts';
import type { Rejection } from '#matching-engine';
import { absent, Clock, conflict, Database, Joined, OneByOne } from '#platform';
import { bidAnswer, placedBid } from './answer.js';
import type { BidEntry, Step } from './entry.js';
import { orderIdOf } from './order-id.js';
import { pieceOf, type PieceRow } from './piece.view.js';
import { refusalOf } from './refusal.js';
import { Shards, type Bound } from './shards.js';
import { bidTerms } from './terms.js';

/** Whose, and by which name: nothing is done twice of it. */
interface Name {
  readonly participantId: number;
  readonly reservationId: string;
}

interface Found extends Omit<PieceRow, 'trade_id'> {
  readonly nth: bigint;
  readonly is_bid: boolean;
  readonly is_barred: boolean;
  /** Null, as all of the piece, where the bid has none. */
  readonly trade_id: bigint | null;
}

/** R-35: what partners' platforms reserve here for buyers of their own: a FOK bid each, whose id derives from the reservation's. */
@Injectable()
export class Reservations {
  /** By name: what is asked of one reservation is done one after the other. */
  private readonly turns = new OneByOne();
  /** By name: what was answered and the query tables may not hold yet. */
  private readonly fresh = new Map<string, Reservation>();
  /** As the query tables have them. */
  private readonly rows = new Joined<Name, Found[]>((names) => this.read(names));

  constructor(
    private readonly shards: Shards,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal where the terms are none, or where the same may be asked again later */
  reserve(request: ReserveRequest): Promise<Reservation> {
    return this.turns.do(keyOfName(request), async () => {
      const known = await this.look(request);
      if (known) return known;
      const step = await this.shards.placeOne(this.bidOf(request));
      if (!step) return this.get(request);
      const refusal = refusedBy(step);
      if (refusal === 'participant_must_be_within_its_order_rate') throw refusalOf(refusal, 'bid');
      if (refusal) return Reservation.create({ ...nameOf(request), until: request.until, state: ReservationState.REFUSED, refusal });
      return this.placed(step, request) ?? this.after(step, request);
    });
  }

  /** What was released before it came is barred. @throws Refusal absent, conflict where it lapsed or was decided otherwise */
  decide(name: Name, commit: boolean): Promise<Reservation> {
    return this.turns.do(keyOfName(name), async () => {
      const wanted = commit ? ReservationState.MADE : ReservationState.RELEASED;
      const known = (await this.look(name)) ?? (await this.find(name));
      if (!known && commit) throw absent(`reservation ${name.reservationId}`);
      if (!known) return this.bar(name);
      if (known.state !== ReservationState.OPEN) return decided(known, wanted);
      const { tradeId } = known.pieces[0]!;
      const command = { kind: 'DecideReservation', tradeNumber: numberOfTrade(tradeId), made: commit, supplyStillThere: true } as const;
      const step = await this.shards.ofTrade(tradeId)!.submitOne({ command });
      return decided(this.decidedBy(step, name, known, wanted) ?? (await this.after(step, name)), wanted);
    });
  }

  /** @throws Refusal absent */
  async get(name: Name): Promise<Reservation> {
    const known = await this.find(name);
    if (!known) throw absent(`reservation ${name.reservationId}`);
    return known;
  }

  private async bar(name: Name): Promise<Reservation> {
    await this.database.query(
      'insert into barred_reservation (participant_id, reservation_id, barred_at) values ($1, $2, $3) on conflict do nothing',
      [name.participantId, name.reservationId, this.clock.now()],
    );
    return this.get(name);
  }

  /** By the step itself, so that nobody waits for the tables; undefined where it was placed before. */
  private placed(step: Step, name: Name): Reservation | undefined {
    const { events, shard } = step;
    if (!events.some((event) => event.kind === 'OrderAccepted' && !event.repeated)) return undefined;
    const bidId = bidIdOf(name);
    const { trades } = bidAnswer(step, bidId, placedBid(step), this.shards.marketOf(step).dictionary, shard);
    const until = events.find((event) => event.kind === 'PieceReserved')?.until ?? 0;
    const state = trades.length ? ReservationState.OPEN : ReservationState.UNFILLED;
    return this.remember(step, { ...nameOf(name), refusal: '', bidId, until, state, pieces: trades });
  }

  /** The same of what the step decided; undefined where it decided nothing of it. */
  private decidedBy(step: Step, name: Name, known: Reservation, wanted: ReservationState): Reservation | undefined {
    const number = numberOfTrade(known.pieces[0]!.tradeId);
    const isDone = step.events.some((event) =>
      wanted === ReservationState.MADE
        ? event.kind === 'TradeMade' && event.tradeNumber === number
        : event.kind === 'ReservationEnded' && event.reason === 'returned',
    );
    if (!isDone) {
      this.fresh.delete(keyOfName(name));
      return undefined;
    }
    return this.remember(step, { ...known, state: wanted, pieces: known.pieces.map((piece) => ({ ...piece, reserved: false })) });
  }

  /** Until the tables hold it. Where they cannot be written whoever asks waits for them, and hears so. */
  private remember(step: Step, reservation: Reservation): Reservation {
    const key = keyOfName(reservation);
    this.fresh.set(key, reservation);
    const forget = (): void => {
      if (this.fresh.get(key) === reservation) this.fresh.delete(key);
    };
    void this.shards.reached(step).then(forget, forget);
    return reservation;
  }

  private async after(step: Step, name: Name): Promise<Reservation> {
    await this.shards.passed(step);
    return (await this.stored(name))!;
  }

  /** As the query tables have it, once they hold all that was answered. */
  private async find(name: Name): Promise<Reservation | undefined> {
    await this.shards.fence();
    return this.stored(name);
  }

  /**
   * The same by now, and what was answered since. What is missing or open here may be on its way all the same; then the engine knows its order and has the last
   * word.
   */
  private async look(name: Name): Promise<Reservation | undefined> {
    const fresh = this.fresh.get(keyOfName(name));
    if (fresh) return fresh;
    await this.shards.told();
    return this.stored(name);
  }

  private async stored(name: Name): Promise<Reservation | undefined> {
    const rows = await this.rows.one(name);
    const bidId = bidIdOf(name);
    const [{ is_bid, is_barred }] = rows as [Found];
    const pieces = rows.filter((row): row is Found & PieceRow => row.trade_id !== null);
    const [first] = pieces;
    const of = { ...nameOf(name), refusal: '', bidId, until: Number(first?.until ?? 0) };
    const isOpen = first?.state === ReservationState.OPEN;
    if (first) return { ...of, state: first.state, pieces: pieces.map((row): Fill => ({ ...pieceOf(row), reserved: isOpen })) };
    if (is_bid) return { ...of, state: ReservationState.UNFILLED, pieces: [] };
    return is_barred ? { ...of, bidId: 0, state: ReservationState.RELEASED, pieces: [] } : undefined;
  }

  private async read(names: readonly Name[]): Promise<Found[][]> {
    const rows = await this.database.query<Found>(
      `select asked.nth, exists (select from bid where bid.bid_id = asked.id) as is_bid,
         exists (select from barred_reservation b where b.participant_id = asked.participant_id and b.reservation_id = asked.name) as is_barred, piece.*
       from unnest($1::int8[], $2::int4[], $3::text[]) with ordinality as asked (id, participant_id, name, nth)
         left join lateral (select * from piece where bid_id = asked.id offset 0) piece on true
       order by nth, trade_id`,
      [names.map(bidIdOf), names.map(({ participantId }) => participantId), names.map(({ reservationId }) => reservationId)],
    );
    const byNth = Map.groupBy(rows, ({ nth }) => Number(nth));
    return names.map((_, at) => byNth.get(at + 1)!);
  }

  private bidOf(request: ReserveRequest): Bound<BidEntry> {
    const { participantId, terms, until, project, image, publicKey } = request;
    const to = this.shards.ofTerms(terms!);
    const timeInForce = terms!.timeInForce || TimeInForce.FOK;
    const asked = bidTerms({ ...terms!, timeInForce }, to.market.dictionary);
    return {
      to,
      entry: {
        command: { kind: 'SubmitBid', orderId: bidIdOf(request), participantId, sessionId: 0, terms: asked, reserveUntil: until },
        asked: { participantId, key: keyOf(request), hash: '' },
        label: { clientOrderId: request.reservationId, project, image, publicKey, programmeId: 0 },
      },
    };
  }
}

const nameOf = ({ participantId, reservationId }: Name): Name => ({ participantId, reservationId });

const keyOfName = ({ participantId, reservationId }: Name): string => `${participantId}/${reservationId}`;

const keyOf = ({ reservationId }: Name): string => `reservation/${reservationId}`;

const bidIdOf = (name: Name): number => orderIdOf(name.participantId, keyOf(name));

function refusedBy({ events }: Step): Rejection | undefined {
  for (const event of events) if (event.kind === 'OrderRefused' || event.kind === 'CommandRefused') return event.rejection;
  return undefined;
}

function decided(known: Reservation, wanted: ReservationState): Reservation {
  if (known.state !== wanted) throw conflict('reservation_must_be_open', 'it lapsed, was decided otherwise, or got nothing');
  return known;
}
