// npm run demo -- --regions 3 at a small size: short tasks of the trace, close together.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from '#testing';
import { toMicro } from '../compare.js';
import type { RegionsResult } from '../result.js';

const root = join(import.meta.dirname, '../../..');
const tasks = 90;
const secondsMax = 3_600;

/** As the trace has them, but for those whose end nobody would wait for. */
function shortTasks(folder: string): string {
  const [head, ...rows] = readFileSync(join(root, 'services/exchange/data/openb/openb_pod_list_default.csv'), 'utf8').trim().split('\n');
  const names = head!.split(',');
  const [from, to] = [names.indexOf('creation_time'), names.indexOf('deletion_time')];
  const isShort = (row: string): boolean => Number(row.split(',')[to]) - Number(row.split(',')[from]) <= secondsMax;
  const file = join(folder, 'tasks.csv');
  writeFileSync(file, [head, ...rows.filter(isShort).slice(0, tasks)].join('\n'));
  return file;
}

let folder: string;
let result: RegionsResult;

beforeAll(async () => {
  build();
  folder = mkdtempSync(join(tmpdir(), 'exchange-regions-test-'));
  const script = join(root, 'dist/services/exchange/src/demo/main.js');
  const options = ['--json', '--regions', '3', '--tasks', shortTasks(folder), '--compress', '20000'];
  const run = promisify(execFile)(process.execPath, [script, ...options], { env: { ...process.env, NODE_OPTIONS: '' } });
  // Where platforms disagree it ends with 1, and says in what: each test then shows its part.
  const { stdout } = await run.catch((error: Error & { stdout: string }) => {
    if (error.stdout === '') throw error;
    return error;
  });
  result = JSON.parse(stdout) as RegionsResult;
}, 400_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('accounts for each task, and fills more of them with partners than without', () => {
  for (const fills of [result.without, result.with]) {
    expect(fills.placed).toBe(tasks);
    expect(fills.filled + fills.partial + fills.unfilled + fills.rejected).toBe(tasks);
  }
  expect(result.with.filled).toBeGreaterThan(result.without.filled);
  expect(result.remote.pieces).toBeGreaterThan(0);
});

it('loses and doubles no lease, though a partner is killed in the midst of commits', () => {
  expect(result.kill?.unknown.COMMIT).toBeGreaterThan(0);
  expect(result.kill?.resolved.UNANSWERED).toBeUndefined();
  for (const one of result.remote.between) expect(one).toMatchObject({ differing: [], messagesDiffering: [], lost: 0, doubled: 0 });
});

it('states each day alike, and nets all of it to nothing over all platforms', () => {
  expect(result.statements).toMatchObject({ notStated: 0, differing: [] });
  expect(result.statements.items).toBe(2 * result.remote.pieces);
  expect(result.netting).toMatchObject({ open: 0, sum: { CNY: '0.000000' } });
  // What is wrong alike on both sides adds up to nothing, too: what is netted is what was bought.
  const total = (side: 'receivable' | 'payable') => result.netting.positions.reduce((sum, position) => sum + toMicro(position[side]), 0n);
  expect([total('receivable'), total('payable')]).toEqual([toMicro(result.remote.amount), toMicro(result.remote.amount)]);
  expect(result.isWhole).toBe(true);
});
