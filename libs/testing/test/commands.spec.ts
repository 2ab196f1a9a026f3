// Every command of package.json that runs a program of ours: how it takes wrong use, by one convention.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '#platform';
import { build } from '../src/build.js';

const root = join(import.meta.dirname, '../../..');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
/** Arguments of Node, by the command's name. What only builds, checks or tests takes no command line of ours. */
const programs = new Map(
  Object.entries(scripts).flatMap(([name, script]) => {
    const program = / && node (.*\bdist\/\S+\.js|.*\bscripts\/bench\.mjs)$/.exec(script)?.[1];
    return program === undefined ? [] : [[name, program.split(' ')] as const];
  }),
);

/** Where what a command leaves would lie. Root runs PostgreSQL as nobody, who must come through. */
const folder = await mkdtemp(join(tmpdir(), 'exchange-commands-'));
await chmod(folder, 0o755);
afterAll(() => rm(folder, { recursive: true }));
beforeAll(build);

const run = (name: string, ...args: string[]) => {
  const program = programs.get(name)!.map((part) => (/^(\.\/)?(dist|scripts)\//.test(part) ? join(root, part) : part));
  return spawnSync(process.execPath, [...program, ...args], { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
};

it('there are such commands', () => {
  expect([...programs.keys()]).toEqual(
    expect.arrayContaining(['start', 'demo', 'bench', 'cluster', 'drill', 'mutate', 'national-receiver']),
  );
});

const usageOf = (name: string): RegExp => new RegExp(`^usage: npm (run (-s )?)?${name}\\b`, 'm');

describe.each([...programs.keys()])('%s', (name) => {
  it('tells how it is used and ends with 2 for an option that it does not know', () => {
    const { status, stdout, stderr } = run(name, '--bogus');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--bogus'; --help tells more$/m);
    expect(stderr).toMatch(usageOf(name));
  });

  it('tells the same under --help, and ends with 0', () => {
    const { status, stdout, stderr } = run(name, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(`usage: ${stdout}`).toMatch(usageOf(name));
  });
});

it.each([
  ['start', ['operator-key', 'now'], 'there is nothing behind npm start -- operator-key'],
  ['demo', ['--key', 'cx_x'], '--key is for an exchange that runs: --address must name it'],
  ['demo', ['--limit', 'many'], '--limit must be a whole number from 1 to 1000000000, not many'],
  ['demo', ['--regions', '2'], '--regions must be 3, not 2'],
  ['bench', [], 'which benchmark?'],
  ['bench', ['nothing'], 'there is no benchmark nothing'],
  ['differential', ['--seeds', '0'], '--seeds must be a whole number from 1 to 2147483647, not 0'],
  ['cluster', ['--replicas', '6'], '--replicas must be a whole number from 1 to 5, not 6'],
  ['cluster', ['--folder', root], `--folder must be new, empty or of a cluster before: ${root} is none of these`],
  ['drill', [], 'which drills?'],
  ['drill', ['nothing'], 'there is no drill nothing'],
  ['soak', ['--minutes', '1'], '--minutes must be a whole number from 2 to 1440, not 1'],
  ['national-receiver', [], '--sender must be given'],
  ['national-receiver', ['--sender', 'nobody'], '--sender must be NAME=FILE, not nobody'],
  ['national-receiver', ['--sender', 'a=b', '--port', '65536'], '--port must be a whole number from 0 to 65535, not 65536'],
  ['national-receiver', ['--sender', 'a=b', '--suite', 'none'], '--suite must be international or national'],
  ['conformance', [], 'option_must_be_given: --platform'],
  ['conformance', ['--only', 'nothing'], 'no clause begins with nothing: --list names them'],
  ['telemetry-proof', [], 'a file and --key must be given'],
  ['audit', ['--url', 'nowhere'], 'the configuration is wrong:'],
  ['mutate', ['--rule', 'R-0'], 'nothing breaks the rule R-0'],
])('%s %j is wrong use', (name, args, said) => {
  const { status, stdout, stderr } = run(name, ...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(usageOf(name));
  expect(stderr.split('\n').find((line) => line.startsWith(said))).toBeDefined();
});

it('a cluster says who has its folder already, and touches nothing', async () => {
  const place = await mkdtemp(join(folder, 'cluster-'));
  await chmod(place, 0o755);
  const server = await startEmbeddedPostgres({ folder: place });
  try {
    const { status, stdout, stderr } = run('cluster', '--folder', place);
    expect({ status, stdout, stderr }).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: `folder_must_have_one_cluster: ${place} is in use by process ${process.pid}\n`,
    });
    expect(await readdir(place)).toEqual(['postgres']);
  } finally {
    await server.stop();
  }
}, 60_000);

it.each([
  ['--port', '--control'],
  ['--control', '--port'],
])('a national receiver whose %s another has says so in a line, and leaves nothing', async (option, free) => {
  const place = await mkdtemp(join(folder, 'national-'));
  const senderKey = join(folder, 'sender.pub.pem');
  await writeFile(senderKey, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }));
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const files = ['--data', join(place, 'national.sqlite'), '--key', join(place, 'national-key.pem')];
  try {
    const { status, stdout, stderr } = run('national-receiver', '--sender', `a=${senderKey}`, ...files, option, String(port), free, '0');
    expect({ status, stdout, stderr }).toEqual({
      ...{ status: 1, stdout: '' },
      stderr: `${option}: port_must_be_free: another process listens at 127.0.0.1:${port}\n`,
    });
    expect(await readdir(place)).toEqual([]);
  } finally {
    await new Promise((resolve) => other.close(resolve));
  }
});
