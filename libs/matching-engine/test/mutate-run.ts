// npm run mutate: breaks the fast engine one rule at a time. The file is put back whatever happens; a tree with changes is refused, so that what is put back is what was
// committed.
import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, endWrongUse, WrongUse } from '#platform';
import { mutations } from './mutations.js';
import type { Mutation } from './mutations.js';

// Runs in dist/, which mirrors the sources.
const root = join(import.meta.dirname, '../../../..');
const fast = join(root, 'libs/matching-engine/src/fast');
const seeds = 4;
const commands = 1_000;

interface Caught {
  readonly mutation: Mutation;
  /** Tests of the tables that failed. */
  readonly tables: readonly string[];
  readonly differential: boolean;
}

let broken: { readonly path: string; readonly text: string } | undefined;
let running: ChildProcess | undefined;

function restore(): void {
  if (broken) writeFileSync(broken.path, broken.text);
  broken = undefined;
}

process.on('exit', restore);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    running?.kill();
    process.exit(130);
  });

/** True where the command ends well. */
function run(args: readonly string[], options = ''): Promise<boolean> {
  return new Promise((resolve, reject) => {
    running = spawn(process.execPath, args, { cwd: root, stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: options } });
    running.on('error', reject).on('exit', (code) => resolve(code === 0));
  });
}

const results = join(tmpdir(), `mutate-${process.pid}.json`);
interface Results {
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[] }[];
}

/** Names of the fast engine's rule tests that fail. */
async function failingTables(): Promise<string[]> {
  const jest = ['node_modules/jest/bin/jest.js', 'libs/matching-engine/test/.*rules', '-t', '^fast', '--json', `--outputFile=${results}`];
  if (await run(jest, '--experimental-vm-modules --disable-warning=ExperimentalWarning')) return [];
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as Results;
  rmSync(results);
  const failed = testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status === 'failed');
  // A suite that could not even run caught it too.
  return failed.length > 0 ? failed.map(({ fullName }) => fullName) : ['does not load'];
}

async function differs(): Promise<boolean> {
  await run(['scripts/build.mjs']);
  return !(await run(['dist/libs/matching-engine/test/differential-run.js', '--seeds', String(seeds), '--commands', String(commands)]));
}

/** Throws where the text is not there once: the engine has moved on and the list must follow. */
async function mutate(mutation: Mutation): Promise<Caught> {
  const path = join(fast, mutation.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(mutation.find).length !== 2) throw new Error(`${mutation.rule}: must stand once in ${mutation.file}: ${mutation.find}`);
  broken = { path, text };
  writeFileSync(
    path,
    text.replace(mutation.find, () => mutation.replace),
  );
  try {
    return { mutation, tables: await failingTables(), differential: await differs() };
  } finally {
    restore();
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const help = `npm run mutate [-- --rule R-n]

Breaks the fast engine one rule at a time, in a checkout without changes, and shows that the rule tables or the differential notice. Ends with 0 where each is noticed, with 1
where one is not, with 2 where it could not begin.

  --rule R-n   only what breaks this rule`;

const { values } = commandLine(help, { options: { rule: { type: 'string' } } });
const chosen = mutations.filter(({ rule }) => values.rule === undefined || rule === values.rule);
if (!chosen.length)
  endWrongUse(new WrongUse(`nothing breaks the rule ${values.rule}: ${[...new Set(mutations.map(({ rule }) => rule))].join(', ')}`));
if (execFileSync('git', ['status', '--porcelain', '--', 'libs'], { cwd: root, encoding: 'utf8' }) !== '') {
  say('libs/ has changes that are not committed');
  process.exit(2);
}
setPriority(19);
if ((await failingTables()).length > 0 || (await differs())) {
  say('the suite fails before anything is broken');
  process.exit(2);
}

say('| rule | broken so that | rule tables | differential |\n| --- | --- | --- | --- |');
let survived = 0;
for (const mutation of chosen) {
  const { tables, differential } = await mutate(mutation);
  if (tables.length === 0 && !differential) survived++;
  const failing = tables.length === 0 ? '' : `${tables.length} fail`;
  say(`| ${mutation.rule} | ${mutation.wrong} | ${failing} | ${differential ? 'differs' : ''} |`);
}
await run(['scripts/build.mjs']);
say(`\n${chosen.length - survived} of ${chosen.length} caught`);
process.exit(survived === 0 ? 0 : 1);
