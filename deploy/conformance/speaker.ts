// Whoever says a message, and what counts as its answer, by docs/interconnection.md.
import { randomUUID } from 'node:crypto';
import { bytesOf, PartnerMessage, SignedMessage } from '#contracts';
import { validate } from '#platform';
import { type PartnerKey, whyNotSigned } from '#testing';
import type { Content, Known } from './hearer.js';
import { CallError, type Line } from './wire.js';

const clockMsMax = 300_000;
const answerMsMax = 20_000;
/** A message is said so often again where too many came in a second. */
const triesMax = 10;
const hour = 3_600_000;

/** Kinds of messages, as a PartnerMessage names them; an answer's name has `Answer` behind it. */
export const kinds = ['hello', 'advertise', 'quote', 'reserve', 'commit', 'cancel', 'leaseState', 'usage', 'statement', 'netting'] as const;
export type Kind = (typeof kinds)[number];

export const kindOf = (message: Content): Kind | undefined => kinds.find((kind) => message[kind] !== undefined);

/** What it is about, of a message about a piece or one lease, and of its answer. */
const reservationOf = (kind: Kind, message: Content): string | undefined => {
  const body = message[kind] ?? message[`${kind}Answer`];
  return body && 'reservationId' in body ? body.reservationId : undefined;
};

export interface Answer {
  readonly signed: SignedMessage;
  readonly message: PartnerMessage;
}

export class Speaker {
  constructor(
    readonly name: string,
    readonly key: PartnerKey,
    readonly partner: Known,
    readonly line: Line,
    private readonly around: { readonly now: () => number; readonly pass: (ms: number) => Promise<void> },
  ) {}

  message(content: Content): Buffer {
    const madeAt = this.around.now();
    const message = { id: randomUUID(), from: this.name, to: this.partner.name, madeAt, validUntil: madeAt + hour, ...content };
    return Buffer.from(bytesOf(PartnerMessage, PartnerMessage.create(message)));
  }

  sign(message: Uint8Array, saidAt = this.around.now()): SignedMessage {
    return this.key.sign(message, saidAt);
  }

  /** @throws CallError; Error that says why what came is no answer */
  async ask(message: Uint8Array, saidAt = this.around.now()): Promise<Answer> {
    const signed = await this.tell(this.sign(message, saidAt));
    const answer = PartnerMessage.decode(signed.message);
    const why = whyNoAnswer(signed, answer, PartnerMessage.decode(message), this.partner);
    if (why) throw new Error(`what came is no answer: ${why}`);
    return { signed, message: answer };
  }

  /** Slower, where it was too fast. @throws CallError */
  async tell(signed: SignedMessage): Promise<SignedMessage> {
    for (let left = triesMax; ; left -= 1)
      try {
        return await this.line.tell(signed, answerMsMax);
      } catch (error) {
        if (!(error instanceof CallError && error.rule === 'messages_must_keep_the_rate') || left === 0) throw error;
        await this.around.pass(1_000);
      }
  }

  /** The same, made of its content. */
  async say(content: Content): Promise<PartnerMessage> {
    return (await this.ask(this.message(content))).message;
  }
}

/** By "whoever says a message", 2; undefined: it is one. */
export function whyNoAnswer(signed: SignedMessage, answer: PartnerMessage, question: PartnerMessage, partner: Known): string | undefined {
  const notSigned = whyNotSigned(signed, partner.publicKey);
  if (notSigned) return notSigned;
  if (answer.from !== question.to || answer.to !== question.from) return `it is from ${answer.from} to ${answer.to}`;
  if (answer.answers !== question.id) return `it answers ${answer.answers || 'nothing'}, and ${question.id} was asked`;
  if (answer.id === question.id) return 'it has the id of the question, and not one of its own';
  if (answer.validUntil !== 0) return 'it has a valid_until';
  if (!answer.refused?.again && signed.saidAt < question.madeAt - clockMsMax) return 'it was signed before the message was made';
  const [violation] = [...validate(SignedMessage.$type, signed), ...validate(PartnerMessage.$type, answer)];
  if (violation) return `it breaks the contract: ${violation.rule} ${violation.field} ${violation.detail}`;
  if (answer.refused) return undefined;
  const kind = kindOf(question);
  if (!kind || !answer[`${kind}Answer`]) return `its body is no answer to ${kind ?? 'what no kind is'}`;
  return reservationOf(kind, answer) === reservationOf(kind, question) ? undefined : 'it is about another reservation';
}
