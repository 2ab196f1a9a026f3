import { decode } from './codec/batch.js';
import type { Entry, Step } from './entry.js';
import type { Row } from './replay.js';

/** Steps that wait whole. */
const wholeMax = 2_000;

/** What became of an entry, without it. */
type Outcome = Omit<Step, 'entry'>;

interface OfRow {
  readonly row: Row;
  /** Whole ones have their entries. */
  readonly steps: readonly (Step | Outcome)[];
  entries: readonly Entry[] | undefined;
  taken: number;
}

/**
 * Steps on their way to the tables, in order. Of those that come when many wait only the outcomes are kept: what was asked is in the journal's row, which is one object and not
 * a dozen for each order, so it costs the collector nothing to keep.
 */
export class StepQueue {
  private readonly rows: OfRow[] = [];
  length = 0;

  /** @param steps of that row */
  push(row: Row, steps: readonly Step[]): void {
    const kept = this.length < wholeMax ? steps : steps.map(withoutEntry);
    if (steps.length) this.rows.push({ row, steps: kept, entries: undefined, taken: 0 });
    this.length += steps.length;
  }

  /** The first of them, which stay. */
  first(count: number): Step[] {
    const steps: Step[] = [];
    for (const ofRow of this.rows) {
      for (let i = ofRow.taken; i < ofRow.steps.length; i++) {
        if (steps.length === count) return steps;
        steps.push(whole(ofRow, ofRow.steps[i]!));
      }
    }
    return steps;
  }

  drop(count: number): void {
    this.length -= count;
    for (let left = count; left > 0;) {
      const ofRow = this.rows[0]!;
      const dropped = Math.min(left, ofRow.steps.length - ofRow.taken);
      ofRow.taken += dropped;
      left -= dropped;
      if (ofRow.taken === ofRow.steps.length) this.rows.shift();
    }
  }
}

const withoutEntry = ({ shard, sequence, time, events, promised, explanations, refused }: Step): Outcome => ({
  shard,
  sequence,
  time,
  events,
  promised,
  explanations,
  refused,
});

function whole(ofRow: OfRow, step: Step | Outcome): Step {
  if ('entry' in step) return step;
  ofRow.entries ??= decode(ofRow.row.payload).entries;
  return { ...step, entry: ofRow.entries[step.sequence - ofRow.row.firstSequence]! };
}
