// The way of an agent of another maker: a key registered, a day signed and a proof fetched over HTTP, and the proof held by the command.
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayModule } from '#gateway';
import { shanghaiDay, slotAt, startOfSlot } from '#domain';
import { MonitoringModule } from '#monitoring';
import { Config, cryptographyOf, makeSigningKey, publicPath } from '#platform';
import { RegistryModule } from '#registry';
import { type TestCaller, type TestExchange, testExchange } from '#testing';
import { Metric } from '../src/core/metric.js';
import { Agent, firstSlot, rollupsOf } from './agent.js';
import { type Box, type PlainRollup, plainRollups, pointsOf } from './points.js';
import { newProvider } from './provider.js';
import { sendFrames } from './stream-client.js';
import { Told, ToldModule, tellPool } from './told.js';

let folder: string;
let exchange: TestExchange;

beforeAll(async () => {
  const built = spawnSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = await mkdtemp(join(tmpdir(), 'exchange-proof-'));
  const signingKey = join(folder, 'signing-key.pem');
  await makeSigningKey(signingKey, cryptographyOf('international'));
  exchange = await testExchange({ modules: [GatewayModule, RegistryModule, MonitoringModule, ToldModule], config: { signingKey } });
}, 120_000);
afterAll(async () => {
  await exchange?.stop();
  await rm(folder, { recursive: true, force: true });
});

function command(...options: string[]): { status: number | null; lines: string[] } {
  const main = join(import.meta.dirname, '../../../dist/services/monitoring/src/proof/main.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...options], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, lines: `${stdout}${stderr}`.trim().split('\n') };
}

it('signs a day, and proves it to somebody who has only the file and the keys', async () => {
  const { participantId, key } = await newProvider(exchange, 'provider');
  const caller: TestCaller = { participantId, roles: ['provider'] };
  // Beyond those of the registry.
  const poolId = await tellPool(exchange.running.get(Told), { poolId: 1_000, providerId: participantId });
  await exchange.advance();
  const agent = new Agent(exchange.running.get<Config>(Config).platform);
  const { publicKey, suite, keyId } = agent;
  expect((await exchange.http('/v1/agent-keys', { key, body: { publicKey, suite, poolIds: [poolId] } })).body).toMatchObject({ keyId });

  const box: Box = { poolId, nodes: 2, at: exchange.now(), columns: { [Metric.UNITS_UP]: [8, 7], [Metric.POWER]: [3_000, 2_900] } };
  const plain = plainRollups(pointsOf(box), exchange.now(), new Map<string, PlainRollup>());
  const day = shanghaiDay(slotAt(exchange.now()));
  await sendFrames(exchange.running, caller, 'agent', [{ sequence: 1, boxes: [box] }]);
  await exchange.advanceTo(startOfSlot(firstSlot(day + 1)) + 3_600_000);

  const { slots, signature } = agent.signed(poolId, day, rollupsOf(poolId, plain));
  const date = (of: number): string => new Date(of * 86_400_000).toISOString().slice(0, 10);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const body = { day: date(day), keyId, slots: base64(slots), signature: base64(signature) };
  const signed = await exchange.http(`/v1/pools/${poolId}/signed-days`, { key, body });
  expect([signed.status, signed.body]).toEqual([200, expect.objectContaining({ state: 'COUNTERSIGNED' })]);
  const { body: listed } = await exchange.http(`/v1/signed-days?poolId=${poolId}&state=COUNTERSIGNED`, { key });
  expect(listed).toMatchObject({ days: [{ poolId, day: date(day) }] });
  expect((await exchange.http(`/v1/pools/${poolId}/signed-days/${date(day)}/differences`, { key })).body).toMatchObject({
    differences: [],
  });

  const proof = (await exchange.http<string>(`/v1/pools/${poolId}/telemetry-proof?from=${date(day)}&to=${date(day + 1)}`, { key })).body;
  const [file, exchangeKey, agentKey] = ['proof.ndjson', publicPath('signing-key.pem'), 'agent.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(agentKey, publicKey);
  await writeFile(file, proof);
  expect(command(file, '--key', exchangeKey, '--agent-key', agentKey)).toEqual({
    status: 0,
    lines: ['1 days stand proven; 2 node-slots were read: 0 unit-slots up, 98 Wh', 'nothing is wrong'],
  });
  await writeFile(file, proof.replace('"sum":2900', '"sum":2999'));
  const tampered = command(file, '--key', exchangeKey, '--agent-key', agentKey);
  expect(tampered.status).toBe(1);
  expect(tampered.lines[0]).toMatch(/^2026-01-01 node 1 at 2025-12-31T16:00:00.000Z: values must have their digest: .*2999/);
  expect(command(file)).toMatchObject({ status: 2 });
  expect(command('--help').lines[0]).toMatch('npm run telemetry-proof');
}, 60_000);
