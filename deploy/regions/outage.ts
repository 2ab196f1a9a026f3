// A partner is away, comes back, and is killed in the midst of commits.
import type { Json } from '#demo';
import { countBy, outcomeOf } from './compare.js';
import type { Lockstep } from './lockstep.js';
import type { Region } from './region.js';

const retryMs = 2_000;

export interface Kill {
  readonly platform: string;
  readonly at: string;
  /** What the buying platform had said to it and had no answer to when it was gone, by kind. */
  readonly unknown: Record<string, number>;
  /** Of those, what the answers were when it was there again, by outcome. None is unanswered. */
  readonly resolved: Record<string, number>;
  /** That many kills before it met no commit under way. */
  readonly missed: number;
}

export class Outage {
  private missed = 0;
  done: Kill | undefined;

  /** @param buyer whose bids ask the other. @param seller that will be killed */
  constructor(
    private readonly clocks: Lockstep,
    private readonly buyer: Region,
    private readonly seller: Region,
  ) {}

  /** The way to the seller is cut while bids are placed: what they ask of it waits, and goes all at once when the way is back. Then the seller is killed. */
  async around(place: () => Promise<void>): Promise<void> {
    this.seller.way.shut();
    await place();
    await this.clocks.settle();
    this.seller.way.unshut();
    const going = this.buyer.advance(this.clocks.now + retryMs);
    await this.whileCommitsWait(going);
    await this.seller.kill();
    await going;
    const unknown = await this.unanswered();
    const numbers = new Set(unknown.map((line) => String(line.number)));
    await this.seller.begin();
    for (let tries = 0; tries < 10 && (await this.unanswered()).length > 0; tries += 1) await this.clocks.tick(retryMs * 2);
    if (!unknown.some(({ kind }) => kind === 'COMMIT')) {
      this.missed += 1;
      return;
    }
    const answered = (await this.buyer.list(this.path(''), 'messages')).filter((line) => numbers.has(String(line.number)));
    const at = new Date(this.clocks.now).toISOString();
    this.done = {
      platform: this.seller.platform,
      at,
      unknown: countBy(unknown, ({ kind }) => String(kind)),
      resolved: countBy(answered, outcomeOf),
      missed: this.missed,
    };
  }

  /** Until a commit is on its way, or none is any more. */
  private async whileCommitsWait(going: Promise<void>): Promise<void> {
    let isOver = false;
    const over = (): void => void (isOver = true);
    going.then(over, over);
    while (!isOver && (await this.unanswered('&kind=COMMIT')).length === 0);
  }

  private unanswered(more = ''): Promise<Json[]> {
    return this.buyer.list(this.path(`&outcome=UNANSWERED${more}`), 'messages');
  }

  private path(more: string): string {
    return `/v1/interconnect/messages?platform=${this.seller.platform}&direction=SAID${more}`;
  }
}
