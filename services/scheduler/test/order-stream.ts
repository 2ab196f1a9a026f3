// A client of the order-entry stream, in process or over gRPC: what it says goes when it says it, what it hears is kept by correlation.
import { OrderEntry, type EnterOrdersRequest, type EnterOrdersResponse, type EntryAnswer, type SessionOpened } from '#contracts';

type Enter = (requests: AsyncIterable<EnterOrdersRequest>, signal: AbortSignal) => AsyncIterable<EnterOrdersResponse>;
type Short = Parameters<typeof OrderEntry.create>[0];

export class StreamClient {
  readonly answers = new Map<number, EntryAnswer>();
  opened: SessionOpened | undefined;
  /** What the stream ended with; undefined while it runs, null where it ended well. */
  ended: unknown;
  private readonly gone = new AbortController();
  private said: EnterOrdersRequest[] = [];
  private isDone = false;
  private wakeSaying = () => {};
  private wakeHearing: (() => void)[] = [];
  readonly over: Promise<void>;

  constructor(enter: Enter) {
    this.over = this.hear(enter(this.saying(), this.gone.signal));
  }

  static async open(enter: Enter, cancelOnDisconnect = true, participantId = 0): Promise<StreamClient> {
    const client = new StreamClient(enter);
    client.say({ open: { cancelOnDisconnect, participantId }, entries: [] });
    await client.until(() => client.opened !== undefined);
    return client;
  }

  say(request: EnterOrdersRequest): void {
    this.said.push(request);
    this.wakeSaying();
  }

  send(...entries: Short[]): void {
    this.say({ open: undefined, entries: entries.map((entry) => OrderEntry.create(entry)) });
  }

  /** Sends and waits for these answers, in the order in which they were asked. */
  async ask(...entries: Short[]): Promise<EntryAnswer[]> {
    this.send(...entries);
    const correlations = entries.map((entry) => entry!.correlation!);
    await this.until(() => correlations.every((correlation) => this.answers.has(correlation)));
    return correlations.map((correlation) => this.answers.get(correlation)!);
  }

  /** Says no more, and hears the rest. */
  async end(): Promise<void> {
    this.isDone = true;
    this.wakeSaying();
    await this.over;
  }

  /** As a process that dies. */
  async vanish(): Promise<void> {
    this.gone.abort();
    this.isDone = true;
    this.wakeSaying();
    await this.over;
  }

  private async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.ended !== undefined) throw new Error('the stream ended before', { cause: this.ended });
      await new Promise<void>((resolve) => this.wakeHearing.push(resolve));
    }
  }

  private async *saying(): AsyncGenerator<EnterOrdersRequest> {
    for (;;) {
      yield* this.said.splice(0);
      if (this.said.length) continue;
      if (this.isDone) return;
      await new Promise<void>((resolve) => (this.wakeSaying = resolve));
    }
  }

  private async hear(responses: AsyncIterable<EnterOrdersResponse>): Promise<void> {
    try {
      for await (const { opened, answers } of responses) {
        this.opened ??= opened;
        for (const answer of answers) this.answers.set(answer.correlation, answer);
        this.wake();
      }
      this.ended = null;
    } catch (error) {
      this.ended = error;
    }
    this.wake();
  }

  private wake(): void {
    for (const wake of this.wakeHearing.splice(0)) wake();
  }
}
