import { randomUUID } from 'node:crypto';
import { type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type NationalAnswer, NationalItem, NationalItemState, NationalKind, NationalMessage, type NationalRefusal } from '#contracts';
import { Activity, Clock, Config, Database, histogram, Logger, type Loop, Quiescent, type Quiet, Unanswered, seconds } from '#platform';
import { batchLength, batchMax, pauseMs } from './core/national.js';
import { NationalAnswers } from './national.answers.js';
import { NationalGatherer } from './national.gatherer.js';
import { fullReportId } from './national.items.js';
import { NationalWire } from './national.wire.js';

const second = 1_000;
const lookMs = second;
/** Another process takes up what one has taken up and not ended by then. */
const claimMs = 30 * second;
const askEveryMs = 60 * second;
const returnsMax = 100;

/** Of one kind, and either what can still come in time or what is past it; kind 0 asks for what is sent back. */
interface Lane {
  readonly kind: number;
  readonly is_current: boolean;
}

interface Waiting {
  readonly serial: bigint;
  readonly item: Buffer;
  readonly national_identifier: string | null;
}

const said = histogram(
  'exchange.national.said',
  's',
  'Messages to the national node, by kind of items and outcome of one attempt',
  seconds,
);

/** The national node says that the message breaks the contract, and nothing of which item. */
class BrokenMessage extends Error {
  constructor(readonly refusal: NationalRefusal) {
    super(`${refusal.rule}: ${refusal.detail}`);
  }
}

/** What may be sent: what it belongs to is registered there, and the end of a full report comes after all that it ends. */
const isFree = `(i.needs = '' or exists (select from national_subjects s where s.identifier = i.needs and s.registered))`;
const isSendable = `i.state = ${NationalItemState.WAITING} and ${isFree} and (i.kind <> ${NationalKind.RESOURCE} or i.item_id <> '${fullReportId}'
  or not exists (select from national_items o where o.state = ${NationalItemState.WAITING} and o.kind = ${NationalKind.RESOURCE} and o.item_id <> '${fullReportId}'
    and exists (select from national_subjects s where s.identifier = o.needs and s.registered)))`;

/**
 * Tells the national node what waits, and asks again until there is an answer. Each lane says one message after the other, oldest period first, and knows nothing of
 * the other lanes: so a back-fill of days goes on in order beside what is current, and neither waits for the other. Several processes do so side by side.
 */
@Quiescent()
export class NationalSender implements OnApplicationBootstrap, OnModuleDestroy, Quiet {
  private readonly busy = new Map<string, Promise<void>>();
  private readonly loop: Loop;
  /** Of a lane: how many items its next message has at most, where that is fewer than usual. */
  private readonly narrowed = new Map<string, number>();
  /** The national node has told this process how far it has come: before that no item is sent. */
  private hasHeard = false;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly activity: Activity,
    private readonly log: Logger,
    private readonly wire: NationalWire,
    private readonly answers: NationalAnswers,
    gatherer: NationalGatherer,
  ) {
    this.loop = activity.loop("monitoring's national sender", log, () => this.round());
    gatherer.written = () => this.loop.wake();
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.wire.canSpeak) return;
    if (!this.config.databaseUrl) await this.takeUpAll();
    this.loop.start(lookMs);
  }

  /** Of a database of one's own nobody else has a lane: what was taken up and not ended, the process before took with it. */
  private async takeUpAll(): Promise<void> {
    await this.database.query('update national_lanes set next_at = least(next_at, $1)', [this.clock.now()]);
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
    this.wire.stop();
    await Promise.all(this.busy.values());
  }

  wake(): void {
    this.loop.wake();
  }

  async isQuiet(): Promise<boolean> {
    if (!this.wire.canSpeak) return true;
    const isDone = this.busy.size === 0 && (await this.dueLanes()).length === 0;
    if (!isDone) this.loop.wake();
    return isDone;
  }

  private async round(): Promise<boolean> {
    for (const lane of await this.dueLanes()) {
      const key = `${lane.kind}/${lane.is_current}`;
      const work = this.work(lane)
        .catch((error: unknown) =>
          this.log.error({ err: error, lane: key }, 'a message to the national node could not be said or its answer taken'),
        )
        .finally(() => {
          this.busy.delete(key);
          this.loop.wake();
        });
      this.busy.set(key, work);
      this.activity.worked += 1;
    }
    return false;
  }

  /** Lanes that have something to say now and are not saying it. */
  private async dueLanes(): Promise<Lane[]> {
    const lanes = await this.database.query<Lane>(
      `select l.kind, l.is_current from national_lanes l where l.next_at <= $1 and (l.kind = 0 or
         exists (select from national_items i where i.kind = l.kind and (i.due_at >= $1) = l.is_current and ${isSendable})) order by l.kind, l.is_current`,
      [this.clock.now()],
    );
    return lanes.filter(({ kind, is_current: isCurrent }) => !this.busy.has(`${kind}/${isCurrent}`) && (kind === 0 || this.hasHeard));
  }

  private async work(lane: Lane): Promise<void> {
    const now = this.clock.now();
    const [claimed] = await this.database.query<{ attempts: number }>(
      'update national_lanes set next_at = $3 where kind = $1 and is_current = $2 and next_at <= $4 returning attempts',
      [lane.kind, lane.is_current, now + claimMs, now],
    );
    if (!claimed) return;
    const began = performance.now();
    const measure = (outcome: string) =>
      said((performance.now() - began) / second, {
        ...{ 'exchange.national.kind': lane.kind === 0 ? 'ASK' : NationalKind[lane.kind]!, 'exchange.outcome': outcome },
      });
    try {
      const pause = lane.kind === 0 ? await this.ask() : await this.tell(lane);
      await this.rest(lane, this.clock.now() + pause, 0, '');
      measure('answered');
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      if (!(error instanceof Unanswered)) this.log.error({ err: error }, 'the answer of the national node could not be taken');
      await this.rest(lane, this.clock.now() + pauseMs(claimed.attempts + 1), claimed.attempts + 1, failure.slice(0, 500));
      measure(error instanceof Unanswered ? 'unanswered' : 'failed');
    }
  }

  /** @returns ms until it is asked again */
  private async ask(): Promise<number> {
    if (!this.hasHeard) {
      await this.say({});
      this.hasHeard = true;
    }
    const [node] = await this.database.query<{ return_cursor: string }>('select return_cursor from national_node');
    const { returns } = await this.say({ ask: { cursor: node!.return_cursor, limit: returnsMax } });
    return returns?.more ? 0 : askEveryMs;
  }

  private async tell({ kind, is_current: isCurrent }: Lane): Promise<number> {
    const key = `${kind}/${isCurrent}`;
    const waiting = await this.database.query<Waiting>(
      `select i.serial, i.item, s.national_identifier from national_items i left join national_subjects s on i.identifier <> '' and s.identifier = i.identifier
       where i.kind = $1 and (i.due_at >= $2) = $3 and ${isSendable} order by i.period_from, i.serial limit $4`,
      [kind, this.clock.now(), isCurrent, this.narrowed.get(key) ?? batchMax],
    );
    const batch = waiting.slice(0, batchLength(waiting.map(({ item }) => item.length)));
    if (!batch.length) return 0;
    await this.database.query('update national_items set attempts = attempts + 1 where serial = any($1::int8[])', [
      batch.map(({ serial }) => serial),
    ]);
    try {
      await this.say({ items: batch.map(itemOf) });
      this.widen(key);
    } catch (error) {
      if (!(error instanceof BrokenMessage)) throw error;
      // One item of them is what is wrong: by halves it comes to stand alone, and is refused for itself.
      if (batch.length > 1) this.narrowed.set(key, Math.ceil(batch.length / 2));
      else await this.answers.refuse(batch[0]!.serial, error.refusal);
    }
    return 0;
  }

  private widen(key: string): void {
    const narrowed = this.narrowed.get(key);
    if (narrowed !== undefined && narrowed * 2 < batchMax) this.narrowed.set(key, narrowed * 2);
    else this.narrowed.delete(key);
  }

  /** @throws Unanswered where there is no answer, or one that decides nothing */
  private async say(content: Partial<Pick<NationalMessage, 'items' | 'ask'>>): Promise<NationalAnswer> {
    const [node] = await this.database.query<{ receipts: bigint }>('select receipts from national_node');
    const message = NationalMessage.create({
      ...{ id: randomUUID(), from: this.config.platform, madeAt: this.clock.now(), receipts: Number(node!.receipts), ...content },
    });
    const answer = await this.wire.ask(message);
    const unnamed = answer.items.find(({ kind, receipt, nationalIdentifier }) => isUnnamed(kind, receipt, nationalIdentifier));
    if (unnamed) throw new Unanswered(`acknowledgement_must_name_the_identifier: ${unnamed.itemId}`);
    await this.answers.take(answer);
    if (answer.refused?.rule === 'message_must_obey_the_contract' && message.items.length) throw new BrokenMessage(answer.refused);
    if (answer.refused) throw new Unanswered(`${answer.refused.rule}: ${answer.refused.detail}`);
    const asked = new Set(message.items.map(({ serial }) => serial));
    if (asked.size && !answer.items.some(({ serial }) => asked.has(serial)))
      throw new Unanswered('answer_must_decide_on_an_item: it names none of those that were said');
    return answer;
  }

  private async rest({ kind, is_current: isCurrent }: Lane, nextAt: number, attempts: number, failure: string): Promise<void> {
    await this.database.query('update national_lanes set next_at = $3, attempts = $4, failure = $5 where kind = $1 and is_current = $2', [
      ...[kind, isCurrent, nextAt, attempts, failure],
    ]);
  }
}

const isUnnamed = (kind: NationalKind, receipt: number, identifier: string): boolean =>
  kind === NationalKind.IDENTIFIER && receipt > 0 && identifier === '';

/** The identifier that was assigned before goes with a registration that is said again. */
function itemOf({ serial, item, national_identifier: assigned }: Waiting): NationalItem {
  const said = NationalItem.decode(item);
  const registration = said.registration && { ...said.registration, assigned: assigned ?? '' };
  return { ...said, serial: Number(serial), ...(registration ? { registration } : {}) };
}
