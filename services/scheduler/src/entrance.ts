import type { Entry, NewOrder, Step } from './entry.js';
import { freeIn, lacksPower, needOf, type Gathering } from './gathering.js';
import type { Sequencer } from './sequencer.js';

/** How often an order is tried for which power was brought that another took away meanwhile. */
const triesMax = 8;

interface Need {
  readonly participantId: number;
  /** Micro-yuan; what no power covers is not waited for. */
  readonly need: number;
  /** Of participant and shard. */
  readonly name: string;
}

/** Orders and their changes on their way into one of several shards: no id goes to two (R-10a), and buying power is there before who needs it. */
export class Entrance {
  /** Ids of orders that are on their way to a journal, and how many calls bring them. */
  private readonly claims = new Map<number, { readonly shard: number; readonly calls: number }>();

  /** By participant and shard: micro-yuan that orders on their way need, and whose turn is last where some wait. */
  private readonly needed = new Map<string, number>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly all: readonly Sequencer[],
    private readonly gathering: Gathering,
  ) {}

  /** The shard that knows the order, or to which it is on its way. */
  holderOf(orderId: number): Sequencer | undefined {
    const claim = this.claims.get(orderId);
    return claim ? this.all[claim.shard] : this.all.find(({ market }) => market.engine.knows(orderId));
  }

  /** Undefined for an order whose id another shard knows: it was not submitted. @throws Refusal as `submit` does */
  async place(to: Sequencer, entries: readonly NewOrder[]): Promise<(Step | undefined)[]> {
    const mine = entries.map(({ command }) => this.claim(to, command.orderId));
    const submitted = entries.filter((_, index) => mine[index]);
    try {
      const steps = submitted.length ? await this.submit(to, submitted) : [];
      let next = 0;
      return mine.map((isMine) => (isMine ? steps[next++] : undefined));
    } finally {
      for (const { command } of submitted) this.release(command.orderId);
    }
  }

  /** A change of an order comes after the orders of its participant that wait for power. */
  async change(to: Sequencer, entry: Entry): Promise<Step> {
    const { participantId } = entry.asked!;
    const [step] = await this.inTurn(to, [entry], [{ participantId, need: 0, name: `${participantId}/${to.shard}` }]);
    return lacksPower(step!) ? this.again(to, entry, participantId, undefined, step!) : step!;
  }

  private async submit(to: Sequencer, entries: readonly NewOrder[]): Promise<Step[]> {
    const needs = [...Map.groupBy(entries, ({ command }) => command.participantId)].map(([participantId, ofOne]): Need => {
      const free = this.gathering.freeOf(participantId);
      const need = ofOne.reduce((sum, entry) => sum + coverable(needOf(entry) ?? 0, free), 0);
      return { participantId, need, name: `${participantId}/${to.shard}` };
    });
    const steps = await this.inTurn(to, entries, needs);
    for (const [index, step] of steps.entries()) {
      const entry = entries[index]!;
      if (lacksPower(step)) steps[index] = await this.again(to, entry, entry.command.participantId, needOf(entry), step);
    }
    return steps;
  }

  /** At once where the shard has what they need; else when it has come, and whatever of the participants came before is submitted. */
  private async inTurn(to: Sequencer, entries: readonly Entry[], needs: readonly Need[]): Promise<Step[]> {
    for (const { name, need } of needs) this.expect(name, need);
    try {
      if (needs.every(({ name, participantId }) => !this.turns.has(name) && this.expected(name) <= freeIn(to, participantId)))
        return await to.submit(entries);
      const before = needs.flatMap(({ name }) => this.turns.get(name) ?? []);
      const turn = Promise.allSettled(before).then(async () => {
        for (const need of needs) await this.prepare(to, need);
        return { steps: to.submit(entries) };
      });
      for (const { name } of needs) this.turns.set(name, turn);
      const forget = () => needs.forEach(({ name }) => this.turns.get(name) === turn && this.turns.delete(name));
      turn.then(forget, forget);
      return await (
        await turn
      ).steps;
    } finally {
      for (const { name, need } of needs) this.expect(name, -need);
    }
  }

  /** What is expected to be needed is brought, as far as it is anywhere. */
  private async prepare(to: Sequencer, { participantId, name }: Need): Promise<void> {
    const need = Math.min(this.expected(name), this.gathering.freeOf(participantId));
    if (need > freeIn(to, participantId)) await this.gathering.gather(participantId, to, need);
  }

  private expected(name: string): number {
    return this.needed.get(name) ?? 0;
  }

  private expect(name: string, more: number): void {
    const need = this.expected(name) + more;
    if (need) this.needed.set(name, need);
    else this.needed.delete(name);
  }

  private async again(to: Sequencer, entry: Entry, participantId: number, need: number | undefined, refused: Step): Promise<Step> {
    let step = refused;
    for (let tries = 1; tries < triesMax && lacksPower(step); tries++) {
      const free = this.gathering.freeOf(participantId);
      if (need !== undefined && need > free) break;
      if (!(await this.gathering.gather(participantId, to, need ?? free))) break;
      step = await to.submitOne(entry);
    }
    return step;
  }

  /** Until its engine knows it, an id belongs to the shard that it was sent to first. False where that is another. */
  private claim(to: Sequencer, orderId: number): boolean {
    if ((this.holderOf(orderId) ?? to) !== to) return false;
    const claim = this.claims.get(orderId) ?? { shard: to.shard, calls: 0 };
    this.claims.set(orderId, { ...claim, calls: claim.calls + 1 });
    return true;
  }

  private release(orderId: number): void {
    const claim = this.claims.get(orderId)!;
    if (claim.calls === 1) this.claims.delete(orderId);
    else this.claims.set(orderId, { ...claim, calls: claim.calls - 1 });
  }
}

const coverable = (need: number, free: number): number => (need <= free ? need : 0);
