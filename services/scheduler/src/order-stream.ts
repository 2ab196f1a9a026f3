import type { EnterOrdersRequest, EnterOrdersResponse, EntryAnswer } from '#contracts';

const answersMax = 1_000;

/** Hears the answers to entries, each once, alone or with others. */
export type Answered = (answers: readonly EntryAnswer[]) => void;

/** Resolves when a message's entries may be begun, to what begins them. */
export type Enter = (message: EnterOrdersRequest) => Promise<(answered: Answered) => void>;

/**
 * The two directions of one stream: messages are begun in the order in which they come while fewer than `window` entries are unanswered, and
 * what is answered goes out together. A client that does not read its answers is not read either.
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
        const begin = await this.enter(message);
        while (this.unanswered >= this.window && !this.isOver) await new Promise<void>((resolve) => (this.wakeReader = resolve));
        if (this.isOver) return;
        this.unanswered += message.entries.length;
        this.pending += message.entries.length;
        begin(this.answered);
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

  private readonly answered: Answered = (answers) => {
    this.pending -= answers.length;
    if (this.isOver) return void (this.pending || this.wakeAnswers());
    // Whatever else is answered in this turn of the loop goes with the first.
    if (this.ready.length === 0) setImmediate(() => this.wakeAnswers());
    for (const answer of answers) this.ready.push(answer);
  };
}
