// Holds a service's evidence against its chain: every block against the one before, every row against its digest, and every row that is in no block.
import { createPublicKey, type KeyObject } from 'node:crypto';
import { isDigestOf, isSigned } from '../crypto.js';
import { type AuditReader, type Finding, finding } from './audit.js';
import { allKeys, blockText, columnsOfTables, digestBytes, type Evidence, rootText, rowsByKey, type Seal } from './evidence.js';
import { keyIdOf } from './signing-key.js';

/** A signed root, as it is kept outside: bytes in hexadecimal. */
export interface SignedRoot {
  readonly service: string;
  readonly root: number;
  readonly block: number;
  readonly hash: string;
  readonly signedAt: number;
  readonly suite: string;
  readonly keyId: string;
  readonly signature: string;
}

/** What the audit knows from elsewhere than the database. */
export interface Known {
  /** Public keys in PEM, whose roots count. */
  readonly keys: readonly string[];
  readonly roots: readonly SignedRoot[];
}

/** How far the chain goes. */
export interface Extent {
  readonly service: string;
  blocks: number;
  rows: number;
  /** Rows that wait for the next block. */
  unsealed: number;
  /** Blocks after the newest root that a known key signed; all where there is none. */
  blocksAfterRoot: number;
}

interface BlockRow {
  block: bigint;
  previous: Buffer;
  seals: number;
  sealed_at: bigint;
  hash: Buffer;
}

interface SealRow extends Seal {
  nth: number;
}

interface NamedRoot extends SignedRoot {
  /** Of the database; else kept outside. */
  readonly isInside: boolean;
}

/** A row that a seal names. */
interface Waiting {
  readonly block: number;
  readonly key: readonly string[];
  readonly digest: Buffer;
  readonly of: { readonly declared: Evidence; readonly columns: readonly string[]; readonly text: string };
}

/** Rows that are asked for at once. */
const rowsAtOnce = 5_000;
/** Seals that are read at once; one may name 20,000 rows. */
const sealsAtOnce = 16;

/** SQL for the keys that a row of `seals` or `unsealed` names, none where it is no longer what a sealer wrote. */
const keysOf = (table: string): string =>
  `jsonb_array_elements(case when pg_input_is_valid(${table}.keys, 'jsonb') and ${table}.keys like '[%' then ${table}.keys::jsonb else '[]' end) as e (key)`;

const nameOf = (key: readonly string[]): string => key.join(', ');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export class ChainAudit {
  readonly extent: Extent;
  /** Hashes of the blocks that a root names, by block. */
  private readonly hashes = new Map<number, string | undefined>();
  private roots: readonly NamedRoot[] = [];
  /** Rows of seals that were read and not held against their digests yet. */
  private waiting: Waiting[] = [];
  private types = new Map<string, Map<string, string>>();

  constructor(
    private readonly read: AuditReader,
    private readonly evidence: readonly Evidence[],
    private readonly known: Known,
  ) {
    this.extent = { service: read.service, blocks: 0, rows: 0, unsealed: 0, blocksAfterRoot: 0 };
  }

  async *run(): AsyncGenerator<Finding> {
    const columns = await this.read.query<{ table: string; column: string; type: string }>(columnsOfTables, [
      this.read.service,
      this.evidence.map(({ table }) => table),
    ]);
    this.types = new Map(
      [...Map.groupBy(columns, ({ table }) => table)].map(([table, of]) => [table, new Map(of.map((one) => [one.column, one.type]))]),
    );
    this.roots = await this.allRoots();
    for (const { block } of this.roots) this.hashes.set(block, undefined);
    yield* this.blocks();
    yield* this.neverSealed();
    yield* this.signatures();
  }

  private async *blocks(): AsyncGenerator<Finding> {
    let before: { block: number; hash: Buffer } = { block: 0, hash: Buffer.alloc(0) };
    for await (const { row, seals } of this.sealedBlocks()) {
      const block = Number(row.block);
      for (let gone = before.block + 1; gone < block; gone += 1)
        yield this.wrong('seal_blocks', String(gone), 'missing', `block ${block} is there`);
      if (block === before.block + 1 && !row.previous.equals(before.hash))
        yield this.wrong('seal_blocks', String(block), 'out_of_order', `it does not hold the hash of block ${before.block}`);
      const written = { block, previous: row.previous, sealedAt: Number(row.sealed_at), seals };
      const nths = new Set(seals.map(({ nth }) => nth));
      const gone = Array.from({ length: row.seals }, (_, nth) => nth).filter((nth) => !nths.has(nth));
      for (const nth of gone)
        yield this.wrong('seals', nameOf([String(block), String(nth)]), 'missing', `block ${block} has ${row.seals} seals`);
      if (!isDigestOf(row.hash, blockText(written)) && gone.length === 0)
        yield this.wrong('seal_blocks', String(block), 'changed', 'its hash is not that of what it and its seals hold');
      for (const seal of seals) yield* this.seal(block, seal);
      if (this.hashes.has(block)) this.hashes.set(block, hex(row.hash));
      before = { block, hash: row.hash };
      this.extent.blocks += 1;
      if (block % 1_000 === 0) this.read.progress(`${this.read.service}: ${block} blocks, ${this.extent.rows} rows`);
    }
    yield* this.rowsThatWait();
    for await (const { block, nth } of this.read.rows<{ block: bigint; nth: number }>(
      'select block, nth from seals s where not exists (select from seal_blocks b where b.block = s.block) order by 1, 2',
    ))
      yield this.wrong('seal_blocks', String(block), 'missing', `its seal ${nth} is there`);
  }

  private async *seal(block: number, { nth, evidence, columns, keys, digests }: SealRow): AsyncGenerator<Finding> {
    const declared = this.evidence.find(({ table }) => table === evidence);
    const named = parsed(keys);
    const sealed = parsed(columns) as string[] | undefined;
    if (!declared || !named || !sealed || digests.length !== named.length * digestBytes) {
      yield this.wrong('seals', nameOf([String(block), String(nth)]), 'changed', 'it names no rows of evidence');
      return;
    }
    const types = this.types.get(evidence)!;
    const gone = sealed.filter((column) => !types.has(column));
    if (gone.length > 0) {
      yield this.wrong(evidence, '', 'changed', `its rows of block ${block} were sealed with ${gone.join(', ')}, which the table has not`);
      return;
    }
    const digestOf = (at: number): Buffer => digests.subarray(at * digestBytes, (at + 1) * digestBytes);
    for (const [at, key] of (named as string[][]).entries())
      this.waiting.push({ block, key, digest: digestOf(at), of: { declared, columns: sealed, text: columns } });
    this.extent.rows += named.length;
    if (this.waiting.length >= rowsAtOnce) yield* this.rowsThatWait();
  }

  /** Rows of many blocks by one question for each table. */
  private async *rowsThatWait(): AsyncGenerator<Finding> {
    const waiting = this.waiting;
    this.waiting = [];
    for (const [, ofOne] of Map.groupBy(waiting, ({ of }) => `${of.declared.table} ${of.text}`))
      for (let from = 0; from < ofOne.length; from += rowsAtOnce) yield* this.checkRows(ofOne.slice(from, from + rowsAtOnce));
  }

  private async *checkRows(some: readonly Waiting[]): AsyncGenerator<Finding> {
    const { declared, columns } = some[0]!.of;
    const { table, key } = declared;
    const types = this.types.get(table)!;
    const sql = rowsByKey(
      table,
      key,
      key.map((column) => types.get(column)!),
      columns,
    );
    const rows = await this.read.query<{ row: string | null }>(sql, [JSON.stringify(some.map((one) => one.key))]);
    for (const [at, { block, key: named, digest }] of some.entries()) {
      const { row } = rows[at]!;
      if (row === null) yield this.wrong(table, nameOf(named), 'missing', `block ${block} sealed it`);
      else if (!isDigestOf(digest, row)) yield this.wrong(table, nameOf(named), 'changed', `it is not what block ${block} sealed`);
    }
  }

  private async *neverSealed(): AsyncGenerator<Finding> {
    const [waits] = await this.read.query<{ rows: bigint }>(`select count(*) as rows from unsealed, ${keysOf('unsealed')}`);
    this.extent.unsealed = Number(waits!.rows);
    for (const { table, key } of this.evidence) {
      // Its owner took the key's constraint away: of two rows one would hide behind the other's seal.
      const doubled = `select key, count(*)::int4 as rows from (${allKeys(table, key)}) k group by key having count(*) > 1`;
      for await (const { key: twice, rows } of this.read.rows<{ key: string; rows: number }>(doubled))
        yield this.wrong(table, nameOf(JSON.parse(twice) as string[]), 'doubled', `${rows} rows have this key`);
      // Held against one another where they lie, so that there may be more of them than memory holds.
      const unnamed = `select key::jsonb as key from (${allKeys(table, key)}) k
        except select e.key from seals, ${keysOf('seals')} where evidence = $1 except select e.key from unsealed, ${keysOf('unsealed')} where evidence = $1`;
      for await (const row of this.read.rows<{ key: string[] }>(unnamed, [table]))
        yield this.wrong(table, nameOf(row.key), 'never_sealed', 'it is in no block, and does not wait for one');
    }
  }

  /** Those of the database, and those kept outside. */
  private async allRoots(): Promise<NamedRoot[]> {
    const outside = this.known.roots.filter((root) => root.service === this.read.service);
    return [
      ...(await rootsOf(this.read)).map((root) => ({ ...root, isInside: true })),
      ...outside.map((root) => ({ ...root, isInside: false })),
    ];
  }

  /** Roots are counted without a gap, each signed by a known key, and of a block that is there. */
  private async *signatures(): AsyncGenerator<Finding> {
    const keys = this.known.keys.map((pem) => createPublicKey(pem));
    let newest = 0;
    for (const root of this.roots) {
      const name = `${root.isInside ? 'the root' : 'the root kept outside'} of ${new Date(root.signedAt).toISOString()}`;
      const signed = isSignedByOne(root, keys);
      if (keys.length > 0 && !signed)
        yield this.wrong('signed_roots', String(root.root), 'not_signed_by_the_key', `${name} is signed by none of the keys given`);
      const hash = this.hashes.get(root.block);
      if (hash === undefined) yield this.wrong('seal_blocks', String(root.block), 'missing', `${name} is over it`);
      else if (hash !== root.hash) yield this.wrong('seal_blocks', String(root.block), 'root_differs', `${name} has another hash`);
      else if (signed) newest = Math.max(newest, root.block);
    }
    const there = new Set(this.roots.filter(({ isInside }) => isInside).map(({ root }) => root));
    const last = Math.max(0, ...this.roots.map(({ root }) => root));
    for (let root = 1; root <= last; root += 1)
      if (!there.has(root))
        yield this.wrong('signed_roots', String(root), 'missing', `root ${last} is ${there.has(last) ? 'there' : 'kept outside'}`);
    const [after] = await this.read.query<{ blocks: bigint }>('select count(*) as blocks from seal_blocks where block > $1', [newest]);
    this.extent.blocksAfterRoot = Number(after!.blocks);
  }

  /** Blocks with their seals, a few at a time: of one block there may be as much as of a thousand others. */
  private async *sealedBlocks(): AsyncGenerator<{ row: BlockRow; seals: SealRow[] }> {
    let last: { row: BlockRow; seals: SealRow[] } | undefined;
    for await (const one of this.read.rows<BlockRow & { [K in keyof SealRow]: SealRow[K] | null }>(
      `select b.block, b.previous, b.seals, b.sealed_at, b.hash, s.nth, s.evidence, s.columns, s.keys, s.digests
       from seal_blocks b left join seals s using (block) order by b.block, s.nth`,
      [],
      sealsAtOnce,
    )) {
      if (last?.row.block !== one.block) {
        if (last) yield last;
        last = { row: one, seals: [] };
      }
      if (one.nth !== null) last.seals.push(one as SealRow);
    }
    if (last) yield last;
  }

  private wrong(table: string, row: string, wrong: Finding['wrong'], detail: string): Finding {
    return finding(this.read.service, table, row, wrong, detail);
  }
}

/** Those of the database, the oldest first. */
export async function rootsOf(read: AuditReader): Promise<SignedRoot[]> {
  const rows = await read.query<{
    root: bigint;
    block: bigint;
    hash: Buffer;
    signed_at: bigint;
    suite: string;
    key_id: string;
    signature: Buffer;
  }>('select root, block, hash, signed_at, suite, key_id, signature from signed_roots order by root');
  return rows.map((row) => ({
    ...{ service: read.service, root: Number(row.root), block: Number(row.block), hash: hex(row.hash), signedAt: Number(row.signed_at) },
    ...{ suite: row.suite, keyId: row.key_id, signature: hex(row.signature) },
  }));
}

function isSignedByOne(root: SignedRoot, keys: readonly KeyObject[]): boolean {
  const text = rootText({ ...root, hash: Buffer.from(root.hash, 'hex') });
  return keys.some((key) => keyIdOf(key) === root.keyId && isSigned(root.suite, text, key, Buffer.from(root.signature, 'hex')));
}

function parsed(text: string): unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
