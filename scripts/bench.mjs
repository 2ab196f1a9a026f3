// npm run bench -- NAME [--json]: runs one benchmark of libs/*/bench or services/*/bench and prints its metrics, each with its method.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '../dist');
const benches = new Map(
  ['libs', 'services']
    .flatMap((top) => readdirSync(join(dist, top)).map((room) => join(dist, top, room, 'bench')))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.bench.js'))
    .map((path) => [path.split('/').at(-1).replace('.bench.js', ''), path]),
);
const args = process.argv.slice(2);
const name = args.find((argument) => !argument.startsWith('--'));
const path = benches.get(name);
if (!path || args.includes('--help')) {
  console.log(`npm run bench -- NAME [--json]\nbenchmarks: ${[...benches.keys()].sort().join(', ')}`);
  process.exit(path || args.includes('--help') ? 0 : 1);
}
const { run } = await import(path);
const results = await run((text) => console.error(text));
if (args.includes('--json')) console.log(JSON.stringify({ name, results }));
else
  for (const { metric, value, unit, method } of results)
    console.log(`${metric.padEnd(36)} ${String(value).padStart(14)} ${unit.padEnd(8)} ${method}`);
process.exit(0);
