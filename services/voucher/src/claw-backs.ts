import type { Tx } from '#platform';

/** of one trade, or of a line of another platform's bill. */
export interface ClawBack {
  readonly tradeId: number;
  /** What the buyer has back of the bill, and of that what goes to the programme. */
  readonly refunded: bigint;
  readonly clawedBack: bigint;
}

/** Takes back of a claim what a refund, or a cancellation (the other is 0), takes with it. What comes back when the programme is over ends with it. */
export async function takeBack(
  tx: Tx,
  { claimId, programmeId, parts }: { claimId: bigint; programmeId: number; parts: readonly ClawBack[] },
  cause: { refundId: number; cancellationId: number },
  now: number,
): Promise<void> {
  const columns = [parts.map((part) => part.tradeId), parts.map((part) => part.refunded), parts.map((part) => part.clawedBack)];
  const given = 'unnest($2::int8[], $3::int8[], $4::int8[]) as part (trade_id, refunded, clawed_back)';
  await tx.query(
    `insert into claw_backs (claim_id, trade_id, refunded, clawed_back, refund_id, cancellation_id, at)
     select $1::int8, part.*, $5::int8, $6::int8, $7::int8 from ${given}`,
    [claimId, ...columns, cause.refundId, cause.cancellationId, now],
  );
  await tx.query(
    `update claim_trades own set refunded = own.refunded + part.refunded, clawed_back = own.clawed_back + part.clawed_back
     from ${given} where claim_id = $1 and own.trade_id = part.trade_id`,
    [claimId, ...columns],
  );
  const amount = parts.reduce((sum, part) => sum + part.clawedBack, 0n);
  await tx.query('update claims set clawed_back = clawed_back + $2 where claim_id = $1', [claimId, amount]);
  await tx.query('update programmes set ended = false where programme_id = $1 and $2::int8 > 0', [programmeId, amount]);
}
