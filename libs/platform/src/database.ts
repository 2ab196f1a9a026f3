// One service's tables: a pool that connects as the service's own role, transactions, and answers given once.
import pg from 'pg';
import { bytesOf, type Message } from '#contracts';
import type { Call } from './call.js';
import { connectionOf, type DatabaseAddress } from './database-url.js';
import type { Logger } from './log.js';
import { OneWriteSocket } from './one-write-socket.js';
import { conflict } from './refusal.js';
import { type Patience, watchSilence } from './silence.js';
import { CopyStatement, Statement } from './statement.js';
import { keepingTrace } from './telemetry.js';

/** An event that commits with the transaction; the outbox writes and reads these. */
export interface Outgoing {
  readonly source: string;
  /** Given by a publisher that counts for itself; else the outbox counts. */
  readonly sequence?: number;
  readonly type: string;
  readonly subject: string;
  readonly time: number;
  readonly traceparent: string;
  readonly data: Uint8Array;
}

export interface Tx {
  /**
   * Columns come as: int8 bigint, int4 number, numeric string, jsonb parsed, bytea Buffer. Text and parameters should be the same text
   * each time, since each text is prepared once a connection.
   */
  readonly query: <R>(sql: string, params?: readonly unknown[]) => Promise<R[]>;
  /** COPY … FROM STDIN of rows that are written already, as CopyRows writes them. */
  readonly copy: (sql: string, rows: Uint8Array) => Promise<void>;
  /** Work under way that nobody waits for before the commit goes out behind it: where it fails, all is undone, and its error is what the transaction throws. */
  readonly unawaited: (work: Promise<unknown>) => void;
  /** A statement that goes out with the commit, after all others: for what nobody waits to see. Where it fails, all is undone. */
  readonly atCommit: (sql: string, params?: readonly unknown[]) => void;
  /** The same of a copy. Both go out in the order in which they are said. */
  readonly copyAtCommit: (sql: string, rows: Uint8Array) => void;
  /** Work done when all else of the transaction is, before it publishes and commits: where many events share one, once for all of them. */
  readonly atEnd: (work: () => Promise<void>) => void;
  /** Work done behind all that is done at the end: for what locks rows that many want. */
  readonly lastly: (work: () => Promise<void>) => void;
  /** Said once all is committed: for what only hurries others, since a crash in between leaves it unsaid. */
  readonly onceCommitted: (say: () => void) => void;
  readonly outgoing: Outgoing[];
}

/** What the outbox does around a commit. */
export interface CommitHooks {
  beforeCommit(tx: Tx): Promise<void>;
  afterCommit(tx: Tx): void;
}

const attemptsMax = 5;
/** A key may be said again for this long. */
const answersKeptMs = 7 * 86_400_000;
const preparedMax = 500;
const { types } = pg;

/** A table that the statement reads has other columns than when it was prepared, as an upgrade adds them. The server says so before it does anything. */
const isOutdated = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '0A000' && error.routine === 'RevalidateCachedQuery';

/** Serialization failure and deadlock: the transaction was right and only met another. */
const isTransient = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && (error.code === '40001' || error.code === '40P01' || isOutdated(error));

/** Only says that a statement before it lost the transaction. */
const isAftermath = (error: unknown): boolean => error instanceof pg.DatabaseError && error.code === '25P02';

/** The pieces of an array's text; only for arrays of numbers, which hold no quotes. */
const pieces = (value: string): string[] => (value === '{}' ? [] : value.slice(1, -1).split(','));
const parsers = new Map<number, (value: string) => unknown>([
  [20, (value) => BigInt(value)],
  [1016, (value) => pieces(value).map((piece) => (piece === 'NULL' ? null : BigInt(piece)))],
  [1231, (value) => pieces(value).map((piece) => (piece === 'NULL' ? null : piece))],
]);
const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    parsers.get(oid) ?? (types.getTypeParser(oid, format) as (value: string) => unknown)) as typeof types.getTypeParser,
};

const idleInTransactionMsMax = 300_000;

/** Connections of a role. Where one is lost is said in the log; one on which no answer comes any more is cut. */
export function openPool(role: DatabaseAddress, max: number, log: Logger, patience?: Patience): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOf(role),
    max,
    types: columnTypes,
    // Statements need not wait for the answers to those before.
    pipeline: true,
    stream: () => new OneWriteSocket(),
    connectionTimeoutMillis: 30_000,
    idle_in_transaction_session_timeout: idleInTransactionMsMax,
  });
  // A lost connection is an error of the query under way, or of nobody's; without a listener it would end the process.
  pool.on('error', (error) => {
    if (!pool.ending) log.warn({ err: error, role: role.user }, 'an idle database connection was lost');
  });
  pool.on('connect', (client) => client.on('error', () => undefined));
  watchSilence(pool, role, log, patience);
  return pool;
}

export class Database {
  /** Of the texts that are prepared, on each connection as it comes to them. */
  private readonly names = new Map<string, string>();
  /** Names begin anew with each, so that none is met on a connection that knows it by what it was before. */
  private generation = 0;
  private hooks: CommitHooks | undefined;

  constructor(private readonly pool: pg.Pool) {}

  /** One statement, a transaction of its own. */
  async query<R>(sql: string, params: readonly unknown[] = []): Promise<R[]> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.pool.connect();
      let outdated = false;
      try {
        return await this.run<R>(client, sql, params);
      } catch (error) {
        outdated = isOutdated(error);
        if (!outdated || attempt === attemptsMax) throw error;
      } finally {
        client.release(outdated);
      }
    }
  }

  /** Commits when `fn` resolves, undoes all when it throws. `fn` is run again after a serialization failure or deadlock, and where a statement's table was altered. */
  async transaction<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.attempt(fn);
      } catch (error) {
        if (!isTransient(error) || attempt === attemptsMax) throw error;
      }
    }
  }

  /**
   * A transaction that a caller's Idempotency-Key does once: its answer is recorded with its effect and given again to the same request.
   * A refusal undoes all and is not recorded. Throws conflict where the key came with another request before. Without a key, a transaction.
   */
  async once<T>(call: Call, response: Message<T>, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const { idempotencyKey: key } = call;
    if (key === undefined) return this.transaction(fn);
    const caller = callerOf(call);
    const request = requestOf(call);
    return this.transaction(async (tx) => {
      const [first] = await tx.query(
        `insert into idempotency (caller, key, request, created_at) values ($1, $2, $3, (extract(epoch from now()) * 1000)::int8)
         on conflict do nothing returning caller`,
        [caller, key, request],
      );
      if (!first) return response.decode((await recorded(tx, caller, key, request))!);
      const answer = await fn(tx);
      tx.atCommit('update idempotency set response = $3 where caller = $1 and key = $2', [caller, key, bytesOf(response, answer)]);
      return answer;
    });
  }

  /**
   * The same for work that is done elsewhere and bears repetition: no connection is held while it goes on, so what it waits for may need one.
   * Where the process dies in between, the same request does the work again.
   */
  async answerOnce<T>(call: Call, response: Message<T>, work: () => Promise<T>): Promise<T> {
    const { idempotencyKey: key } = call;
    if (key === undefined) return work();
    const caller = callerOf(call);
    // That it began need not reach the disk by itself: who asks again after a crash has it done again.
    const [first] = await this.query(
      `with first as (
         insert into idempotency (caller, key, request, created_at) values ($1, $2, $3, (extract(epoch from now()) * 1000)::int8)
         on conflict do nothing returning caller)
       select caller, set_config('synchronous_commit', 'off', true) from first`,
      [caller, key, requestOf(call)],
    );
    const known = first ? undefined : await recorded(this, caller, key, requestOf(call));
    if (known) return response.decode(known);
    try {
      const answer = await work();
      const bytes = bytesOf(response, answer);
      await this.query('update idempotency set response = $3 where caller = $1 and key = $2', [caller, key, bytes]);
      return answer;
    } catch (error) {
      await this.query('delete from idempotency where caller = $1 and key = $2 and response is null', [caller, key]);
      throw error;
    }
  }

  /** Drops answers that nobody will ask for again. Their age is by the system's clock, as a caller's patience is. */
  async forgetAnswers(): Promise<void> {
    await this.query('delete from idempotency where created_at < (extract(epoch from now()) * 1000)::int8 - $1::int8', [answersKeptMs]);
  }

  hook(hooks: CommitHooks): void {
    this.hooks = hooks;
  }

  /** Begin goes out with the first statement and commit with the last: the connection is a pipeline, and a round trip is what costs. */
  private async attempt<T>(fn: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    const last: (() => Promise<unknown>)[] = [];
    const ends: (() => Promise<void>)[] = [];
    const endsOfAll: (() => Promise<void>)[] = [];
    const told: (() => void)[] = [];
    const unawaited: Promise<unknown>[] = [];
    // Of statements side by side it need not be the one whose failure reaches the caller first.
    let cause: unknown;
    const noted = <R>(work: Promise<R>): Promise<R> => {
      work.catch((error: unknown) => {
        if (!isAftermath(error)) cause ??= error;
      });
      return work;
    };
    const tx: Tx = {
      query: <R>(sql: string, params: readonly unknown[] = []) => noted(this.run<R>(client, sql, params)),
      copy: (sql, rows) => noted(this.copy(client, sql, rows)),
      unawaited: (work) => {
        // Whoever asks next may fail by it, and is caught below.
        work.catch(() => undefined);
        unawaited.push(work);
      },
      atCommit: (sql, params = []) => last.push(() => this.run(client, sql, params)),
      copyAtCommit: (sql, rows) => last.push(() => this.copy(client, sql, rows)),
      atEnd: (work) => ends.push(keepingTrace(work)),
      lastly: (work) => endsOfAll.push(keepingTrace(work)),
      onceCommitted: (say) => told.push(say),
      outgoing: [],
    };
    let broken = false;
    try {
      const begun = this.run(client, 'begin', []);
      // Where it fails the first statement fails too, and says so first.
      begun.catch(() => undefined);
      const result = await fn(tx);
      for (const work of ends) await work();
      for (const work of endsOfAll) await work();
      if (tx.outgoing.length) await this.hooks?.beforeCommit(tx);
      const closing = last.map((send) => send());
      const [{ command }] = await Promise.all([this.send(client, 'commit', []), begun, ...unawaited, ...closing]);
      if (command !== 'COMMIT') throw new Error('transaction_must_not_hide_a_failed_statement');
      if (tx.outgoing.length) this.hooks?.afterCommit(tx);
      for (const say of told) say();
      return result;
    } catch (error) {
      await client.query('rollback').catch(() => (broken = true));
      // Said for itself: what came after it only says that the transaction was lost.
      const failed = (await Promise.allSettled(unawaited)).find((work) => work.status === 'rejected');
      const told: unknown = failed ? failed.reason : error;
      const first = isAftermath(told) ? (cause ?? told) : told;
      broken ||= isOutdated(first);
      throw first;
    } finally {
      client.release(broken);
    }
  }

  private async run<R>(client: pg.PoolClient, sql: string, params: readonly unknown[]): Promise<R[]> {
    try {
      return (await this.send(client, sql, params)).rows as R[];
    } catch (error) {
      if (isOutdated(error)) this.prepareAnew();
      // It happened where the socket was read; who asked is what a reader of the log wants.
      if (error instanceof Error) Error.captureStackTrace(error);
      throw error;
    }
  }

  private async copy(client: pg.PoolClient, sql: string, rows: Uint8Array): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      client.query(new CopyStatement(this.nameOf(sql), sql, rows, (error) => (error ? reject(error) : resolve())));
    });
  }

  private send(client: pg.PoolClient, sql: string, params: readonly unknown[]): Promise<pg.QueryResult> {
    return new Promise((resolve, reject) => {
      client.query(new Statement(this.nameOf(sql), sql, params, (error, result) => (error ? reject(error) : resolve(result))));
    });
  }

  /** What is altered once is outdated on every connection, so none meets it a second time. */
  private prepareAnew(): void {
    this.names.clear();
    this.generation += 1;
  }

  /** Name under which a text is prepared. Texts beyond the bound are parsed each time, so that built texts cannot fill the server. */
  private nameOf(sql: string): string | undefined {
    let name = this.names.get(sql);
    if (name === undefined && this.names.size < preparedMax) this.names.set(sql, (name = `s${this.generation}_${this.names.size}`));
    return name;
  }
}

/** Keys of one participant's are one set, whichever API key said them. */
const callerOf = ({ caller }: Call): string => (caller.participantId ? `participant/${caller.participantId}` : caller.name);

const requestOf = ({ method, requestHash }: Call): string => `${method} ${requestHash ?? ''}`;

/** The answer given before; null while its work goes on. Throws conflict where the key came with another request. */
async function recorded(from: Pick<Tx, 'query'>, caller: string, key: string, request: string): Promise<Buffer | null> {
  const [row] = await from.query<{ request: string; response: Buffer | null }>(
    'select request, response from idempotency where caller = $1 and key = $2',
    [caller, key],
  );
  // Gone meanwhile: the first was refused, and this one does the work.
  if (!row) return null;
  if (row.request !== request)
    throw conflict('idempotency_key_must_not_be_reused', 'this key came with another request before', 'idempotencyKey');
  return row.response;
}
