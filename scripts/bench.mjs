// npm run bench -- NAME [--json]: runs one benchmark of libs/*/bench or services/*/bench and prints its metrics, each with its method.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandLine, endWrongUse, WrongUse } from '../dist/libs/platform/src/command-line.js';
import { runCommand } from '../dist/libs/platform/src/ending.js';

const root = join(import.meta.dirname, '..');
const ending = '.bench.ts';
/** Of each benchmark the room and file of its source. */
const benches = new Map(
  ['libs', 'services']
    .flatMap((top) => readdirSync(join(root, top)).map((room) => join(top, room, 'bench')))
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
    .filter((path) => path.endsWith(ending))
    .map((path) => [path.split('/').at(-1).replace(ending, ''), path])
    .sort(([one], [other]) => (one < other ? -1 : 1)),
);

/** What the head of its file says that it measures, and the variables by which it can be made smaller or larger. */
function described([name, path]) {
  const source = readFileSync(join(root, path), 'utf8');
  const [head] = /^(\/\/.*\n)+/.exec(source);
  const variables = [...new Set([...source.matchAll(/process\.env\.([A-Z_]+) \?\?/g)].map(([, variable]) => variable))];
  const by = variables.length ? ` [${variables.join(', ')}]` : '';
  return `  ${name.padEnd(13)} ${head.replaceAll('// ', '').trim().replaceAll('\n', ' ')}${by}`;
}

const help = () => `npm run bench -- NAME [--json]

Runs one benchmark and prints what it measured, each figure with its method. What it starts ends with it, also at a Ctrl-C. Variables of the environment that change its
size stand behind it in brackets. cluster and failover need what npm run cluster needs.

  --json   one object on standard output: {name, results: [{metric, value, unit, method}]}

Benchmarks:
${[...benches].map(described).join('\n')}`;

const { values, positionals } = commandLine(help(), { allowPositionals: true, options: { json: { type: 'boolean', default: false } } });
const [name, ...more] = positionals;
const path = benches.get(name);
if (!path || more.length)
  endWrongUse(new WrongUse(name === undefined ? 'which benchmark?' : path ? 'one benchmark at a time' : `there is no benchmark ${name}`));
await runCommand(async () => {
  const { run } = await import(join(root, 'dist', path.replace(/\.ts$/, '.js')));
  const results = await run((text) => console.error(text));
  if (values.json) console.log(JSON.stringify({ name, results }));
  else
    for (const { metric, value, unit, method } of results)
      console.log(`${metric.padEnd(36)} ${String(value).padStart(14)} ${unit.padEnd(8)} ${method}`);
});
