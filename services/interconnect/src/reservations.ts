import { Injectable } from '@nestjs/common';
import {
  bytesOf,
  type CancelRequested,
  type CommitRequested,
  type QuoteRequested,
  RemoteSupply,
  RemoteTerms,
  type ReservationRequested,
  type UnitsBySlot,
} from '#contracts';
import { leastUnits, type Levels, lesserOf } from '#domain';
import { Clock, Logger, Together, type Tx, unitsBySlot } from '#platform';
import { type Body, refusal } from './body.js';
import type { Broken as BrokenMessage } from './core/hearing.js';
import { type Broken, ReservationState, afterCancel, afterCommit, decisionOf, onCommit, onReserve } from './core/reservation.js';
import { Side } from './core/statement.js';
import { brokenByTerms } from './core/terms.js';
import type { Effect } from './effect.js';
import { amountOfTerms, commitReservation, holdReservation, keepReservation, lockReservation } from './reservation.row.js';
import { type Held, type No, SellersMarket, type Whose } from './sellers-market.js';
import { roomOf } from './shares.js';
import { Sharing } from './sharing.js';
import { keepItem } from './statement-items.js';
import type { Talk } from './talk.js';
import type { Turn } from './turns.js';

/**
 * What partners reserve of this platform's market. First it is noted that the market is asked, then it is asked, then its word is kept with the
 * partner's message: where this platform ends in between, the partner says the message again, and the market knows the reservation by its id.
 */
@Injectable()
export class Reservations {
  constructor(
    private readonly clock: Clock,
    private readonly market: SellersMarket,
    private readonly sharing: Sharing,
    private readonly log: Logger,
  ) {}

  /** Of what is advertised to the partner, and of nothing else that the market has. Nothing is kept of it. */
  async quote(turn: Turn, { terms: asked }: QuoteRequested): Promise<Effect> {
    const { tx, talk } = turn;
    const terms = asked!;
    const now = this.clock.now();
    const supply = await supplyOf(tx, terms);
    const broken = brokenByAdvert(supply, talk, terms, now);
    if (broken) return this.refused(broken);
    const most = leastUnits(roomOf(supply!, terms.window!, await turn.takenOf(terms.advertId, now)), terms.window!);
    if (most === 0) return { quoteAnswer: { units: 0 } };
    return async () => {
      const units = Math.min(most, await this.market.quote(talk.participantId, terms));
      return async () => ({ quoteAnswer: { units } });
    };
  }

  async reserve(turn: Turn, { reservationId, terms: asked, holdMs, image, publicKey }: ReservationRequested): Promise<Effect> {
    const { tx, talk } = turn;
    const { platform, participantId } = talk;
    const terms = asked!;
    const now = this.clock.now();
    const known = await lockReservation(tx, platform, reservationId);
    const verdict = onReserve(known?.state, known?.terms.equals(bytesOf(RemoteTerms, terms)) ?? false);
    if (verdict !== 'ask') return this.refused(verdict);
    const until = known ? Number(known.until) : now + holdMs;
    let room: Levels | undefined;
    if (!known) {
      const [supply, taken] = await Promise.all([supplyOf(tx, terms), turn.takenOf(terms.advertId, now)]);
      const broken = brokenByAdvert(supply, talk, terms, now);
      if (broken) return this.refused(broken);
      room = roomOf(supply!, terms.window!, taken);
      if (leastUnits(room, terms.window!) < terms.units) return this.refused(beyondRoom, unitsBySlot(room));
      const uncovered = brokenByCredit(turn, amountOfTerms(terms));
      if (uncovered) return this.refused(uncovered);
      taken.push({ ...terms.window!, units: terms.units });
      await keepReservation(tx, { platform, reservationId, participantId, state: ReservationState.ASKED, askedAt: now, until, terms });
    }
    return async () => {
      const held = await this.market.reserve({ reservationId, participantId, terms, until, image, publicKey });
      const left = 'rule' in held && held.rule === 'supply_must_be_there' ? await this.leftOf(terms, room) : undefined;
      return (tx) => this.reserved(tx, platform, { participantId, reservationId }, held, left);
    };
  }

  /** @param broken why the message itself may not be heard; leases that were made all the same are told */
  async commit(tx: Tx, talk: Talk, { reservationId, terms: asked }: CommitRequested, broken: BrokenMessage | undefined): Promise<Effect> {
    const terms = asked!;
    const known = await lockReservation(tx, talk.platform, reservationId);
    const verdict = onCommit(known?.state, known === undefined || known.terms.equals(bytesOf(RemoteTerms, terms)));
    if (verdict !== 'ask') return this.refused(verdict);
    const whose = { participantId: known?.participant_id ?? talk.participantId, reservationId };
    return async () => {
      const held = await this.market.decide(whose, decisionOf(broken === undefined));
      return async (tx) => {
        if (held) await this.keep(tx, talk.platform, whose, terms, held);
        const after = afterCommit(held?.state);
        if (after) return this.refused(broken ?? after);
        return { commitAnswer: { reservationId, leases: [...held!.leases], amount: amountOfTerms(terms) } };
      };
    };
  }

  async cancel(tx: Tx, talk: Talk, { reservationId }: CancelRequested): Promise<Effect> {
    const { platform } = talk;
    const known = await lockReservation(tx, platform, reservationId);
    const whose = { participantId: known?.participant_id ?? talk.participantId, reservationId };
    return async () => {
      const held = await this.market.decide(whose, 'release');
      return async (tx) => {
        const after = afterCancel(held?.state);
        if (after) return this.refused(after);
        await this.bar(tx, platform, whose);
        return { cancelAnswer: { reservationId } };
      };
    };
  }

  private async reserved(tx: Tx, platform: string, whose: Whose, held: Held | No, left: UnitsBySlot | undefined): Promise<Body> {
    const { reservationId } = whose;
    const known = await lockReservation(tx, platform, reservationId);
    if (known?.state === ReservationState.RELEASED) {
      if (!('rule' in held)) tx.onceCommitted(() => void this.release(whose));
      return this.refused(onReserve(known.state, true) as Broken);
    }
    if ('rule' in held) {
      await tx.query('update reservations set state = $3, rule = $4 where platform = $1 and reservation_id = $2', [
        ...[platform, reservationId, ReservationState.REFUSED, held.rule],
      ]);
      if (left) tx.onceCommitted(() => this.sharing.look());
      return this.refused(held, left);
    }
    await holdReservation(tx, { platform, reservationId, state: held.state, until: held.until });
    this.tellOthers(tx);
    return { reserveAnswer: { reservationId, until: held.until, amount: amountOfTerms(RemoteTerms.decode(known!.terms)) } };
  }

  /** What the terms would get in each slot; undefined: the market does not say. @param room what of the advert no partner has; undefined: not looked at */
  private async leftOf(terms: RemoteTerms, room: Levels | undefined): Promise<UnitsBySlot | undefined> {
    try {
      const [levels] = await this.market.onSale([{ ...terms, window: terms.window! }]);
      return levels && unitsBySlot(room ? lesserOf(levels, room) : levels);
    } catch (err) {
      this.log.warn({ err }, 'the market does not say what is left; the refusal is told without it');
      return undefined;
    }
  }

  /** It was cancelled while the market was asked for it. Where this platform ends before, it lapses by its time. */
  private async release(whose: Whose): Promise<void> {
    try {
      await this.market.decide(whose, 'release');
    } catch (err) {
      this.log.warn({ err, reservationId: whose.reservationId }, 'what was cancelled on the way to the market is held until its time');
    }
  }

  /** As the market has it. What is committed counts from now on against the partner's credit until it is netted. */
  private async keep(
    tx: Tx,
    platform: string,
    { participantId, reservationId }: Whose,
    terms: RemoteTerms,
    { state, until, leases }: Held,
  ): Promise<void> {
    const before = await lockReservation(tx, platform, reservationId);
    const amount = amountOfTerms(terms);
    await keepReservation(tx, { platform, reservationId, participantId, state, askedAt: this.clock.now(), until, terms });
    this.tellOthers(tx);
    if (state !== ReservationState.COMMITTED || before?.state === ReservationState.COMMITTED) return;
    await Promise.all([
      commitReservation(tx, { platform, reservationId, leases: [...leases], amount }),
      keepItem(tx, { platform, side: Side.SOLD, reservationId, toSlot: terms.window!.to, amount }),
    ]);
  }

  /** Where the question for it comes later, it is refused. */
  private async bar(tx: Tx, platform: string, { participantId, reservationId }: Whose): Promise<void> {
    await tx.query(
      `insert into reservations (platform, reservation_id, participant_id, state, terms, asked_at, until, amount) values ($1, $2, $3, $4, '', $5, $5, 0)
       on conflict (platform, reservation_id) do update set state = excluded.state where reservations.state in (1, 2)`,
      [platform, reservationId, participantId, ReservationState.RELEASED, this.clock.now()],
    );
    this.tellOthers(tx);
  }

  /** Of the adverts they share another part is left. */
  private tellOthers(tx: Tx): void {
    tx.onceCommitted(() => this.sharing.wake());
  }

  private refused({ rule, detail }: Broken, left?: UnitsBySlot): Body {
    return refusal(rule, detail.slice(0, 1_000), this.clock.now(), false, left);
  }
}

/** As the operator has entered it. */
const supplyOf = (tx: Tx, { advertId }: RemoteTerms): Promise<RemoteSupply | undefined> => ownSupply.one(tx, advertId);

const ownSupply = new Together<string, RemoteSupply | undefined>(async (tx, advertIds) => {
  const rows = await tx.query<{ advert_id: string; supply: Buffer }>('select advert_id, supply from own_supply where advert_id = any($1)', [
    [...new Set(advertIds)],
  ]);
  const byId = new Map(rows.map((row) => [row.advert_id, RemoteSupply.decode(row.supply)]));
  return advertIds.map((id) => byId.get(id));
});

const brokenByAdvert = (supply: RemoteSupply | undefined, talk: Talk, terms: RemoteTerms, now: number): Broken | undefined =>
  brokenByTerms({ ...terms, window: terms.window! }, supply && { ...supply, window: supply.window! }, talk, now);

/** Several partners, or one with several reservations, want more of an advert than it is. */
const beyondRoom: Broken = {
  rule: 'supply_must_be_there',
  detail: 'with what partners have of the advert already it is more than the advert has',
};

function brokenByCredit(turn: Turn, amount: bigint): Broken | undefined {
  if (turn.reserves(amount)) return undefined;
  return {
    rule: 'credit_limit_must_cover_the_reservation',
    detail: 'with what is reserved and not paid it would go beyond the credit limit',
  };
}
