import { stateHashOf } from '#matching-engine';
import type { JournalRow } from '#platform';
import { decode } from './codec/batch.js';
import { Sink, Source } from './codec/bytes.js';
import { readValue, writeValue } from './codec/value.js';
import { Market, type MarketState } from './market.js';

/** What of a journal's row a replay needs. */
export type Row = Pick<JournalRow, 'firstSequence' | 'payload'>;

/** Applies the commands of a row that the market has not applied yet, up to the sequence `until`. */
export function replayRow(market: Market, { firstSequence, payload }: Row, until: number): void {
  const { time, entries } = decode(payload, false);
  entries.forEach((entry, index) => {
    const sequence = firstSequence + index;
    if (sequence > market.sequence && sequence <= until) market.apply(sequence, time, entry, false);
  });
}

/** A whole state of the market at a sequence, and the hash by which a start checks it. */
export interface Written {
  readonly sequence: number;
  readonly time: number;
  readonly stateHash: string;
  readonly state: Uint8Array<ArrayBuffer>;
}

/** What `written` writes; another is passed over. */
const version = 2;

export function written(market: Market): Written {
  const sink = new Sink();
  const state = market.snapshot();
  sink.byte(version);
  writeValue(sink, state);
  return { sequence: market.sequence, time: market.time, stateHash: stateHashOf(state.engine), state: sink.taken() };
}

/** @throws Error where another version wrote it, it is cut off, or the hash is not that of its state */
export function read(bytes: Uint8Array, stateHash: string): Market {
  const source = new Source(bytes);
  if (source.byte() !== version) throw new Error('snapshot_version_must_be_known');
  const state = readValue(source) as MarketState;
  if (stateHashOf(state.engine) !== stateHash) throw new Error('snapshot_must_have_its_hash');
  return Market.restore(state);
}
