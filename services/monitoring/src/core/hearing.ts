/** Where nobody has listened for so long, pools were not heard. */
export const gapMs = 300_000;
/** Pools of so many providers do not fall silent at once, without one that is heard after them: nobody hears them. */
export const providersAtOnce = 3;

export interface Hearing {
  /** Since a process of monitoring reached the database. */
  readonly unattendedMs: number;
  /** Since a gateway last said that its ports are open; null where none ever did. */
  readonly closedMs: number | null;
  /** Providers with a pool that was in time when the last of all pools was heard, and whose deadline has passed since. */
  readonly silentAtOnce: number;
}

/** what nobody hears is no silence of the pools. */
export const isDeaf = ({ unattendedMs, closedMs, silentAtOnce }: Hearing): boolean =>
  unattendedMs > gapMs || (closedMs !== null && closedMs > gapMs) || silentAtOnce >= providersAtOnce;
