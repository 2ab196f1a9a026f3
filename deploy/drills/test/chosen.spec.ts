// Which drills a command line asks for; what cannot be run is said before anything is started.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen } from '../chosen.js';

const checkout = await mkdtemp(join(tmpdir(), 'exchange-checkout-'));
await mkdir(join(checkout, 'dist/services/exchange/src'), { recursive: true });
await writeFile(join(checkout, 'dist/services/exchange/src/main.js'), '');
afterAll(() => rm(checkout, { recursive: true }));
const names = (asked: readonly string[], from?: string) => chosen(asked, 1, from).map(({ name }) => name);

it('takes names in their order', () => {
  expect(names(['redis-flushall', 'two-sites-synchronous'])).toEqual(['redis-flushall', 'two-sites-synchronous']);
});

it('upgrades only from somewhere', () => {
  expect(() => names(['upgrade'])).toThrow('upgrade needs --from DIR: the built checkout of the version to upgrade from');
  expect(names(['upgrade'], checkout)).toEqual(['upgrade']);
});

it('refuses a folder with nothing built in it, and a name that is none', () => {
  expect(() => names(['all'], tmpdir())).toThrow(`--from must be a built checkout: npm ci && npm run build in ${tmpdir()}`);
  expect(() => names(['redis-flash'])).toThrow('there is no drill redis-flash');
});
