// npm run differential -- --seeds N [--first-seed S] [--commands C]: random sequences through both engines; a difference is printed with the fewest commands that show it.
import { parseArgs } from 'node:util';
import { differenceOfSeed } from './differential.js';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    'first-seed': { type: 'string', default: '1' },
    commands: { type: 'string', default: '2000' },
  },
});
const [seeds, first, count] = [Number(values.seeds), Number(values['first-seed']), Number(values.commands)];
for (let seed = first; seed < first + seeds; seed++) {
  const difference = differenceOfSeed(seed, count);
  if (difference === null) {
    if ((seed - first + 1) % 50 === 0) process.stderr.write(`${seed - first + 1} seeds alike\n`);
    continue;
  }
  process.stdout.write(`${difference}\n`);
  process.exit(1);
}
process.stdout.write(`${seeds} seeds of ${count} commands from ${first}: every event, hash and snapshot alike\n`);
