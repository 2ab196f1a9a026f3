// The benchmark of billing at a small size: it runs, and what it billed is what its records make of it.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

it('bills a small month and computes it anew', () => {
  const script = join(import.meta.dirname, '../../../scripts/bench.mjs');
  const env = { ...process.env, NODE_OPTIONS: '', LEASES: '120', RATED: '40', BUYERS: '12', RECORDS: '50' };
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, 'billing', '--json'], { encoding: 'utf8', env });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  const { results } = JSON.parse(stdout) as { results: { metric: string; value: number; method: string }[] };
  expect(results.map(({ metric }) => metric)).toEqual(['usage_records_rated_per_second', 'seconds', 'rss_mib', 'recomputed_equal']);
  const of = new Map(results.map((one) => [one.metric, one]));
  expect(of.get('usage_records_rated_per_second')!.value).toBeGreaterThan(0);
  expect(of.get('recomputed_equal')).toMatchObject({ value: 1, method: expect.stringContaining('120 leases') as string });
}, 300_000);
