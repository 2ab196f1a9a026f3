// The folder of `npm run cluster`: a temporary one, a new one, or that of a cluster before, which goes on there.
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ownerOf, WrongUse } from '#platform';
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
 * @throws Error folder_must_have_one_cluster while one lives on it; WrongUse where it holds something else, or data of another number of nodes
 */
export async function placeOf(given: string | undefined, kafkaNodes: number | undefined): Promise<Place> {
  if (given === undefined)
    return { folder: await mkdtemp(join(tmpdir(), 'exchange-cluster-')), isKept: false, kafkaNodes: kafkaNodes ?? kafkaNodesUsual };
  const folder = resolve(given);
  const owner = await ownerOf(folder);
  if (owner !== undefined) throw new Error(`folder_must_have_one_cluster: ${folder} is in use by process ${owner}`);
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return [];
  });
  const before = await keptKafkaNodes(folder);
  if (there.length && before === undefined)
    throw new WrongUse(`--folder must be new, empty or of a cluster before: ${given} is none of these`);
  if (before !== undefined && kafkaNodes !== undefined && kafkaNodes !== before)
    throw new WrongUse(`--kafka-nodes must be ${before}, as many as hold the events in ${given}`);
  return { folder, isKept: true, kafkaNodes: before ?? kafkaNodes ?? kafkaNodesUsual };
}
