import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MessageKind, PartnerMessage, PartnerPlatformDefinition, SignedMessage } from '#contracts';
import {
  Activity,
  Clock,
  Config,
  Database,
  Elsewhere,
  Logger,
  type Loop,
  Quiescent,
  type Quiet,
  type Tx,
  Unanswered,
  validate,
} from '#platform';
import { Advertising } from './advertising.js';
import { isOfKind, measureSaid, reservationOf } from './body.js';
import { pauseMs } from './core/backoff.js';
import { clockMsMax } from './core/hearing.js';
import { readMessage } from './envelope.js';
import { Greetings } from './greetings.js';
import { LeaseTelling } from './lease-telling.js';
import { besideKinds, Lines, togetherMax } from './lines.js';
import { keepAnswer } from './message-journal.js';
import { Nettings } from './nettings.js';
import { OwnPlatform } from './own-platform.js';
import { PartnerKeys } from './partner-keys.js';
import { PartnerPapers } from './partner-papers.js';
import { Pieces } from './pieces.js';
import { Saying } from './saying.js';
import { Stating } from './stating.js';
import type { Talk } from './talk.js';
import { Turns } from './turns.js';

const second = 1_000;
const lookMs = second;
const askMsMax = 10 * second;
/** Another process asks what one has taken up and not ended by then. */
const claimMs = 60 * second;
/** Rounds begin so far apart: a piece waits for them twice, and what comes meanwhile goes with the next. */
const paceMs = 5;
const bytesMax = 2 << 20;

interface Claimed {
  readonly number: bigint;
  readonly platform: string;
  readonly kind: MessageKind;
  readonly attempts: number;
  readonly message: Buffer;
  readonly address: string;
  readonly tls: boolean;
  readonly ca: string;
  readonly is_beside: boolean;
}

/**
 * Tells partners what waits, and asks again until there is an answer that is signed by them: for ever, since no answer is not a no. Messages about pieces go
 * side by side, all others in the order in which they were said. Several processes do so side by side.
 */
@Quiescent()
export class Sender implements OnApplicationBootstrap, OnModuleDestroy, Quiet {
  private readonly elsewhere = new Elsewhere(PartnerPlatformDefinition, bytesMax, () => this.papers.now);
  /** Of a partner that is slow the others know nothing. */
  private readonly lines = new Lines();
  private readonly underWay = new Set<Promise<void>>();
  private readonly loop: Loop;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly turns: Turns,
    private readonly clock: Clock,
    private readonly activity: Activity,
    private readonly log: Logger,
    private readonly own: OwnPlatform,
    private readonly keys: PartnerKeys,
    private readonly papers: PartnerPapers,
    saying: Saying,
    private readonly greetings: Greetings,
    private readonly advertising: Advertising,
    private readonly pieces: Pieces,
    private readonly leases: LeaseTelling,
    private readonly stating: Stating,
    private readonly nettings: Nettings,
  ) {
    this.loop = activity.loop("interconnect's sender", log, () => this.round(), paceMs);
    saying.wake = () => this.loop.wake();
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.own.hasKey) return;
    if (!this.config.databaseUrl) await this.takeUpAll();
    this.loop.start(lookMs);
  }

  /** Of a database of one's own nobody else asks: what was taken up and not ended, the process before took with it. */
  private async takeUpAll(): Promise<void> {
    const now = this.clock.now();
    await this.database.query('update waiting set next_at = $1 where next_at > $1', [now]);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    await Promise.all(this.underWay);
    this.elsewhere.close();
  }

  async isQuiet(): Promise<boolean> {
    if (!this.own.hasKey) return true;
    const due = await this.database.query(
      'select 1 from waiting join partners using (platform) where state < 3 and next_at <= $1 limit 1',
      [this.clock.now()],
    );
    if (due.length) this.loop.wake();
    return this.underWay.size === 0 && due.length === 0;
  }

  private async round(): Promise<boolean> {
    const claimed = await this.claim();
    for (const messages of Map.groupBy(claimed, ({ platform, is_beside }) => `${is_beside}/${platform}`).values()) this.begin(messages);
    this.activity.worked += claimed.length;
    return false;
  }

  private begin(messages: readonly Claimed[]): void {
    const [{ platform, kind }] = messages as [Claimed];
    this.lines.took(platform, kind, messages.length);
    const told = this.tellAll(messages)
      .catch((error: unknown) => this.log.error({ err: error, platform }, 'messages to a partner could not be told'))
      .finally(() => {
        this.underWay.delete(told);
        this.loop.wake();
      });
    this.underWay.add(told);
  }

  /**
   * What is due and has room on its way, of each partner the oldest; reserves come last, since what is reserved has only so long. That it was taken up need not
   * reach the disk by itself: after a crash it is said again.
   */
  private claim(): Promise<Claimed[]> {
    const now = this.clock.now();
    const { platforms, beside, inOrder } = this.lines.rooms();
    return this.database.query<Claimed>(
      `with due as (
         select d.number, p.address, p.tls, p.ca, lane.is_beside
         from partners p left join unnest($2::text[], $3::int4[], $4::int4[]) as line (platform, beside, in_order) using (platform)
           cross join lateral (values (true, line.beside), (false, line.in_order)) as lane (is_beside, room)
           cross join lateral (
             select w.number from waiting w
             where w.platform = p.platform and w.next_at <= $1 and (w.kind = any($5)) = lane.is_beside
             order by w.kind = $8, w.number limit coalesce(lane.room, $6) for update skip locked) d
         where p.state < 3),
       claimed as (
         update waiting w set attempts = w.attempts + 1, next_at = $7 from due where w.number = due.number
         returning w.number, w.platform, w.kind, w.attempts, due.address, due.tls, due.ca, due.is_beside)
       select claimed.*, m.message, set_config('synchronous_commit', 'off', true) from claimed join messages m using (number) order by number`,
      [now, platforms, beside, inOrder, besideKinds, togetherMax, now + claimMs, MessageKind.RESERVE],
    );
  }

  /** Where one has no answer those behind it are not asked now: the partner is away, or this platform is not heard. */
  private async tellAll(messages: readonly Claimed[]): Promise<void> {
    const [{ platform, kind }] = messages as [Claimed];
    const left = [...messages];
    let failure: string | undefined;
    const teller = async (): Promise<void> => {
      for (let next; failure === undefined && (next = left.shift());) {
        const failed = await this.tell(next);
        failure ??= failed;
        this.lines.ended(platform, kind, failed === undefined);
        this.loop.wake();
        if (failed !== undefined) await this.askAgain([next], failed);
      }
    };
    try {
      await Promise.all(Array.from({ length: this.lines.width(platform, kind) }, teller));
      if (failure !== undefined) await this.askAgain(left, failure);
    } finally {
      this.lines.dropped(platform, kind, left.length);
    }
  }

  /** @returns why there is no answer; undefined where there is one, and it has been taken */
  private async tell(claimed: Claimed): Promise<string | undefined> {
    const began = performance.now();
    try {
      const signed = await this.elsewhere.ask(claimed, 'tell', this.own.sign(claimed.message), askMsMax);
      const question = PartnerMessage.decode(claimed.message);
      const answer = await this.verified(signed, question);
      if (answer.refused?.again) {
        measureSaid(claimed.kind, answer.refused.rule, began);
        return `${answer.refused.rule}: ${answer.refused.detail}`;
      }
      await this.turns.do(claimed.platform, reservationOf(question), ({ tx, talk }) =>
        this.take(tx, talk, claimed.number, question, { signed, answer }),
      );
      measureSaid(claimed.kind, answer.refused?.rule ?? 'done', began);
      return undefined;
    } catch (error) {
      // Others that wait for the partner are not held up for long by one whose answer cannot be taken.
      if (!(error instanceof Unanswered))
        this.log.error({ err: error, number: claimed.number }, 'the answer to a message could not be taken');
      measureSaid(claimed.kind, 'unanswered', began);
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @throws Unanswered where it is not the partner's answer to this message */
  private async verified(signed: SignedMessage, question: PartnerMessage): Promise<PartnerMessage> {
    const answer = readable(signed);
    const isAnswer = answer.from === question.to && answer.to === question.from && answer.answers === question.id;
    if (!isAnswer) throw new Unanswered('answer_must_answer_the_message: it is of another, or for another');
    // The answer that was recorded may be old, but never older than its question: else who has found a key that was ended since dates it back. One that
    // decides nothing tells how far the clocks differ.
    if (!answer.refused?.again && signed.saidAt < question.madeAt - clockMsMax)
      throw new Unanswered(
        `answer_must_not_be_older_than_the_message: it was signed ${question.madeAt - signed.saidAt} ms before it was made`,
      );
    const broken = await this.keys.brokenSignature(question.to, signed);
    if (broken) throw new Unanswered(`answer_must_be_signed_by_the_partner: ${broken}`);
    // Taken as an answer, one to something else would leave the question open for good.
    if (isOfKind(question, answer)) return answer;
    throw new Unanswered('answer_must_answer_the_message: its body is of another kind, or of another reservation');
  }

  /** The answer is kept and its effect done once, whoever asked. */
  private async take(tx: Tx, talk: Talk, number: bigint, question: PartnerMessage, { signed, answer }: Answer): Promise<void> {
    const rule = answer.refused?.rule ?? '';
    const isFirst = await keepAnswer(tx, { number, rule, answer: signed, now: this.clock.now() });
    if (!isFirst) return;
    if (question.hello) await this.greetings.answered(tx, talk, answer.helloAnswer);
    if (question.reserve ?? question.commit ?? question.cancel) await this.pieces.answered(tx, question, answer);
    if (question.leaseState ?? question.usage) await this.leases.answered(tx, talk, question, answer);
    if (question.statement) await this.stating.answered(tx, talk, question.statement, answer);
    if (question.netting) await this.nettings.answered(tx, talk, question.netting, answer);
    if (question.advertise) await this.advertising.answered(tx, talk, question.advertise, answer);
  }

  private async askAgain(messages: readonly Claimed[], failure: string): Promise<void> {
    const now = this.clock.now();
    await this.database.query(
      `update waiting w set next_at = later.at, last_failure = $3 from unnest($1::int8[], $2::int8[]) as later (number, at) where w.number = later.number`,
      [messages.map(({ number }) => number), messages.map(({ attempts }) => now + pauseMs(attempts, failure)), failure.slice(0, 500)],
    );
  }
}

/** @throws Unanswered where it breaks the contract */
function readable(signed: SignedMessage): PartnerMessage {
  const answer = readMessage(signed);
  if (typeof answer === 'string') throw new Unanswered(`answer_must_obey_the_contract: ${answer}`);
  const [violation] = [...validate(SignedMessage.$type, signed), ...validate(PartnerMessage.$type, answer)];
  if (violation) throw new Unanswered(`answer_must_obey_the_contract: ${violation.field} ${violation.detail}`);
  return answer;
}

interface Answer {
  readonly signed: SignedMessage;
  readonly answer: PartnerMessage;
}
