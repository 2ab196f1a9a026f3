// A thread that makes a snapshot: it replays the journal from the snapshot before, so that the market itself never stands still for one.
import { parentPort } from 'node:worker_threads';
import { Market } from './market.js';
import { read, replayRow, written, type Row } from './replay.js';

/** First the snapshot before (nothing: none), then rows of the journal, then the sequence at which to write. */
export type Told = { readonly state: Uint8Array | undefined } | { readonly row: Row } | { readonly write: true };

let market = Market.empty();
parentPort!.on('message', (told: Told) => {
  if ('state' in told) market = told.state ? read(told.state) : Market.empty();
  else if ('row' in told) replayRow(market, told.row, Infinity);
  else parentPort!.postMessage(written(market));
});
