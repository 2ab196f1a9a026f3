import type { Entry } from '../entry.js';
import { Sink, Source } from './bytes.js';
import { command } from './commands.js';
import { flag, list, number, optional, pair, text, untold } from './field.js';
import { plainBidWriter } from './plain-bid.js';
import { record, type Shape } from './record.js';
import { asked, decided, label } from './words.js';

/** The entries of one row of the journal, and the time of all of them. */
export interface Batch {
  readonly time: number;
  readonly entries: readonly Entry[];
}

/** What `encode` writes. */
export const version = 4;
/** The same form, without what later ones added behind: 3 slices, and which shard it is; 4 traces. */
const versionsBefore = [2, 3];

const shape: Shape<Entry> = {
  command,
  from: optional(pair(text, number(0))),
  asked: optional(record(asked)),
  label: optional(record(label)),
  model: optional(text),
  confirmsAtOnce: optional(flag),
  decided: optional(record(decided)),
  slice: optional(record({ shard: number(0), number: number(0) })),
  trace: optional(text),
};
const entry = record(shape);
const writePlainBid = plainBidWriter(Object.keys(shape));
const entries = list<Entry>({
  ...entry,
  write: (sink, value) => {
    if (!writePlainBid(sink, value)) entry.write(sink, value);
  },
});
/** Without whose words they were: a market that tells nobody has no use for them. */
const commands = list(
  record<Entry>({
    ...shape,
    asked: untold(shape.asked),
    label: untold(shape.label),
    decided: untold(shape.decided),
    trace: untold(shape.trace),
  }),
);

/**
 * A batch as the journal keeps it: a byte of version, then the batch. What a version wrote is read for ever: another form gets a number of its own
 * and a branch in `decode`.
 */
export function encode(batch: Batch): Buffer {
  const sink = new Sink();
  sink.byte(version);
  sink.number(batch.time);
  entries.write(sink, batch.entries);
  return sink.taken();
}

/**
 * @param tells false: the entries' words (asked, label, decided, trace) may be left out
 * @throws Error where the version is not known, or the bytes are cut off
 */
export function decode(row: Uint8Array, tells = true): Batch {
  if (row[0] === 1) return JSON.parse(Buffer.from(row.buffer, row.byteOffset + 1, row.byteLength - 1).toString()) as Batch;
  if (row[0] !== version && !versionsBefore.includes(row[0]!)) throw new Error(`journal_version_must_be_known: ${row[0]}`);
  const source = new Source(row.subarray(1));
  const batch = { time: source.number(), entries: (tells ? entries : commands).read(source) };
  if (!source.isAtEnd) throw new Error('journal_batch_must_end_with_its_entries');
  return batch;
}
