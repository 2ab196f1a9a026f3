// What a reader has seen of a partition: of each source everything up to a sequence. There an event comes first after all of its source before it
// (the relays see to that), so one that is not above the mark has come before.

export class Seen {
  private readonly marks: Map<string, number>;
  private readonly raised = new Set<string>();

  constructor(marks: Iterable<[string, number]>) {
    this.marks = new Map(marks);
  }

  /** Records an event. False where it was seen before. */
  add(source: string, sequence: number): boolean {
    if (sequence <= (this.marks.get(source) ?? 0)) return false;
    this.marks.set(source, sequence);
    this.raised.add(source);
    return true;
  }

  /** Marks to write: those that were raised. */
  changes(): [source: string, sequence: number][] {
    return [...this.raised].map((source) => [source, this.marks.get(source)!]);
  }
}
