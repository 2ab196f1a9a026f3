// Services of two processes over mutual TLS: who is let in, what a refusal becomes on its way, and what happens when certificates go.
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import {
  EnterOrdersRequest,
  EnterOrdersResponse,
  LedgerDefinition,
  OperationsDefinition,
  Participant,
  RegistryDefinition,
  SchedulingDefinition,
  SubsidyReservation,
} from '#contracts';
import type { ServiceDefinition } from '#contracts';
import { Authority, writePapers, type Issued } from '#testing';
import { serviceCall, type Call } from '../src/call.js';
import { Certificates } from '../src/certificates.js';
import { Listeners } from '../src/listeners.js';
import { makeLogger } from '../src/log.js';
import { Mesh } from '../src/mesh-client.js';
import { serveMesh } from '../src/mesh-server.js';
import { conflict, Refusal } from '../src/refusal.js';
import { RpcTable } from '../src/rpc-table.js';
import { type Handler, type Implementation } from '../src/rpc-types.js';
import { guarded } from '../src/rpc.js';

const log = makeLogger('silent');
const release = { orderId: 7 };
const answered = SubsidyReservation.create({ reservationId: 3, orderId: 7, amount: 5n });
const hour = 3_600_000;

let authority: Authority;
let stranger: Authority;
const open: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  papers = await mkdtemp(join(tmpdir(), 'exchange-papers-'));
  authority = await Authority.make();
  stranger = await Authority.make();
});

afterAll(() => rm(papers, { recursive: true }));

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

let papers: string;
const folder = () => mkdtemp(join(papers, 'mesh-'));

async function certificatesOf(issued: Issued, trusted: Authority = authority, crl?: string): Promise<Certificates> {
  const certificates = await Certificates.open(await writePapers(await folder(), trusted, issued, crl), log);
  open.push(() => certificates.close());
  return certificates;
}

type Handlers = Record<string, Handler>;

/** A process that serves a contract. Answers its address. */
async function serve(certificates: Certificates, handlers: Handlers, definition: ServiceDefinition = LedgerDefinition): Promise<string> {
  const rpc = new RpcTable();
  rpc.bind(definition, guarded(definition, handlers as unknown as Implementation<ServiceDefinition>, log));
  const listeners = new Listeners();
  await serveMesh({ address: '127.0.0.1:0', rpc, listeners, certificates });
  open.push(() => listeners.close());
  return listeners.address('mesh')!;
}

/** A method as another process calls it. */
function remote(certificates: Certificates, peers: Record<string, string[]>, definition: ServiceDefinition, key: string): Handler {
  const mesh = new Mesh(new Map(Object.entries(peers)), certificates);
  open.push(() => mesh.close());
  return mesh.handler(definition, key)!;
}

const settlement = () => authority.issue(['settlement']);
const voucher = () => authority.issue(['voucher']);

/** Releases a subsidy as `call` says, from a process with these certificates, of one with those. */
async function released(from: Issued, to: Issued, call: Call = serviceCall('voucher'), handler?: Handler): Promise<unknown> {
  const address = await serve(await certificatesOf(to), { releaseSubsidy: handler ?? (async () => answered) });
  const ask = remote(await certificatesOf(from), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
  return ask(release, call);
}

describe('between two processes', () => {
  it('a service calls another in its own name', async () => {
    const seen: Call[] = [];
    const answer = await released(await voucher(), await settlement(), serviceCall('voucher'), async (request, call) => {
      seen.push(call);
      expect(request).toMatchObject(release);
      return answered;
    });
    expect(answer).toEqual(answered);
    expect(seen[0]).toMatchObject({ caller: serviceCall('voucher').caller });
    expect(seen[0]!.method).toBe('exchange.settlement.v1.Ledger/ReleaseSubsidy');
  });

  it('a participant’s call is handed on in the participant’s name, with its key', async () => {
    const seen: Call[] = [];
    const address = await serve(
      await certificatesOf(await authority.issue(['registry'])),
      { getParticipant: async (_request, call) => (seen.push(call), Participant.create()) },
      RegistryDefinition,
    );
    const ask = remote(
      await certificatesOf(await authority.issue(['gateway'])),
      { registry: [address] },
      RegistryDefinition,
      'getParticipant',
    );
    await ask({ id: 4 }, { caller: { participantId: 4, roles: ['buyer'], name: 'key/9' }, method: '', idempotencyKey: 'once' });
    expect(seen[0]).toMatchObject({ caller: { participantId: 4, roles: ['buyer'], name: 'key/9' }, idempotencyKey: 'once' });
  });

  it('a refusal arrives as it was made', async () => {
    const made = conflict('programme_must_be_funded', 'programme 3: never funded', 'programmeId');
    const error = await released(await voucher(), await settlement(), undefined, () => Promise.reject(made)).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(Refusal);
    expect(error).toMatchObject({ kind: 'conflict', rule: made.rule, detail: made.detail, field: made.field });
  });

  it('each thing that a request breaks arrives', async () => {
    const address = await serve(await certificatesOf(await settlement()), { reserveSubsidy: async () => answered });
    const ask = remote(await certificatesOf(await voucher()), { settlement: [address] }, LedgerDefinition, 'reserveSubsidy');
    const bad = { programmeId: 0, orderId: 0, buyerId: 0, amount: -1n, rateBp: 0 };
    const error = (await Promise.resolve(ask(bad, serviceCall('voucher'))).catch((one: unknown) => one)) as Refusal;
    expect(error.kind).toBe('invalid');
    expect(error.violations.map(({ field }) => field)).toEqual(expect.arrayContaining(['programmeId', 'orderId', 'buyerId']));
  });

  it('who is not there is refused as unreachable, after what bears repetition was said again', async () => {
    const ask = remote(await certificatesOf(await voucher()), { settlement: ['127.0.0.1:1'] }, LedgerDefinition, 'releaseSubsidy');
    await expect(ask(release, serviceCall('voucher'))).rejects.toMatchObject({ kind: 'unavailable', rule: 'service_must_be_reachable' });
  });

  it('calls go to each replica in turn, and to those that are left', async () => {
    const counts = [0, 0];
    const certificates = await certificatesOf(await settlement());
    const addresses = await Promise.all(
      counts.map((_, i) => serve(certificates, { releaseSubsidy: async () => (counts[i]!++, answered) })),
    );
    const mesh = new Mesh(new Map([['settlement', addresses]]), await certificatesOf(await voucher()));
    open.push(() => mesh.close());
    const ask = mesh.handler(LedgerDefinition, 'releaseSubsidy')!;
    // The second is used once its connection is there.
    for (let asked = 0; counts.some((count) => count < 3); asked++) {
      expect(asked).toBeLessThan(10_000);
      await ask(release, serviceCall('voucher'));
    }
    await open.splice(1, 1)[0]!();
    for (let i = 0; i < 6; i++) await ask(release, serviceCall('voucher'));
  });

  describe('of a service that one process leads', () => {
    const standsBy = new Refusal('unavailable', 'service_must_lead', 'this process stands by');
    /** Three replicas; the one named answers, and counts. */
    async function replicas(): Promise<{ ask: Handler; counts: number[]; lead: (index: number) => void }> {
      const counts = [0, 0, 0];
      let leader = 2;
      const certificates = await certificatesOf(await settlement());
      const addresses = await Promise.all(
        counts.map((_, i) =>
          serve(certificates, {
            releaseSubsidy: async () => {
              counts[i]! += 1;
              if (i !== leader) throw standsBy;
              return answered;
            },
          }),
        ),
      );
      const ask = remote(await certificatesOf(await voucher()), { settlement: addresses }, LedgerDefinition, 'releaseSubsidy');
      return { ask, counts, lead: (index) => (leader = index) };
    }

    it('a call that reaches a standby goes on to the leader, and later ones go there at once', async () => {
      const { ask, counts, lead } = await replicas();
      const once = { ...serviceCall('voucher'), idempotencyKey: undefined };
      expect(await ask(release, once)).toEqual(answered);
      lead(0);
      expect(await ask(release, once)).toEqual(answered);
      const before = [...counts];
      for (let i = 0; i < 5; i++) await ask(release, once);
      expect(counts).toEqual([before[0]! + 5, before[1], before[2]]);
    });

    it('is found by name, also where the first that is named is gone', async () => {
      const certificates = await certificatesOf(await settlement());
      const address = await serve(certificates, { releaseSubsidy: async () => answered });
      const peers = { settlement: ['localhost:1', address.replace('127.0.0.1', 'localhost')] };
      const ask = remote(await certificatesOf(await voucher()), peers, LedgerDefinition, 'releaseSubsidy');
      for (let i = 0; i < 3; i++) expect(await ask(release, serviceCall('voucher'))).toEqual(answered);
    });

    it('a stream of requests that reaches a standby goes to the leader whole', async () => {
      const seen: string[] = [];
      let refused = 0;
      const certificates = await certificatesOf(await authority.issue(['scheduler']));
      const enterOrders = (isLeader: boolean): Handler =>
        async function* (requests) {
          for await (const { entries } of requests as AsyncIterable<EnterOrdersRequest>) {
            if (!isLeader) {
              refused += 1;
              throw standsBy;
            }
            seen.push(...entries.map(({ idempotencyKey }) => idempotencyKey));
            yield EnterOrdersResponse.create({ answers: entries.map(({ correlation }) => ({ correlation })) });
          }
        };
      const addresses = await Promise.all(
        [false, false, true].map((isLeader) => serve(certificates, { enterOrders: enterOrders(isLeader) }, SchedulingDefinition)),
      );
      const papers = await certificatesOf(await authority.issue(['gateway']));
      const ask = remote(papers, { scheduler: addresses }, SchedulingDefinition, 'enterOrders');
      const keys = Array.from({ length: 20 }, (_, index) => `order-${index}`);
      const messages = async function* () {
        for (const [index, idempotencyKey] of keys.entries())
          yield EnterOrdersRequest.create({ entries: [{ correlation: index + 1, idempotencyKey, cancelAll: { participantId: 0 } }] });
      };
      const call: Call = { caller: { participantId: 4, roles: ['buyer'], name: 'key/9' }, method: '' };
      // Each in turn is asked, so perhaps the leader comes first.
      while (refused === 0) {
        seen.length = 0;
        const answers = await Array.fromAsync(ask(messages(), call) as AsyncIterable<EnterOrdersResponse>);
        expect(answers).toHaveLength(keys.length);
      }
      expect(seen).toEqual(keys);
    });

    it('a call waits for the next leader, and is refused by name where none comes', async () => {
      const { ask, lead } = await replicas();
      lead(-1);
      const waiting = Promise.resolve(ask(release, serviceCall('voucher')));
      setTimeout(() => lead(1), 300);
      expect(await waiting).toEqual(answered);
      lead(-1);
      await expect(ask(release, serviceCall('voucher'))).rejects.toMatchObject({ kind: 'unavailable', rule: 'service_must_lead' });
    }, 20_000);
  });

  it('a contract that nobody is named for has no handler', async () => {
    const mesh = new Mesh(new Map(), await certificatesOf(await voucher()));
    expect(mesh.handler(OperationsDefinition, 'getClock')).toBeUndefined();
  });
});

describe('is refused, where others are served,', () => {
  const unreachable = { kind: 'unavailable', rule: 'service_must_be_reachable' };
  const asks = async (issued: Issued, address: string) =>
    remote(await certificatesOf(issued), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy')(release, serviceCall('voucher'));
  /** Of one server: the wrong papers are turned away, the right ones not. */
  const turnedAway = async (wrong: Issued, crl?: string): Promise<void> => {
    const address = await serve(await certificatesOf(await settlement(), authority, crl), { releaseSubsidy: async () => answered });
    await expect(asks(wrong, address)).rejects.toMatchObject(unreachable);
    await expect(asks(await voucher(), address)).resolves.toMatchObject(answered);
  };

  it('a certificate that has expired', async () => turnedAway(await authority.issue(['voucher'], -hour)));

  it('a certificate of another authority', async () => turnedAway(await stranger.issue(['voucher'])));

  it('a revoked certificate', async () => {
    const revoked = await voucher();
    await turnedAway(revoked, await authority.revocations([revoked]));
  });

  it('who shows no certificate', async () => {
    const address = await serve(await certificatesOf(await settlement()), { releaseSubsidy: async () => answered });
    const [host, port] = address.split(':');
    const socket = connect({
      host,
      port: Number(port),
      ca: authority.ca,
      servername: 'settlement',
      ALPNProtocols: ['h2'],
      checkServerIdentity: () => undefined,
    });
    open.push(() => void socket.destroy());
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toMatch(/certificate required/);
    await expect(asks(await voucher(), address)).resolves.toMatchObject(answered);
  });

  it.each([
    ['whose certificate has expired', () => authority.issue(['settlement'], -hour)],
    ['with another service’s certificate of the right authority', () => authority.issue(['registry'])],
    ['of another authority', () => stranger.issue(['settlement'])],
  ])('a server %s', async (_what, issue) => {
    await expect(released(await voucher(), await issue())).rejects.toMatchObject(unreachable);
    await expect(released(await voucher(), await settlement())).resolves.toMatchObject(answered);
  });

  it('a call that names another service than its certificate', async () => {
    const call = serviceCall('scheduler');
    await expect(released(await voucher(), await settlement(), call)).rejects.toMatchObject({
      kind: 'forbidden',
      rule: 'service_must_call_in_its_own_name',
    });
  });

  it('a participant, where the method is for services', async () => {
    const call: Call = { caller: { participantId: 4, roles: ['buyer'], name: 'key/9' }, method: '' };
    await expect(released(await voucher(), await settlement(), call)).rejects.toMatchObject({
      rule: 'caller_must_hold_a_role_of_the_method',
    });
  });
});

describe('certificates', () => {
  const until = async (what: () => Promise<boolean>): Promise<void> => {
    while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('are rotated on both sides without a restart, even to another authority', async () => {
    const [here, there] = [await folder(), await folder()];
    const [server, client] = await Promise.all([
      Certificates.open(await writePapers(here, authority, await settlement()), log),
      Certificates.open(await writePapers(there, authority, await voucher()), log),
    ]);
    open.push(
      () => server.close(),
      () => client.close(),
    );
    const address = await serve(server, { releaseSubsidy: async () => answered });
    const ask = remote(client, { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
    const works = () =>
      Promise.resolve(ask(release, serviceCall('voucher'))).then(
        () => true,
        () => false,
      );
    expect(await works()).toBe(true);

    await writePapers(here, stranger, await stranger.issue(['settlement']));
    await writePapers(there, stranger, await stranger.issue(['voucher']));
    await until(async () => client.now.ca.toString() === stranger.ca && server.now.ca.toString() === stranger.ca && (await works()));
    const late = remote(await certificatesOf(await voucher()), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
    await expect(late(release, serviceCall('voucher'))).rejects.toMatchObject({ rule: 'service_must_be_reachable' });
  });

  it('that do not belong together are not taken, at the start or later', async () => {
    const [one, other] = [await voucher(), await voucher()];
    const mixed = { ...one, key: other.key };
    await expect(Certificates.open(await writePapers(await folder(), authority, mixed), log)).rejects.toThrow(
      'certificate_must_fit_its_key',
    );
    const path = await writePapers(await folder(), authority, one);
    const certificates = await Certificates.open(path, log);
    open.push(() => certificates.close());
    await writePapers(path, authority, mixed);
    await certificates.look();
    expect(certificates.now.cert.toString()).toBe(one.cert);
    await writePapers(path, authority, other);
    await certificates.look();
    expect(certificates.now.cert.toString()).toBe(other.cert);
  });

  describe('of which no connection can be opened', () => {
    const half = (pem: string) => pem.slice(0, pem.length / 2);
    let list: string;
    beforeAll(async () => void (list = await authority.revocations([])));

    it.each<[string, string, () => string]>([
      ['half a list of revoked ones', 'crl.pem', () => half(list)],
      ['an empty list', 'crl.pem', () => ''],
      ['half an authority', 'ca.pem', () => half(authority.ca)],
      ['one authority and half another', 'ca.pem', () => authority.ca + half(stranger.ca)],
      ['no authority', 'ca.pem', () => ''],
    ])('are not taken for %s: the old ones serve on, and the log says so once', async (_what, name, text) => {
      const path = await writePapers(await folder(), authority, await settlement(), list);
      const warnings: string[] = [];
      const certificates = await Certificates.open(path, {
        ...log,
        info: () => undefined,
        warn: (_of: object, said: string) => warnings.push(said),
      } as never);
      certificates.close();
      const address = await serve(certificates, { releaseSubsidy: async () => answered });
      const before = certificates.now;
      await writeFile(join(path, name), text());
      for (let looks = 0; looks < 3; looks++) await certificates.look();
      expect(certificates.now).toBe(before);
      expect(warnings).toEqual(['new certificates cannot be used']);
      const ask = remote(await certificatesOf(await voucher()), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
      await expect(ask(release, serviceCall('voucher'))).resolves.toEqual(answered);
      await expect(Certificates.open(path, log)).rejects.toThrow(/^(papers_must_be_whole|authority_must_be_named)/);
    });
  });

  describe('with a list of revoked ones', () => {
    let elsewhere: Authority;
    beforeAll(async () => void (elsewhere = await Authority.make(undefined, 'elsewhere')));

    /** A server that goes by a list; who may connect; what the log warned of. */
    async function judging(list: string | undefined) {
      const path = await writePapers(await folder(), authority, await settlement(), list);
      const warnings: string[] = [];
      const warn = ({ err }: { err: Error }) => warnings.push(err.message.replace(path, ''));
      const certificates = await Certificates.open(path, { ...log, info: () => undefined, warn } as never);
      certificates.close();
      const address = await serve(certificates, { releaseSubsidy: async () => answered });
      const connects = async (issued: Issued, trusted: Pick<Authority, 'ca'> = authority) => {
        const client = await Certificates.open(await writePapers(await folder(), trusted, issued), log);
        client.close();
        const ask = remote(client, { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
        return Promise.resolve(ask(release, serviceCall('voucher'))).then(
          () => true,
          () => false,
        );
      };
      const put = async (name: string, text: string | undefined) => {
        await (text === undefined ? rm(join(path, name)) : writeFile(join(path, name), text));
        await certificates.look();
      };
      return { path, certificates, warnings, connects, put };
    }

    const wrong: [what: string, rule: string, list: () => Promise<string | undefined>][] = [
      ['of an authority of another name', 'revocation_list_must_be_of_the_authority', () => elsewhere.revocations([])],
      ['of another authority of its name', 'revocation_list_must_be_of_the_authority', () => stranger.revocations([])],
      ['past its next update', 'revocation_list_must_be_current', () => authority.revocations([], -hour)],
      ['of times to come', 'revocation_list_must_be_current', () => authority.revocations([], 2 * hour, -hour)],
      ['half written', 'papers_must_be_whole', async () => (await authority.revocations([])).slice(0, 200)],
      ['older than the one before', 'revocation_list_must_not_go_back', () => authority.revocations([], hour, 72 * hour)],
      ['taken away', 'revocation_list_must_not_go_back', async () => undefined],
    ];

    it.each(wrong)('one that is %s is not taken, by %s: the old one serves on, and the log says so once', async (_what, rule, make) => {
      const [taken, good] = [await voucher(), await voucher()];
      const { certificates, warnings, connects, put } = await judging(await authority.revocations([taken]));
      const before = certificates.now;
      await put('crl.pem', await make());
      await certificates.look();
      expect(certificates.now).toBe(before);
      expect(certificates.isRefused).toBe(true);
      expect(warnings).toEqual([expect.stringMatching(`^${rule}: /crl.pem`)]);
      expect([await connects(taken), await connects(good)]).toEqual([false, true]);

      await put('crl.pem', await authority.revocations([taken, good]));
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken), await connects(good), await connects(await voucher())]).toEqual([false, false, true]);
    });

    it.each(wrong.slice(0, 5))('one that is %s stops a start, by %s', async (_what, rule, make) => {
      const path = await writePapers(await folder(), authority, await settlement(), await make());
      await expect(Certificates.open(path, log)).rejects.toThrow(`${rule}: ${path}/crl.pem`);
    });

    it('a certificate is rotated beside one that is not taken', async () => {
      const taken = await voucher();
      const { path, certificates, warnings, connects } = await judging(await authority.revocations([taken]));
      const next = await settlement();
      await writePapers(path, authority, next, await stranger.revocations([]));
      await certificates.look();
      expect(certificates.now.cert.toString()).toBe(next.cert);
      expect(warnings).toHaveLength(1);
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });

    it('with the authority its list goes, and the next one’s need not have one', async () => {
      const { path, certificates, connects } = await judging(await authority.revocations([]));
      await writePapers(path, elsewhere, await elsewhere.issue(['settlement']));
      await rm(join(path, 'crl.pem'));
      await certificates.look();
      expect([certificates.isRefused, certificates.now.crl]).toEqual([false, undefined]);
      expect(await connects(await elsewhere.issue(['voucher']), elsewhere)).toBe(true);
    });

    it('each of several counts', async () => {
      const both = { ca: [authority.ca, elsewhere.ca].join('\n') };
      const [taken, elsewhereTaken] = [await voucher(), await elsewhere.issue(['voucher'])];
      const lists = [await authority.revocations([taken]), await elsewhere.revocations([elsewhereTaken])];
      const { path, certificates, connects } = await judging(undefined);
      await writePapers(path, both, await settlement(), lists.join('\n'));
      await certificates.look();
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken, both), await connects(elsewhereTaken, both)]).toEqual([false, false]);
      expect([await connects(await voucher(), both), await connects(await elsewhere.issue(['voucher']), both)]).toEqual([true, true]);
    });

    it('one that names the process’s own certificate is taken', async () => {
      const taken = await voucher();
      const { certificates, connects, put } = await judging(undefined);
      const own = { certificate: new X509Certificate(certificates.now.cert) } as unknown as Issued;
      await put('crl.pem', await authority.revocations([own, taken]));
      expect(certificates.isRefused).toBe(false);
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });

    it('nobody is let in by one whose next update is over, and everybody but the revoked by the next', async () => {
      const running = async (): Promise<Awaited<ReturnType<typeof judging>>> => {
        // One that is over before it is read stops the start.
        for (let validMs = 3_000; ; validMs *= 2)
          try {
            return await judging(await authority.revocations([], validMs));
          } catch (error) {
            expect(String(error)).toContain('revocation_list_must_be_current');
          }
      };
      const { connects, put } = await running();
      await until(async () => !(await connects(await voucher())));
      const taken = await voucher();
      await put('crl.pem', await authority.revocations([taken]));
      expect([await connects(taken), await connects(await voucher())]).toEqual([false, true]);
    });
  });

  it('leave the least version of TLS as it is when they are rotated', async () => {
    const path = await writePapers(await folder(), authority, await settlement());
    const certificates = await Certificates.open(path, log);
    certificates.close();
    const [host, port] = (await serve(certificates, { releaseSubsidy: async () => answered })).split(':');
    const client = await voucher();
    const dial = async (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string> => {
      const shown = { ca: authority.ca, cert: client.cert, key: client.key, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined };
      const socket = connect({ host, port: Number(port), maxVersion, ...shown });
      open.push(() => void socket.destroy());
      return new Promise((resolve) => {
        socket.once('secureConnect', () => resolve(socket.getProtocol()!));
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code!));
      });
    };
    expect([await dial('TLSv1.2'), await dial('TLSv1.3')]).toEqual(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLSv1.3']);
    await writePapers(path, authority, await settlement());
    await certificates.look();
    expect([await dial('TLSv1.2'), await dial('TLSv1.3')]).toEqual(['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'TLSv1.3']);
  });

  it('speak for nobody by a name that holds another', async () => {
    const within = await authority.issue(['x, URI:spiffe://compute-exchange/gateway, URI:y']);
    expect(new X509Certificate(within.cert).subjectAltName).toContain('URI:spiffe://compute-exchange/gateway');
    await expect(Certificates.open(await writePapers(await folder(), authority, within), log)).rejects.toThrow(
      'certificate_must_name_a_service',
    );
  });

  it('of nobody in particular are refused at the start', async () => {
    const nobody = await authority.issue([]);
    await expect(Certificates.open(await writePapers(await folder(), authority, nobody), log)).rejects.toThrow(
      'certificate_must_name_a_service',
    );
  });
});
