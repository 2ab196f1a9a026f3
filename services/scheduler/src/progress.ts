import { Refusal } from '#platform';

/** How far the query tables have come, and who waits for it. */
export abstract class Progress {
  protected readonly stopping = new AbortController();
  /** They cannot be written just now, or not by this process. */
  isFailing = true;
  /** Who waits for a sequence. */
  protected readers = 0;
  private readonly listeners = new Set<() => void>();

  /** Of the last command whose effects are in the tables. */
  abstract get sequence(): number;
  /** Nothing waits. Who asks wants it to be: what waits is written at once. */
  abstract get isIdle(): boolean;
  /** From here on this process writes them, behind what the leader before wrote. */
  abstract lead(): Promise<void>;
  /** Ends after the batch under way; what waits is in the journal. */
  abstract stop(): Promise<void>;
  /** What waits, up to this sequence at least, is written without a pause. */
  protected abstract hurry(sequence: number): void;

  get isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /**
   * Resolves once the tables hold what the command of that sequence did.
   * @throws Refusal unavailable while they cannot be written
   */
  async passed(sequence: number): Promise<void> {
    this.readers += 1;
    try {
      await this.reached(sequence, () => this.hurry(sequence));
    } finally {
      this.readers -= 1;
    }
  }

  /** The same for whom nobody waits: what waits is written when its turn comes. */
  async reached(sequence: number, hurry?: () => void): Promise<void> {
    while (this.sequence < sequence) {
      if (this.isFailing || this.isStopped)
        throw new Refusal('unavailable', 'projection_must_follow_the_journal', 'the query tables cannot be written just now');
      hurry?.();
      await new Promise<void>((resolve) => {
        const stop = this.watch(() => {
          stop();
          resolve();
        });
      });
    }
  }

  /** Calls after each batch. @returns how to stop it */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Resolves after the next batch is written, or after so long. */
  async nextBatch(patienceMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop();
        resolve();
      };
      const timer = setTimeout(done, patienceMs);
      const stop = this.watch(done);
    });
  }

  protected wake(): void {
    for (const listener of [...this.listeners]) listener();
  }
}
