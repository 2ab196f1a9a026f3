// A database that was brought back to an earlier moment, beside a Kafka that was not. Events that the moment does not know of have not happened, and their
// numbers will be given again; so nothing is read or told there until what did happen was carried over to topics of another name.
import pg from 'pg';
import type { Event, Topic } from '#contracts';
import type { DatabaseAddress } from './database-url.js';
import type { KafkaBus } from './kafka-bus.js';
import { Seen } from './seen.js';
import { endSession, openSession } from './session.js';
import type { Told } from './silence.js';

/** Of each service that tells or reads events. */
const schemasWith = async (client: pg.Client, table: string): Promise<string[]> => {
  const { rows } = await client.query<{ schema: string }>('select schemaname as schema from pg_tables where tablename = $1', [table]);
  return rows.map(({ schema }) => pg.escapeIdentifier(schema));
};

/** How far each source has counted. */
async function counted(client: pg.Client): Promise<Map<string, number>> {
  const last = new Map<string, number>();
  for (const schema of await schemasWith(client, 'outbox_source')) {
    const { rows } = await client.query<{ source: string; sequence: string }>(`select source, sequence::text from ${schema}.outbox_source`);
    for (const { source, sequence } of rows) last.set(source, Number(sequence));
  }
  return last;
}

/**
 * What is on the bus was committed before, so a bus that holds more than the database knows of belongs to a later state of it, or to another exchange.
 * @throws Error database_must_not_be_behind_its_bus
 */
export async function mustKnowWhatItTold(owner: DatabaseAddress, bus: KafkaBus, log: Told): Promise<void> {
  const told = await bus.newest();
  const known = await asOwner(owner, log, counted);
  const beyond = [...told].filter(([source, sequence]) => sequence > (known.get(source) ?? 0));
  if (beyond.length)
    throw new Error(
      `database_must_not_be_behind_its_bus: ${bus.name} has ${beyond.map(([source, sequence]) => `${source}/${sequence} after ${known.get(source) ?? 0}`).join(', ')}; ` +
        'was the database restored? The guide to operations says how it takes up its bus',
    );
}

/**
 * Carries what the restored database knows to have told over to the topics of another name, and has every reader begin there; what each has seen it knows by its
 * marks. Said again it does no harm. No process of the exchange may run.
 * @returns how many events were carried over, and how many had not happened
 */
export async function takeUpBus(owner: DatabaseAddress, log: Told, open: (name?: string) => Promise<KafkaBus>): Promise<Carried> {
  return asOwner(owner, log, async (client) => {
    await mustBeAlone(client);
    const { rows } = await client.query<{ name: string }>('select name from platform.bus');
    const [, cluster, before] = /^kafka\/(.+)\/([\w-]+)$/.exec(rows[0]?.name ?? '') ?? [];
    if (!before) throw new Error('exchange_must_have_its_bus_on_kafka: a log in the database is restored with it');
    const next = await open();
    const old = await open(before);
    try {
      if (next.name === old.name)
        throw new Error(`restored_exchange_must_have_topics_of_another_name: EXCHANGE_BUS still ends in ${before}`);
      if (!next.name.startsWith(`kafka/${cluster}/`))
        throw new Error(`exchange_must_keep_its_bus: its events went through ${rows[0]!.name}`);
      const carried = await carry(client, old, next);
      await begin(client, next.name);
      return carried;
    } finally {
      await Promise.all([old.close(), next.close()]);
    }
  });
}

export interface Carried {
  readonly carried: number;
  readonly lost: number;
}

async function carry(client: pg.Client, old: KafkaBus, next: KafkaBus): Promise<Carried> {
  const known = await counted(client);
  const seen = new Map<string, Seen>();
  let [carried, lost] = [0, 0];
  const take = async (topic: Topic, partition: number, events: readonly Event[]): Promise<void> => {
    const key = `${topic}/${partition}`;
    if (!seen.has(key)) seen.set(key, new Seen([]));
    const happened = events.filter(({ source, sequence }) => sequence <= (known.get(source) ?? 0));
    const fresh = happened.filter(({ source, sequence }) => seen.get(key)!.add(source, sequence));
    lost += events.length - happened.length;
    carried += fresh.length;
    if (fresh.length) await next.publish(topic, fresh);
  };
  const ranges = await old.readAll(take);
  for (const schema of await schemasWith(client, 'inbox_cursor'))
    for (const { topic, partition, low, high } of ranges) {
      const { rows } = await client.query<{ position: string }>(
        `select position::text from ${schema}.inbox_cursor where topic = $1 and partition = $2`,
        [topic, partition],
      );
      const position = Number(rows[0]?.position ?? low);
      if (position < low)
        throw new Error(`events_must_be_read_before_they_expire: ${schema} at ${position}, ${topic}/${partition} begins at ${low}`);
      if (position > high) throw new Error(`events_must_not_vanish: ${schema} at ${position}, ${topic}/${partition} ends at ${high}`);
    }
  return { carried, lost };
}

/** Readers begin at the first event of the new topics. */
async function begin(client: pg.Client, name: string): Promise<void> {
  const cursors = (await schemasWith(client, 'inbox_cursor')).map((schema) => `update ${schema}.inbox_cursor set position = 0`);
  await client.query(['begin', ...cursors, `update platform.bus set name = ${pg.escapeLiteral(name)}`, 'commit'].join(';\n'));
}

async function mustBeAlone(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select distinct usename as name from pg_stat_activity where datname = current_database() and usename like replace(datname, '_', '\\_') || '\\_%'`,
  );
  if (rows.length) throw new Error(`exchange_must_be_stopped: connected are ${rows.map(({ name }) => name).join(', ')}`);
}

async function asOwner<T>(owner: DatabaseAddress, log: Told, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = await openSession(owner, { log });
  try {
    return await work(client);
  } finally {
    await endSession(client);
  }
}
