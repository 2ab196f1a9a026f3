import { Injectable } from '@nestjs/common';
import { apart, Database, keepingTrace, Logger, type Tx } from '#platform';

type Work = (tx: Tx) => Promise<unknown>;

interface Waiting {
  readonly work: Work;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** Works of one transaction. */
const togetherMax = 64;

/**
 * What is done under a partner's row (its messages heard, its answers taken), one after the other. What comes while a transaction is under way goes together in the
 * next, so that many messages share a connection, a lock and a write to the disk.
 */
@Injectable()
export class Turns {
  /** Of partners for whom something is done. */
  private readonly queues = new Map<string, Waiting[]>();

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
  ) {}

  /**
   * Done once what it wrote is committed. Where others of its transaction fail it is run again, alone, so it does nothing but by `tx`.
   * @throws what `work` throws: then nothing of it is kept
   */
  do<T>(platform: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = { work: keepingTrace(work), resolve, reject };
      const queue = this.queues.get(platform);
      if (queue) queue.push(waiting);
      else {
        const own = [waiting];
        this.queues.set(platform, own);
        void apart(() => this.empty(platform, own));
      }
    });
  }

  private async empty(platform: string, queue: Waiting[]): Promise<void> {
    // Whatever else comes in this turn of the event loop goes with the first.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length) await this.doAll(platform, queue.splice(0, togetherMax));
    this.queues.delete(platform);
  }

  private async doAll(platform: string, all: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.database.transaction(async (tx) => {
        const done: unknown[] = [];
        for (const { work } of all) done.push(await work(tx));
        return done;
      });
      for (const [at, { resolve }] of all.entries()) resolve(results[at] as never);
    } catch (error) {
      const [first, ...others] = all as [Waiting, ...Waiting[]];
      if (!others.length) return first.reject(error);
      this.log.info({ err: error, platform, works: all.length }, 'what was done together for a partner failed; each is done alone');
      for (const one of all) await this.doAll(platform, [one]);
    }
  }
}
