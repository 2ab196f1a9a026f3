import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { bytesOf, MessageKind, PartnerMessage, SignedMessage } from '#contracts';
import { Clock, Database, Logger, OneByOne, Refusal, type ShownCertificate, invalid, validate } from '#platform';
import { Advertising } from './advertising.js';
import { type Body, kindOf, measureHeard, refusal, reservationOf } from './body.js';
import { brokenCertificate } from './core/certificate.js';
import { type Broken, brokenBy } from './core/hearing.js';
import type { Effect, Question } from './effect.js';
import { readMessage } from './envelope.js';
import { Greetings } from './greetings.js';
import { HeardLeases } from './heard-leases.js';
import { heardBefore, isPassing, keepHeard } from './message-journal.js';
import { Nettings } from './nettings.js';
import { OwnPlatform } from './own-platform.js';
import { certificatesOf } from './partner-certificates.js';
import { PartnerKeys } from './partner-keys.js';
import { Reservations } from './reservations.js';
import { Stating } from './stating.js';
import type { Talk } from './talk.js';
import { type Turn, Turns } from './turns.js';

interface Answered {
  readonly answer: SignedMessage;
  /** 'done', 'repeated', or the rule that was broken. */
  readonly outcome: string;
}

/**
 * Hears what partners say. A message, its answer and its effect commit together, so that it is done once and answered alike however often it comes.
 * What the market does is done before, and by the market's own word only once.
 * Who does not show that it is a partner is refused by the call, and nothing of it is kept.
 */
@Injectable()
export class Hearing {
  /** By sender and id: what is heard under an id is kept before another comes under it. */
  private readonly ids = new OneByOne();

  constructor(
    private readonly database: Database,
    private readonly turns: Turns,
    private readonly clock: Clock,
    private readonly log: Logger,
    private readonly own: OwnPlatform,
    private readonly keys: PartnerKeys,
    private readonly greetings: Greetings,
    private readonly advertising: Advertising,
    private readonly reservations: Reservations,
    private readonly leases: HeardLeases,
    private readonly stating: Stating,
    private readonly nettings: Nettings,
  ) {}

  /** @param certificate of the connection, where it came by the port that asks for one */
  hear(signed: SignedMessage, certificate: ShownCertificate | undefined): Promise<SignedMessage> {
    return this.heard(signed, () => this.attributed(signed, certificate));
  }

  /** What a partner asked for in another protocol, in the words of this one. Its key of the API stands for its signature; all else is as of any message. */
  hearTranslated(message: PartnerMessage): Promise<SignedMessage> {
    this.own.mustHaveKey();
    const unsigned = SignedMessage.create({ message: bytesOf(PartnerMessage, message), saidAt: this.clock.now() });
    return this.heard(unsigned, async () => message);
  }

  private async heard(signed: SignedMessage, attributed: () => Promise<PartnerMessage>): Promise<SignedMessage> {
    const began = performance.now();
    let kind = MessageKind.UNKNOWN;
    try {
      const message = await attributed();
      kind = kindOf(message);
      const { answer, outcome } = await this.ids.do(`${message.from}/${message.id}`, () => this.answered(signed, message));
      measureHeard(kind, outcome, began);
      return answer;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      measureHeard(kind, error.rule, began);
      this.log.warn({ rule: error.rule, detail: error.detail, keyId: signed.keyId }, 'a message to this platform was not heard');
      throw error;
    }
  }

  /** The message, once it is known to be a partner's. @throws Refusal */
  private async attributed(signed: SignedMessage, certificate: ShownCertificate | undefined): Promise<PartnerMessage> {
    this.own.mustHaveKey();
    if (this.own.asksForCertificates && !certificate)
      throw new Refusal('unauthenticated', 'message_must_come_by_the_port_for_partners', 'this port asks for no certificate');
    const message = readMessage(signed);
    if (typeof message === 'string') throw invalid('message', 'message_must_be_well_formed', message);
    if (message.to !== this.own.name) throw invalid('message.to', 'message_must_be_for_this_platform', `this platform is ${this.own.name}`);
    const [broken, registered] = await Promise.all([
      this.keys.brokenSignature(message.from, signed),
      certificate && certificatesOf(this.database, message.from),
    ]);
    if (broken) throw new Refusal('unauthenticated', 'message_must_be_signed_by_a_partner', broken, 'signature');
    const wrong = certificate && brokenCertificate(certificate, registered!);
    if (wrong) throw new Refusal('unauthenticated', 'certificate_must_be_the_partners', wrong);
    return message;
  }

  /** @throws Refusal */
  private async answered(signed: SignedMessage, message: PartnerMessage): Promise<Answered> {
    const begun = await this.turns.do(message.from, nameOf(message), (turn) => this.begin(turn, signed, message));
    if (begun instanceof Refusal) throw begun;
    return typeof begun === 'function' ? this.finish(signed, message, begun) : begun;
  }

  /** Its answer, or what is to be asked before there is one, or why the call is refused. */
  private async begin(turn: Turn, signed: SignedMessage, message: PartnerMessage): Promise<Answered | Question | Refusal> {
    const { tx, talk } = turn;
    const now = this.clock.now();
    if (!turn.hears(now)) return tooMany(talk);
    const earlier = await heardBefore(tx, message, signed.message);
    const same = earlier.find(({ isSame }) => isSame);
    if (same) return { answer: same.answer, outcome: 'repeated' };
    const known = { isKnownId: earlier.length > 0, isPassing: isPassing(kindOf(message)) };
    const broken = brokenBy({ ...signed, ...message, ...known, state: talk.state }, now);
    if (broken?.again) {
      const body = refusal(broken.rule, broken.detail, now, true);
      return { answer: this.signedAnswer(message, body, now), outcome: broken.rule };
    }
    const effect = await this.effect(turn, message, broken);
    return typeof effect === 'function' ? effect : this.keep(turn, signed, message, effect);
  }

  /** Another may have asked the same meanwhile: the first answer that is kept is the answer. */
  private async finish(signed: SignedMessage, message: PartnerMessage, ask: Question): Promise<Answered> {
    const rest = await ask();
    return this.turns.do(message.from, nameOf(message), async (turn) => {
      const same = (await heardBefore(turn.tx, message, signed.message)).find(({ isSame }) => isSame);
      if (same) return { answer: same.answer, outcome: 'repeated' };
      return this.keep(turn, signed, message, await rest(turn.tx));
    });
  }

  private async keep(turn: Turn, signed: SignedMessage, message: PartnerMessage, body: Body): Promise<Answered> {
    const now = this.clock.now();
    const answer = this.signedAnswer(message, body, now);
    await keepHeard(turn.tx, { message, kind: kindOf(message), signed, now }, body.refused?.rule ?? '', answer);
    turn.keptOne(now);
    return { answer, outcome: body.refused?.rule ?? 'done' };
  }

  /** What it does, or why not: then it has done nothing. */
  private async effect(turn: Turn, message: PartnerMessage, broken: Broken | undefined): Promise<Effect> {
    const { tx, talk } = turn;
    const now = this.clock.now();
    const [violation] = validate(PartnerMessage.$type, message);
    if (broken && (violation || !message.commit)) return refusal(broken.rule, broken.detail, now);
    if (violation) return refusal(violation.rule, `${violation.field} ${violation.detail}`.slice(0, 1_000), now);
    if (message.hello) return this.greetings.hear(tx, talk, message.hello);
    if (message.advertise) return this.advertising.hear(tx, talk, message.advertise);
    if (message.quote) return this.reservations.quote(turn, message.quote);
    if (message.reserve) return this.reservations.reserve(turn, message.reserve);
    if (message.commit) return this.reservations.commit(tx, talk, message.commit, broken);
    if (message.cancel) return this.reservations.cancel(tx, talk, message.cancel);
    if (message.leaseState) return this.leases.hearState(tx, talk, message.leaseState);
    if (message.usage) return this.leases.hearUsage(tx, talk, message.usage);
    if (message.statement) return this.stating.hear(tx, talk, message.statement);
    if (message.netting) return this.nettings.hear(tx, talk, message.netting);
    return refusal('message_kind_must_be_known', `this platform hears hello and ${this.own.kinds.join(', ')}`, now);
  }

  private signedAnswer({ id, from }: PartnerMessage, body: Body, now: number): SignedMessage {
    const answer = PartnerMessage.create({ id: randomUUID(), from: this.own.name, to: from, madeAt: now, answers: id, ...body });
    return this.own.sign(bytesOf(PartnerMessage, answer));
  }
}

/** Messages about one reservation wait for one another; undefined: it waits for all, and all for it. */
const nameOf = (message: PartnerMessage): string | undefined => (message.quote ? message.id : reservationOf(message));

export const tooMany = ({ platform, ratePerSecond }: Talk): Refusal =>
  new Refusal('exhausted', 'messages_must_keep_the_rate', `${platform} may say ${ratePerSecond} messages a second`, undefined, [], 1);
