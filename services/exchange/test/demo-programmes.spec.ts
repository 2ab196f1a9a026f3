// The demo with all four programmes at once: its summary says who got what, and why.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../src/demo/result.js';

const root = join(import.meta.dirname, '../../..');
const micro = (yuan: number | string) => Math.round(Number(yuan) * 1_000_000);

it('plays them with the market’s own, and each says what it paid to whom and which clause took the rest', async () => {
  const built = spawnSync(process.execPath, [join(root, 'scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  const script = join(root, 'dist/services/exchange/src/demo/main.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--json', '--limit', '600', '--programmes', 'all'], {
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const { programmes = [], money, clearing, voucher } = JSON.parse(stdout) as Result;
  expect(money).toMatchObject({ imbalance: '0', held: '0' });
  expect(new Set(Object.values(clearing))).toEqual(new Set(['0']));
  expect(programmes.map(({ name }) => name.split(' ')[0])).toEqual(['Intelligent', 'Hangzhou', 'Henan', 'Yangzhou', 'Chengdu']);
  expect(programmes[0]).toMatchObject({ redeemed: voucher.redeemed });
  for (const { name, issued, redeemed, available, held, firms, funded, clauses, example } of programmes) {
    expect([name, micro(available) + micro(redeemed), held]).toEqual([name, micro(issued), '0']);
    expect([name, micro(redeemed)]).toEqual([name, firms.reduce((sum, firm) => sum + micro(firm.amount), 0)]);
    expect([name, micro(redeemed) > 0]).toEqual([name, true]);
    if (Object.keys(funded).length) expect(Object.values(funded).reduce((sum, amount) => sum + micro(amount), 0)).toBe(micro(redeemed));
    expect([name, example.length > 0]).toEqual([name, true]);
    expect([name, example.some((line) => line.startsWith('broken'))]).toEqual([name, Object.keys(clauses).length > 0]);
    const ofFirms = firms.flatMap((firm) => Object.entries(firm.clauses));
    for (const [rule, count] of Object.entries(clauses))
      expect([name, rule, ofFirms.reduce((sum, [of, cut]) => (of === rule ? sum + cut : sum), 0)]).toEqual([name, rule, count]);
  }
  const [, , henan] = programmes;
  const [province, city] = Object.values(henan!.funded);
  expect(Math.abs(micro(province!) - micro(city!))).toBeLessThan(henan!.firms.reduce((sum, firm) => sum + firm.granted, 1));
}, 400_000);
