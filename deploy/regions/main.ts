// npm run demo -- --regions 3: three exchanges, each with a part of the trace's nodes and tasks, first each for itself, then as partners.
import { Problem, beginning, progressTo, readOptions, shape, slotMs } from '#demo';
import type { DemoOptions, Shape } from '#demo';
import { runCommand } from '#platform';
import { countOf, divisions, nodesOf } from './division.js';
import { Lockstep } from './lockstep.js';
import { type Played, Play } from './play.js';
import { type Region, startRegions } from './region.js';
import { report } from './report.js';
import { type Fills, type RegionResult, type RegionsResult, agreements, fillsByRegion, sumOf } from './result.js';

// Its data goes away with it, so nobody needs to wait for the disk.
const settings = { EXCHANGE_DATA_SYNC: 'off', EXCHANGE_CLOCK: 'virtual', EXCHANGE_CLOCK_START: new Date(beginning).toISOString() };

type Progress = (text: string, share: number) => void;

/** The first slot, and what plays from there on. */
async function open(
  regions: readonly Region[],
  shaped: Shape,
  options: DemoOptions,
  progress: Progress,
  arePartners: boolean,
): Promise<Play> {
  const clocks = new Lockstep(regions);
  const first = Math.ceil(beginning / slotMs) + 1;
  for (const region of regions) await region.build(nodesOf(region.division, shaped.groups));
  await clocks.settle(beginning);
  if (arePartners) await join(regions, clocks);
  return new Play(regions, clocks, shaped, first, options.seed, arePartners, progress);
}

async function join(regions: readonly Region[], clocks: Lockstep): Promise<void> {
  for (const region of regions) for (const other of regions) if (other !== region) await region.admit(other);
  await clocks.settle();
  for (const region of regions) for (const other of regions) if (other !== region) await region.register(other);
  await clocks.settle();
}

async function alone(shaped: Shape, options: DemoOptions, progress: Progress): Promise<Fills[]> {
  const { regions, stop } = await startRegions(divisions, settings);
  try {
    const play = await open(regions, shaped, options, progress, false);
    return await fillsByRegion(regions, await play.arrivals());
  } finally {
    await stop();
  }
}

/** Of two platforms the one whose name comes first proposes; what the months' nettings have already is in none again. */
async function net(regions: readonly Region[], through: string): Promise<void> {
  for (const region of regions)
    for (const other of regions.filter(({ platform }) => region.platform < platform))
      try {
        await region.post(`/v1/interconnect/partners/${other.platform}/nettings`, { through });
      } catch (error) {
        if (!(error instanceof Problem) || error.rule !== 'netting_must_have_items') throw error;
      }
}

async function together(shaped: Shape, options: DemoOptions, progress: Progress, without: readonly Fills[]): Promise<RegionsResult> {
  const { regions, stop } = await startRegions(divisions, settings);
  try {
    const play = await open(regions, shaped, options, progress, true);
    const played: Played = await play.arrivals();
    const through = await play.tail(play.now);
    await net(regions, through);
    await play.clocks.settle();
    const fills = await fillsByRegion(regions, played);
    const rows: RegionResult[] = [];
    for (const [nth, region] of regions.entries()) {
      const { world, division, platform } = region;
      const units = (isCpu: boolean) =>
        world.pools.filter(({ model }) => (model === 'CPU') === isCpu).reduce((sum, pool) => sum + pool.nodes * pool.unitsPerNode, 0);
      rows.push({
        ...{ platform, nodes: world.pools.reduce((sum, pool) => sum + pool.nodes, 0), cards: units(false), cores: units(true) },
        ...{ tasks: countOf(division, shaped.tasks), without: without[nth]!, with: fills[nth]! },
        stateHash: String((await region.get('/v1/market/state')).stateHash),
      });
    }
    return {
      input: { nodes: rows.reduce((sum, { nodes }) => sum + nodes, 0), tasks: shaped.tasks.length },
      ...{ regions: rows, without: sumOf(without), with: sumOf(fills) },
      ...(await agreements(regions, played.kill)),
    };
  } finally {
    await stop();
  }
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const began = performance.now();
  const shaped = shape(options);
  const progress = progressTo(process.stderr);
  const without = await alone(shaped, options, (text, share) => progress(`each for itself: ${text}`, share * 0.3));
  const result = await together(shaped, options, (text, share) => progress(`as partners: ${text}`, 0.3 + share * 0.7), without);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  process.stdout.write(options.json ? `${JSON.stringify({ ...result, seconds })}\n` : `${report(result, shaped)}\n${seconds} s\n`);
  if (!result.isWhole) process.exitCode = 1;
}

await runCommand(main);
