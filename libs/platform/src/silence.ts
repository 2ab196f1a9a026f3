// A line that swallows packets ends no connection: the kernel sends again what it carried for about a quarter of an hour, and as long waits whoever asked. Node cannot be told
// TCP_USER_TIMEOUT, and a bound on each statement would cut slow ones, too. So where the server owes an answer and says nothing, another connection asks whether it still works on it.
import type { Socket } from 'node:net';
import pg from 'pg';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import type { Logger } from './log.js';

export interface Patience {
  /** Between two looks at the connections. */
  readonly lookMs: number;
  /** So often a connection is seen to say nothing before it is asked after. Looks are counted, not time: a process that was frozen has not read yet what came. */
  readonly looks: number;
  /** For who is asked. */
  readonly answerMsMax: number;
}

const usual: Patience = { lookMs: 1_000, looks: 10, answerMsMax: 5_000 };
/** Times in a row that a connection must be found lost, so that an answer on its way, or a process frozen while it asked, cuts nothing. */
const verdicts = 2;

export type Told = Pick<Logger, 'debug' | 'warn'>;

/** The driver's connection, by the names that it gives to what is inside. */
export type Client = pg.ClientBase & {
  /** False while an answer is owed. */
  readonly readyForQuery: boolean;
  /** Of the server's process. */
  readonly processID: number;
  readonly connection: { readonly stream: Socket };
};

/** Of a connection that owes an answer. */
interface Silence {
  /** Bytes that had come when it began. */
  readonly read: number;
  /** Since it was found to be worked on, or since it began. */
  looks: number;
  /** Times in a row that it was found not to be. */
  lost: number;
}

export interface SilenceWatch {
  add(client: pg.ClientBase): void;
  remove(client: pg.ClientBase): void;
}

/** Cuts those connections of a role on which no answer will come any more: what waits on them fails as where the server is away. */
export function silenceWatch(role: DatabaseAddress, log: Told, patience = usual): SilenceWatch {
  const silences = new Map<Client, Silence | undefined>();
  let timer: NodeJS.Timeout | undefined;
  let isAsking = false;

  const look = async (): Promise<void> => {
    for (const [client, silence] of silences)
      if (silence && isStill(client, silence)) silence.looks += 1;
      else silences.set(client, client.readyForQuery ? undefined : { read: client.connection.stream.bytesRead, looks: 0, lost: 0 });
    const silent = [...silences].flatMap(([client, silence]) => (silence && silence.looks >= patience.looks ? [{ client, silence }] : []));
    if (!silent.length || isAsking) return;
    isAsking = true;
    const works = await workOf(
      silent.map(({ client }) => client),
      { role, log, patience },
    ).finally(() => (isAsking = false));
    for (const { client, silence } of silent) {
      if (works(client)) silence.looks = silence.lost = 0;
      else if (++silence.lost >= verdicts && isStill(client, silence)) cut(client, role);
    }
  };
  return {
    add: (client) => {
      silences.set(client as Client, undefined);
      timer ??= setInterval(() => void look(), patience.lookMs).unref();
    },
    remove: (client) => {
      silences.delete(client as Client);
      if (silences.size) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

/** The same of a pool's connections, as they come and go. */
export function watchSilence(pool: pg.Pool, role: DatabaseAddress, log: Told, patience?: Patience): void {
  const watch = silenceWatch(role, log, patience);
  pool.on('connect', (client) => watch.add(client));
  pool.on('remove', (client) => watch.remove(client));
}

const isStill = (client: Client, { read }: Silence): boolean => !client.readyForQuery && client.connection.stream.bytesRead === read;

interface Asked {
  readonly role: DatabaseAddress;
  readonly log: Told;
  readonly patience: Patience;
}

/** Asks the server, as the same role, on which of the connections it works. Where it is not reached it works on none; where it does not say, on all. */
async function workOf(clients: readonly Client[], { role, log, patience }: Asked): Promise<(client: Client) => boolean> {
  const client = new pg.Client({
    ...connectionOf(role),
    connectionTimeoutMillis: patience.answerMsMax,
    query_timeout: patience.answerMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    // Whoever waits for this side to take its answer does not reach it.
    const { rows } = await client.query<{ pid: number }>(
      `select pid from pg_stat_activity where pid = any($1) and state not like 'idle%' and wait_event is distinct from 'ClientWrite'`,
      [clients.map(({ processID }) => processID)],
    );
    log.debug({ role: role.user, silent: clients.length, working: rows.length }, 'the database was asked for silent connections');
    const working = new Set(rows.map(({ pid }) => pid));
    return ({ processID }) => working.has(processID);
  } catch (error) {
    log.warn({ err: error, role: role.user }, 'the database cannot be asked for silent connections');
    return () => error instanceof pg.DatabaseError;
  } finally {
    // A line that swallows packets would not end politely.
    (client as unknown as Client).connection.stream.destroy();
  }
}

/** By a code of a line's, so that it is taken for what it is: whether the statement was done is not known. */
function cut(client: Client, { user }: DatabaseAddress): void {
  const error = new Error(
    `database_must_answer: nothing came from it on a connection of ${user}, and it does not work on what it was asked there`,
  );
  client.connection.stream.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
}
