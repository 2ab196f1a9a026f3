import { Socket } from 'node:net';

/**
 * A socket that sends what is corked in one turn of the event loop as one piece: the driver corks for each statement, a transaction says several short ones
 * at once, and of a short statement the system call is what costs most.
 */
export class OneWriteSocket extends Socket {
  private isHeld = false;

  override cork(): void {
    super.cork();
    if (this.isHeld) return;
    this.isHeld = true;
    super.cork();
    process.nextTick(() => {
      this.isHeld = false;
      super.uncork();
    });
  }
}
