import { setTimeout as sleep } from 'node:timers/promises';
import { amountOf } from '#domain';
import { Refusal, type Logger } from '#platform';
import type { NewOrder, Step } from './entry.js';
import type { Sequencer } from './sequencer.js';

const pauseMsMax = 5_000;

/** What of a shard is needed to bring power there or from there. */
export type Holder = Pick<Sequencer, 'shard' | 'market' | 'isEnding' | 'submit' | 'submitOne'>;

/**
 * brings a participant's buying power to the shard that needs it. A slice leaves one shard's sequence before it enters another (see Slices), so that a crash between
 * can make an order wait but never money twice.
 */
export class Gathering {
  /** By participant and shard: what comes; one after the other. */
  private readonly coming = new Map<string, Promise<boolean>>();
  /** By pair of shards: what is being brought. */
  private readonly bringing = new Map<string, Promise<void>>();
  private readonly retried = new Set<string>();

  constructor(
    private readonly all: readonly Holder[],
    private readonly log: Logger,
  ) {}

  /** Micro-yuan that the participant has free over all shards. */
  freeOf(participantId: number): number {
    return this.all.reduce((sum, sequencer) => sum + freeIn(sequencer, participantId), 0);
  }

  /**
   * Sees that the shard has `need` free of the participant's power, from the shards that have most; twice what it lacks is asked for, so that power follows its owner's trade.
   * Where all shards together have less, all of it comes.
   * @returns false where nothing came
   * @throws Refusal unavailable where a shard does not answer; what left one still arrives
   */
  async gather(participantId: number, to: Holder, need: number): Promise<boolean> {
    const name = `${participantId}/${to.shard}`;
    const coming = (this.coming.get(name) ?? Promise.resolve(false)).catch(() => false).then(() => this.bring(participantId, to, need));
    this.coming.set(name, coming);
    try {
      return await coming;
    } finally {
      if (this.coming.get(name) === coming) this.coming.delete(name);
    }
  }

  /** What a crash left between two shards arrives. */
  async deliverAll(): Promise<void> {
    for (const from of this.all) for (const to of this.all) if (from !== to) await this.deliver(from, to);
  }

  private async bring(participantId: number, to: Holder, need: number): Promise<boolean> {
    const lacking = need - freeIn(to, participantId);
    const others = this.all
      .filter((sequencer) => sequencer !== to)
      .map((from) => ({ from, free: freeIn(from, participantId) }))
      .filter(({ free }) => free > 0)
      .sort((one, other) => other.free - one.free);
    let wanted = 2 * lacking;
    let came = false;
    for (const { from, free } of others) {
      if (wanted <= 0) break;
      const amount = Math.min(free, wanted);
      const { events } = await from.submitOne({
        command: { kind: 'LowerBuyingPower', participantId, requestId: `for shard ${to.shard}`, amount },
        slice: { shard: to.shard, number: to.market.slices.takenOf(from.shard) },
      });
      if (!events.some((event) => event.kind === 'BuyingPowerLowered' && event.accepted)) continue;
      wanted -= amount;
      came = true;
      await this.deliver(from, to);
    }
    return came;
  }

  /** What left the one enters the other; where that fails now it is tried until it does. */
  private async deliver(from: Holder, to: Holder): Promise<void> {
    const name = `${from.shard}>${to.shard}`;
    // After the one before, however that ended: whoever began it hears.
    const bringing = Promise.allSettled([this.bringing.get(name)]).then(() => this.take(from, to));
    this.bringing.set(name, bringing);
    try {
      await bringing;
    } catch (cause) {
      void this.retry(name, from, to, cause);
      throw cause;
    } finally {
      if (this.bringing.get(name) === bringing) this.bringing.delete(name);
    }
  }

  private async take(from: Holder, to: Holder): Promise<void> {
    const left = from.market.slices.leftFor(to.shard).filter(({ number }) => number > to.market.slices.takenOf(from.shard));
    if (!left.length) return;
    await to.submit(
      left.map(({ number, participantId, amount }) => ({
        command: { kind: 'TakeSlice', participantId, amount },
        slice: { shard: from.shard, number },
      })),
    );
  }

  private async retry(name: string, from: Holder, to: Holder, cause: unknown): Promise<void> {
    this.log.warn({ err: cause, from: from.shard, to: to.shard }, 'a slice of buying power is on its way still');
    if (this.retried.has(name)) return;
    this.retried.add(name);
    for (let pauseMs = 50; !to.isEnding; pauseMs = Math.min(pauseMs * 2, pauseMsMax)) {
      await sleep(pauseMs, undefined, { ref: false });
      try {
        await this.take(from, to);
        break;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
      }
    }
    this.retried.delete(name);
  }
}

export function freeIn({ market }: Pick<Holder, 'market'>, participantId: number): number {
  const power = market.engine.buyingPower(participantId);
  return power ? power.total - power.reserved : 0;
}

/** Micro-yuan of buying power that the order is refused without; undefined where only its lease says. */
export function needOf({ command }: NewOrder): number | undefined {
  if (command.kind === 'ExtendLease') return undefined;
  if (command.kind !== 'SubmitBid') return 0;
  const { terms, subsidy } = command;
  return amountOf(terms.limitPrice, terms.units, terms.durationSlots) * (terms.standby ? 2 : 1) - (subsidy?.amount ?? 0);
}

export const lacksPower = ({ events }: Step): boolean =>
  events.some(
    (event) =>
      (event.kind === 'OrderRefused' || event.kind === 'ChangeRefused') && event.rejection === 'buying_power_must_cover_the_worst_case',
  );
