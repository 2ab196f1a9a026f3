import type { Entry } from './entry.js';

/** The entries of one row of the journal, and the time of all of them. */
export interface Batch {
  readonly time: number;
  readonly entries: readonly Entry[];
}

const version = 1;

/**
 * A batch as the journal keeps it: one byte of version, then the batch. Version 1 is JSON. A later version gets a number of its own and a
 * branch in `decode`: old journals replay for ever.
 */
export function encode(batch: Batch): Buffer {
  return Buffer.from(`${String.fromCharCode(version)}${JSON.stringify(batch)}`);
}

/** @throws Error where the version is not known */
export function decode(row: Uint8Array): Batch {
  if (row[0] !== version) throw new Error(`journal_version_must_be_known: ${row[0]}`);
  return JSON.parse(Buffer.from(row.buffer, row.byteOffset + 1, row.byteLength - 1).toString()) as Batch;
}
