// Points at which a process may die: before a statement that writes reaches the database, and after it did, before anybody here hears of it.
import pg from 'pg';

export interface FailPoint {
  /** The role's part that says whose it is, and how the statement begins. */
  readonly at: string;
  readonly when: 'before' | 'after';
}

interface Sent {
  readonly text: string;
  callback: (error: Error | null, result?: unknown) => void;
}

type Query = (this: pg.Client, statement: Sent | string, ...rest: unknown[]) => unknown;

const writes = /^\s*(with\b[\s\S]*\b(insert into|update|delete from)\b|insert|update|delete|copy|select move_accounts|commit)/i;
const nameOf = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 90);

/** Stands between the driver and its statements while a test runs. */
export class FailPoints {
  /** Points that were passed since it was last asked to collect. */
  private passed: Set<string> | undefined;
  private awaited: FailPoint | undefined;
  private isDead = false;
  private died: (() => void) | undefined;
  private readonly plain = (pg.Client.prototype as unknown as { query: Query }).query;
  private readonly clients = new Set<pg.Client>();

  constructor(private readonly services: RegExp) {
    const send = this.send.bind(this);
    (pg.Client.prototype as unknown as { query: Query }).query = function (statement, ...rest) {
      return send(this, statement, rest);
    };
  }

  restore(): void {
    (pg.Client.prototype as unknown as { query: Query }).query = this.plain;
  }

  /** @returns the points that the work passes */
  async collect(work: () => Promise<void>): Promise<string[]> {
    this.passed = new Set();
    await work();
    const passed = [...this.passed];
    this.passed = undefined;
    return passed;
  }

  /** Resolves when the process dies there: every connection is lost, and no new one answers until it is `revive`d. */
  dieAt(point: FailPoint): Promise<'dead'> {
    this.awaited = point;
    return new Promise((resolve) => (this.died = () => resolve('dead')));
  }

  revive(): void {
    this.isDead = false;
    this.clients.clear();
    this.awaited = undefined;
  }

  private send(client: pg.Client, statement: Sent | string, rest: unknown[]): unknown {
    if (typeof statement === 'string' || typeof statement.callback !== 'function' || typeof statement.text !== 'string')
      return this.plain.call(client, statement, ...rest);
    if (this.isDead) return void setImmediate(statement.callback, new Error('Connection terminated: the process is dead'));
    this.clients.add(client);
    const role = /_([a-z]+)$/.exec(client.user ?? '')?.[1] ?? '';
    if (!this.services.test(role) || !writes.test(statement.text)) return this.plain.call(client, statement, ...rest);
    const at = `${role}: ${nameOf(statement.text)}`;
    this.passed?.add(at);
    if (this.awaited?.at !== at) return this.plain.call(client, statement, ...rest);
    const { when } = this.awaited;
    this.awaited = undefined;
    const { callback } = statement;
    if (when === 'before') {
      this.die();
      return void setImmediate(callback, new Error('Connection terminated: the process is dead'));
    }
    statement.callback = () => {
      this.die();
      callback.call(statement, new Error('Connection terminated: the process is dead'));
    };
    return this.plain.call(client, statement, ...rest);
  }

  private die(): void {
    this.isDead = true;
    for (const client of this.clients) (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    this.died?.();
  }
}
