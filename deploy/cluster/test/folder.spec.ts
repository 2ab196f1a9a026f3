// Where a cluster may be started, and with how many Kafka nodes.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster } from '../cluster.js';
import { placeOf } from '../folder.js';

const folder = await mkdtemp(join(tmpdir(), 'exchange-folder-'));
afterAll(() => rm(folder, { recursive: true }));

it('takes a new folder and an empty one', async () => {
  const missing = join(folder, 'new');
  expect(await placeOf(missing, undefined)).toEqual({ folder: missing, isKept: true, kafkaNodes: 3 });
  expect(await placeOf(folder, 1)).toEqual({ folder, isKept: true, kafkaNodes: 1 });
});

it('makes one that goes with the cluster where none is given', async () => {
  const place = await placeOf(undefined, undefined);
  await rm(place.folder, { recursive: true });
  expect(place).toMatchObject({ isKept: false, kafkaNodes: 3 });
});

it('refuses one that holds something else', async () => {
  const other = await mkdtemp(join(folder, 'other-'));
  await writeFile(join(other, 'letter.txt'), 'not ours');
  await expect(placeOf(other, undefined)).rejects.toThrow(`--folder must be new, empty or of a cluster before: ${other} is none of these`);
});

it('goes on in that of a cluster before, by as many nodes', async () => {
  const before = await mkdtemp(join(folder, 'before-'));
  await writeFile(join(before, 'kafka.json'), JSON.stringify({ nodes: 2, clusterId: 'x' }));
  for (const asked of [undefined, 2]) expect(await placeOf(before, asked)).toEqual({ folder: before, isKept: true, kafkaNodes: 2 });
  await expect(placeOf(before, 3)).rejects.toThrow(`--kafka-nodes must be 2, as many as hold the events in ${before}`);
});

it('is not begun at all where a setting of the environment is wrong', async () => {
  const place = join(folder, 'unbegun');
  process.env.EXCHANGE_FOO = '1';
  try {
    const cluster = new Cluster({ folder: place, kafkaNodes: 1, replicas: 1, tell: () => undefined });
    await expect(cluster.start()).rejects.toThrow('EXCHANGE_FOO: setting_must_be_known');
    await cluster.stop();
  } finally {
    delete process.env.EXCHANGE_FOO;
  }
  expect(await readdir(folder)).not.toContain('unbegun');
});
