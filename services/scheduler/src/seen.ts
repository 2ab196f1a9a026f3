/** More of a source's events than a reader takes at once: so many can have been journalled while their inbox rows were not yet committed. */
const kept = 4096;

/**
 * Events that were applied, by source. The inbox drops what came before; but its commit and the journal's differ, so after a crash the
 * last events may come again, and only the journal knows of them.
 */
export class Seen {
  private readonly bySource = new Map<string, Set<number>>();

  has(source: string, sequence: number): boolean {
    return this.bySource.get(source)?.has(sequence) ?? false;
  }

  add(source: string, sequence: number): void {
    const known = this.bySource.get(source);
    if (!known) return void this.bySource.set(source, new Set([sequence]));
    known.add(sequence);
    if (known.size > kept) for (const oldest of known) return void known.delete(oldest);
  }

  toJson(): [string, number[]][] {
    return [...this.bySource].map(([source, known]) => [source, [...known]]);
  }

  static fromJson(json: [string, number[]][]): Seen {
    const seen = new Seen();
    for (const [source, known] of json) seen.bySource.set(source, new Set(known));
    return seen;
  }
}
