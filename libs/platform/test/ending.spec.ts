// What a command has started ends with it, however it ends.
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '#testing';

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly said: string;
  readonly isFolderGone: boolean;
}

const program = join(import.meta.dirname, '../../../dist/libs/platform/test/ending-command.js');
const environment = { ...process.env, NODE_OPTIONS: '' };
const alone = (what: string) => spawn(process.execPath, [program, what], { env: environment });
/** As npm runs a script: by a shell, which waits for it and passes no signal on. */
const byNpm = (what: string) =>
  spawn('sh', ['-c', `"${process.execPath}" "${program}" ${what}; exit`], { env: { ...environment, npm_lifecycle_event: 'start' } });

/** @param at the line upon which it gets the signal, and upon which another the second */
async function ended(what: string, at?: string, signal: NodeJS.Signals = 'SIGINT', again?: string, begin = alone): Promise<Ended> {
  const child = begin(what);
  let [output, said] = ['', ''];
  const heard = new Set<string>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    for (const line of [at, again]) {
      if (line === undefined || heard.has(line) || !output.includes(`${line}\n`)) continue;
      heard.add(line);
      child.kill(signal);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  const [folder, ...lines] = output.trim().split('\n');
  const isFolderGone = !existsSync(folder!);
  rmSync(folder!, { recursive: true, force: true });
  return { code, lines, said, isFolderGone };
}

const [begun, undone] = [
  ['first begins', 'second begins'],
  ['second ends', 'first ends'],
];
const ending = (signal: string) => `${signal}: ending what was started; once more ends it at once\n`;

beforeAll(build);

it('ends it in the order opposite to its beginning when the work is done', async () => {
  expect(await ended('done')).toEqual({ code: 0, lines: [...begun, ...undone], said: '', isFolderGone: true });
});

it.each([
  ['fails', 'it_must_go_well\n'],
  ['throws', 'nobody_must_catch_it\n'],
])('ends it where the work %s', async (what, said) => {
  expect(await ended(what)).toEqual({ code: 3, lines: [...begun, ...undone], said, isFolderGone: true });
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('ends it by %s', async (signal, code) => {
  const expected = { code, lines: [...begun, 'waits', ...undone], said: ending(signal), isFolderGone: true };
  expect(await ended('waits', 'waits', signal)).toEqual(expected);
});

it('ends it where npm was told to end, and its shell ends without a word', async () => {
  const expected = { code: null, lines: [...begun, 'waits', ...undone], said: ending('SIGTERM'), isFolderGone: true };
  expect(await ended('waits', 'waits', 'SIGTERM', undefined, byNpm)).toEqual(expected);
});

it('waits for what is only being started, ends that too, and starts nothing more', async () => {
  const lines = [...begun, 'slow begins', 'slow has begun', 'slow ends', ...undone];
  expect(await ended('starts', 'slow begins')).toEqual({ code: 130, lines, said: ending('SIGINT'), isFolderGone: true });
});

it('takes no word from work whose ground was taken away', async () => {
  const expected = { code: 130, lines: [...begun, 'waits', ...undone], said: ending('SIGINT'), isFolderGone: true };
  expect(await ended('is lost', 'waits')).toEqual(expected);
});

it('does not wait when it is told twice', async () => {
  const { code, lines, said, isFolderGone } = await ended('again', 'waits', 'SIGINT', 'does not end');
  expect({ code, lines, isFolderGone }).toEqual({ code: 1, lines: [...begun, 'waits', 'does not end'], isFolderGone: false });
  expect(said).toBe(`${ending('SIGINT')}SIGINT again: not waiting for what is still there\n`);
});
