/** Which of a sender's sequences came: all up to `through`, and of the next ones those whose bit is set, the lowest for through + 2. */
export interface Heard {
  readonly through: number;
  readonly beyond: number;
}

export const nothingHeard: Heard = { through: 0, beyond: 0 };

/** So far ahead of the first that is missing may a sequence come. */
export const aheadMax = 32;

/** The same with this sequence; 'repeated' where it had come, 'far' where it comes too far ahead. */
export function hear({ through, beyond }: Heard, sequence: number): Heard | 'repeated' | 'far' {
  const ahead = sequence - through;
  if (ahead <= 0) return 'repeated';
  if (ahead > aheadMax) return 'far';
  if (ahead > 1) {
    const bit = 1 << (ahead - 2);
    return (beyond & bit) !== 0 ? 'repeated' : { through, beyond: beyond | bit };
  }
  let [last, rest] = [sequence, beyond];
  for (; (rest & 1) !== 0; rest >>>= 1) last++;
  // The bit that falls out is of the first that is missing.
  return { through: last, beyond: rest >>> 1 };
}
