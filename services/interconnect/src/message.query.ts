import { Injectable } from '@nestjs/common';
import {
  type JournalledMessage,
  type ListPartnerMessagesRequest,
  type ListPartnerMessagesResponse,
  type MessageDirection,
  type MessageKind,
  type MessageLine,
  MessageOutcome,
  PartnerMessage,
  SignedMessage,
} from '#contracts';
import { Database, absent, nextPage, numberAfter, pageOf } from '#platform';

interface LineRow {
  readonly number: bigint;
  readonly platform: string;
  readonly direction: MessageDirection;
  readonly message_id: string;
  readonly kind: MessageKind;
  readonly at: bigint;
  /** Null where there is no answer. */
  readonly rule: string | null;
  readonly answered_at: bigint | null;
  readonly attempts: number | null;
  readonly last_failure: string | null;
}

interface WholeRow extends LineRow {
  readonly message: Buffer;
  readonly said_at: bigint | null;
  readonly key_id: string | null;
  readonly suite: string | null;
  readonly signature: Buffer | null;
  readonly answer: Buffer | null;
}

const line = 'm.number, m.platform, m.direction, m.message_id, m.kind, m.at, a.rule, a.at as answered_at, w.attempts, w.last_failure';
const from = 'from messages m left join answers a using (number) left join waiting w using (number)';

/** The journal of what was said between platforms, as the operator reads it. */
@Injectable()
export class MessageQuery {
  constructor(private readonly database: Database) {}

  async list({ platform, direction, kind, outcome, page: asked }: ListPartnerMessagesRequest): Promise<ListPartnerMessagesResponse> {
    const place = pageOf(asked);
    const found = await this.database.query<LineRow>(
      `select ${line} ${from} where m.number < $1 and ($2 = '' or m.platform = $2) and ($3 = 0 or m.direction = $3) and ($4 = 0 or m.kind = $4)
       and ($5 = 0 or $5 = case when a.rule is null then 1 when a.rule = '' then 2 else 3 end) order by m.number desc limit $6`,
      [numberAfter(place, Number.MAX_SAFE_INTEGER), platform, direction, kind, outcome, place.limit + 1],
    );
    const { rows, page } = nextPage(found, place.limit, (row) => [row.number]);
    return { messages: rows.map(lineOf), page };
  }

  /** @throws Refusal absent */
  async get(number: number): Promise<JournalledMessage> {
    const [row] = await this.database.query<WholeRow>(
      `select ${line}, m.message, m.said_at, m.key_id, m.suite, m.signature, a.answer ${from} where m.number = $1`,
      [number],
    );
    if (!row) throw absent(`message ${number}`);
    const signedAnswer = row.answer ? SignedMessage.decode(row.answer) : undefined;
    const signedMessage = SignedMessage.create({
      message: row.message,
      saidAt: Number(row.said_at ?? 0),
      keyId: row.key_id ?? '',
      suite: row.suite ?? '',
      signature: row.signature ?? new Uint8Array(),
    });
    return {
      line: lineOf(row),
      message: PartnerMessage.decode(row.message),
      answer: signedAnswer && PartnerMessage.decode(signedAnswer.message),
      signedMessage,
      signedAnswer,
    };
  }
}

const lineOf = (row: LineRow): MessageLine => ({
  number: Number(row.number),
  platform: row.platform,
  direction: row.direction,
  id: row.message_id,
  kind: row.kind,
  outcome: outcomeOf(row.rule),
  rule: row.rule ?? '',
  at: Number(row.at),
  answeredAt: Number(row.answered_at ?? 0),
  attempts: row.attempts ?? 0,
  lastFailure: row.last_failure ?? '',
});

function outcomeOf(rule: string | null): MessageOutcome {
  if (rule === null) return MessageOutcome.UNANSWERED;
  return rule === '' ? MessageOutcome.DONE : MessageOutcome.REFUSED;
}
