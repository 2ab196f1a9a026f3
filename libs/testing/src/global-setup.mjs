// Before all tests: one real PostgreSQL in a temporary folder, without fsync, for every spec that asks for a database. Jest loads this file
// as it is, so it takes the platform from dist/, which `npm test` has just built.
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../../dist/libs/platform/src/embedded-postgres.js';

export default async function globalSetup() {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-test-'));
  // mkdtemp closes it to others, and root runs the server as nobody.
  await chmod(folder, 0o755);
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '400' };
  const server = await startEmbeddedPostgres({ folder, settings });
  const { host, port, user, password, database } = server.address;
  process.env.TEST_DATABASE_URL = `postgresql://${user}:${password}@${encodeURIComponent(host)}:${port}/${database}`;
  globalThis.sharedPostgres = { folder, server };
}
