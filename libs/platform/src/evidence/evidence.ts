// What evidence is: which tables, what of a row a digest is over, and what a block's hash and a root's signature are over.
import type { Cryptography } from '../crypto.js';

/** Bytes of a digest: which hash, and its value. */
export const digestBytes = 33;

/** A table whose rows stand for good; those of tables that inherit from it do not. */
export interface Evidence {
  readonly table: string;
  /** Columns by which a row is named. */
  readonly key: readonly string[];
  /** Those that stand for good; all where others do not change. */
  readonly columns?: readonly string[];
}

/** Some rows of one table in a block. */
export interface Seal {
  readonly evidence: string;
  /** JSON array of columns. */
  readonly columns: string;
  /** JSON array of keys, each an array of texts. */
  readonly keys: string;
  readonly digests: Buffer;
}

export interface Block {
  readonly block: number;
  readonly previous: Uint8Array;
  /** Milliseconds. */
  readonly sealedAt: number;
  readonly seals: readonly Seal[];
}

/** What a block's hash is over. */
export function blockText({ block, previous, sealedAt, seals }: Block): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return JSON.stringify([block, hex(previous), sealedAt, seals.map((seal) => [seal.evidence, seal.columns, seal.keys, hex(seal.digests)])]);
}

export interface Root {
  readonly service: string;
  /** Counted from 1. */
  readonly root: number;
  readonly block: number;
  readonly hash: Uint8Array;
  readonly signedAt: number;
}

/** What a root's signature is over. */
export const rootText = ({ service, root, block, hash, signedAt }: Root): Buffer =>
  Buffer.from(JSON.stringify(['compute exchange root', service, root, block, Buffer.from(hash).toString('hex'), signedAt]));

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * Statement for rows by their keys ($1, as seals hold them): for each in order the text that its digest is over, null where there is none.
 * @param types of the key's columns, as PostgreSQL casts to them
 */
export function rowsByKey(table: string, key: readonly string[], types: readonly string[], columns: readonly string[]): string {
  const joined = key.map((column, nth) => `t.${identifier(column)} = (k.key ->> ${nth})::${types[nth]}`).join(' and ');
  const shown = columns.map((column) => `t.${identifier(column)}`).join(', ');
  return `select case when t.${identifier(key[0]!)} is null then null else (select row_to_json(c)::text from (select ${shown}) c) end as row
    from json_array_elements($1::json) with ordinality k (key, nth) left join only ${identifier(table)} t on ${joined} order by k.nth`;
}

/** Statement for each key of a table as seals hold it, in the key's order. */
export const allKeys = (table: string, key: readonly string[]): string =>
  `select json_build_array(${key.map((column) => `${identifier(column)}::text`).join(', ')})::text as key from only ${identifier(table)}`;

/** Digests of rows, one after the other; of a row that is not there, that of nothing. */
export const digestsOf = (cryptography: Cryptography, rows: readonly (string | null)[]): Buffer =>
  Buffer.concat(rows.map((row) => cryptography.digest(row ?? '')));

/** Columns of the tables with the types by which their values are cast, in the tables' order. */
export const columnsOfTables = `select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type
  from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relnamespace = $1::regnamespace and c.relname = any($2) and a.attnum > 0 and not a.attisdropped
  order by c.relname, a.attnum`;
