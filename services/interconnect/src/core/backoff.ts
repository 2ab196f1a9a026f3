/** Milliseconds until what had no answer is asked again: 1 s, 2 s, 4 s … 60 s, and then each 60 s for ever. */
export const pauseMs = (attempts: number): number => Math.min(60_000, 1_000 * 2 ** Math.min(attempts - 1, 6));
