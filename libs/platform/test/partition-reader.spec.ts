// How much a reader takes at once, and what it does with many of which one fails.
import type { Event } from '#contracts';
import { Activity } from '../src/activity.js';
import type { Database, Tx } from '../src/database.js';
import { makeLogger } from '../src/log.js';
import { PartitionReader, type Reading } from '../src/partition-reader.js';

const eventOf = (sequence: number): Event => ({
  ...{ id: `s/${sequence}`, source: 's', sequence, type: 'told', subject: 'x', time: 0, traceparent: '', data: new Uint8Array() },
});

/** All of a reader but its database, which keeps a cursor, a mark and the dead letters. */
async function readAll(events: number, poison?: number): Promise<{ batches: number[]; handled: number[]; buried: number[] }> {
  const [batches, handled, buried]: [number[], number[], number[]] = [[], [], []];
  let position = 0;
  const done = Promise.withResolvers<void>();
  const transaction = async (work: (tx: Tx) => Promise<void>): Promise<void> => {
    const [delivered, dead]: [number[], number[]] = [[], []];
    const committed: (() => void)[] = [];
    const tx = {
      query: async (sql: string, params: readonly unknown[]) => {
        if (sql.includes('dead_letter')) dead.push(params[1] as number);
        return sql.includes('for update') ? [{ position: BigInt(position), marks: position === 0 ? [] : [['s', position]] }] : [];
      },
      atCommit: (_sql: string, params: readonly unknown[]) => committed.push(() => (position = params[2] as number)),
      delivered,
    };
    await work(tx as unknown as Tx);
    for (const commit of committed) commit();
    if (delivered.length > 0) batches.push(delivered.length);
    handled.push(...delivered);
    buried.push(...dead);
    if (position === events) done.resolve();
  };
  const reading: Reading = {
    topic: 'registry',
    ...{ service: 'test', now: () => 0, log: makeLogger('silent'), types: new Set(['told']) },
    database: { transaction, query: async () => [{ position: BigInt(position) }] } as unknown as Database,
    subscription: {
      partitions: 1,
      read: async (_partition, after, _types, limit) =>
        Array.from({ length: Math.min(limit, events - after) }, (_, nth) => ({
          position: after + nth + 1,
          event: eventOf(after + nth + 1),
        })),
    },
    deliver: async (tx, { sequence }) => {
      if (sequence === poison) throw new Error('poison');
      (tx as unknown as { delivered: number[] }).delivered.push(sequence);
    },
  };
  const reader = new PartitionReader(reading, 0, new Activity(0));
  reader.loop.start(60_000);
  reader.told({ partition: 0, position: events });
  await done.promise;
  await reader.loop.stop();
  return { batches, handled, buried };
}

describe('a reader of many events', () => {
  it('takes more at once where they wait, and never too many', async () => {
    const { batches, handled } = await readAll(20_000);
    expect(handled).toEqual(Array.from({ length: 20_000 }, (_, nth) => nth + 1));
    expect([batches[0], Math.max(...batches)]).toEqual([500, 4_000]);
  });

  it('goes one by one only through the part in which one fails', async () => {
    const { batches, handled, buried } = await readAll(12_000, 6_789);
    expect(handled).toEqual(Array.from({ length: 12_000 }, (_, nth) => nth + 1).filter((sequence) => sequence !== 6_789));
    expect(buried).toEqual([6_789]);
    expect(batches.filter((size) => size === 1)).toHaveLength(499);
  });
});
