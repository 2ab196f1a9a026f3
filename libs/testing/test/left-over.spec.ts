// What outlived who started it is ended by whoever comes next, and nothing else is.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OwnServer, type ServerKind } from '../src/server.js';
import { endLeftOver, noteProcess } from '../src/left-over.js';

const folder = await mkdtemp(join(tmpdir(), 'exchange-left-'));
const note = join(folder, 'note');
const sleepers: ChildProcess[] = [];
afterAll(async () => {
  for (const one of sleepers) one.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

function sleeper(): { pid: number; ended: Promise<string | null> } {
  const child = spawn('sleep', ['600']);
  sleepers.push(child);
  return { pid: child.pid!, ended: new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal))) };
}

if (process.platform === 'linux') {
  it('ends the one that is noted', async () => {
    const { pid, ended } = sleeper();
    await noteProcess(note, pid);
    await endLeftOver(note);
    expect(await ended).toBe('SIGKILL');
  });

  it('leaves alone what only has its number', async () => {
    const { pid } = sleeper();
    await noteProcess(note, pid);
    const [, since] = (await readFile(note, 'utf8')).split(' ');
    await writeFile(note, `${pid} ${Number(since) - 1}\n`);
    await endLeftOver(note);
    expect(process.kill(pid, 0)).toBe(true);
  });

  it('is what a server of a folder does before it begins there', async () => {
    const { pid, ended } = sleeper();
    await noteProcess(join(folder, 'process'), pid);
    const kind: ServerKind = {
      ...{ name: 'Sleeper', variable: 'TEST_SLEEPER', image: 'sleeper:1', imagePort: 1, environment: () => ({}) },
      ...{ prepare: () => Promise.resolve(), command: () => Promise.resolve(['sleep', '600']), answers: () => Promise.resolve(true) },
    };
    const server = await OwnServer.spawn(kind, folder);
    expect(await ended).toBe('SIGKILL');
    expect((await readFile(join(folder, 'process'), 'utf8')).startsWith(`${server.pid} `)).toBe(true);
    await server.stop();
  });
}

it('does nothing where nothing is noted', async () => {
  await expect(endLeftOver(join(folder, 'nothing'))).resolves.toBeUndefined();
});
