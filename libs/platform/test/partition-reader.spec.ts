// How much a reader takes at once, and what it does with many of which one fails.
import pg from 'pg';
import type { Event } from '#contracts';
import { Activity } from '../src/activity.js';
import type { Database, Tx } from '../src/database.js';
import { makeLogger } from '../src/log.js';
import { batchMax, PartitionReader, type Reading } from '../src/partition-reader.js';

const eventOf = (sequence: number): Event => ({
  ...{ id: `s/${sequence}`, source: 's', sequence, type: 'told', subject: 'x', time: 0, traceparent: '', data: new Uint8Array() },
});

/** All of a reader but its database, which keeps a cursor, a mark and the dead letters; its first transactions fail by `outage`, and it is handed so many at once. */
async function readAll(
  events: number,
  poison?: number,
  outage: Error[] = [],
  handedOver = 0,
): Promise<{ batches: number[]; handled: number[]; buried: number[] }> {
  const [batches, handled, buried]: [number[], number[], number[]] = [[], [], []];
  let position = 0;
  const done = Promise.withResolvers<void>();
  const transaction = async (work: (tx: Tx) => Promise<void>): Promise<void> => {
    const away = outage.shift();
    if (away) throw away;
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
  for (let after = 0; handedOver && after < events; after += handedOver) {
    const placed = Array.from({ length: Math.min(handedOver, events - after) }, (_, nth) => after + nth + 1);
    const appended = { after, placed: placed.map((position) => ({ position, event: eventOf(position) })) };
    reader.told({ partition: 0, position: placed.at(-1)!, appended });
  }
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

  it('takes no more at once of what it is handed', async () => {
    const { batches, handled } = await readAll(20_000, undefined, [], 999);
    expect(handled).toEqual(Array.from({ length: 20_000 }, (_, nth) => nth + 1));
    expect(Math.max(...batches)).toBeGreaterThan(batchMax / 2);
    expect(Math.max(...batches)).toBeLessThanOrEqual(batchMax);
  });

  it.each([
    ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOTFOUND'],
    'ENOENT',
  ])('buries none where an outage by %s ends after the last attempt', async (code) => {
    // The batch, and each of the five attempts: what would bury it finds the database back.
    const outage = Array.from({ length: 6 }, () => Object.assign(new Error(`connect ${code} 10.0.0.5:5432`), { code, syscall: 'connect' }));
    expect(await readAll(1, undefined, outage)).toMatchObject({ handled: [1], buried: [] });
  });

  it.each(['08006', '53300', '57P01', '58030'])('buries none where an outage by SQLSTATE %s ends after the last attempt', async (code) => {
    const outage = Array.from({ length: 6 }, () => Object.assign(new pg.DatabaseError('away', 4, 'error'), { code }));
    expect(await readAll(1, undefined, outage)).toMatchObject({ handled: [1], buried: [] });
  });
});
