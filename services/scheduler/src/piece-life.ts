import { tradeId } from '#domain';
import { bytesOf, OrderState, PieceReserved, ReservationEnded, ReservationState } from '#contracts';
import type { PieceReserved as Piece, ReservationEnded as Ended } from '#matching-engine';
import type { BidRow } from './bid.view.js';
import type { Step } from './entry.js';
import type { PieceRow } from './piece.view.js';
import type { Rows } from './rows.js';
import type { Tell } from './told.js';
import type { TradeTold } from './trade-told.js';

const ends = { returned: ReservationState.RELEASED, lapsed: ReservationState.LAPSED } as const;

/** Pieces of fills carried into their rows and those of their bids. */
export class PieceLife {
  constructor(
    private readonly rows: Rows,
    private readonly shard: number,
    private readonly trades: TradeTold,
    private readonly tell: Tell,
    private readonly closed: (bid: BidRow, time: number) => void,
  ) {}

  reserve(step: Step, piece: Piece): void {
    const id = tradeId(this.shard, piece.tradeNumber);
    const bid = this.rows.bids.get(piece.bidId)!;
    const counted = BigInt(piece.counted);
    bid.open = bid.open > counted ? bid.open - counted : 0n;
    bid.reserved += counted;
    const reservationId = tradeId(this.shard, piece.reservation);
    const { platform, until } = piece;
    const told: PieceReserved = {
      piece: { ...this.trades.of(step, { ...piece, subsidy: 0, replaces: 0, owedAmount: 0 }, bid), platformId: platform, reservationId },
      platformId: platform,
      reservationId,
      pieces: piece.pieces,
      until,
      perNode: this.trades.perNodeOf(bid),
      image: bid.image,
      publicKey: bid.public_key,
    };
    this.rows.pieces.set(id, {
      trade_id: BigInt(id),
      reservation_id: BigInt(reservationId),
      bid_id: bid.bid_id,
      bid_sequence: bid.sequence,
      state: ReservationState.OPEN,
      platform_id: platform,
      until: BigInt(until),
      counted,
      body: bytesOf(PieceReserved, told),
      client_order_id: bid.client_order_id,
      programme_id: bid.programme_id,
    });
    this.tell(PieceReserved, told, piece.buyerId, step.time);
  }

  /** Before its trade is told. */
  make(piece: PieceRow, units: number): void {
    piece.state = ReservationState.MADE;
    const bid = this.bidOf(piece);
    if (!bid) return;
    bid.reserved -= piece.counted;
    bid.filled += piece.counted;
    bid.filled_units += units;
  }

  /** A bid that was over waits for nothing any more: what was reserved for it beyond its trades is free. */
  made(piece: PieceRow, time: number): void {
    const bid = this.bidOf(piece);
    if (bid && bid.state !== OrderState.OPEN && bid.reserved === 0n) this.closed(bid, time);
  }

  end({ time }: Step, { reservation, reason }: Ended): BidRow | undefined {
    const reservationId = tradeId(this.shard, reservation);
    const pieces = [...this.rows.pieces.values()].filter((piece) => Number(piece.reservation_id) === reservationId);
    const { piece, platformId } = PieceReserved.decode(pieces[0]!.body);
    const bid = this.bidOf(pieces[0]!);
    for (const each of pieces) {
      each.state = ends[reason];
      if (bid) bid.reserved -= each.counted;
    }
    const { buyerId, bidId } = piece!;
    const tradeIds = pieces.map((each) => Number(each.trade_id)).sort((a, b) => a - b);
    this.tell(ReservationEnded, { reservationId, tradeIds, bidId, buyerId, platformId, reason }, buyerId, time);
    this.made(pieces[0]!, time);
    return bid;
  }

  /** Undefined where its id is another's by now. */
  private bidOf({ bid_id, bid_sequence }: PieceRow): BidRow | undefined {
    const bid = this.rows.bids.get(Number(bid_id));
    return bid?.sequence === bid_sequence ? bid : undefined;
  }
}
