// Every message and its answer, in the transaction of its effect.
import { bytesOf, MessageDirection, MessageKind, type PartnerMessage, SignedMessage } from '#contracts';
import { sha256, type Tx } from '#platform';

/** Kinds that prove nothing about money: they are dropped after a while. What is of no known kind was refused. */
const passing: ReadonlySet<MessageKind> = new Set([MessageKind.UNKNOWN, MessageKind.HELLO, MessageKind.ADVERTISE, MessageKind.QUOTE]);
export const isPassing = (kind: MessageKind): boolean => passing.has(kind);
const tablesOf = (isOfPassing: boolean) =>
  isOfPassing ? { messages: 'passing_messages', answers: 'passing_answers' } : { messages: 'messages', answers: 'answers' };

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

/** With its answer. @param rule by which it was refused; empty where it was done */
export async function keepHeard(tx: Tx, { message, kind, signed, now }: Heard, rule: string, answer: SignedMessage): Promise<void> {
  const { messages, answers } = tablesOf(isPassing(kind));
  await tx.query(
    `with message as (
       insert into ${messages} (direction, platform, message_id, digest, kind, message, said_at, key_id, suite, signature, valid_until, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning number)
     insert into ${answers} (number, rule, answer, at) select number, $13, $14, $12 from message`,
    [
      ...[MessageDirection.HEARD, message.from, message.id, sha256(signed.message), kind, signed.message],
      ...[signed.saidAt, signed.keyId, signed.suite, signed.signature, message.validUntil, now],
      ...[rule, bytesOf(SignedMessage, answer)],
    ],
  );
}

export interface Said {
  readonly message: PartnerMessage;
  readonly kind: MessageKind;
  /** The message, encoded. */
  readonly bytes: Buffer;
}

/** In their order, to one partner; they wait to be told. */
export async function keepSaid(tx: Tx, said: readonly Said[]): Promise<void> {
  for (const [isOfPassing, some] of Map.groupBy(said, ({ kind }) => isPassing(kind)))
    await keepIn(tx, tablesOf(isOfPassing).messages, some);
}

async function keepIn(tx: Tx, table: string, said: readonly Said[]): Promise<void> {
  await tx.query(
    `with message as (
       insert into ${table} (direction, platform, message_id, digest, kind, message, valid_until, at)
       select $1, s.* from unnest($2::text[], $3::text[], $4::bytea[], $5::int4[], $6::bytea[], $7::int8[], $8::int8[]) as s
       returning number, platform, kind, at)
     insert into waiting (number, platform, kind, made_at, next_at) select number, platform, kind, at, at from message`,
    [
      MessageDirection.SAID,
      said.map(({ message }) => message.to),
      said.map(({ message }) => message.id),
      said.map(({ bytes }) => sha256(bytes)),
      said.map(({ kind }) => kind),
      said.map(({ bytes }) => bytes),
      said.map(({ message }) => message.validUntil),
      said.map(({ message }) => message.madeAt),
    ],
  );
}

/**
 * Of a message that was said. It waits no more.
 * @param rule by which it was refused; empty where it was done
 * @returns false where it had its answer before
 */
export async function keepAnswer(tx: Tx, number: bigint, rule: string, answer: SignedMessage, now: number): Promise<boolean> {
  const first = await tx.query(
    `with first as (delete from waiting where number = $1 returning number, kind = any($5::int4[]) as is_passing),
       passed as (insert into passing_answers (number, rule, answer, at)
         select number, $2::text, $3::bytea, $4::int8 from first where is_passing returning number),
       lasting as (insert into answers (number, rule, answer, at)
         select number, $2::text, $3::bytea, $4::int8 from first where not is_passing returning number)
     select number from passed union all select number from lasting`,
    [number, rule, bytesOf(SignedMessage, answer), now, [...passing]],
  );
  return first.length > 0;
}
