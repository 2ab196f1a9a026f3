// A month at full size: what the service itself wrote of some leases, once more for other buyers, under other numbers.
import pg from 'pg';

/** What is added to a column in each copy; a text gets the copy's number behind it. */
type Shifts = Readonly<Record<string, number | 'text'>>;

/** Copies every lease of the database `copies - 1` times; of all that stands of it only numbers differ. */
export async function copyLeases(
  databaseUrl: string,
  { leases, buyers, copies }: { leases: number; buyers: number; copies: number },
  progress: (text: string) => void,
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Copies are made as no writer of the service does, so nothing is named for the sealer.
    await client.query('SET session_replication_role = replica; SET search_path = settlement; SET synchronous_commit = off');
    const last = async (table: string, column: string): Promise<number> =>
      Number((await client.query<{ last: string }>(`SELECT coalesce(max(${column}), 0) AS last FROM ${table}`)).rows[0]!.last);
    const [usage, rating, earning] = [
      await last('usage_records', 'usage_id'),
      await last('ratings', 'rating_id'),
      await last('earnings', 'earning_id'),
    ];
    const tables: readonly [string, Shifts][] = [
      ['trades', { trade_id: leases, bid_id: leases, buyer_id: buyers }],
      ['leases', { trade_id: leases }],
      ['lease_ends', { trade_id: leases }],
      ['measurements', { trade_id: leases }],
      ['usage_records', { usage_id: usage, trade_id: leases, record_id: 'text' }],
      ['ratings', { rating_id: rating, trade_id: leases, buyer_id: buyers, usage_through: usage }],
      ['unbilled', { rating_id: rating, buyer_id: buyers }],
      ['earnings', { earning_id: earning, trade_id: leases }],
      ['unpaid', { earning_id: earning }],
    ];
    for (const [table, shifts] of tables) {
      if (copies > 1) await copy(client, table, shifts, copies);
      progress(`${table}: ${await last(`(SELECT count(*) AS n FROM ${table}) t`, 'n')} rows`);
    }
    for (const [table, column] of [
      ['usage_records', 'usage_id'],
      ['ratings', 'rating_id'],
      ['earnings', 'earning_id'],
    ] as const)
      await client.query(
        `SELECT setval(pg_get_serial_sequence('settlement.${table}', '${column}'), (SELECT max(${column}) FROM ${table}))`,
      );
    // As the server would have by itself while a month's rows came in.
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

async function copy(client: pg.Client, table: string, shifts: Shifts, copies: number): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum',
    [table],
  );
  const shifted = (name: string): string => {
    const by = shifts[name];
    if (by === undefined) return `t.${name}`;
    if (by === 'text') return `t.${name} || '/' || k`;
    // -1 says that there were no records.
    return name === 'usage_through'
      ? `CASE WHEN t.${name} < 0 THEN t.${name} ELSE t.${name} + ${by}::int8 * k END`
      : `t.${name} + ${by}::int8 * k`;
  };
  const names = rows.map(({ name }) => name);
  await client.query(
    `INSERT INTO ${table} (${names.join(', ')}) OVERRIDING SYSTEM VALUE
     SELECT ${names.map(shifted).join(', ')} FROM ${table} t CROSS JOIN generate_series(1, ${copies - 1}) k`,
  );
}
