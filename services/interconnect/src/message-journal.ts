// Every message and its answer, in the transaction of its effect.
import { bytesOf, MessageDirection, type MessageKind, type PartnerMessage, SignedMessage } from '#contracts';
import { sha256, type Tx } from '#platform';

/** A message heard before under the same id. */
export interface Earlier {
  readonly isSame: boolean;
  readonly answer: SignedMessage;
}

export async function heardBefore(tx: Tx, message: PartnerMessage, bytes: Uint8Array): Promise<Earlier[]> {
  const rows = await tx.query<{ digest: Buffer; answer: Buffer }>(
    'select m.digest, a.answer from messages m join answers a using (number) where m.platform = $1 and m.direction = $2 and m.message_id = $3',
    [message.from, MessageDirection.HEARD, message.id],
  );
  const digest = sha256(bytes);
  return rows.map((row) => ({ isSame: row.digest.equals(digest), answer: SignedMessage.decode(row.answer) }));
}

export interface Heard {
  readonly message: PartnerMessage;
  readonly kind: MessageKind;
  readonly signed: SignedMessage;
  readonly now: number;
}

/** @returns its number */
export async function keepHeard(tx: Tx, { message, kind, signed, now }: Heard): Promise<bigint> {
  const [row] = await tx.query<{ number: bigint }>(
    `insert into messages (direction, platform, message_id, digest, kind, message, said_at, key_id, suite, signature, valid_until, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning number`,
    [
      ...[MessageDirection.HEARD, message.from, message.id, sha256(signed.message), kind, signed.message],
      ...[signed.saidAt, signed.keyId, signed.suite, signed.signature, message.validUntil, now],
    ],
  );
  return row!.number;
}

/** @param bytes the message, encoded */
export async function keepSaid(tx: Tx, message: PartnerMessage, kind: MessageKind, bytes: Buffer): Promise<bigint> {
  const [row] = await tx.query<{ number: bigint }>(
    `insert into messages (direction, platform, message_id, digest, kind, message, valid_until, at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning number`,
    [MessageDirection.SAID, message.to, message.id, sha256(bytes), kind, bytes, message.validUntil, message.madeAt],
  );
  return row!.number;
}

/** @param rule by which it was refused; empty where it was done */
export async function keepAnswer(tx: Tx, number: bigint, rule: string, answer: SignedMessage, now: number): Promise<void> {
  await tx.query('insert into answers (number, rule, answer, at) values ($1, $2, $3, $4)', [
    number,
    rule,
    bytesOf(SignedMessage, answer),
    now,
  ]);
}
