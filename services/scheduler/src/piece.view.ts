import { PieceReserved, type Fill, type ReservationState } from '#contracts';

export interface PieceRow {
  trade_id: bigint;
  reservation_id: bigint;
  bid_id: bigint;
  bid_sequence: bigint;
  state: ReservationState;
  platform_id: number;
  until: bigint;
  counted: bigint;
  body: Buffer;
  client_order_id: string;
  programme_id: number;
}

/** A piece as its bid's owner is told of it. */
export function pieceOf({ body, platform_id }: PieceRow): Fill {
  const piece = PieceReserved.decode(body).piece!;
  return {
    tradeId: piece.tradeId,
    book: piece.book,
    poolId: piece.poolId,
    region: piece.region,
    units: piece.units,
    nodeCount: piece.nodes.length,
    window: piece.window,
    price: piece.price,
    computeAmount: piece.computeAmount,
    transferAmount: piece.transferAmount,
    standby: false,
    platformId: platform_id,
    reserved: true,
  };
}
