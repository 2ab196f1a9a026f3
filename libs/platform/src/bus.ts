// The event bus: a port, and its side on a log table in PostgreSQL. Topics keep their events' order; what is published twice is there once.
import pg from 'pg';
import type { Event } from '#contracts';
import type { Database, DatabaseAddress } from './database.js';
import type { Logger } from './log.js';

export interface Placed {
  /** Rises along the topic; may skip. */
  readonly position: number;
  /** Without data where its type was not asked for. */
  readonly event: Event;
}

/** A topic has grown. */
export interface News {
  /** Of its newest event. */
  readonly position: number;
  /** What was appended after position `after`, where this process did it: nobody here need read it. */
  readonly appended?: { readonly after: number; readonly placed: readonly Placed[] };
}

export interface Bus {
  /** Appends events of one topic in their order. An event whose (source, sequence) is there already is left out. */
  publish(topic: string, events: readonly Event[]): Promise<void>;
  /** Events after a position, the oldest first; the data only of those of these types. */
  read(topic: string, after: number, types: readonly string[], limit: number): Promise<Placed[]>;
  /** `told` is called when the topic grows, perhaps more than once; while a connection is down it may miss it. */
  watch(topic: string, told: (news: News) => void): void;
  close(): Promise<void>;
}

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
  private readonly watchers = new Map<string, ((news: News) => void)[]>();
  private listener: pg.Client | undefined;
  private isClosed = false;

  private constructor(
    private readonly database: Database,
    private readonly address: DatabaseAddress,
    private readonly log: Logger,
  ) {}

  static async open(database: Database, address: DatabaseAddress, log: Logger): Promise<PostgresBus> {
    const bus = new PostgresBus(database, address, log);
    await bus.listen();
    return bus;
  }

  async publish(topic: string, events: readonly Event[]): Promise<void> {
    if (!events.length) return;
    const [head] = await this.database.query<{ position: bigint; added: bigint }>(
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
       )
       select position, (select count(*) from added) as added, pg_notify('${channel}', $1 || ' ' || position) from head`,
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
    const position = Number(head!.position);
    const after = position - events.length;
    const isWhole = Number(head!.added) === events.length;
    const placed = events.map((event, index) => ({ position: after + 1 + index, event }));
    // Told here at once; the notification is for other processes.
    this.tell(topic, isWhole ? { position, appended: { after, placed } } : { position });
  }

  async read(topic: string, after: number, types: readonly string[], limit: number): Promise<Placed[]> {
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

  watch(topic: string, told: (news: News) => void): void {
    this.watchers.set(topic, [...(this.watchers.get(topic) ?? []), told]);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.listener?.end();
  }

  private tell(topic: string, news: News): void {
    for (const told of this.watchers.get(topic) ?? []) told(news);
  }

  /** Hears what other processes publish, and first what they said while nobody listened. */
  private async listen(): Promise<void> {
    const client = new pg.Client({ ...this.address });
    client.on('error', (error) => this.log.warn({ err: error }, 'the bus lost its listener'));
    client.on('notification', ({ payload = '' }) => {
      const [topic = '', position = ''] = payload.split(' ');
      this.tell(topic, { position: Number(position) });
    });
    await client.connect();
    await client.query(`listen ${channel}`);
    this.listener = client;
    const topics = await this.database.query<{ topic: string; position: bigint }>('select topic, position from topic');
    for (const { topic, position } of topics) this.tell(topic, { position: Number(position) });
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
