// The demo, as a person starts it: the books balance, every bid is accounted for, and it plays the same each time.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../src/demo/result.js';

const root = join(import.meta.dirname, '../../..');
const tasks = 150;

/** What it prints, less what no two runs share. */
async function play(): Promise<Result> {
  const script = join(root, 'dist/services/exchange/src/demo/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', '--limit', String(tasks)], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { seconds, ...result } = JSON.parse(stdout) as Result & { seconds: number };
  expect(seconds).toBeGreaterThan(0);
  return result;
}

describe('the demo', () => {
  let result: Result;
  let again: Result;

  beforeAll(async () => {
    const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    if (built.status !== 0) throw new Error(built.stderr);
    // Side by side, so that what is done behind the calls takes another time in each.
    [result, again] = await Promise.all([play(), play()]);
  }, 400_000);

  it('plays the same each time, also where what goes on behind its calls takes another time', () => {
    expect(again).toEqual(result);
  });

  it('accounts for each task', () => {
    const { placed, filled, partial, unfilled, rejected, explained } = result.bids;
    expect(placed).toBe(tasks);
    expect(filled + partial + unfilled + rejected).toBe(tasks);
    expect(filled).toBeGreaterThan(0);
    expect(explained).toBe(unfilled);
    expect(result.leases).toBeGreaterThanOrEqual(filled);
  });

  it('ends with books that balance, nothing held and nothing between two accounts', () => {
    expect(result.money).toMatchObject({ imbalance: '0', held: '0' });
    expect(Number(result.money.billed)).toBeGreaterThan(0);
    expect(Object.keys(result.clearing).length).toBeGreaterThan(0);
    expect(new Set(Object.values(result.clearing))).toEqual(new Set(['0']));
  });

  it('ends with a programme whose parts are its budget (R-32)', () => {
    const { budget, issued, available, held, redeemed, expired, revoked } = result.voucher;
    expect(issued).toBe(budget);
    expect(held).toBe('0');
    const micro = (yuan: string) => Math.round(Number(yuan) * 1_000_000);
    expect(micro(redeemed)).toBeGreaterThan(0);
    expect(micro(available) + micro(redeemed) + micro(expired) + micro(revoked)).toBe(micro(issued));
  });
});
