import { gzipSync } from 'node:zlib';
import { RegisterNodesRequest, RegistryDefinition } from '#contracts';
import { slotAt, startOfSlot } from '#domain';
import { GatewayModule } from '#gateway';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { type HttpAnswer, type TestExchange, testExchange } from '#testing';
import { blocksOf } from '../src/core/named-point.js';
import { Metric } from '../src/core/metric.js';
import { otlpAnswer, pointsOfOtlp } from '../src/core/otlp.js';
import { pointsOfRemoteWrite } from '../src/core/remote-write.js';
import { unsnap } from '../src/core/snappy.js';
import { Unreadable, fieldsOf } from '../src/core/wire.js';
import { unpackColumn } from '../src/core/varint.js';
import { type OtlpMetric, otlp, snapped, writeRequest } from './foreign.js';
import { newProvider } from './provider.js';
import { Told, ToldModule, tellPool } from './told.js';

const at = 1_800_000_000_000;
const gpu = (id: number, more: Record<string, string> = {}) => ({ 'hw.type': 'gpu', 'hw.id': `gpu${id}`, ...more });

/** 'node metric value', block by block. */
const plain = (mapped: ReturnType<typeof blocksOf>): string[] =>
  mapped.blocks.flatMap(({ firstNode, columns }) =>
    columns.map(({ metric, values }) => {
      const [value] = [new Int32Array(1)].map((room) => (unpackColumn(values, room) ? room[0] : NaN));
      return `${firstNode} ${metric} ${value}`;
    }),
  );
const ofOtlp = (metrics: OtlpMetric[], attributes: Record<string, string | number> = { 'exchange.node': 3 }) =>
  blocksOf(1, pointsOfOtlp(otlp([{ attributes, metrics }])));

describe('OTLP', () => {
  it.each<[string, OtlpMetric, string[]]>([
    [
      'load of each card',
      { name: 'hw.gpu.utilization', points: [0.5, 0.25].map((value, id) => ({ at, value, attributes: gpu(id) })) },
      [`3 ${Metric.UTILISATION} 5000`, `3 ${Metric.UTILISATION} 2500`],
    ],
    [
      'memory',
      { name: 'hw.gpu.memory.utilization', points: [{ at, value: 0.99999, attributes: gpu(0) }] },
      [`3 ${Metric.MEMORY_UTILISATION} 10000`],
    ],
    ['power of the node', { name: 'hw.host.power', isInt: true, points: [{ at, value: 3_105 }] }, [`3 ${Metric.POWER} 3105`]],
    ['energy', { name: 'hw.host.energy', kind: 'sum', points: [{ at, value: 7_654_321 }] }, [`3 ${Metric.ENERGY} 7654`]],
    ['temperature', { name: 'hw.temperature', points: [{ at, value: 61.26, attributes: gpu(0) }] }, [`3 ${Metric.TEMPERATURE} 613`]],
    [
      'errors of all parts',
      {
        name: 'hw.errors',
        kind: 'sum',
        isInt: true,
        points: [
          { at, value: 2, attributes: gpu(0) },
          { at, value: 3, attributes: gpu(1) },
        ],
      },
      [`3 ${Metric.ERRORS} 5`],
    ],
    ['speed', { name: 'hw.cpu.speed', points: [{ at, value: 1_410_000_000 }] }, [`3 ${Metric.SPEED} 1410`]],
    [
      'cards in order',
      {
        ...{ name: 'hw.status', kind: 'sum', isInt: true },
        points: [gpu(0, { 'hw.state': 'ok' }), gpu(1, { 'hw.state': 'ok' }), gpu(1, { 'hw.state': 'failed' })].map((attributes, index) => ({
          at,
          value: index === 1 ? 0 : 1,
          attributes,
        })),
      },
      [`3 ${Metric.UNITS_UP} 1`],
    ],
    [
      'as much as a counter may have counted',
      { name: 'hw.host.energy', kind: 'sum', points: [{ at, value: (2 ** 31 - 1) * 1_000 }] },
      [`3 ${Metric.ENERGY} ${2 ** 31 - 1}`],
    ],
    [
      'parts of which one can be no number',
      { name: 'hw.errors', kind: 'sum', points: [NaN, 2 ** 31 - 1, 5].map((value) => ({ at, value })) },
      [`3 ${Metric.ERRORS} ${-(2 ** 30)}`],
    ],
    ['what can be no number', { name: 'hw.host.power', points: [{ at, value: Infinity }] }, [`3 ${Metric.POWER} ${-(2 ** 30)}`]],
  ])('%s', (_name, metric, expected) => {
    expect(plain(ofOtlp([metric]))).toEqual(expected);
  });

  it('counts what is not kept, and what has no node', () => {
    const power = {
      name: 'hw.power',
      points: [
        { at, value: 300, attributes: gpu(0) },
        { at, value: 3_000, attributes: { 'hw.type': 'enclosure' } },
      ],
    };
    expect(ofOtlp([power, { name: 'system.cpu.time', points: [{ at, value: 1 }] }])).toMatchObject({
      unknown: 2,
      nodeless: 0,
      blocks: [{ firstNode: 3, at }],
    });
    expect(ofOtlp([power], {})).toMatchObject({ unknown: 1, nodeless: 1, blocks: [] });
  });

  it('keeps those attributes alone that mean anything here', () => {
    const attributes = Object.fromEntries(Array.from({ length: 1_000 }, (_label, index) => [`label-${index}`, index]));
    const power = { name: 'hw.host.power', points: [{ at, value: 1, attributes }] };
    const [point] = [...pointsOfOtlp(otlp([{ attributes: { ...attributes, 'exchange.node': 3 }, metrics: [power] }]))];
    expect([...point!.attributes]).toEqual([['exchange.node', '3']]);
  });

  it('passes over a point that says that nothing was measured', () => {
    const written = otlp([
      {
        attributes: { 'exchange.node': 3 },
        metrics: [
          {
            name: 'hw.host.power',
            points: [
              { at, value: 1 },
              { at, value: 2 },
            ],
          },
        ],
      },
    ]);
    // The second point's value becomes its flags: field 8, 1.
    const flagged = Buffer.from(written);
    const value = flagged.lastIndexOf(Buffer.from([(4 << 3) | 1]));
    flagged.set([(8 << 3) | 0, 1, (8 << 3) | 0, 1, (8 << 3) | 0, 1, (8 << 3) | 0, 0x81, 0x00], value);
    expect(plain(blocksOf(1, pointsOfOtlp(flagged)))).toEqual([`3 ${Metric.POWER} 1`]);
  });

  it('is answered with how many points did not count', () => {
    expect(otlpAnswer(0, '')).toEqual(new Uint8Array());
    const [partial] = [...fieldsOf(otlpAnswer(300, '300 späte'))];
    const [rejected, why] = [...partial!.fields()];
    expect([rejected!.whole(), why!.text()]).toEqual([300, '300 späte']);
  });
});

describe('Prometheus remote write', () => {
  it.each([
    ['hw_gpu_utilization_ratio', 0.5, `7 ${Metric.UTILISATION} 5000`],
    ['hw_host_power_watts', 3_105, `7 ${Metric.POWER} 3105`],
    ['hw_host_energy_joules_total', 5_000, `7 ${Metric.ENERGY} 5`],
    ['hw_temperature_celsius', 50, `7 ${Metric.TEMPERATURE} 500`],
  ])('%s', (name, value, expected) => {
    const series = [{ labels: { __name__: name, exchange_node: '7' }, samples: [[at, value]] as const }];
    expect(plain(blocksOf(1, pointsOfRemoteWrite(snapped(writeRequest(series)), 1_000)))).toEqual([expected]);
  });

  it('takes the end of a series for no sample', () => {
    const series = [
      {
        labels: { __name__: 'hw_host_power_watts', exchange_node: '7' },
        samples: [
          [at, NaN],
          [at, 5],
        ] as const,
      },
    ];
    expect(plain(blocksOf(1, pointsOfRemoteWrite(snapped(writeRequest(series)), 1_000)))).toEqual([`7 ${Metric.POWER} 5`]);
  });
});

describe('Snappy', () => {
  it.each<[string, number[], string]>([
    ['literals', [3, 0x08, 97, 98, 99], 'abc'],
    ['a copy', [6, 0x08, 97, 98, 99, 0x02 | (2 << 2), 3, 0], 'abcabc'],
    ['a copy that repeats', [8, 0x00, 97, 0x01 | (3 << 2), 1], 'aaaaaaaa'],
    ['a long literal', [61, 60 << 2, 60, ...Array<number>(61).fill(120)], 'x'.repeat(61)],
  ])('%s', (_name, bytes, expected) => {
    expect(Buffer.from(unsnap(Uint8Array.from(bytes), 100)).toString()).toBe(expected);
  });

  it.each<[string, number[]]>([
    ['more than is allowed', [101, 0x00, 97]],
    ['an early end', [3, 0x08, 97]],
    ['a copy of what was not', [4, 0x01, 1]],
    ['a copy beyond the end', [2, 0x00, 97, 0x01, 1]],
    ['less than it says', [3, 0x04, 97, 98]],
    ['nothing', []],
  ])('with %s is refused', (_name, bytes) => {
    expect(() => unsnap(Uint8Array.from(bytes), 100)).toThrow(Unreadable);
  });
});

it('what is no message is refused, wherever it ends', () => {
  const good = otlp([{ attributes: { 'exchange.node': 3 }, metrics: [{ name: 'hw.host.power', points: [{ at, value: 1 }] }] }]);
  for (let end = 1; end < good.length; end++) expect(() => [...pointsOfOtlp(good.subarray(0, end))]).toThrow(Unreadable);
});

describe('over HTTP', () => {
  let exchange: TestExchange;
  let key: string;
  let poolId: number;
  let participantId: number;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [GatewayModule, RegistryModule, MonitoringModule, ToldModule] });
    ({ participantId, key } = await provider('provider'));
    // Beyond those of the registry.
    poolId = await tellPool(exchange.running.get(Told), { poolId: 1_000, providerId: participantId });
    await exchange.advance();
  });
  afterAll(() => exchange?.stop());

  const provider = (name: string) => newProvider(exchange, name);
  const push = async (path: string, body: Uint8Array, headers: Record<string, string> = {}, by = key): Promise<HttpAnswer<string>> => {
    const answer = await fetch(`${exchange.running.httpAddress}/v1/pools/${poolId}/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${by}`, 'content-type': 'application/x-protobuf', ...headers },
      body: Buffer.from(body),
    });
    return { status: answer.status, headers: answer.headers, body: Buffer.from(await answer.arrayBuffer()).toString('latin1') };
  };
  const watts = (node: number, value: number, time = exchange.now()) =>
    otlp([{ attributes: { 'exchange.node': node }, metrics: [{ name: 'hw.host.power', points: [{ at: time, value }] }] }]);
  const rollups = async (node: number) => {
    const slot = slotAt(exchange.now());
    const time = (of: number) => new Date(startOfSlot(of)).toISOString();
    await exchange.advance();
    const { body } = await exchange.http<{ rollups: { metrics: { points: number; sum: string }[] }[] }>(
      `/v1/pools/${poolId}/nodes/${node}/rollups?from=${time(slot)}&to=${time(slot + 1)}`,
      { key },
    );
    return body.rollups.flatMap(({ metrics }) => metrics).map(({ points, sum }) => [points, Number(sum)]);
  };

  it('OTLP counts once, plain and by gzip, and again', async () => {
    const body = watts(0, 500);
    expect(await push('otlp/v1/metrics', body)).toMatchObject({ status: 200, body: '' });
    expect((await push('otlp/v1/metrics', body)).status).toBe(200);
    expect((await push('otlp/v1/metrics', gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect((await push('otlp/v1/metrics', watts(0, 700))).status).toBe(200);
    expect(await rollups(0)).toEqual([[2, 1_200]]);
  });

  it('OTLP tells what did not count', async () => {
    const late = await push('otlp/v1/metrics', watts(1, 500, exchange.now() - 86_400_000));
    expect(late.headers.get('content-type')).toBe('application/x-protobuf');
    expect(late.body).toContain('1 late');
    expect((await push('otlp/v1/metrics', watts(4, 500))).body).toContain('1 of nodes that are not registered');
    expect(await rollups(1)).toEqual([]);
  });

  it('Prometheus writes', async () => {
    const series = [{ labels: { __name__: 'hw_host_power_watts', exchange_node: '2' }, samples: [[exchange.now(), 900]] as const }];
    const headers = { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' };
    for (let time = 0; time < 2; time++)
      expect(await push('prometheus/write', snapped(writeRequest(series)), headers)).toMatchObject({ status: 200 });
    expect(await rollups(2)).toEqual([[1, 900]]);
  });

  it('roll-ups of a site are those of its pools', async () => {
    const officer = await exchange.key({ participantId: 1, roles: ['operator'] });
    const post = async (path: string, body: unknown, by = key) => {
      const answer = await exchange.http<{ siteId?: number; poolId?: number }>(path, { body, key: by });
      expect({ path, status: answer.status }).toEqual({ path, status: 200 });
      return answer.body;
    };
    const verify = async (path: string) => {
      for (const state of ['SUBMITTED', 'VERIFIED']) await post(`${path}/state`, { state, reason: 'papers seen' }, officer);
    };
    await verify(`/v1/participants/${participantId}`);
    const site = { name: 'site', region: 500_000, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 200, pueMilli: 1_200 };
    const { siteId } = await post('/v1/sites', { details: site });
    await verify(`/v1/sites/${siteId}`);
    const details = { siteId, computeClass: 'INTELLIGENT', model: 'T4', unit: 'CARD', unitsPerNode: 8, interconnect: 'ETHERNET' };
    for (const watts of [400, 600]) {
      const { poolId: id } = await post('/v1/pools', { details });
      await exchange.call(RegistryDefinition).registerNodes(
        (async function* () {
          yield RegisterNodesRequest.create({ poolId: id, serial: `node-of-${id}` });
        })(),
      );
      await verify(`/v1/pools/${id}`);
      await exchange.advance();
      const points = Array.from({ length: 15 }, (_point, minute) => ({
        at: startOfSlot(slotAt(exchange.now())) - minute * 60_000 - 1,
        value: watts,
      }));
      const metrics = [{ name: 'hw.host.power', points }];
      const body = otlp([{ attributes: { 'exchange.node': 0 }, metrics }]);
      const told = await fetch(`${exchange.running.httpAddress}/v1/pools/${id}/otlp/v1/metrics`, {
        ...{
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-protobuf' },
          body: Buffer.from(body),
        },
      });
      expect(await told.text()).toBe('');
    }
    await exchange.advance();
    const slot = slotAt(exchange.now());
    const time = (of: number) => new Date(startOfSlot(of)).toISOString();
    const path = `/v1/sites/${siteId}/rollups?from=${time(slot - 2)}&to=${time(slot + 1)}`;
    const { body } = await exchange.http<{ rollups: object[] }>(path, { key });
    expect(body.rollups).toMatchObject([{ slot: time(slot - 1).replace('.000', ''), nodes: 2, energyWh: 250 }]);
    const stranger = await provider('stranger');
    expect((await exchange.http(path, { key: stranger.key })).status).toBe(404);
  });

  it.each<[string, () => Promise<HttpAnswer<string>>, number, string]>([
    ['without a key', () => push('otlp/v1/metrics', watts(0, 1), {}, ''), 401, 'key_must_be_given'],
    ['what is no OTLP', () => push('otlp/v1/metrics', Uint8Array.from([0xff])), 400, 'body_must_be_what_its_path_takes'],
    ['what is no Snappy', () => push('prometheus/write', Uint8Array.from([0xff])), 400, 'body_must_be_what_its_path_takes'],
    ['what is no gzip', () => push('otlp/v1/metrics', watts(0, 1), { 'content-encoding': 'gzip' }), 400, 'body_must_be_gzip'],
    [
      'what is too long unpacked',
      () => push('otlp/v1/metrics', gzipSync(Buffer.alloc(9 << 20)), { 'content-encoding': 'gzip' }),
      413,
      'body_must_fit_the_limit',
    ],
    ['another coding', () => push('otlp/v1/metrics', watts(0, 1), { 'content-encoding': 'br' }), 415, 'body_must_be_of_a_known_coding'],
    [
      'JSON',
      () => push('otlp/v1/metrics', Buffer.from('{}'), { 'content-type': 'application/json' }),
      415,
      'body_must_be_of_a_known_media_type',
    ],
    [
      'a form',
      () => push('otlp/v1/metrics', Buffer.from(''), { 'content-type': 'multipart/form-data; boundary=x' }),
      415,
      'body_must_be_of_a_known_media_type',
    ],
    [
      'protobuf to who takes JSON',
      () => push('heartbeat', watts(0, 1), { 'idempotency-key': 'packed' }),
      415,
      'body_must_be_of_a_known_media_type',
    ],
  ])('refuses %s', async (_name, asked, status, rule) => {
    const answer = await asked();
    expect({ status: answer.status, rule: (JSON.parse(answer.body) as { rule: string }).rule }).toEqual({ status, rule });
  });
});
