import { Injectable } from '@nestjs/common';
import { type PartnerMessage, RemotePieceDecided, RemoteTerms, type UnitsBySlot } from '#contracts';
import type { Levels } from '#domain';
import { Clock, Gather, levelsIn, Outbox, type Tx } from '#platform';
import type { Body } from './body.js';
import { type Decision, type Learned, PieceState, movedPiece } from './core/piece.js';
import { Side } from './core/statement.js';
import { HeardLeases } from './heard-leases.js';
import { LostLeases } from './lost-leases.js';
import { keepPieceLeases, lockPiece, movePiece, type PieceRow, selectPiece } from './piece.row.js';
import { RemoteMarket } from './remote-market.js';
import { Saying } from './saying.js';
import { keepItem } from './statement-items.js';
import { lockTalk } from './talk.js';

/** The partner's own time of the reservation decides long before. */
const validMs = 10 * 60_000;

/** What a partner's answer says beside what it is. */
interface AlsoSaid {
  /** It is held by the partner until then, by its clock. */
  readonly until?: number;
  /** What is left for the terms that it refused. */
  readonly left?: UnitsBySlot | undefined;
}

/** A piece of which the partner had less. */
interface Short extends PieceRow {
  readonly decided: Decision;
  readonly left: Levels;
}

/** Pieces of this platform's bids that partners are asked for: committed or given back by nothing but the partner's word. */
@Injectable()
export class Pieces {
  private readonly short = new Gather<Short>((tx, all) => this.tellShort(tx, all));

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly saying: Saying,
    private readonly leases: HeardLeases,
    private readonly market: RemoteMarket,
    private readonly lost: LostLeases,
  ) {}

  /** The market has given it back by itself. */
  async unwanted(tx: Tx, number: number): Promise<void> {
    const [row] = await tx.query<PieceRow>(`${selectPiece} where number = $1`, [number]);
    if (!row) return;
    await lockTalk(tx, row.platform);
    await this.learn(tx, row.reservation_id, { kind: 'unwanted' });
  }

  async answered(tx: Tx, question: Body, answer: PartnerMessage): Promise<void> {
    const { reserve, commit, cancel } = question;
    const of = reserve ? 'reserve' : commit ? 'commit' : 'cancel';
    const { reservationId } = (reserve ?? commit ?? cancel)!;
    const { refused, reserveAnswer, commitAnswer, cancelAnswer } = answer;
    if (refused) return this.learn(tx, reservationId, { kind: 'refused', of, rule: refused.rule }, { left: refused.left });
    if (reserveAnswer) await this.learn(tx, reservationId, { kind: 'reserved' }, { until: reserveAnswer.until });
    if (commitAnswer) {
      await keepPieceLeases(tx, { reservationId, leases: commitAnswer.leases });
      await this.learn(tx, reservationId, { kind: 'committed' });
    }
    if (cancelAnswer) await this.learn(tx, reservationId, { kind: 'cancelled' });
  }

  private async learn(tx: Tx, reservationId: string, learned: Learned, { until = 0, left }: AlsoSaid = {}): Promise<void> {
    const row = await lockPiece(tx, reservationId);
    const moved = row && movedPiece(row.state, learned);
    if (!moved) return;
    const { state, say, decided } = moved;
    const rule = learned.kind === 'refused' ? learned.rule : '';
    await movePiece(tx, { reservationId, state, rule, decidedAt: decided ? this.clock.now() : 0, until });
    if (say === 'commit') {
      const commit = { reservationId, terms: RemoteTerms.decode(row.terms) };
      await this.saying.say(tx, row.platform, { commit }, validMs);
    }
    if (say === 'cancel') await this.saying.say(tx, row.platform, { cancel: { reservationId } }, validMs);
    if (state === PieceState.MADE) await keepItem(tx, itemOf(row));
    if (decided && left) this.short.add(tx, { ...row, decided, left: levelsIn(left) });
    else if (decided) await tellDecided(this.outbox, tx, Number(row.number), decided);
    if (state !== PieceState.MADE) return;
    await this.lost.tell(tx, reservationId);
    await this.leases.measure(tx, reservationId);
  }

  /** First the market offers no more than what partners have left, so that the bids that have their pieces back do not ask for it once more. */
  private async tellShort(tx: Tx, all: readonly Short[]): Promise<void> {
    for (const [platform, short] of Map.groupBy(all, (one) => one.platform)) {
      const talk = (await lockTalk(tx, platform))!;
      for (const { terms, left } of short) {
        const { advertId, window } = RemoteTerms.decode(terms);
        await this.market.cut(tx, talk, advertId, window!, left);
      }
      await this.market.tell(tx, talk);
    }
    for (const { number, decided } of all) await tellDecided(this.outbox, tx, Number(number), decided);
  }
}

const itemOf = ({ platform, reservation_id: reservationId, to_slot: toSlot, amount }: PieceRow) => ({
  ...{ platform, side: Side.BOUGHT, reservationId, toSlot, amount },
});

/** The market hears of it. @param number by which it knows the reservation */
export async function tellDecided(outbox: Outbox, tx: Tx, number: number, { made, isSupplyThere }: Decision): Promise<void> {
  await outbox.publish(tx, RemotePieceDecided, { tradeId: number, made, supplyStillThere: isSupplyThere }, `trade/${number}`);
}
