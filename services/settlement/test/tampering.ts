// Someone who owns the database changes what stands for good: one random tampering at a time, and what an audit must then name.
import type { Finding } from '#platform';
import type { TestDatabase } from '#testing';

/** A table of evidence or of its chain, and by which columns its rows are named and ordered. */
export interface Target {
  readonly service: string;
  readonly table: string;
  readonly key: readonly string[];
  /** Those that stand for good; all where absent. */
  readonly columns?: readonly string[];
  /** How findings name a row; by its key where absent. */
  readonly named?: (row: Row) => string;
}
export type Row = Readonly<Record<string, unknown>>;

/** Beside what is sealed of them nothing else may change unseen either: it follows from what is. Of a programme but for its draft's fields and a job's mark. */
export const followed: Readonly<Record<string, readonly string[] | undefined>> = {
  ...{ accounts: undefined, payouts: undefined, claims: undefined, claim_trades: undefined },
  withdrawals: ['withdrawal_id', 'participant_id', 'amount', 'state', 'requested_at'],
  programmes: [
    ...[
      'programme_id',
      'authority_id',
      'state',
      'terms',
      'first_day',
      'last_day',
      'budget_per_year',
      'round',
      'drafted_by',
      'submitted_by',
    ],
    ...['endings', 'created_at', 'changed_at'],
  ],
};

export interface Tampering {
  readonly target: Target;
  readonly what: string;
  /** Rows of which a finding must name each. */
  readonly rows: readonly Row[];
}

/** Mulberry32: from 0 on, below `n`. */
export class Dice {
  constructor(private state: number) {}

  roll(n: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  }

  pick<T>(of: readonly T[]): T {
    return of[this.roll(of.length)]!;
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
}

const quoted = (name: string): string => `"${name}"`;
const of = ({ service, table }: Target): string => `${quoted(service)}.${quoted(table)}`;
const kept = ({ service, table }: Target): string => `kept.${quoted(`${service}_${table}`)}`;
const order = ({ key }: Target): string => key.map(quoted).join(', ');

/** Something else of the column's type. */
const otherThan: Record<string, (column: string) => string> = {
  smallint: (column) => `${column} + 1`,
  integer: (column) => `${column} + 1`,
  bigint: (column) => `${column} + 1`,
  boolean: (column) => `not ${column}`,
  text: (column) => `${column} || 'x'`,
  bytea: (column) =>
    `case when length(${column}) = 0 then '\\x00' else set_byte(${column}, length(${column}) - 1, get_byte(${column}, length(${column}) - 1) # 1) end`,
  'text[]': (column) => `${column} || '{x}'`,
  'integer[]': (column) => `array[${column}[1] + 1] || ${column}[2:]`,
  'bigint[]': (column) => `array[coalesce(${column}[1], 0) + 1] || ${column}[2:]`,
  jsonb: (column) => `jsonb_build_array(${column})`,
};

export class Tamperer {
  private readonly columns = new Map<Target, readonly Column[]>();
  private readonly rows = new Map<Target, readonly Row[]>();

  private constructor(
    private readonly database: TestDatabase,
    readonly targets: readonly Target[],
  ) {}

  /** Keeps a copy of each table, by which a tampering is undone. */
  static async open(database: TestDatabase, targets: readonly Target[]): Promise<Tamperer> {
    const tamperer = new Tamperer(database, targets);
    await database.query('create schema kept');
    for (const target of targets) {
      await database.query(`create table ${kept(target)} as table ${of(target)}`);
      tamperer.rows.set(target, await database.query<Row>(`select * from ${of(target)} order by ${order(target)}`));
      const columns = await database.query<Column>(
        `select attname as name, format_type(atttypid, -1) as type from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
        [of(target)],
      );
      tamperer.columns.set(
        target,
        columns.filter(({ name }) => !target.columns || target.columns.includes(name)),
      );
    }
    return tamperer;
  }

  /** Rows that a table has for the tests to be worth anything. */
  count(target: Target): number {
    return this.rows.get(target)!.length;
  }

  /** One that the tables' own constraints let through. */
  async tamper(dice: Dice): Promise<Tampering> {
    for (;;) {
      const target = dice.pick(this.targets);
      const tampering = this[dice.pick(['change', 'change', 'remove', 'swap', 'truncate'] as const)](target, dice);
      if (!tampering) continue;
      const { sql, ...rest } = tampering;
      try {
        await this.database.query(`set session_replication_role = replica; ${sql}`);
        return rest;
      } catch (error) {
        // A constraint forbids it: even the owner is told.
        if (!/^(23|22|428)/.test((error as { code?: string }).code ?? '')) throw error;
      }
    }
  }

  async undo({ target }: Tampering): Promise<void> {
    await this.database.query(
      `begin; set local session_replication_role = replica; delete from ${of(target)}; insert into ${of(target)} overriding system value select * from ${kept(target)}; commit`,
    );
  }

  private change(target: Target, dice: Dice): (Tampering & { sql: string }) | undefined {
    const row = dice.pick(this.rows.get(target)!);
    const column = dice.pick(this.columns.get(target)!);
    if (row[column.name] === null) return undefined;
    const sql = `update ${of(target)} set ${quoted(column.name)} = ${otherThan[column.type]!(quoted(column.name))} where ${this.where(target, row)}`;
    return { target, what: `${column.name} changed`, rows: [row], sql };
  }

  private remove(target: Target, dice: Dice): Tampering & { sql: string } {
    const row = dice.pick(this.rows.get(target)!);
    return { target, what: 'deleted', rows: [row], sql: `delete from ${of(target)} where ${this.where(target, row)}` };
  }

  /** Two rows exchange what they hold beside their keys. */
  private swap(target: Target, dice: Dice): (Tampering & { sql: string }) | undefined {
    const [one, other] = [dice.pick(this.rows.get(target)!), dice.pick(this.rows.get(target)!)];
    const differing = this.columns.get(target)!.filter(({ name }) => !target.key.includes(name) && text(one[name]) !== text(other[name]));
    if (differing.length === 0) return undefined;
    const sets = differing.map(({ name }) => `${quoted(name)} = o.${quoted(name)}`).join(', ');
    const sql = `update ${of(target)} t set ${sets} from ${kept(target)} o
      where (${this.where(target, one, 't.')} and ${this.where(target, other, 'o.')}) or (${this.where(target, other, 't.')} and ${this.where(target, one, 'o.')})`;
    return { target, what: `${differing.map(({ name }) => name).join(', ')} swapped`, rows: [one, other], sql };
  }

  /** The end of the table is cut off. */
  private truncate(target: Target, dice: Dice): Tampering & { sql: string } {
    const rows = this.rows.get(target)!;
    const cut = rows.slice(dice.roll(rows.length));
    return {
      target,
      what: `${cut.length} rows cut off`,
      rows: cut,
      sql: `delete from ${of(target)} where ${cut.map((row) => `(${this.where(target, row)})`).join(' or ')}`,
    };
  }

  private where({ key }: Target, row: Row, prefix = ''): string {
    return key.map((column) => `${prefix}${quoted(column)} = '${text(row[column]).replaceAll("'", "''")}'`).join(' and ');
  }
}

const text = (value: unknown): string =>
  Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : typeof value === 'string' ? value : JSON.stringify(value);

/** Rows of the tampering that no finding names. What a seal holds is named by its block. */
export function unnamed({ target, rows }: Tampering, findings: readonly Finding[]): string[] {
  const isOfBlock = target.table === 'seals' || target.table === 'seal_blocks';
  const nameOf = isOfBlock
    ? (row: Row) => text(row.block)
    : (target.named ?? ((row: Row) => target.key.map((column) => text(row[column])).join(', ')));
  const names = new Set(
    findings
      .filter(
        ({ service, table }) => service === target.service && (isOfBlock ? /^(seals|seal_blocks)$/.test(table) : table === target.table),
      )
      .map(({ row }) => (isOfBlock || target.named ? row.split(', ')[0]! : row)),
  );
  return rows.map(nameOf).filter((name) => !names.has(name));
}
