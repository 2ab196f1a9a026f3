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

const nameOf = (key: readonly string[]): string => key.join(', ');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export class ChainAudit {
  readonly extent: Extent;
  /** By table: keys of rows that are in a block, or wait for one. */
  private readonly seen = new Map<string, Set<string>>();
  private readonly hashes = new Map<number, string>();
  private types = new Map<string, Map<string, string>>();

  constructor(
    private readonly read: AuditReader,
    private readonly evidence: readonly Evidence[],
    private readonly known: Known,
  ) {
    this.extent = { service: read.service, blocks: 0, rows: 0, unsealed: 0, blocksAfterRoot: 0 };
    for (const { table } of evidence) this.seen.set(table, new Set());
  }

  async *run(): AsyncGenerator<Finding> {
    const columns = await this.read.query<{ table: string; column: string; type: string }>(columnsOfTables, [
      this.read.service,
      this.evidence.map(({ table }) => table),
    ]);
    this.types = new Map(
      [...Map.groupBy(columns, ({ table }) => table)].map(([table, of]) => [table, new Map(of.map((one) => [one.column, one.type]))]),
    );
    yield* this.blocks();
    yield* this.neverSealed();
    yield* this.roots();
  }

  private async *blocks(): AsyncGenerator<Finding> {
    let before: { block: number; hash: Buffer } = { block: 0, hash: Buffer.alloc(0) };
    for await (const row of this.read.rows<BlockRow>('select block, previous, seals, sealed_at, hash from seal_blocks order by block')) {
      const block = Number(row.block);
      for (let gone = before.block + 1; gone < block; gone += 1)
        yield this.wrong('seal_blocks', String(gone), 'missing', `block ${block} is there`);
      if (block === before.block + 1 && !row.previous.equals(before.hash))
        yield this.wrong('seal_blocks', String(block), 'out_of_order', `it does not hold the hash of block ${before.block}`);
      const seals = await this.read.query<SealRow>(
        'select nth, evidence, columns, keys, digests from seals where block = $1 order by nth',
        [row.block],
      );
      const written = { block, previous: row.previous, sealedAt: Number(row.sealed_at), seals };
      const nths = new Set(seals.map(({ nth }) => nth));
      const gone = Array.from({ length: row.seals }, (_, nth) => nth).filter((nth) => !nths.has(nth));
      for (const nth of gone)
        yield this.wrong('seals', nameOf([String(block), String(nth)]), 'missing', `block ${block} has ${row.seals} seals`);
      if (!isDigestOf(row.hash, blockText(written)) && gone.length === 0)
        yield this.wrong('seal_blocks', String(block), 'changed', 'its hash is not that of what it and its seals hold');
      for (const seal of seals) yield* this.seal(block, seal);
      this.hashes.set(block, hex(row.hash));
      before = { block, hash: row.hash };
      this.extent.blocks += 1;
      if (block % 1_000 === 0) this.read.progress(`${this.read.service}: ${block} blocks, ${this.extent.rows} rows`);
    }
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
    const sql = rowsByKey(
      evidence,
      declared.key,
      declared.key.map((column) => types.get(column)!),
      sealed,
    );
    const rows = await this.read.query<{ row: string | null }>(sql, [keys]);
    const seen = this.seen.get(evidence)!;
    for (const [at, key] of (named as string[][]).entries()) {
      const { row } = rows[at]!;
      seen.add(JSON.stringify(key));
      if (row === null) yield this.wrong(evidence, nameOf(key), 'missing', `block ${block} sealed it`);
      else if (!isDigestOf(digests.subarray(at * digestBytes, (at + 1) * digestBytes), row))
        yield this.wrong(evidence, nameOf(key), 'changed', `it is not what block ${block} sealed`);
    }
    this.extent.rows += named.length;
  }

  private async *neverSealed(): AsyncGenerator<Finding> {
    for await (const { evidence, keys } of this.read.rows<{ evidence: string; keys: string }>(
      'select evidence, keys from unsealed order by number',
    )) {
      const named = (parsed(keys) ?? []) as string[][];
      for (const key of named) this.seen.get(evidence)?.add(JSON.stringify(key));
      this.extent.unsealed += named.length;
    }
    for (const { table, key } of this.evidence) {
      // Its owner took the key's constraint away: of two rows one would hide behind the other's seal.
      const doubled = `select key, count(*)::int4 as rows from (${allKeys(table, key)}) k group by key having count(*) > 1`;
      for await (const { key: twice, rows } of this.read.rows<{ key: string; rows: number }>(doubled))
        yield this.wrong(table, nameOf(JSON.parse(twice) as string[]), 'doubled', `${rows} rows have this key`);
      const seen = this.seen.get(table)!;
      for await (const row of this.read.rows<{ key: string }>(allKeys(table, key))) {
        const named = JSON.parse(row.key) as string[];
        if (!seen.has(JSON.stringify(named)))
          yield this.wrong(table, nameOf(named), 'never_sealed', 'it is in no block, and does not wait for one');
      }
    }
  }

  /** Roots of the database and those kept outside: counted without a gap, each signed by a known key, and of a block that is there. */
  private async *roots(): AsyncGenerator<Finding> {
    const { service } = this.read;
    const inside = await rootsOf(this.read);
    const outside = this.known.roots.filter((root) => root.service === service);
    const keys = this.known.keys.map((pem) => createPublicKey(pem));
    let newest = 0;
    for (const root of [...inside, ...outside]) {
      const name = `${outside.includes(root) ? 'the root kept outside' : 'the root'} of ${new Date(root.signedAt).toISOString()}`;
      const signed = isSignedByOne(root, keys);
      if (keys.length > 0 && !signed)
        yield this.wrong('signed_roots', String(root.root), 'not_signed_by_the_key', `${name} is signed by none of the keys given`);
      const hash = this.hashes.get(root.block);
      if (hash === undefined) yield this.wrong('seal_blocks', String(root.block), 'missing', `${name} is over it`);
      else if (hash !== root.hash) yield this.wrong('seal_blocks', String(root.block), 'root_differs', `${name} has another hash`);
      else if (signed) newest = Math.max(newest, root.block);
    }
    const there = new Set(inside.map(({ root }) => root));
    const last = Math.max(0, ...[...inside, ...outside].map(({ root }) => root));
    for (let root = 1; root <= last; root += 1)
      if (!there.has(root))
        yield this.wrong('signed_roots', String(root), 'missing', `root ${last} is ${there.has(last) ? 'there' : 'kept outside'}`);
    this.extent.blocksAfterRoot = [...this.hashes.keys()].filter((block) => block > newest).length;
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
