// The bus on a log table in PostgreSQL: each topic is one partition, and what is published twice is there once.
import type pg from 'pg';
import type { Event, Topic } from '#contracts';
import { type Bus, mustRise, type News, type Placed, type Subscription } from './bus.js';
import type { Database } from './database.js';
import type { DatabaseAddress } from './database-url.js';
import type { Logger } from './log.js';
import { endSession, openSession } from './session.js';

const channel = 'bus';
const reconnectMs = 1_000;

interface LogRow {
  position: bigint;
  source: string;
  sequence: bigint;
  type: string;
  subject: string;
  time: bigint;
  traceparent: string;
  data: Buffer | null;
}

export class PostgresBus implements Bus {
  readonly name = 'log';
  private readonly watchers = new Map<string, ((news: News) => void)[]>();
  private listening: Promise<void> | undefined;
  private listener: pg.Client | undefined;
  private isClosed = false;

  constructor(
    private readonly database: Database,
    private readonly address: DatabaseAddress,
    private readonly log: Logger,
  ) {}

  async publish(topic: Topic, events: readonly Event[]): Promise<void> {
    mustRise(events);
    if (!events.length) return;
    const [head] = await this.database.query<{ position: bigint; newest: bigint | null; added: bigint }>(
      `with fresh as (
         select row_number() over (order by e.nth) as nth, e.source, e.sequence, e.type, e.subject, e.time, e.traceparent, e.data
         from unnest($2::text[], $3::int8[], $4::text[], $5::text[], $6::int8[], $7::text[], $8::bytea[])
           with ordinality as e(source, sequence, type, subject, time, traceparent, data, nth)
         -- One look at the index an event, whatever the planner thinks of the table.
         where (select true from log where log.source = e.source and log.sequence = e.sequence limit 1) is null
       ), head as (
         insert into topic (topic, position) values ($1, (select count(*) from fresh))
         on conflict (topic) do update set position = topic.position + excluded.position
         returning position
       ), added as (
         insert into log (topic, position, source, sequence, type, subject, time, traceparent, data)
         select $1, head.position - (select count(*) from fresh) + nth, source, sequence, type, subject, time, traceparent, data
         from fresh, head order by nth
         on conflict (source, sequence) do nothing
         returning position
       ), newest as (
         select max(position) as newest, count(*) as added from added
       )
       select position, newest, added, pg_notify('${channel}', $1 || ' ' || newest) from head, newest`,
      [
        topic,
        events.map((event) => event.source),
        events.map((event) => event.sequence),
        events.map((event) => event.type),
        events.map((event) => event.subject),
        events.map((event) => event.time),
        events.map((event) => event.traceparent),
        events.map((event) => event.data),
      ],
    );
    const after = Number(head!.position) - events.length;
    const isWhole = Number(head!.added) === events.length;
    const placed = events.map((event, index) => ({ position: after + 1 + index, event }));
    // Told here at once; the notification is for other processes.
    this.tell(topic, { partition: 0, position: Number(head!.newest), ...(isWhole && { appended: { after, placed } }) });
  }

  subscribe(_service: string, topic: Topic, told: (news: News) => void): Subscription {
    this.watchers.set(topic, [...(this.watchers.get(topic) ?? []), told]);
    return { partitions: 1, read: (_partition, after, types, limit) => this.read(topic, after, types, limit) };
  }

  /** One ear serves all services of the process. */
  async start(): Promise<void> {
    await (this.listening ??= this.listen());
  }

  async look(): Promise<void> {
    const topics = await this.database.query<{ topic: string; position: bigint }>(
      'select topic, (select coalesce(max(position), 0) from log where log.topic = topic.topic) as position from topic',
    );
    for (const { topic, position } of topics) this.tell(topic, { partition: 0, position: Number(position) });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.listener) await endSession(this.listener);
  }

  private async read(topic: string, after: number, types: readonly string[], limit: number): Promise<Placed[]> {
    const rows = await this.database.query<LogRow>(
      `select position, source, sequence, type, subject, time, traceparent, case when type = any($3) then data end as data
       from log where topic = $1 and position > $2 order by position limit $4`,
      [topic, after, types, limit],
    );
    return rows.map(({ position, source, sequence, type, subject, time, traceparent, data }) => ({
      position: Number(position),
      event: {
        id: `${source}/${sequence}`,
        source,
        sequence: Number(sequence),
        type,
        subject,
        time: Number(time),
        traceparent,
        data: data ?? new Uint8Array(),
      },
    }));
  }

  private tell(topic: string, news: News): void {
    for (const told of this.watchers.get(topic) ?? []) told(news);
  }

  /** Hears what other processes publish, and first what they said while nobody listened. */
  private async listen(): Promise<void> {
    const client = await openSession(this.address, { log: this.log });
    client.on('error', (error) => this.log.warn({ err: error }, 'the bus lost its listener'));
    client.on('notification', ({ payload = '' }) => {
      const [topic = '', position = ''] = payload.split(' ');
      this.tell(topic, { partition: 0, position: Number(position) });
    });
    await client.query(`listen ${channel}`);
    this.listener = client;
    await this.look();
    client.once('end', () => {
      if (!this.isClosed) this.relisten();
    });
  }

  private relisten(): void {
    setTimeout(() => {
      if (!this.isClosed) this.listen().catch(() => this.relisten());
    }, reconnectMs).unref();
  }
}
