// Where the specs' real servers are found, and what may be done to one.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { testRedis } from '#testing';
import { findServer, OwnServer, type ServerKind } from '../src/server.js';

const nothing: ServerKind = {
  name: 'Nothing',
  variable: 'TEST_NOTHING',
  image: 'nothing:1',
  imagePort: 1,
  environment: () => ({}),
  prepare: () => Promise.reject(new Error('nothing is installed')),
  command: () => Promise.reject(new Error('is not asked for')),
  answers: () => Promise.resolve(false),
};
const find = () => findServer(nothing, () => Promise.resolve(false));

const { CI } = process.env;
afterEach(() => {
  delete process.env.TEST_NOTHING;
  delete process.env.CI;
  if (CI !== undefined) process.env.CI = CI;
  jest.restoreAllMocks();
});

it('takes the one that the environment names, and leaves it alone', async () => {
  process.env.TEST_NOTHING = 'there:1';
  expect(await find()).toEqual({ address: 'there:1', own: undefined });
});

it('says loudly what is not tested where there is none, and fails with CI set', async () => {
  delete process.env.CI;
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await find()).toBeUndefined();
  expect(said.mock.calls.flat().join()).toContain(
    'NOT TESTED: everything on Nothing, since nothing is installed. Give one by TEST_NOTHING',
  );
  process.env.CI = 'true';
  await expect(find()).rejects.toThrow('tests_must_have_nothing: nothing is installed');
});

const redis = await testRedis();
afterAll(() => redis?.stop());
const own = redis?.own;

if (own)
  it('its own one can be cut off, crash, freeze and come back', async () => {
    const isUp = () =>
      Promise.race([redis.flushAll(), new Promise((_, reject) => setTimeout(reject, 500).unref())]).then(
        () => true,
        () => false,
      );
    expect(await isUp()).toBe(true);
    own.door.shut();
    expect(await isUp()).toBe(false);
    own.door.unshut();
    expect(await isUp()).toBe(true);
    await own.freeze();
    expect(await isUp()).toBe(false);
    await own.thaw();
    expect(await isUp()).toBe(true);
    await own.crash();
    expect(await isUp()).toBe(false);
    await own.run();
    expect(await isUp()).toBe(true);
  });

it('leaves no door open where a server never comes to run', async () => {
  const doors = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
  const before = doors();
  const folder = await mkdtemp(join(tmpdir(), 'exchange-never-'));
  await expect(OwnServer.spawn(nothing, folder)).rejects.toThrow('is not asked for');
  while (doors() > before) await new Promise((resolve) => setTimeout(resolve, 10));
  await rm(folder, { recursive: true });
});
