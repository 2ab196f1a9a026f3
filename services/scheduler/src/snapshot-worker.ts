// A thread that makes a snapshot from the snapshot before and the journal, over a connection of its own: the market's thread only begins it.
import { parentPort, workerData } from 'node:worker_threads';
import { openThread, type ThreadSeed } from '#platform';
import { makeSnapshot } from './snapshot-making.js';
import { SnapshotStore } from './snapshot-store.js';

export interface Start {
  readonly shard: number;
  readonly seed: ThreadSeed;
}

const { shard, seed } = workerData as Start;
const service = openThread(seed);
try {
  parentPort!.postMessage(await makeSnapshot({ ...service, store: new SnapshotStore(service.database) }, shard));
} finally {
  await service.close();
}
