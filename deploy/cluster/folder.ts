// The folder of `npm run cluster`: a temporary one, a new one, or that of a cluster before, which goes on there.
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { keptKafkaNodes } from '#testing';

export interface Place {
  readonly folder: string;
  /** It stays when the cluster has stopped. */
  readonly isKept: boolean;
  readonly kafkaNodes: number;
}

const kafkaNodesUsual = 3;

/**
 * @param given undefined: a temporary one
 * @param kafkaNodes undefined: as many as there were
 * @throws Error where the folder holds something else, or data of another number of nodes
 */
export async function placeOf(given: string | undefined, kafkaNodes: number | undefined): Promise<Place> {
  if (given === undefined)
    return { folder: await mkdtemp(join(tmpdir(), 'exchange-cluster-')), isKept: false, kafkaNodes: kafkaNodes ?? kafkaNodesUsual };
  const folder = resolve(given);
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const before = await keptKafkaNodes(folder);
  if (there.length && before === undefined)
    throw new Error(`--folder must be new, empty or of a cluster before: ${given} is none of these`);
  if (before !== undefined && kafkaNodes !== undefined && kafkaNodes !== before)
    throw new Error(`--kafka-nodes must be ${before}, as many as hold the events in ${given}`);
  return { folder, isKept: true, kafkaNodes: before ?? kafkaNodes ?? kafkaNodesUsual };
}
