// A thread that makes a snapshot: it replays the journal from the snapshot before, so that the market itself never stands still for one.
import { parentPort } from 'node:worker_threads';
import { Market } from './market.js';
import { read, replayRow, written, type Row } from './replay.js';

/** First the parts of the snapshot before (none: none), then rows of the journal, then that the state is to be written. */
export type Told = { readonly part: Uint8Array } | { readonly begin: true } | { readonly row: Row } | { readonly write: true };

const parts: Uint8Array[] = [];
let market = Market.empty();
parentPort!.on('message', (told: Told) => {
  if ('part' in told) parts.push(told.part);
  else if ('begin' in told) market = parts.length ? read(Buffer.concat(parts.splice(0))) : Market.empty();
  else if ('row' in told) replayRow(market, told.row, Infinity);
  else {
    const state = written(market);
    parentPort!.postMessage(state, [state.state.buffer]);
  }
});
