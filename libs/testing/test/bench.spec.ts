// What `npm run bench` says of itself.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '#testing';

const root = join(import.meta.dirname, '../../..');
const names = ['libs', 'services']
  .flatMap((top) => readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }))
  .filter((path) => path.endsWith('.bench.ts'))
  .map((path) => path.split('/').at(-1)!.replace('.bench.ts', ''))
  .sort();
const bench = (...args: string[]) => {
  const env = { ...process.env, NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'scripts/bench.mjs'), ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
};

beforeAll(build);

it('tells of each benchmark what it measures, and by which variables it is changed', () => {
  const { status, stdout, stderr } = bench('--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const [, listed] = stdout.split('Benchmarks:\n');
  const rows = listed!.trimEnd().split('\n');
  expect(rows.map((row) => row.trim().split(' ')[0])).toEqual(names);
  for (const row of rows) expect(row).toMatch(/^ {2}[a-z]+ +[A-Z].{20,}/);
  expect(rows.find((row) => row.startsWith('  failover'))).toMatch(/^ {2}failover +How long a buyer waits .* \[RUNS, RESTING\]$/);
});

it.each([
  [['--fast'], "Unknown option '--fast'"],
  [['orderz'], 'there is no benchmark orderz'],
  [['orders', 'ledger'], 'one benchmark at a time'],
  [[], 'which benchmark?'],
])('says of %j what is wrong', (args, said) => {
  const { status, stdout, stderr } = bench(...args);
  expect({ status, stdout, said: stderr.split('\n')[0] }).toEqual({ status: 2, stdout: '', said: `${said}; --help tells more` });
  expect(stderr).toContain('\nusage: npm run bench -- NAME');
});
