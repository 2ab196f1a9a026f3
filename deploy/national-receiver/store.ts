// What the reference receiver keeps, in one file of SQLite: a copy of the file is a back-up.
import { createHash, randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Json } from './shape.js';

export interface Counts {
  readonly receipts: number;
  readonly heardSerial: number;
  readonly wantsFull: boolean;
}

export interface Item {
  readonly kind: string;
  readonly itemId: string;
  readonly serial: number;
  readonly identifier: string;
  readonly content: Json;
}

export interface Acknowledgement {
  readonly kind: string;
  readonly itemId: string;
  readonly serial: number;
  readonly receipt: number;
  readonly rule?: string;
  readonly detail?: string;
  readonly nationalIdentifier?: string;
}

export interface Kept {
  readonly serial: number;
  readonly digest: string;
  readonly acknowledgement: Acknowledgement;
}

const schema = `
create table if not exists senders (name text primary key, receipts integer not null default 0, heard_serial integer not null default 0, wants_full integer not null default 0);
create table if not exists items (sender text, kind text, item_id text, serial integer, digest text, content text, acknowledgement text, primary key (sender, kind, item_id)) without rowid;
create table if not exists taken (sender text, receipt integer, kind text, item_id text, serial integer, at integer, primary key (sender, receipt)) without rowid;
create table if not exists identifiers (sender text, identifier text, national text unique, primary key (sender, identifier)) without rowid;
create table if not exists returns (number integer primary key autoincrement, entry text);
create table if not exists store (id text);
`;

export const digestOf = (item: Item): string =>
  createHash('sha256')
    .update(JSON.stringify([item.kind, item.itemId, item.identifier, item.content]))
    .digest('hex');

export class Store {
  private readonly database: DatabaseSync;

  constructor(file: string) {
    this.database = new DatabaseSync(file);
    this.database.exec(`pragma journal_mode = delete; pragma synchronous = full; ${schema}`);
    if (!this.row('select id from store')) this.run('insert into store values (?)', randomUUID());
  }

  close(): void {
    this.database.close();
  }

  /** All of it, or nothing. */
  transaction<T>(work: () => T): T {
    this.database.exec('begin immediate');
    try {
      const result = work();
      this.database.exec('commit');
      return result;
    } catch (error) {
      this.database.exec('rollback');
      throw error;
    }
  }

  counts(sender: string): Counts {
    const row = this.row('select * from senders where name = ?', sender);
    return { receipts: Number(row?.receipts ?? 0), heardSerial: Number(row?.heard_serial ?? 0), wantsFull: row?.wants_full === 1 };
  }

  wantFull(sender: string, wanted: boolean): void {
    this.run(
      'insert into senders (name, wants_full) values (?1, ?2) on conflict (name) do update set wants_full = ?2',
      sender,
      wanted ? 1 : 0,
    );
  }

  item(sender: string, kind: string, itemId: string): Kept | undefined {
    const row = this.row(
      'select serial, digest, acknowledgement from items where sender = ? and kind = ? and item_id = ?',
      sender,
      kind,
      itemId,
    );
    if (!row) return undefined;
    return {
      serial: Number(row.serial),
      digest: String(row.digest),
      acknowledgement: JSON.parse(String(row.acknowledgement)) as Acknowledgement,
    };
  }

  /** @returns the receipt */
  take(sender: string, item: Item, at: number, nationalIdentifier: string): Acknowledgement {
    const { kind, itemId, serial } = item;
    const receipt = this.counts(sender).receipts + 1;
    const acknowledgement = { kind, itemId, serial, receipt, ...(nationalIdentifier ? { nationalIdentifier } : {}) };
    this.run(
      `insert into senders (name, receipts, heard_serial) values (?1, ?2, ?3)
       on conflict (name) do update set receipts = ?2, heard_serial = max(heard_serial, ?3)`,
      ...[sender, receipt, serial],
    );
    this.run(
      'insert or replace into items values (?, ?, ?, ?, ?, ?, ?)',
      ...[sender, kind, itemId, serial, digestOf(item), JSON.stringify(item.content), JSON.stringify(acknowledgement)],
    );
    this.run('insert into taken values (?, ?, ?, ?, ?, ?)', sender, receipt, kind, itemId, serial, at);
    return acknowledgement;
  }

  /** Resources under lower serials are no more. */
  endFullReport(sender: string, fromSerial: number): void {
    this.run("delete from items where sender = ? and kind = 'RESOURCE' and serial < ?", sender, fromSerial);
    this.wantFull(sender, false);
  }

  isRegistered(sender: string, identifier: string): boolean {
    return this.row('select 1 from identifiers where sender = ? and identifier = ?', sender, identifier) !== undefined;
  }

  /** The one it has; else the one that it had before, where nobody else has that; else a new one. */
  nationalIdentifier(sender: string, identifier: string, assigned: string): string {
    const known = this.row('select national from identifiers where sender = ? and identifier = ?', sender, identifier);
    if (known) return String(known.national);
    const isFree = assigned !== '' && !this.row('select 1 from identifiers where national = ?', assigned);
    const national = isFree ? assigned : this.newIdentifier(identifier);
    this.run('insert into identifiers values (?, ?, ?)', sender, identifier, national);
    return national;
  }

  private newIdentifier(identifier: string): string {
    const [, region, letter] = identifier.split('-');
    for (let number = Number(this.row('select count(*) as count from identifiers')!.count) + 1; ; number++) {
      const national = `CN-${region}-${letter}-${String(number).padStart(8, '0')}`;
      if (!this.row('select 1 from identifiers where national = ?', national)) return national;
    }
  }

  give(entry: Json): void {
    this.run('insert into returns (entry) values (?)', JSON.stringify(entry));
  }

  /** Undefined where the cursor is of another store, or of a later state of this one. */
  returnsAfter(cursor: string, limit: number): { entries: Json[]; nextCursor: string; more: boolean } | undefined {
    const store = String(this.row('select id from store')!.id);
    const [ofStore = store, after = '0', entry = ''] = cursor === '' ? [] : cursor.split('/').map(decodeURIComponent);
    const last = Number(this.row('select coalesce(max(number), 0) as last from returns')!.last);
    if (ofStore !== store || !/^\d+$/.test(after) || this.entryId(Number(after)) !== entry) return undefined;
    const rows = this.rows('select number, entry from returns where number > ? order by number limit ?', Number(after), limit);
    const to = Number(rows.at(-1)?.number ?? after);
    const nextCursor = `${store}/${to}/${encodeURIComponent(this.entryId(to))}`;
    return { entries: rows.map((row) => JSON.parse(String(row.entry)) as Json), nextCursor, more: to < last };
  }

  /** Of what has the number; a store that was restored gives numbers again. */
  private entryId(number: number): string {
    const row = this.row('select entry from returns where number = ?', number);
    return row ? String((JSON.parse(String(row.entry)) as Json).entryId) : '';
  }

  taken(sender: string): Json[] {
    return this.rows('select receipt, kind, item_id as itemId, serial from taken where sender = ? order by receipt', sender);
  }

  items(sender: string): Json[] {
    const rows = this.rows('select kind, item_id as itemId, serial, content from items where sender = ? order by kind, item_id', sender);
    return rows.map(({ content, ...row }) => ({ ...row, content: JSON.parse(String(content)) as Json }));
  }

  private run(sql: string, ...values: (string | number)[]): void {
    this.database.prepare(sql).run(...values);
  }

  private row(sql: string, ...values: (string | number)[]): Json | undefined {
    return this.database.prepare(sql).get(...values);
  }

  private rows(sql: string, ...values: (string | number)[]): Json[] {
    return this.database.prepare(sql).all(...values);
  }
}
