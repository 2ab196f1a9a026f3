// The gRPC form of every contract: who may call what, and what bad bytes get.
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { createChannel, createClient, Metadata } from 'nice-grpc';
import { HealthDefinition } from 'nice-grpc-server-health';
import { ServerReflectionService } from 'nice-grpc-server-reflection';
import { ServerReflectionRequest } from 'nice-grpc-server-reflection/lib/proto/grpc/reflection/v1/reflection_pb.js';
import { CreateKeyRequest, IdentityDefinition, MarketDefinition, Me, RegistryDefinition, definitions } from '#contracts';
import type { Method, Role, ServiceDefinition } from '#contracts';
import { openCast, roles } from './cast.js';
import type { Cast } from './cast.js';
import { Wire } from './wire.js';
import type { Answer } from './wire.js';

const OK = 0;
const INVALID_ARGUMENT = 3;
const PERMISSION_DENIED = 7;
const RESOURCE_EXHAUSTED = 8;
const UNIMPLEMENTED = 12;
const INTERNAL = 13;
const UNAUTHENTICATED = 16;

let cast: Cast;
let wire: Wire;
const methods: { definition: ServiceDefinition; method: Method }[] = definitions.flatMap((definition) =>
  Object.values<Method>(definition.methods).map((method) => ({ definition, method })),
);
const nothing = new Uint8Array(0);
const { whoAmI, createKey } = IdentityDefinition.methods;

beforeAll(async () => {
  cast = await openCast({ bodyLimit: 100_000 });
  wire = new Wire(cast.exchange.running.grpcAddress!);
});
afterAll(async () => {
  wire?.close();
  await cast?.exchange.stop();
});

const header = (key: string, idempotencyKey: string = crypto.randomUUID()) => ({
  authorization: `Bearer ${key}`,
  'idempotency-key': idempotencyKey,
});

/** Rule and violations out of google.rpc.Status in the trailing metadata. */
function detailsOf({ metadata }: Answer): { rule?: string; fields: string[] } {
  const [status] = metadata.get('grpc-status-details-bin');
  const found: { rule?: string; fields: string[] } = { fields: [] };
  if (!(status instanceof Buffer)) return found;
  each(status, 3, (any) => {
    const [type] = texts(any, 1);
    each(any, 2, (value) => {
      if (type!.endsWith('ErrorInfo')) [found.rule] = texts(value, 1);
      else each(value, 1, (violation) => found.fields.push(`${texts(violation, 1)[0]} ${texts(violation, 3)[0]}`));
    });
  });
  return found;
}
const texts = (bytes: Uint8Array, field: number): string[] => {
  const read: string[] = [];
  each(bytes, field, (value) => read.push(Buffer.from(value).toString()));
  return read;
};
function each(bytes: Uint8Array, field: number, use: (value: Uint8Array) => void): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, type] = reader.tag();
    if (number === field) use(reader.bytes());
    else reader.skip(type);
  }
}

it('no method answers without a key', async () => {
  const wrong: string[] = [];
  for (const { definition, method } of methods) {
    const { code } = await wire.call(definition, method, nothing, {});
    if (code !== UNAUTHENTICATED && !method.rule.anonymous) wrong.push(`${definition.name}/${method.name}: ${code}`);
  }
  expect(wrong).toEqual([]);
});

it.each(roles)('the %s passes where the contract says so, and nowhere else', async (role) => {
  const wrong: string[] = [];
  for (const { definition, method } of methods) {
    const isLive = method.rule.streamType === 'text/event-stream';
    const may = method.rule.anonymous || method.rule.roles.includes(role);
    const { code, text } = await wire.call(definition, method, nothing, header(cast.keys[role]), isLive ? 300 : 20_000);
    const isRight = may ? ![UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED, INTERNAL].includes(code) : code === PERMISSION_DENIED;
    if (!isRight) wrong.push(`${definition.name}/${method.name}: ${code} ${text}`);
  }
  expect(wrong).toEqual([]);
});

it('answers who a key is', async () => {
  const { code, messages } = await wire.call(IdentityDefinition, whoAmI, nothing, header(cast.keys.buyer));
  expect(code).toBe(OK);
  expect(Me.decode(messages[0]!)).toMatchObject({ participantId: cast.participants.buyer, name: 'buyer' });
});

describe('bad input', () => {
  const nameless = CreateKeyRequest.encode(CreateKeyRequest.create()).finish();
  const named = CreateKeyRequest.encode(CreateKeyRequest.create({ name: 'k' })).finish();

  it.each<[string, number, string, Uint8Array, Record<string, string>]>([
    ['no message at all', INVALID_ARGUMENT, 'message_must_be_well_formed', Buffer.from('ffffffff', 'hex'), {}],
    ['a message cut off', INVALID_ARGUMENT, 'message_must_be_well_formed', named.subarray(0, -1), {}],
    ['a field missing', INVALID_ARGUMENT, 'field_must_be_given', nameless, {}],
    ['an idempotency key with a space', INVALID_ARGUMENT, 'idempotency_key_must_be_plain', named, { 'idempotency-key': 'a b' }],
    ['a key that is none', UNAUTHENTICATED, 'key_must_be_known', named, { authorization: 'Bearer cx_none' }],
    ['another scheme', UNAUTHENTICATED, 'key_must_be_given', named, { authorization: 'Basic cx_none' }],
  ])('%s', async (_name, code, rule, bytes, more) => {
    const answer = await wire.call(IdentityDefinition, createKey, bytes, { ...header(cast.keys.buyer), ...more });
    expect([answer.code, detailsOf(answer).rule]).toEqual([code, rule]);
  });

  it('every field that breaks a rule is named', async () => {
    const bytes = CreateKeyRequest.encode({ name: 'x'.repeat(81), participantId: -1, roles: [99 as Role], expiresAt: 0 }).finish();
    const answer = await wire.call(IdentityDefinition, createKey, bytes, header(cast.keys.buyer));
    expect(detailsOf(answer).fields).toEqual([
      'participantId number_must_be_in_range',
      'name text_must_fit_its_length',
      'roles[0] value_must_be_one_of_the_list',
    ]);
  });

  it('no idempotency key', async () => {
    const answer = await wire.call(IdentityDefinition, createKey, named, { authorization: `Bearer ${cast.keys.buyer}` });
    expect([answer.code, detailsOf(answer).rule]).toEqual([INVALID_ARGUMENT, 'idempotency_key_must_be_given']);
  });

  it('a message over the limit', async () => {
    const { code } = await wire.call(IdentityDefinition, createKey, Buffer.alloc(200_000, 10), header(cast.keys.buyer));
    expect(code).toBe(RESOURCE_EXHAUSTED);
  });

  it('a malformed message within a stream', async () => {
    const { registerNodes } = RegistryDefinition.methods;
    const answer = await wire.call(RegistryDefinition, registerNodes, Buffer.from('ffffffff', 'hex'), header(cast.keys.provider));
    expect([answer.code, detailsOf(answer).rule]).toEqual([INVALID_ARGUMENT, 'message_must_be_well_formed']);
  });

  it('leaves nothing behind', async () => {
    const keys = await cast.exchange.call(IdentityDefinition).listKeys({ participantId: cast.participants.buyer });
    expect(keys.keys.map(({ name }) => name)).toEqual(['test']);
  });
});

it('a live stream ends with its reader', async () => {
  const book = { computeClass: 2, model: 'GRPC', unit: 1, tier: 1 };
  await cast.exchange.call(MarketDefinition).setBook({ book });
  const stop = new AbortController();
  const read: number[] = [];
  const metadata = { authorization: `Bearer ${cast.keys.buyer}` };
  const channel = createChannel(cast.exchange.running.grpcAddress!);
  try {
    const client = createClient(MarketDefinition, channel);
    await expect(
      (async () => {
        for await (const event of client.watchMarket({}, { signal: stop.signal, metadata: Metadata(metadata) })) {
          read.push(event.sequence);
          stop.abort();
        }
      })(),
    ).rejects.toThrow('aborted');
    expect(read.length).toBeGreaterThan(0);
  } finally {
    channel.close();
  }
});

it('tells its health and describes itself to whoever asks', async () => {
  const channel = createChannel(cast.exchange.running.grpcAddress!);
  try {
    expect(await createClient(HealthDefinition, channel).check({ service: MarketDefinition.fullName })).toMatchObject({ status: 1 });
    const reflection = createClient(ServerReflectionService, channel);
    const request = new ServerReflectionRequest().setListServices('');
    const names: string[] = [];
    const ask = async function* () {
      yield request;
    };
    for await (const answer of reflection.serverReflectionInfo(ask()))
      names.push(
        ...answer
          .getListServicesResponse()!
          .getServiceList()
          .map((service) => service.getName()),
      );
    expect(names).toEqual(expect.arrayContaining(definitions.map(({ fullName }) => fullName)));
  } finally {
    channel.close();
  }
});
