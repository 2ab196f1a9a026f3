import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bytesOf, type PartnerMessage, RemotePieceDecided, RemoteSupply, RemoteTerms, type TradeMade } from '#contracts';
import { Clock, Outbox, type Tx } from '#platform';
import type { Body } from './body.js';
import { PartnerState } from './core/partner-state.js';
import { type Decision, type Learned, PieceState, movedPiece } from './core/piece.js';
import { Side } from './core/statement.js';
import { HeardLeases } from './heard-leases.js';
import { Saying } from './saying.js';
import { keepItem } from './statement-items.js';
import { type Talk, lockTalk } from './talk.js';

const minute = 60_000;
const holdMs = minute;
/** Beyond that the partner does not begin to reserve, and says so. */
const reserveValidMs = minute;
/** The partner's own time of the reservation decides long before. */
const otherValidMs = 10 * minute;

/** What is needed to ask for all kinds of messages that a piece goes through. */
const needed = ['reserve', 'commit', 'cancel'];

/** Of a fill that lies on one partner's platform: its pieces are asked for together. */
export interface Wanted {
  /** The market's number of it. */
  readonly number: number;
  readonly partnerId: number;
  readonly pieces: readonly TradeMade[];
  readonly perNode: number;
  readonly image: string;
  readonly publicKey: string;
}

interface Row {
  readonly reservation_id: string;
  readonly platform: string;
  readonly number: bigint;
  readonly state: PieceState;
  readonly terms: Buffer;
  readonly to_slot: number;
  readonly amount: bigint;
}

/** Pieces of this platform's bids that lie with partners: asked for, committed or given back, by nothing but the partner's word. */
@Injectable()
export class Pieces {
  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly saying: Saying,
    private readonly leases: HeardLeases,
  ) {}

  /** Asks the partner, or tells the market at once why nobody can be asked. */
  async ask(tx: Tx, wanted: Wanted): Promise<void> {
    const [first] = wanted.pieces;
    const [partner] = await tx.query<{ platform: string }>('select platform from partners where participant_id = $1 and state < 3', [
      wanted.partnerId,
    ]);
    const talk = partner && (await lockTalk(tx, partner.platform));
    const advert = await advertOf(tx, first!.poolId);
    // Two kinds cannot be reserved all or none: what the market told of one is taken away, so that it asks for the other alone.
    if (!advert || !talk || !isAble(talk) || wanted.pieces.some((piece) => !isAlike(piece, first!)))
      return this.decide(tx, wanted.number, { made: false, isSupplyThere: false });
    const units = wanted.pieces.reduce((sum, piece) => sum + piece.units, 0);
    const terms = termsOf(advert, first!, units, wanted.perNode);
    const reservationId = randomUUID();
    const { from, to } = first!.window!;
    await tx.query(
      `insert into pieces (reservation_id, platform, number, state, pool_id, terms, units, from_slot, to_slot, amount, asked_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        ...[reservationId, talk.platform, wanted.number, PieceState.ASKED, first!.poolId, bytesOf(RemoteTerms, terms), units, from, to],
        ...[wanted.pieces.reduce((sum, piece) => sum + piece.computeAmount, 0n), this.clock.now()],
      ],
    );
    await tx.query(
      'insert into piece_trades (trade_id, reservation_id, units) select t.id, $1, t.units from unnest($2::int8[], $3::int4[]) as t (id, units)',
      [...[reservationId, wanted.pieces.map(({ tradeId }) => tradeId), wanted.pieces.map((piece) => piece.units)]],
    );
    const { image, publicKey } = wanted;
    await this.saying.say(tx, talk.platform, { reserve: { reservationId, terms, holdMs, image, publicKey } }, reserveValidMs);
  }

  /** The market has given it back by itself. */
  async unwanted(tx: Tx, number: number): Promise<void> {
    const [row] = await tx.query<Row>(`${select} where number = $1`, [number]);
    if (!row) return;
    await lockTalk(tx, row.platform);
    await this.learn(tx, row.reservation_id, { kind: 'unwanted' });
  }

  async answered(tx: Tx, question: Body, answer: PartnerMessage): Promise<void> {
    const { reserve, commit, cancel } = question;
    const of = reserve ? 'reserve' : commit ? 'commit' : 'cancel';
    const { reservationId } = (reserve ?? commit ?? cancel)!;
    const { refused, reserveAnswer, commitAnswer, cancelAnswer } = answer;
    if (refused) return this.learn(tx, reservationId, { kind: 'refused', of, rule: refused.rule });
    if (reserveAnswer) {
      await tx.query('update pieces set until = $2 where reservation_id = $1', [reservationId, reserveAnswer.until]);
      await this.learn(tx, reservationId, { kind: 'reserved' });
    }
    if (commitAnswer) {
      await this.rememberLeases(tx, question, commitAnswer.leases);
      await this.learn(tx, reservationId, { kind: 'committed' });
    }
    if (cancelAnswer) await this.learn(tx, reservationId, { kind: 'cancelled' });
  }

  private async learn(tx: Tx, reservationId: string, learned: Learned): Promise<void> {
    const [row] = await tx.query<Row>(`${select} where reservation_id = $1 for update`, [reservationId]);
    const moved = row && movedPiece(row.state, learned);
    if (!moved) return;
    const { state, say, decided } = moved;
    await tx.query('update pieces set state = $2, rule = $3, decided_at = $4 where reservation_id = $1', [
      ...[reservationId, state, learned.kind === 'refused' ? learned.rule : '', decided ? this.clock.now() : 0],
    ]);
    if (say === 'commit') {
      const commit = { reservationId, terms: RemoteTerms.decode(row.terms) };
      await this.saying.say(tx, row.platform, { commit }, otherValidMs);
    }
    if (say === 'cancel') await this.saying.say(tx, row.platform, { cancel: { reservationId } }, otherValidMs);
    if (state === PieceState.MADE) await keepItem(tx, row.platform, Side.BOUGHT, reservationId, row.to_slot, row.amount);
    if (decided) await this.decide(tx, Number(row.number), decided);
    if (state === PieceState.MADE) await this.leases.measure(tx, reservationId);
  }

  private async rememberLeases(tx: Tx, { commit }: Body, leases: readonly { leaseId: number; units: number }[]): Promise<void> {
    await tx.query(
      `insert into piece_leases (platform, lease_id, reservation_id, units)
       select p.platform, l.id, p.reservation_id, l.units from pieces p, unnest($2::int8[], $3::int4[]) as l (id, units) where p.reservation_id = $1
       on conflict do nothing`,
      [commit!.reservationId, leases.map(({ leaseId }) => leaseId), leases.map(({ units }) => units)],
    );
  }

  private async decide(tx: Tx, number: number, { made, isSupplyThere }: Decision): Promise<void> {
    await this.outbox.publish(tx, RemotePieceDecided, { tradeId: number, made, supplyStillThere: isSupplyThere }, `trade/${number}`);
  }
}

const select = 'select reservation_id, platform, number, state, terms, to_slot, amount from pieces';

async function advertOf(tx: Tx, poolId: number): Promise<RemoteSupply | undefined> {
  const [row] = await tx.query<{ told: Buffer }>('select told from remote_pools where pool_id = $1 and length(told) > 0', [poolId]);
  return row && RemoteSupply.decode(row.told);
}

/** True where the partner can be bought of. */
export const isAble = ({ state, capabilities }: Talk): boolean =>
  state === PartnerState.ACTIVE && needed.every((kind) => capabilities.includes(kind));

/** True where both are of one reservation of a partner's: like capacity at one price, in the same slots. */
const isAlike = (a: TradeMade, b: TradeMade): boolean =>
  a.poolId === b.poolId && a.price === b.price && a.window!.from === b.window!.from && a.window!.to === b.window!.to;

function termsOf(advert: RemoteSupply, { price, window, domestic }: TradeMade, units: number, perNode: number): RemoteTerms {
  const { advertId, computeClass, model, unit, zone, region } = advert;
  return { advertId, computeClass, model, domestic, unit, zone, region, units, window, price, perNode };
}
