// A thread that makes a snapshot from the snapshot before and the journal, over a connection of its own: the market's thread only begins it.
import { readlinkSync } from 'node:fs';
import { constants, platform, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { openThread, type ThreadSeed } from '#platform';
import { makeSnapshot } from './snapshot-making.js';
import { SnapshotStore } from './snapshot-store.js';

export interface Start {
  readonly shard: number;
  readonly seed: ThreadSeed;
}

// Nobody waits for a snapshot. Linux knows each thread by a number of its own.
if (platform() === 'linux') setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);

const { shard, seed } = workerData as Start;
const service = openThread(seed);
try {
  parentPort!.postMessage(await makeSnapshot({ ...service, store: new SnapshotStore(service.database) }, shard));
} finally {
  await service.close();
}
