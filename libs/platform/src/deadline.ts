/**
 * A signal that aborts after so long, or with another, until it is ended. What AbortSignal.timeout and AbortSignal.any make stays until the time is over, however
 * soon the answer came: at a thousand calls a second all that those of a minute hold.
 */
export class Deadline {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout;

  constructor(
    msMax: number,
    private readonly other: AbortSignal | undefined,
  ) {
    this.timer = setTimeout(this.abort, msMax).unref();
    if (other?.aborted) this.abort();
    else other?.addEventListener('abort', this.abort);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  end(): void {
    clearTimeout(this.timer);
    this.other?.removeEventListener('abort', this.abort);
  }

  private readonly abort = (): void => this.controller.abort();
}
