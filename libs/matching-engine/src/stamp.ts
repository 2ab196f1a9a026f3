import type { Time } from '#domain';

/** Stamped on every command by the one writer: sequence grows, time (ms since the Unix epoch) never goes back. */
export interface Stamp {
  readonly sequence: number;
  readonly time: Time;
}
