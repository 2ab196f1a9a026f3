import { Injectable } from '@nestjs/common';
import { bytesOf, PieceReserved, ReservationEnded, TradeMade } from '#contracts';
import { type EventMeta, On, type Tx } from '#platform';
import { Asking } from './asking.js';
import { Pieces } from './pieces.js';

/** What the market tells of pieces that lie with partners. */
@Injectable()
export class PieceEvents {
  constructor(
    private readonly asking: Asking,
    private readonly pieces: Pieces,
  ) {}

  /** They come one by one, and are asked for once all have come. */
  @On(PieceReserved)
  async pieceReserved({ piece, platformId, reservationId, pieces, ...told }: PieceReserved, tx: Tx, _meta: EventMeta): Promise<void> {
    if (platformId === 0) return;
    const come = pieces === 1 ? [piece!] : await this.gathered(tx, reservationId, piece!);
    if (come.length < pieces) return;
    await tx.query('delete from arriving_pieces where number = $1', [reservationId]);
    this.asking.ask(tx, { number: reservationId, partnerId: platformId, pieces: come, ...told });
  }

  @On(ReservationEnded)
  async reservationEnded({ reservationId, platformId }: ReservationEnded, tx: Tx, _meta: EventMeta): Promise<void> {
    if (platformId === 0) return;
    await this.asking.flush(tx);
    await this.pieces.unwanted(tx, reservationId);
  }

  private async gathered(tx: Tx, number: number, piece: TradeMade): Promise<TradeMade[]> {
    await tx.query('insert into arriving_pieces (number, trade_id, piece) values ($1, $2, $3)', [
      ...[number, piece.tradeId, bytesOf(TradeMade, piece)],
    ]);
    const rows = await tx.query<{ piece: Buffer }>('select piece from arriving_pieces where number = $1 order by trade_id', [number]);
    return rows.map((row) => TradeMade.decode(row.piece));
  }
}
