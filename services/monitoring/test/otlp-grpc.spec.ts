// OTLP over gRPC, as an OpenTelemetry collector sends it: its own service, the pool and the key in the metadata.
import { type Channel, Metadata, createChannel, createClient } from 'nice-grpc';
import { slotAt, startOfSlot } from '#domain';
import { GatewayModule } from '#gateway';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { type TestExchange, testExchange } from '#testing';
import { fieldsOf } from '../src/core/wire.js';
import { otlp } from './foreign.js';
import { newProvider } from './provider.js';
import { Told, ToldModule, tellPool } from './told.js';

const bytes = (message: Uint8Array): Uint8Array => message;
const metricsService = {
  export: {
    path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    ...{ requestStream: false, responseStream: false, options: {} },
    ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
  },
} as const;

let exchange: TestExchange;
let key: string;
let poolId: number;
const channels: Channel[] = [];

beforeAll(async () => {
  exchange = await testExchange({ modules: [GatewayModule, RegistryModule, MonitoringModule, ToldModule] });
  const { participantId, key: secret } = await newProvider(exchange, 'provider');
  key = secret;
  // Beyond those of the registry.
  poolId = await tellPool(exchange.running.get(Told), { poolId: 1_000, providerId: participantId });
  await exchange.advance();
});
afterAll(async () => {
  for (const channel of channels) channel.close();
  await exchange?.stop();
});

/** @param compression by grpc's numbers: 0 none, 2 gzip */
function send(body: Uint8Array, metadata: Record<string, string> = {}, compression = 0): Promise<Uint8Array> {
  const channel = createChannel(exchange.running.grpcAddress!, undefined, { 'grpc.default_compression_algorithm': compression });
  channels.push(channel);
  const client = createClient(metricsService as never, channel) as {
    export(request: Uint8Array, options: { metadata: Metadata }): Promise<Uint8Array>;
  };
  const given = { authorization: `Bearer ${key}`, 'exchange-pool-id': String(poolId), ...metadata };
  return client.export(body, { metadata: Metadata(given) });
}

const watts = (node: number, value: number, at = exchange.now()) =>
  otlp([{ attributes: { 'exchange.node': node }, metrics: [{ name: 'hw.host.power', points: [{ at, value }] }] }]);

async function sums(node: number): Promise<number[][]> {
  await exchange.advance();
  const slot = slotAt(exchange.now());
  const time = (of: number) => new Date(startOfSlot(of)).toISOString();
  const { body } = await exchange.http<{ rollups: { metrics: { points: number; sum: number }[] }[] }>(
    `/v1/pools/${poolId}/nodes/${node}/rollups?from=${time(slot)}&to=${time(slot + 1)}`,
    { key },
  );
  return body.rollups.flatMap(({ metrics }) => metrics.map(({ points, sum }) => [points, sum]));
}

describe('OTLP over gRPC', () => {
  it('counts once, by gzip and again, and over HTTP the same bytes too', async () => {
    const body = watts(0, 500);
    expect((await send(body)).length).toBe(0);
    expect((await send(body, {}, 2)).length).toBe(0);
    await send(watts(0, 700), {}, 2);
    const answer = await fetch(`${exchange.running.httpAddress}/v1/pools/${poolId}/otlp/v1/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-protobuf' },
      body: Buffer.from(body),
    });
    expect(answer.status).toBe(200);
    expect(await sums(0)).toEqual([[2, 1_200]]);
  });

  it('tells what did not count, and why', async () => {
    const [partial] = [...fieldsOf(await send(watts(1, 500, exchange.now() - 86_400_000)))];
    const [rejected, why] = [...partial!.fields()];
    expect([rejected!.whole(), why!.text()]).toEqual([1, '1 late']);
    expect(await sums(1)).toEqual([]);
  });

  it.each<[string, Record<string, string>, Uint8Array | undefined, RegExp]>([
    ['without a pool', { 'exchange-pool-id': '' }, undefined, /INVALID_ARGUMENT.*poolId/],
    ['of a pool that is no number', { 'exchange-pool-id': 'mine' }, undefined, /INVALID_ARGUMENT.*poolId/],
    ['of another’s pool', { 'exchange-pool-id': '999999' }, undefined, /NOT_FOUND/],
    ['without a key', { authorization: '' }, undefined, /UNAUTHENTICATED: key_must_be_given/],
    ['with a field that is none', { 'exchange-body-of': 'x' }, undefined, /INVALID_ARGUMENT/],
    ['of bytes that are no message', {}, new Uint8Array([7, 7, 7]), /INVALID_ARGUMENT: body_must_be_what_its_path_takes/],
  ])('is refused %s', async (_name, metadata, body, refusal) => {
    await expect(send(body ?? watts(0, 1), metadata)).rejects.toThrow(refusal);
  });

  it('is for providers', async () => {
    const officer = await exchange.key({ participantId: 1, roles: ['operator'] });
    await expect(send(watts(0, 1), { authorization: `Bearer ${officer}` })).rejects.toThrow(/PERMISSION_DENIED/);
  });
});
