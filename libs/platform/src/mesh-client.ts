// Calls of services that run in another process: the same contracts and refusals as in process, over mutual TLS.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '@grpc/grpc-js';
import { ClientError, createClient, Metadata, Status } from 'nice-grpc';
import type { Method, ServiceDefinition } from '#contracts';
import type { Call } from './call.js';
import type { Certificates } from './certificates.js';
import { Deadline } from './deadline.js';
import { wireOf } from './grpc-contract.js';
import { refusalKey, refusalOf } from './grpc-status.js';
import { mustLead } from './leadership.js';
import type { Logger } from './log.js';
import { isReached, type Peer, Peers } from './mesh-peers.js';
import { callerKey } from './mesh-server.js';
import { Refusal } from './refusal.js';
import { isLive } from './rpc.js';
import type { Client, Handler } from './rpc-types.js';

const deadlineMs = 60_000;
const attemptsMax = 5;
const pauseMs = 50;
/** Longer than a standby needs to lead where the leader is gone. */
const seekMsMax = 8_000;

interface CallOptions {
  metadata: Metadata;
  signal: AbortSignal;
  onTrailer: (trailer: Metadata) => void;
}
type Remote = Record<string, (request: unknown, options: CallOptions) => Promise<unknown> & AsyncIterable<unknown>>;

const unreached = 'service_must_be_reachable';

/** No process of the service could be reached. The cause names addresses: it is for this process's log, and goes to no caller. */
class NotReached extends Refusal {
  constructor(
    service: string,
    override readonly cause: unknown,
  ) {
    super('unavailable', unreached, `${service} is not reached just now; say the same again, under the same key`);
  }
}

/** A call on its way, perhaps said more than once. */
class Calling {
  private readonly begun = performance.now();
  private attempts = 0;
  private readonly replayed: Replayed | undefined;

  constructor(
    readonly peers: Peers,
    readonly definition: ServiceDefinition,
    readonly key: string,
    readonly request: unknown,
    readonly call: Call,
    private readonly log: Logger,
  ) {
    const { requestStream, responseStream } = this.method;
    if (requestStream && responseStream) this.request = this.replayed = new Replayed(request as AsyncIterable<unknown>);
  }

  get method(): Method {
    return this.definition.methods[this.key]!;
  }

  get peer(): Peer {
    return this.peers.peer(isLive(this.method));
  }

  /** One process is to be asked, and no other. */
  private get isLed(): boolean {
    return this.peers.isLed && !isLive(this.method);
  }

  /** It was answered: from here on it is not said again. */
  answered(): void {
    this.replayed?.forget();
  }

  /**
   * Waits until it may be said again: where the other was not reached and saying it twice does no harm, or did nothing since it does not lead.
   * @throws the error where it may not
   */
  async again(peer: Peer, error: unknown, signal: AbortSignal | undefined): Promise<void> {
    const rule = error instanceof Refusal ? error.rule : '';
    const { peers, method, call } = this;
    if (rule === mustLead || (rule === unreached && this.isLed)) peers.passOver(peer);
    const isHarmless =
      (rule === mustLead && (!method.requestStream || this.replayed)) ||
      (rule === unreached && !method.requestStream && isRepeatable(method, call));
    this.attempts += 1;
    const isPatient = this.isLed ? performance.now() - this.begun < seekMsMax : this.attempts < attemptsMax;
    if (!isHarmless || !isPatient || signal?.aborted) throw this.told(error);
    // Who goes away meanwhile hears why he waited.
    await sleep(this.isLed ? pauseMs : pauseMs * 2 ** this.attempts, undefined, { signal }).catch(() => {
      throw this.told(error);
    });
  }

  /** Its caller learns of the error, the operator by the log where nobody answered. */
  told(error: unknown): unknown {
    const method = `${this.definition.fullName}/${this.method.name}`;
    if (error instanceof NotReached) this.log.warn({ err: error.cause, callee: this.peers.service, method }, 'a service was not reached');
    return error;
  }
}

/** A stream of requests whose beginning can be read again. */
class Replayed {
  private readonly source: AsyncIterator<unknown>;
  private readonly read = new Map<number, Promise<IteratorResult<unknown>>>();
  private isKept = true;

  constructor(source: AsyncIterable<unknown>) {
    this.source = source[Symbol.asyncIterator]();
  }

  /** What is read from here on is not kept. */
  forget(): void {
    this.isKept = false;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (let at = 0; ; at += 1) {
      const next = this.read.get(at) ?? this.source.next();
      if (this.isKept) this.read.set(at, next);
      const result = await next;
      if (result.done) return;
      yield result.value;
    }
  }
}

/** The services of other processes. */
export class Mesh {
  private readonly peers: ReadonlyMap<string, Peers>;
  /** By address. */
  private readonly alone = new Map<string, Peers>();
  private readonly remotes = new WeakMap<Channel, Map<ServiceDefinition, Remote>>();

  /** @param peers addresses 'host:port' of each service's replicas */
  constructor(
    peers: ReadonlyMap<string, readonly string[]>,
    private readonly certificates: Certificates,
    private readonly log: Logger,
    /** A call of the services goes out. */
    private readonly calls: () => void = () => undefined,
  ) {
    this.peers = new Map([...peers].map(([service, addresses]) => [service, new Peers(service, addresses, certificates)]));
    // Calls under way end on the connections that they began on.
    certificates.watch(() => this.close());
  }

  /** The pipeline of a method that another process runs; undefined where nobody is named for its service. */
  handler(definition: ServiceDefinition, key: string): Handler | undefined {
    const peers = this.peers.get(serviceOf(definition));
    if (!peers) return undefined;
    const begin = (request: unknown, call: Call): Calling => {
      this.calls();
      return new Calling(peers, definition, key, request, call, this.log);
    };
    return definition.methods[key]!.responseStream
      ? (request, call) => this.stream(begin(request, call))
      : (request, call) => this.unary(begin(request, call));
  }

  /** A contract's single calls in each process of the exchange but the one at `own`, whichever services it runs. */
  processes<D extends ServiceDefinition>(definition: D, own: string): Client<D>[] {
    for (const { service, addresses } of this.peers.values())
      for (const address of addresses)
        if (address !== own) this.alone.getOrInsertComputed(address, () => new Peers(service, [address], this.certificates));
    const methods = Object.keys(definition.methods);
    return [...this.alone.values()].map((peers) => {
      const handlers = methods.map((key): [string, Handler] => [
        key,
        (request, call) => this.unary(new Calling(peers, definition, key, request, call, this.log)),
      ]);
      return Object.fromEntries(handlers) as unknown as Client<D>;
    });
  }

  close(): void {
    for (const peers of [...this.peers.values(), ...this.alone.values()]) peers.close();
  }

  private async unary(calling: Calling): Promise<unknown> {
    const { peers, key, request, call } = calling;
    for (;;) {
      const { peer } = calling;
      const deadline = new Deadline(deadlineMs, call.signal);
      const { signal } = deadline;
      let trailer: Metadata | undefined;
      try {
        const remote = await this.remote(calling, peer);
        return await remote[key]!(request, { metadata: metadataOf(call), signal, onTrailer: (said) => (trailer = said) });
      } catch (error) {
        await calling.again(peer, learned(peers.service, error, trailer, call), signal);
      } finally {
        deadline.end();
      }
    }
  }

  /** Said again only where nothing has been answered. */
  private async *stream(calling: Calling): AsyncGenerator<unknown> {
    const { peers, key, request, call } = calling;
    const signal = call.signal ?? new AbortController().signal;
    for (let isBegun = false; ;) {
      const { peer } = calling;
      let trailer: Metadata | undefined;
      try {
        const remote = await this.remote(calling, peer);
        for await (const answer of remote[key]!(request, { metadata: metadataOf(call), signal, onTrailer: (said) => (trailer = said) })) {
          if (!isBegun) calling.answered();
          isBegun = true;
          yield answer;
        }
        return;
      } catch (error) {
        const cause = learned(peers.service, error, trailer, call);
        if (isBegun) throw calling.told(cause);
        await calling.again(peer, cause, call.signal);
      }
    }
  }

  /** @throws Refusal where the one that is to be asked takes no connection */
  private async remote({ definition, peers }: Calling, peer: Peer): Promise<Remote> {
    if (!(await isReached(peer))) throw new NotReached(peers.service, new Error(`no connection to ${peers.addresses[peer.index!]}`));
    const remotes = this.remotes.getOrInsertComputed(peer.channel, () => new Map());
    return remotes.getOrInsertComputed(definition, () => {
      const wires = Object.fromEntries(Object.entries(definition.methods).map(([key, method]) => [key, wireOf(definition, method)]));
      return createClient(wires, peer.channel);
    });
  }
}

/** Of packages that are named for what they are about. */
const services: Readonly<Record<string, string>> = { identity: 'gateway', scheduling: 'scheduler' };

/** 'scheduler' of exchange.scheduling.v1.Scheduling. */
function serviceOf({ fullName }: ServiceDefinition): string {
  const name = fullName.split('.')[1]!;
  return services[name] ?? name;
}

/** Reads, what comes under a key, and what services say among themselves, which is known by its own id. */
const isRepeatable = ({ rule }: Method, call: Call): boolean =>
  rule.verb === 'GET' || call.idempotencyKey !== undefined || rule.roles.every((role) => role === 'service');

function metadataOf({ caller, idempotencyKey }: Call): Metadata {
  const metadata = Metadata({ [callerKey]: JSON.stringify(caller) });
  if (idempotencyKey !== undefined) metadata.set('idempotency-key', idempotencyKey);
  return metadata;
}

/** What the other refused, as it refused it; else what is known of the outcome. */
function learned(service: string, error: unknown, trailer: Metadata | undefined, call: Call): unknown {
  if (error instanceof Refusal) return error;
  if (!(error instanceof ClientError)) {
    if (call.signal?.aborted) return error;
    return new Refusal(
      'unavailable',
      'service_must_answer_in_time',
      `whether ${service} did it is not known; say the same again, under the same key`,
    );
  }
  const details = trailer?.get(refusalKey);
  const refusal = details && refusalOf(details);
  if (refusal) return refusal;
  if (error.code === Status.UNAVAILABLE) return new NotReached(service, error);
  return error;
}
