// Closes a service's new evidence into blocks, behind the transactions that made it: they wait for nobody, and one that commits late is in a later block.
import type { KeyObject } from 'node:crypto';
import { numberArray } from '../array-literal.js';
import type { Cryptography } from '../crypto.js';
import type { Database, Tx } from '../database.js';
import type { Logger } from '../log.js';
import { blockText, columnsOfTables, digestsOf, type Evidence, rowsByKey, rootText, type Seal } from './evidence.js';
import { keyIdOf } from './signing-key.js';

/** Lines of `unsealed` that one block looks at: each names what one statement added, a thousand rows at most. */
const linesOfBlock = 2_000;
/** Rows that one block takes, and bytes of their names, but for those of its last line. */
const rowsOfBlock = 20_000;
const bytesOfBlock = 2_000_000;

interface Line {
  number: bigint;
  evidence: string;
  keys: string;
}

interface Head {
  block: bigint;
  hash: Buffer;
}

/** A table's columns that are sealed, and the statement for its rows. */
interface Table {
  readonly columns: readonly string[];
  readonly sql: string;
}

export class Sealer {
  constructor(
    private readonly service: string,
    private readonly evidence: readonly Evidence[],
    private readonly database: Database,
    private readonly cryptography: Cryptography,
    private readonly log: Logger,
    private readonly now: () => number,
  ) {}

  /** Seals all that is committed. */
  async seal(): Promise<void> {
    while (await this.sealOne());
  }

  /** Closes one block. @returns whether there may be more to seal */
  async sealOne(): Promise<boolean> {
    return (await this.database.transaction((tx) => this.sealBlock(tx))) > 0;
  }

  /** Signs the newest block where it is not signed yet. What it says in the log may be kept where nobody who changes the database can reach it. */
  /** Id of the key that signed the newest root; undefined where there is none. */
  async lastKeyId(): Promise<string | undefined> {
    const [root] = await this.database.query<{ key_id: string }>('select key_id from signed_roots order by root desc limit 1');
    return root?.key_id;
  }

  async signRoot(key: KeyObject): Promise<void> {
    await this.seal();
    const [head] = await this.database.query<Head & { root: bigint }>(
      `select b.block, b.hash, coalesce(r.root, 0) + 1 as root from seal_blocks b left join (select root, block from signed_roots order by root desc limit 1) r on true
       where b.block > coalesce(r.block, 0) order by b.block desc limit 1`,
    );
    if (!head) return;
    const root = { service: this.service, root: Number(head.root), block: Number(head.block), hash: head.hash, signedAt: this.now() };
    const signature = this.cryptography.sign(rootText(root), key);
    const { suite } = this.cryptography;
    await this.database.query(
      'insert into signed_roots (root, block, hash, signed_at, suite, key_id, signature) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing',
      [root.root, root.block, root.hash, root.signedAt, suite, keyIdOf(key), signature],
    );
    const said = {
      root: root.root,
      block: root.block,
      hash: head.hash.toString('hex'),
      signedAt: root.signedAt,
      suite,
      keyId: keyIdOf(key),
      signature: signature.toString('hex'),
    };
    this.log.info(said, 'the root of the evidence was signed');
  }

  /** @returns how many lines it took */
  private async sealBlock(tx: Tx): Promise<number> {
    await tx.query(`select pg_advisory_xact_lock(hashtext('seal of ' || $1))`, [this.service]);
    const lines = await this.takeLines(tx);
    if (lines.length === 0) return 0;
    // Each time anew: a migration may have changed them meanwhile.
    const tables = await this.readTables(tx);
    const [head] = await tx.query<Head>('select block, hash from seal_blocks order by block desc limit 1');
    const seals: Seal[] = [];
    for (const [evidence, ofOne] of Map.groupBy(lines, (line) => line.evidence)) {
      const table = tables.get(evidence);
      if (!table) throw new Error(`evidence_must_be_declared: ${this.service}.${evidence}`);
      const { columns, sql } = table;
      const keys = JSON.stringify(ofOne.flatMap((line) => line.rows));
      const rows = await tx.query<{ row: string | null }>(sql, [keys]);
      const digests = digestsOf(
        this.cryptography,
        rows.map(({ row }) => row),
      );
      seals.push({ evidence, columns: JSON.stringify(columns), keys, digests });
    }
    const block = { block: Number(head?.block ?? 0n) + 1, previous: head?.hash ?? Buffer.alloc(0), sealedAt: this.now(), seals };
    await tx.query('insert into seal_blocks (block, previous, seals, sealed_at, hash) values ($1, $2, $3, $4, $5)', [
      ...[block.block, block.previous, seals.length, block.sealedAt],
      this.cryptography.digest(blockText(block)),
    ]);
    await tx.query(
      `insert into seals (block, nth, evidence, columns, keys, digests)
       select $1, nth - 1, evidence, columns, keys, digests from unnest($2::text[], $3::text[], $4::text[], $5::bytea[]) with ordinality as s (evidence, columns, keys, digests, nth)`,
      [
        block.block,
        seals.map((seal) => seal.evidence),
        seals.map((seal) => seal.columns),
        seals.map((seal) => seal.keys),
        seals.map((seal) => seal.digests),
      ],
    );
    return lines.length;
  }

  /** The oldest, as many as a block takes; they are gone with it. */
  private async takeLines(tx: Tx): Promise<(Line & { rows: unknown[] })[]> {
    const found = await tx.query<Line>(
      `select number, evidence, keys from (
         select number, evidence, keys, sum(octet_length(keys)) over (order by number) - octet_length(keys) as before
         from (select number, evidence, keys from unsealed order by number limit ${linesOfBlock}) oldest
       ) counted where before < ${bytesOfBlock} order by number`,
    );
    const taken: (Line & { rows: unknown[] })[] = [];
    for (let rows = 0; rows < rowsOfBlock && taken.length < found.length;) {
      const line = found[taken.length]!;
      const named = JSON.parse(line.keys) as unknown[];
      taken.push({ ...line, rows: named });
      rows += named.length;
    }
    await tx.query('delete from unsealed where number = any($1::int8[])', [numberArray(taken.map(({ number }) => number))]);
    return taken;
  }

  private async readTables(tx: Tx): Promise<Map<string, Table>> {
    const rows = await tx.query<{ table: string; column: string; type: string }>(columnsOfTables, [
      this.service,
      this.evidence.map(({ table }) => table),
    ]);
    return new Map(
      this.evidence.map(({ table, key, columns }) => {
        const ofTable = rows.filter((row) => row.table === table);
        const sealed = [...(columns ?? ofTable.map(({ column }) => column))];
        const types = key.map((column) => ofTable.find((row) => row.column === column)!.type);
        return [table, { columns: sealed, sql: rowsByKey(table, key, types, sealed) }];
      }),
    );
  }
}
