import fc from 'fast-check';
import type { Command, CreateEngine } from '#matching-engine';
import type { Leanings } from './random-commands.js';
import { randomCommands } from './random-commands.js';
import { shrink } from './shrink.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const length = 400;

/** Names what the commands break, each promise once. */
export type Check = (create: CreateEngine, commands: readonly Command[]) => string[];

/** Tries the check on random sequences (environment variable SEED; 1 where not given) and fails with the fewest commands that still break something. */
export function holds(create: CreateEngine, check: Check, leanings: Leanings = {}, runs = 60): void {
  fc.assert(
    fc.property(seeds, (seed) => {
      const commands = randomCommands(seed, length, leanings);
      const broken = check(create, commands);
      if (broken.length === 0) return;
      const fewest = shrink(commands, (some) => check(create, some).length > 0);
      throw new Error(`${check(create, fewest).join('\n')}\n${fewest.map((command) => JSON.stringify(command)).join('\n')}`);
    }),
    { numRuns: runs, endOnFailure: true, seed: Number(process.env.SEED ?? 1) },
  );
}
