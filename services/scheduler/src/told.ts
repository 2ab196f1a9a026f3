import type { Message } from '#contracts';

/** What is told to the other services, numbered by whoever publishes it. */
export interface Told {
  readonly message: Message<unknown>;
  readonly data: object;
  readonly subject: string;
  readonly time: number;
  /** Of the command that it came of. */
  readonly traceparent: string | undefined;
}

export type Tell = <T extends object>(message: Message<T>, data: T, participantId: number, time: number) => void;
