// The step before a new version's processes: the whole database up to date, and nothing running.
import { migrateServices, run } from '#platform';
import { testDatabase } from '#testing';
import { modules } from '../src/exchange.js';

it('makes every schema, by several at once and again, and leaves nothing that a start would have to do', async () => {
  const database = await testDatabase();
  const given = { databaseUrl: database.url, logLevel: 'silent' } as const;
  const made = () =>
    database.query<{ schema: string; migrations: number }>(
      `select schemaname as schema, count(*)::int4 as migrations from pg_tables where schemaname in (select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$')
       group by schemaname order by 1`,
    );
  try {
    await Promise.all([migrateServices(modules, given), migrateServices(modules, given)]);
    const first = await made();
    expect(first.map(({ schema }) => schema)).toEqual([
      'bus',
      'gateway',
      'interconnect',
      'monitoring',
      'platform',
      'registry',
      'scheduler',
      'settlement',
      'voucher',
    ]);
    await migrateServices(modules, given);
    const running = await run(modules, { ...given, httpPort: 0, grpcPort: 0 });
    await running.stop();
    expect(await made()).toEqual(first);
    expect(await database.query(`select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)).toEqual(
      [],
    );
  } finally {
    await database.drop();
  }
}, 120_000);

it('does not take the tables from under a process that posts by them: it names the migration, why, and who is connected', async () => {
  const database = await testDatabase();
  const given = { databaseUrl: database.url, logLevel: 'silent' } as const;
  try {
    const running = await run(modules, { ...given, httpPort: 0, grpcPort: 0 });
    try {
      // As an older version left it.
      await database.query(`delete from settlement.migration where name = '0003_postings'`);
      await expect(migrateServices(modules, given)).rejects.toThrow(
        /^migration_must_run_alone: settlement\/0003_postings: an older settlement posts by the tables before, and would stop; .*of settlement from this machine/,
      );
    } finally {
      await running.stop();
    }
  } finally {
    await database.drop();
  }
}, 120_000);
