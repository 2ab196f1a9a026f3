// What the processes of one exchange tell each other in passing: a port, and its side within one process. Nothing is kept and nothing rests on it: who has
// not heard finds the same in the database, or counts alone.
import type { Logger } from './log.js';

/**
 * limits: requests let in, by whom: {"key/7": 12}.
 * keys: the id of a participant whose keys, roles or state changed.
 * market: nothing; the tables that live readers follow have grown.
 * notices: nothing; participants were told of their money.
 */
export type Channel = 'limits' | 'keys' | 'market' | 'notices';

/** Hears what the channel's other lines tell; undefined where some of it may have been missed. May not wait. */
export type Hear = (message: string | undefined) => void;

/** One user's end of a channel. */
export interface Line {
  /**
   * The channel's other lines hear it: in this process before this returns, in others soon and in the order told. Where the way to them is lost they hear it
   * never, and undefined once there is a way again. Never waits, never throws.
   */
  tell(message: string): void;
  close(): void;
}

export class HotState {
  private readonly hearers = new Map<Channel, Set<Hear>>();

  constructor(protected readonly log: Logger) {}

  open(channel: Channel, hear: Hear): Line {
    const hearers = this.hearers.getOrInsertComputed(channel, () => new Set());
    hearers.add(hear);
    return {
      tell: (message) => {
        this.deliver(channel, message, hear);
        this.spread(channel, message);
      },
      close: () => void hearers.delete(hear),
    };
  }

  /** A line for people. */
  get standing(): string {
    return 'in this process';
  }

  /** What is told reaches the others; where there are none, always. */
  get isReached(): boolean {
    return true;
  }

  close(): void {
    this.hearers.clear();
  }

  /** Channels that somebody here has opened. */
  protected get channels(): Channel[] {
    return [...this.hearers.keys()];
  }

  protected deliver(channel: Channel, message: string | undefined, teller?: Hear): void {
    for (const hear of this.hearers.get(channel) ?? [])
      try {
        if (hear !== teller) hear(message);
      } catch (error) {
        this.log.error({ err: error, channel }, 'what was told could not be used');
      }
  }

  /** To other processes; here there is none. */
  protected spread(_channel: Channel, _message: string): void {}
}
