/** What of a bill's line says where it may stand. */
interface OfContract {
  readonly bidId: number;
  /** 0: it names none. */
  readonly programmeId: number;
}

/**
 * A bill's lines as they are told, some at a time: a bid's together, since a programme decides of it as a whole, and first those that name one, so that caps over all of
 * a bill are counted from as few parts as there can be. Each has at most so many lines, or those of one bid alone. A bill without lines is one part.
 */
export function partsOf<T extends OfContract>(lines: readonly T[], most: number): T[][] {
  const bids = [...Map.groupBy(lines, ({ bidId }) => bidId).values()];
  const names = (bid: readonly T[]): boolean => bid.some(({ programmeId }) => programmeId > 0);
  const parts: T[][] = [[]];
  for (const bid of [...bids.filter(names), ...bids.filter((one) => !names(one))]) {
    const last = parts.at(-1)!;
    if (last.length === 0 || last.length + bid.length <= most) for (const line of bid) last.push(line);
    else parts.push([...bid]);
  }
  return parts;
}
