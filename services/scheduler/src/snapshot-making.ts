import type { Journal, Logger } from '#platform';
import { Market } from './market.js';
import { read, replayRow, written } from './replay.js';
import type { SnapshotStore } from './snapshot-store.js';

/** Where a market's snapshots and its journal are. */
export interface Archive {
  readonly store: SnapshotStore;
  readonly journal: Journal;
  readonly log: Logger;
}

/** Of the newest snapshot that does not lie behind `cursor`. One that cannot be read, or whose hash is not that of its state, is dropped. */
export async function newestMarket({ store, log }: Archive, shard: number, cursor?: number): Promise<Market | undefined> {
  for (const { sequence, stateHash } of await store.list(shard, cursor)) {
    try {
      return read(await store.whole(shard, sequence), stateHash);
    } catch (cause) {
      log.error({ err: cause, sequence }, 'a snapshot cannot be used; it is dropped and an older one taken');
      await store.drop(shard, sequence);
    }
  }
  return undefined;
}

/** A snapshot of all that is journalled: of the newest before, and what was journalled since. @returns its sequence */
export async function makeSnapshot(archive: Archive, shard: number): Promise<number> {
  const market = (await newestMarket(archive, shard)) ?? Market.empty();
  for await (const row of archive.journal.read(shard, market.sequence + 1)) replayRow(market, row, Infinity);
  await archive.store.write(shard, written(market));
  return market.sequence;
}
