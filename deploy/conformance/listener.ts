// The conformance program's own port: it hears by the document, keeps what came, and where a clause says so does to the answer what networks and liars do.
import { status } from '@grpc/grpc-js';
import { bytesOf, PartnerMessage, type SignedMessage } from '#contracts';
import { PartnerKey } from '#testing';
import type { Hearer } from './hearer.js';
import { type Kind, kindOf } from './speaker.js';
import { CallError } from './wire.js';

/** Of the next message of a kind. */
export type Fault = 'request_lost' | 'answer_lost' | 'signature_wrong' | 'key_unknown' | 'answers_another';

export interface Came {
  readonly kind: Kind | undefined;
  readonly signed: SignedMessage;
  readonly message: PartnerMessage;
  readonly fault: Fault | undefined;
  /** Why it was not heard, where the call ended so by its own fault. */
  readonly broken: string | undefined;
}

export class Listener {
  /** In the order in which they came. */
  readonly came: Came[] = [];
  private readonly faults = new Map<Kind, { readonly left: Fault[]; readonly isMeant: (message: PartnerMessage) => boolean }>();
  private readonly stranger = PartnerKey.make();

  constructor(private readonly hearer: Hearer) {}

  /** Of the next messages of the kind that are meant, one each. */
  fail(kind: Kind, faults: readonly Fault[], isMeant: (message: PartnerMessage) => boolean = () => true): void {
    this.faults.set(kind, { left: [...faults], isMeant });
  }

  async hear(signed: SignedMessage): Promise<SignedMessage> {
    const message = readable(signed.message);
    const kind = kindOf(message);
    const faults = kind && this.faults.get(kind);
    const fault = faults?.isMeant(message) ? faults.left.shift() : undefined;
    const keep = (broken?: string): number => this.came.push({ kind, signed, message, fault, broken });
    if (fault === 'request_lost') {
      keep();
      throw lost('the request was lost');
    }
    let answer: SignedMessage;
    try {
      answer = await this.hearer.hear(signed);
    } catch (error) {
      keep(String(error));
      throw error;
    }
    keep();
    if (fault === 'answer_lost') throw lost('the answer was lost');
    return fault ? this.spoilt(answer, fault) : answer;
  }

  private spoilt(answer: SignedMessage, fault: Fault): SignedMessage {
    if (fault === 'signature_wrong') return { ...answer, signature: Buffer.from(answer.signature).reverse() };
    if (fault === 'key_unknown') return this.stranger.sign(answer.message, answer.saidAt);
    const other = { ...PartnerMessage.decode(answer.message), answers: 'another-message-0001' };
    return this.hearer.key.sign(bytesOf(PartnerMessage, other), answer.saidAt);
  }
}

const lost = (what: string): CallError => new CallError(status.UNAVAILABLE, '', what);

function readable(bytes: Uint8Array): PartnerMessage {
  try {
    return PartnerMessage.decode(bytes);
  } catch {
    // The hearer says so to whoever sent it.
    return PartnerMessage.create({});
  }
}
