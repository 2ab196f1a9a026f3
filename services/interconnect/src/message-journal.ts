// Every message and its answer, in the transaction of its effect.
import { bytesOf, MessageDirection, MessageKind, type PartnerMessage, SignedMessage } from '#contracts';
import { sha256, Together, type Tx } from '#platform';

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

export async function heardBefore(tx: Tx, { from: platform, id }: PartnerMessage, bytes: Uint8Array): Promise<Earlier[]> {
  const digest = sha256(bytes);
  const rows = await earlier.one(tx, { platform, id });
  return rows.map((row) => ({ isSame: row.digest.equals(digest), answer: SignedMessage.decode(row.answer) }));
}

interface EarlierRow {
  readonly digest: Buffer;
  readonly answer: Buffer;
}

const earlier = new Together<{ platform: string; id: string }, EarlierRow[]>(async (tx, all) => {
  const rows = await tx.query<EarlierRow & { nth: bigint }>(
    `select asked.nth, m.digest, m.answer from unnest($1::text[], $2::text[]) with ordinality as asked (platform, id, nth)
       cross join lateral (
         select digest, answer from messages m join answers a using (number)
         where m.platform = asked.platform and m.direction = $3 and m.message_id = asked.id offset 0) m`,
    [all.map(({ platform }) => platform), all.map(({ id }) => id), MessageDirection.HEARD],
  );
  const byNth = Map.groupBy(rows, ({ nth }) => Number(nth));
  return all.map((_, at) => byNth.get(at + 1) ?? []);
});

export interface Heard {
  readonly message: PartnerMessage;
  readonly kind: MessageKind;
  readonly signed: SignedMessage;
  readonly now: number;
}

/** With its answer. @param rule by which it was refused; empty where it was done */
export async function keepHeard(tx: Tx, heard: Heard, rule: string, answer: SignedMessage): Promise<void> {
  await heardToKeep.one(tx, { ...heard, rule, answer });
}

const heardToKeep = new Together<Heard & { rule: string; answer: SignedMessage }, void>(async (tx, all) => {
  for (const [isOfPassing, some] of Map.groupBy(all, ({ kind }) => isPassing(kind))) {
    const { messages, answers } = tablesOf(isOfPassing);
    await tx.query(
      `with heard as (
         select * from unnest($2::text[], $3::text[], $4::bytea[], $5::int4[], $6::bytea[], $7::int8[], $8::text[], $9::text[], $10::bytea[], $11::int8[], $12::int8[],
           $13::text[], $14::bytea[]) with ordinality
           as h (platform, message_id, digest, kind, message, said_at, key_id, suite, signature, valid_until, at, rule, answer, nth)),
       message as (
         insert into ${messages} (direction, platform, message_id, digest, kind, message, said_at, key_id, suite, signature, valid_until, at)
         select $1, platform, message_id, digest, kind, message, said_at, key_id, suite, signature, valid_until, at from heard order by nth
         returning number, platform, message_id, digest)
       insert into ${answers} (number, rule, answer, at)
       select number, rule, answer, at from message join heard using (platform, message_id, digest) order by number`,
      [
        MessageDirection.HEARD,
        some.map(({ message }) => message.from),
        some.map(({ message }) => message.id),
        some.map(({ signed }) => sha256(signed.message)),
        some.map(({ kind }) => kind),
        some.map(({ signed }) => signed.message),
        some.map(({ signed }) => signed.saidAt),
        some.map(({ signed }) => signed.keyId),
        some.map(({ signed }) => signed.suite),
        some.map(({ signed }) => signed.signature),
        some.map(({ message }) => message.validUntil),
        some.map(({ now }) => now),
        some.map(({ rule }) => rule),
        some.map(({ answer }) => bytesOf(SignedMessage, answer)),
      ],
    );
  }
  return all.map(() => undefined);
});

export interface Said {
  readonly message: PartnerMessage;
  readonly kind: MessageKind;
  /** The message, encoded. */
  readonly bytes: Buffer;
}

/** In their order, to one partner; they wait to be told. */
export async function keepSaid(tx: Tx, said: readonly Said[]): Promise<void> {
  await saidToKeep.one(tx, said);
}

const saidToKeep = new Together<readonly Said[], void>(async (tx, all) => {
  for (const [isOfPassing, some] of Map.groupBy(all.flat(), ({ kind }) => isPassing(kind)))
    await keepIn(tx, tablesOf(isOfPassing).messages, some);
  return all.map(() => undefined);
});

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

interface Answer {
  /** Of the message that was said. */
  readonly number: bigint;
  /** By which it was refused; empty where it was done. */
  readonly rule: string;
  readonly answer: SignedMessage;
  readonly now: number;
}

/**
 * The message waits no more.
 * @returns false where it had its answer before
 */
export const keepAnswer = (tx: Tx, answer: Answer): Promise<boolean> => answersToKeep.one(tx, answer);

const answersToKeep = new Together<Answer, boolean>(async (tx, all) => {
  const first = await tx.query<{ number: bigint }>(
    `with given as (select * from unnest($1::int8[], $2::text[], $3::bytea[], $4::int8[]) as g (number, rule, answer, at)),
       gone as (delete from waiting where number = any($1) returning number, kind = any($5::int4[]) as is_passing),
       first as (select * from gone join given using (number)),
       passed as (insert into passing_answers (number, rule, answer, at) select number, rule, answer, at from first where is_passing),
       lasting as (insert into answers (number, rule, answer, at) select number, rule, answer, at from first where not is_passing)
     select number from gone`,
    [
      all.map(({ number }) => number),
      all.map(({ rule }) => rule),
      all.map(({ answer }) => bytesOf(SignedMessage, answer)),
      all.map(({ now }) => now),
      [...passing],
    ],
  );
  const numbers = new Set(first.map(({ number }) => number));
  return all.map(({ number }) => numbers.has(number));
});
