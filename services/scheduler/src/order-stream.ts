import type { EnterOrdersRequest, EnterOrdersResponse, EntryAnswer } from '#contracts';

const answersMax = 1_000;

/** Carries out an entry; resolves to its answer, a refusal among them, and never rejects. */
export type Enter = (message: EnterOrdersRequest) => Promise<readonly (() => Promise<EntryAnswer>)[]>;

/**
 * The two directions of one stream: entries are begun in the order in which they come while fewer than `window` are unanswered, and what is
 * answered goes out together. A client that does not read its answers is not read either.
 */
export class OrderStream {
  private ready: EntryAnswer[] = [];
  private unanswered = 0;
  private pending = 0;
  private isReadOut = false;
  private isOver = false;
  private failure: unknown;
  private wakeAnswers = () => {};
  private wakeReader = () => {};

  constructor(
    private readonly window: number,
    private readonly enter: Enter,
  ) {}

  /** @throws what the client's stream failed with, once all that was begun is answered */
  async *run(
    messages: AsyncIterator<EnterOrdersRequest>,
    first: EnterOrdersRequest,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<EnterOrdersResponse> {
    const abort = () => this.wakeAnswers();
    signal?.addEventListener('abort', abort);
    void this.read(messages, first);
    try {
      for (;;) {
        if (signal?.aborted) return;
        if (this.ready.length) yield { opened: undefined, answers: this.taken() };
        else if (this.isReadOut && this.unanswered === 0) break;
        else await new Promise<void>((resolve) => (this.wakeAnswers = resolve));
      }
    } finally {
      this.isOver = true;
      this.wakeReader();
      signal?.removeEventListener('abort', abort);
    }
    if (this.failure) throw this.failure as Error;
  }

  /** Resolves when nothing that was begun is under way, and nothing more will be. */
  async settled(): Promise<void> {
    while (this.pending) await new Promise<void>((resolve) => (this.wakeAnswers = resolve));
  }

  private taken(): EntryAnswer[] {
    const answers = this.ready.splice(0, answersMax);
    this.unanswered -= answers.length;
    this.wakeReader();
    return answers;
  }

  private async read(messages: AsyncIterator<EnterOrdersRequest>, first: EnterOrdersRequest): Promise<void> {
    try {
      for (let message = first; ;) {
        for (const begin of await this.enter(message)) {
          while (this.unanswered >= this.window && !this.isOver) await new Promise<void>((resolve) => (this.wakeReader = resolve));
          if (this.isOver) return;
          this.begin(begin);
        }
        const next = await messages.next();
        if (next.done) break;
        message = next.value;
      }
    } catch (error) {
      this.failure = error;
    }
    this.isReadOut = true;
    this.wakeAnswers();
  }

  private begin(begin: () => Promise<EntryAnswer>): void {
    this.unanswered += 1;
    this.pending += 1;
    void begin().then((answer) => {
      this.pending -= 1;
      if (this.isOver) return void (this.pending || this.wakeAnswers());
      // Whatever else is answered in this turn of the loop goes with the first.
      if (this.ready.push(answer) === 1) setImmediate(() => this.wakeAnswers());
    });
  }
}
