// Services of two processes over mutual TLS: who is let in, and what a refusal becomes on its way.
import { getEventListeners, once } from 'node:events';
import { connect, TLSSocket } from 'node:tls';
import { jest } from '@jest/globals';
import {
  EnterOrdersRequest,
  EnterOrdersResponse,
  LedgerDefinition,
  OperationsDefinition,
  Participant,
  RegistryDefinition,
  ReserveSubsidyRequest,
  SchedulingDefinition,
} from '#contracts';
import type { Issued } from '#testing';
import { serviceCall, type Call } from '../src/call.js';
import type { Logger } from '../src/log.js';
import { Mesh } from '../src/mesh-client.js';
import { conflict, Refusal } from '../src/refusal.js';
import { type Handler } from '../src/rpc-types.js';
import {
  answered,
  authority,
  betweenProcesses,
  certificatesOf,
  hour,
  log,
  open,
  release,
  remote,
  serve,
  settlement,
  stranger,
  voucher,
} from './mesh-sides.js';

betweenProcesses();

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

  it('no word of a partner’s certificate is handed on: who hears partners believes the port that asked for it alone', async () => {
    const seen: Call[] = [];
    const handler: Handler = async (_request, call) => (seen.push(call), answered);
    const call = { ...serviceCall('voucher'), certificate: { sha256: 'ab'.repeat(32), isCurrent: true } };
    await released(await voucher(), await settlement(), call, handler);
    expect(seen.map(({ certificate }) => certificate)).toEqual([undefined]);
  });

  it('each connection speaks for whom its certificate names, which is read once', async () => {
    const read = jest.spyOn(TLSSocket.prototype, 'getPeerCertificate');
    const address = await serve(await certificatesOf(await settlement()), { releaseSubsidy: async () => answered });
    const from = async (issued: Issued) =>
      remote(await certificatesOf(issued), { settlement: [address] }, LedgerDefinition, 'releaseSubsidy');
    const asks = new Map([
      ['voucher', await from(await voucher())],
      ['scheduler', await from(await authority.issue(['scheduler']))],
    ]);
    const refused = { rule: 'service_must_call_in_its_own_name' };
    for (let round = 0; round < 3; round += 1)
      for (const [name, ask] of asks)
        for (const other of asks.keys()) {
          const answer = ask(release, serviceCall(other));
          await (other === name ? expect(answer).resolves.toEqual(answered) : expect(answer).rejects.toMatchObject(refused));
        }
    const servers = (read.mock.contexts as { server?: unknown }[]).filter(({ server }) => server);
    read.mockRestore();
    expect(servers).toHaveLength(2);
  });

  it('of a call that was answered nothing stays with who asked for it', async () => {
    const { signal } = new AbortController();
    await released(await voucher(), await settlement(), { ...serviceCall('voucher'), signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
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
    const bad = ReserveSubsidyRequest.create({ programmeId: 0, orderId: 0, buyerId: 0, amount: -1n, rateBp: 0 });
    const error = (await Promise.resolve(ask(bad, serviceCall('voucher'))).catch((one: unknown) => one)) as Refusal;
    expect(error.kind).toBe('invalid');
    expect(error.violations.map(({ field }) => field)).toEqual(expect.arrayContaining(['programmeId', 'orderId', 'buyerId']));
  });

  it('who is not there is refused as unreachable, after what bears repetition was said again', async () => {
    const ask = remote(await certificatesOf(await voucher()), { settlement: ['127.0.0.1:1'] }, LedgerDefinition, 'releaseSubsidy');
    await expect(ask(release, serviceCall('voucher'))).rejects.toMatchObject({ kind: 'unavailable', rule: 'service_must_be_reachable' });
  });

  it.each([
    ['of one process', ['127.0.0.1:1']],
    ['of processes that are known by name, one of whom leads', ['localhost:1', 'localhost:2']],
  ])(
    'the caller of a service %s that is not there learns which service, its address stands in the log',
    async (_name, addresses) => {
      const warned = jest.fn<Logger['warn']>();
      const its = { ...log, warn: warned } as unknown as Logger;
      const ask = remote(await certificatesOf(await voucher()), { settlement: addresses }, LedgerDefinition, 'releaseSubsidy', its);
      const error = await Promise.resolve(ask(release, serviceCall('voucher'))).catch((one: unknown) => one);
      expect(error).toMatchObject({ detail: 'settlement is not reached just now; say the same again, under the same key' });
      const said = warned.mock.calls.map(([{ err, ...fields }]: [{ err?: Error }, string]) => ({ ...fields, why: err?.message }));
      expect(said).toEqual([
        {
          callee: 'settlement',
          method: 'exchange.settlement.v1.Ledger/ReleaseSubsidy',
          why: expect.stringMatching(/(127\.0\.0\.1|localhost):[12]\b/) as string,
        },
      ]);
    },
    30_000,
  );

  it('calls go to each replica in turn, and to those that are left', async () => {
    const counts = [0, 0];
    const certificates = await certificatesOf(await settlement());
    const addresses = await Promise.all(
      counts.map((_, i) => serve(certificates, { releaseSubsidy: async () => (counts[i]!++, answered) })),
    );
    const mesh = new Mesh(new Map([['settlement', addresses]]), await certificatesOf(await voucher()), log);
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
    const mesh = new Mesh(new Map(), await certificatesOf(await voucher()), log);
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
