// What a consumer has seen of a topic, source by source: everything up to a sequence, and some beyond it where events overtook a missing one.

export class Seen {
  private readonly upTo: Map<string, number>;
  private readonly ahead = new Map<string, Set<number>>();
  private readonly touched = new Set<string>();

  constructor(upTo: Iterable<[string, number]>, ahead: Iterable<[string, number]>) {
    this.upTo = new Map(upTo);
    for (const [source, sequence] of ahead) this.aheadOf(source).add(sequence);
  }

  /** Records an event. False where it was seen before. */
  add(source: string, sequence: number): boolean {
    const ahead = this.aheadOf(source);
    const upTo = this.upTo.get(source) ?? 0;
    if (sequence <= upTo || ahead.has(sequence)) return false;
    this.touched.add(source);
    ahead.add(sequence);
    let next = upTo + 1;
    for (; ahead.has(next); next++) ahead.delete(next);
    this.upTo.set(source, next - 1);
    return true;
  }

  /** What to write for the sources that changed. */
  changes(): { source: string; upTo: number; ahead: number[] }[] {
    return [...this.touched].map((source) => ({ source, upTo: this.upTo.get(source)!, ahead: [...this.aheadOf(source)] }));
  }

  private aheadOf(source: string): Set<number> {
    let ahead = this.ahead.get(source);
    if (!ahead) this.ahead.set(source, (ahead = new Set()));
    return ahead;
  }
}
