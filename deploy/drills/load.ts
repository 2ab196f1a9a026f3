// Orders as clients place them who believe an answer and nothing else: one whose outcome is not known is said again, under its key, at the other gateway.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '#demo';
import { readOrderId } from '#platform';
import { send } from './client.js';
import { type Market, orderOf } from './market.js';
import { randomOf } from './random.js';

export interface Acknowledged {
  /** The client's own name of it, and its idempotency key. */
  readonly once: string;
  readonly kind: 'bid' | 'offer';
  readonly orderId: number;
  readonly tradeIds: readonly number[];
  /** When it was said first, by performance.now(). */
  readonly begun: number;
  /** At least once nobody could tell what had become of it. */
  readonly wasUnknown: boolean;
}

const writers = 4;
/** Between an answer and the writer's next order, and before an unknown one is said again. */
const pauseMs = 40;

export class Load {
  readonly acknowledged: Acknowledged[] = [];
  /** Rules of refusals: this load gives no reason for any. */
  readonly refused: string[] = [];
  /** The last reason why an outcome was not known. */
  lastUnknown = '';
  private isOver = false;
  private isGivenUp = false;
  private readonly all: Promise<unknown>;

  /** @param name no other load of this cluster has it */
  constructor(
    private readonly gateways: readonly string[],
    private readonly market: Market,
    private readonly name: string,
    seed: number,
  ) {
    this.all = Promise.all(Array.from({ length: writers }, (_, writer) => this.write(writer, randomOf(seed * writers + writer))));
    // What fails is heard by who stops it.
    this.all.catch(() => undefined);
  }

  get unknownResolved(): number {
    return this.acknowledged.filter(({ wasUnknown }) => wasUnknown).length;
  }

  /** Begins no more, and resolves when the outcome of each is known. @throws Error where some still is not after so long */
  async stop(withinMs: number): Promise<void> {
    this.isOver = true;
    const deadline = AbortSignal.timeout(withinMs);
    deadline.addEventListener('abort', () => (this.isGivenUp = true));
    await this.all;
  }

  private async write(writer: number, random: () => number): Promise<void> {
    for (let call = 0; !this.isOver; call += 1) {
      await this.place(`${this.name}-${writer}-${call}`, writer, random);
      await sleep(pauseMs);
    }
  }

  private async place(once: string, writer: number, random: () => number): Promise<void> {
    const { kind, key, body } = orderOf(this.market, random);
    const begun = performance.now();
    for (let attempt = 0; !this.isGivenUp; attempt += 1) {
      const gateway = this.gateways[(writer + attempt) % this.gateways.length]!;
      const outcome = await send(gateway, key, `/v1/${kind}s`, { ...body, clientOrderId: once }, once);
      if (outcome.kind === 'answered')
        return void this.acknowledged.push({ once, kind, ...namesIn(kind, outcome.body), begun, wasUnknown: attempt > 0 });
      if (outcome.kind === 'refused') return void this.refused.push(outcome.rule);
      this.lastUnknown = outcome.why;
      await sleep(pauseMs);
    }
    throw new Error(`outcome_must_become_known: ${once}: ${this.lastUnknown}`);
  }
}

function namesIn(kind: 'bid' | 'offer', answer: Json): { orderId: number; tradeIds: number[] } {
  const orderId = readOrderId(String(answer[`${kind}Id`]));
  if (orderId === undefined) throw new Error(`answer_must_name_its_order: ${JSON.stringify(answer)}`);
  return { orderId, tradeIds: ((answer.trades as { tradeId: number }[] | undefined) ?? []).map(({ tradeId }) => Number(tradeId)) };
}
