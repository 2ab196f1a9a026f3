// Whoever hears a message, by the table of docs/interconnection.md: in memory, of one partner. The conformance program listens so, and its tests break it.
import { randomUUID } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { bytesOf, PartnerMessage, SignedMessage } from '#contracts';
import { validate } from '#platform';
import { type PartnerKey, whyNotSigned } from '#testing';
import { CallError } from './wire.js';

export type Content = Partial<PartnerMessage>;

const clockMsMax = 300_000;
/** Of what is not kept for good. */
const passingMsMax = 31 * 86_400_000;
const lasting = ['reserve', 'commit', 'cancel', 'leaseState', 'usage', 'statement', 'netting'] as const;

/** Whom a platform knows, and by which key. */
export interface Known {
  readonly name: string;
  /** PEM */
  readonly publicKey: string;
}

export interface Heard {
  readonly signed: SignedMessage;
  readonly message: PartnerMessage;
}

interface Kept {
  readonly bytes: Buffer;
  readonly answer: SignedMessage;
}

export const refusal = (rule: string, detail: string, now: number, again = false): Content => ({
  refused: { rule, detail, again, time: now, left: undefined },
});

export class Hearer {
  /** By the message's id. */
  protected readonly journal = new Map<string, Kept[]>();
  private last: Promise<unknown> = Promise.resolve();

  /** @param does what a message does that is to be heard, and says what of it */
  constructor(
    readonly name: string,
    readonly key: PartnerKey,
    readonly partner: Known,
    readonly now: () => number,
    private readonly does: (message: PartnerMessage) => Content,
  ) {}

  /** One after the other. @throws CallError */
  hear(signed: SignedMessage): Promise<SignedMessage> {
    const heard = this.last.then(() => this.answerTo(signed));
    this.last = heard.catch(() => undefined);
    return heard;
  }

  protected async answerTo(signed: SignedMessage): Promise<SignedMessage> {
    const message = this.attributed(signed);
    const bytes = Buffer.from(signed.message);
    const earlier = this.journal.get(message.id) ?? [];
    const same = earlier.find((one) => one.bytes.equals(bytes));
    if (same) return same.answer;
    const broken = this.broken(message, signed.saidAt, earlier.length > 0);
    const answer = this.signed(message, broken ?? this.does(message));
    if (!broken?.refused?.again) this.journal.set(message.id, [...earlier, { bytes, answer }]);
    return answer;
  }

  protected attributed(signed: SignedMessage): PartnerMessage {
    const [violation] = validate(SignedMessage.$type, signed);
    if (violation) throw new CallError(status.INVALID_ARGUMENT, violation.rule, `${violation.field} ${violation.detail}`);
    const message = decoded(signed.message);
    if (!message || !/^[0-9A-Za-z-]{8,64}$/.test(message.id) || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/.test(message.from))
      throw new CallError(status.INVALID_ARGUMENT, 'message_must_be_well_formed', 'no PartnerMessage, or its id or sender is none');
    if (message.to !== this.name) throw new CallError(status.INVALID_ARGUMENT, 'message_must_be_for_this_platform', `this is ${this.name}`);
    const why = this.whyNotOf(message, signed);
    if (why) throw new CallError(status.UNAUTHENTICATED, 'message_must_be_signed_by_a_partner', why);
    return message;
  }

  protected whyNotOf({ from }: PartnerMessage, signed: SignedMessage): string | undefined {
    return from === this.partner.name ? whyNotSigned(signed, this.partner.publicKey) : `${from} is no partner`;
  }

  /** Before its effect; undefined: it is to be heard. */
  protected broken(message: PartnerMessage, saidAt: number, isKnownId: boolean): Content | undefined {
    const now = this.now();
    if (Math.abs(saidAt - now) > clockMsMax) return refusal('clocks_must_agree', `it was signed at ${saidAt}`, now, true);
    if (isKnownId) return refusal('message_id_must_not_be_reused', 'another message came under this id', now);
    if (now > message.validUntil) return refusal('message_must_be_said_in_time', `it was valid until ${message.validUntil}`, now);
    if (message.validUntil > now + passingMsMax && !lasting.some((kind) => message[kind]))
      return refusal('message_must_expire_within_31_days', `it is valid until ${message.validUntil}`, now);
    const [violation] = validate(PartnerMessage.$type, message);
    if (violation) return refusal(violation.rule, `${violation.field} ${violation.detail}`, now);
    return undefined;
  }

  protected signed({ id, from }: PartnerMessage, body: Content): SignedMessage {
    const now = this.now();
    const answer = PartnerMessage.create({ id: randomUUID(), from: this.name, to: from, madeAt: now, answers: id, ...body });
    return this.key.sign(bytesOf(PartnerMessage, answer), now);
  }
}

function decoded(bytes: Uint8Array): PartnerMessage | undefined {
  try {
    return PartnerMessage.decode(bytes);
  } catch {
    // Whatever the codec says of it, it is no message.
    return undefined;
  }
}
