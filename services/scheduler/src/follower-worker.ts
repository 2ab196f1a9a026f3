// The thread of a Follower: a second market, fed by the journal, whose steps become rows.
import { parentPort, workerData } from 'node:worker_threads';
import { openThread, type ThreadSeed } from '#platform';
import { decode } from './codec/batch.js';
import { cursorOf } from './cursor.js';
import { Market } from './market.js';
import { paceMs, Projector } from './projector.js';
import type { Row } from './replay.js';
import { newestMarket } from './snapshot-making.js';
import { SnapshotStore } from './snapshot-store.js';

export interface Start {
  readonly shard: number;
  readonly seed: ThreadSeed;
  readonly isLeading: boolean;
}

/** A durable row; how much the journal holds; up to where somebody waits; that the process leads now; the end. */
export type Said =
  { readonly row: Row } | { readonly upTo: number } | { readonly hurry: number } | { readonly lead: true } | { readonly stop: true };

export interface Heard {
  readonly sequence: number;
  readonly isFailing: boolean;
}

/** Steps that wait to be written; more stay rows of the journal, which are small. */
const behindMax = 4_000;

const { shard, seed, isLeading } = workerData as Start;
const rows: Row[] = [];
let end = 0;
let isStopping = false;
let standsBy = !isLeading;
let wake = () => {};
const service = openThread(seed);
const cursor = await cursorOf(service.database, shard);
const archive = { ...service, store: new SnapshotStore(service.database) };
const market = (await newestMarket(archive, shard, cursor.sequence)) ?? Market.empty();
const projector = new Projector(service.database, service.outbox, service.log, market.dictionary, shard, cursor, paceMs);
const tell = () => parentPort!.postMessage({ sequence: projector.sequence, isFailing: projector.isFailing } satisfies Heard);
projector.watch(tell);
tell();
// What was said before waits in the port.
parentPort!.on('message', (said: Said) => {
  if ('row' in said) rows.push(said.row);
  else if ('upTo' in said) end = said.upTo;
  // Who asked hears of failures by what is told after each batch.
  else if ('hurry' in said) projector.passed(said.hurry).catch(() => undefined);
  else if ('lead' in said) standsBy = false;
  else isStopping = true;
  wake();
});
while (!isStopping) {
  if (!standsBy && !projector.isLeading) await lead();
  else if (projector.behind > behindMax && !standsBy) await projector.nextBatch(1_000);
  else if (rows.length) await take(rows.shift()!);
  else if (end > market.sequence) await readJournal();
  else {
    await new Promise<void>((resolve) => (wake = resolve));
    if (standsBy) await projector.catchUp();
  }
}
await projector.stop();
await service.close();
parentPort!.close();

async function lead(): Promise<void> {
  await projector.lead();
  tell();
}

async function take(row: Row): Promise<void> {
  if (row.firstSequence > market.sequence + 1) await readJournal();
  apply(row);
}

async function readJournal(): Promise<void> {
  for await (const row of service.journal.read(shard, market.sequence + 1)) {
    apply(row);
    // A standby has more room: what the leader has not written yet.
    while (projector.behind > behindMax && !isStopping && !standsBy) await projector.nextBatch(1_000);
    if (isStopping) return;
  }
}

/** What was given twice is applied once. */
function apply(row: Row): void {
  const { time, entries } = decode(row.payload);
  const known = Math.max(0, market.sequence + 1 - row.firstSequence);
  const steps = entries.slice(known).map((entry) => {
    const sequence = market.sequence + 1;
    return market.apply(sequence, time, entry, sequence > projector.sequence);
  });
  projector.follow(row, steps);
}
