import type { Tx } from './database.js';

interface Asked<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Statements that works of one transaction say side by side go out as one, so that what each costs the connection, the server and this process is shared:
 * all that is asked until nothing runs on that waits for no answer. Where it fails it fails for all who asked.
 */
export class Together<Q, A> {
  /** By the list of what a transaction publishes, as Gather's. */
  private readonly waiting = new WeakMap<Tx['outgoing'], Asked<Q, A>[]>();

  /** @param ask answers all in their order */
  constructor(private readonly ask: (tx: Tx, questions: readonly Q[]) => Promise<readonly A[]>) {}

  one(tx: Tx, question: Q): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      const asked = { question, resolve, reject };
      const waiting = this.waiting.get(tx.outgoing);
      if (waiting) {
        waiting.push(asked);
        return;
      }
      this.waiting.set(tx.outgoing, [asked]);
      // A tick that is asked for by a microtask comes when no other is left.
      queueMicrotask(() => process.nextTick(() => void this.flush(tx)));
    });
  }

  private async flush(tx: Tx): Promise<void> {
    const all = this.waiting.get(tx.outgoing)!;
    this.waiting.delete(tx.outgoing);
    await answerAll(all, (questions) => this.ask(tx, questions));
  }
}

/**
 * The same outside of any transaction: what is asked while a question is under way goes together in the next. Where that fails each is asked alone, so that
 * nobody's question costs others their answer.
 */
export class Joined<Q, A> {
  private readonly waiting: Asked<Q, A>[] = [];
  private isUnderWay = false;

  /** @param ask answers all in their order; asked anew where it failed for several */
  constructor(private readonly ask: (questions: readonly Q[]) => Promise<readonly A[]>) {}

  one(question: Q): Promise<A> {
    return new Promise<A>((resolve, reject) => {
      this.waiting.push({ question, resolve, reject });
      if (this.isUnderWay) return;
      this.isUnderWay = true;
      queueMicrotask(() => void this.empty());
    });
  }

  private async empty(): Promise<void> {
    while (this.waiting.length) {
      const all = this.waiting.splice(0);
      try {
        const answers = await this.ask(all.map(({ question }) => question));
        for (const [at, { resolve }] of all.entries()) resolve(answers[at]!);
      } catch {
        // What is wrong each hears of its own question.
        for (const one of all) await answerAll([one], this.ask);
      }
    }
    this.isUnderWay = false;
  }
}

async function answerAll<Q, A>(all: readonly Asked<Q, A>[], ask: (questions: readonly Q[]) => Promise<readonly A[]>): Promise<void> {
  try {
    const answers = await ask(all.map(({ question }) => question));
    for (const [at, { resolve }] of all.entries()) resolve(answers[at]!);
  } catch (error) {
    for (const { reject } of all) reject(error);
  }
}
