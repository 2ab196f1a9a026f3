// npm run demo: a real cluster's trace played through the whole chain.
import { resolve } from 'node:path';
import { runCommand } from '#platform';
import { Api } from './client.js';
import { startPrivateCluster } from './cluster-process.js';
import { startPrivateExchange } from './exchange-process.js';
import { readOptions } from './options.js';
import type { DemoOptions } from './options.js';
import { slotMs } from './orders.js';
import { Play } from './play.js';
import { beginning, progressTo } from './progress.js';
import { playRegions } from './regions-process.js';
import { opening, report } from './report.js';
import { collect } from './result.js';
import { shape } from './trace.js';
import { build } from './world.js';

async function playOn(addresses: readonly string[], key: string, options: DemoOptions): Promise<void> {
  const began = performance.now();
  const shaped = shape(options);
  const say = (text: string) => void (options.json || console.log(text));
  say(`${opening(shaped, options)}\n`);
  const api = new Api(addresses, `demo-${options.seed}`);
  try {
    const clock = await api.get(key, '/v1/clock');
    if (!clock.virtual) throw new Error('the exchange’s clock must be virtual: start it with EXCHANGE_CLOCK=virtual');
    const first = Math.ceil(Date.parse(String(clock.time)) / slotMs) + 1;
    const progress = progressTo(process.stderr);
    const yearLater = new Date(first * slotMs + 365 * 86_400_000);
    const world = await build(api, key, shaped.groups, new Date(first * slotMs), yearLater, options.allProgrammes);
    progress(`${world.pools.length} pools of ${world.providers.length} providers, ${world.buyers.length} buyers registered`, 0);
    const played = await new Play(api, world, shaped, first, options.seed, progress).run();
    const { result, details } = await collect(api, world, shaped, played, progress);
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    if (options.json) console.log(JSON.stringify({ ...result, seconds }));
    else console.log(`\n${report(result, details, played, shaped, world)}\n${api.calls} calls in ${seconds} s`);
  } finally {
    await api.close();
  }
}

/** How to go on with data that stay: the demo's own key goes with it. */
function keptWords(folder: string, isCluster: boolean): string {
  const goOn = isCluster ? `npm run cluster -- --folder ${folder}` : `EXCHANGE_DATA=${folder} npm start`;
  return [
    `The data stay in ${folder}. To go on with them:`,
    `  EXCHANGE_CLOCK=virtual ${goOn}`,
    `  EXCHANGE_DATA=${folder} npm start -- operator-key   (makes an operator key for it: the demo's own is told to nobody)`,
  ].join('\n');
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.regions) return playRegions(process.argv.slice(2));
  if (options.addresses.length && options.key) return playOn(options.addresses, options.key, options);
  // Its data goes away with it, or can be made again, so nobody needs to wait for the disk.
  const settings = { EXCHANGE_DATA_SYNC: 'off', EXCHANGE_CLOCK: 'virtual', EXCHANGE_CLOCK_START: new Date(beginning).toISOString() };
  const exchange = await (options.cluster ? startPrivateCluster : startPrivateExchange)(settings, options.data);
  await playOn('addresses' in exchange ? exchange.addresses : [exchange.address], exchange.key, options);
  if (options.data !== undefined) process.stderr.write(`\n${keptWords(resolve(options.data), options.cluster)}\n`);
}

await runCommand(main);
