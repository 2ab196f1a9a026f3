// Calls of services that run in another process: the same contracts and refusals as in process, over mutual TLS.
import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext, type PeerCertificate } from 'node:tls';
import { Channel, ChannelCredentials } from '@grpc/grpc-js';
import { ClientError, createClient, Metadata, Status } from 'nice-grpc';
import type { Method, ServiceDefinition } from '#contracts';
import type { Call } from './call.js';
import { type Certificates, type Papers, servicesOf } from './certificates.js';
import { wireOf } from './grpc-contract.js';
import { refusalKey, refusalOf } from './grpc-status.js';
import { callerKey, messageBytesMax } from './mesh-server.js';
import { Refusal } from './refusal.js';
import type { Handler } from './rpc-types.js';

const second = 1_000;
const deadlineMs = 60 * second;
const attemptsMax = 5;
const pauseMs = 50;

interface CallOptions {
  metadata: Metadata;
  signal: AbortSignal;
  onTrailer: (trailer: Metadata) => void;
}
type Remote = Record<string, (request: unknown, options: CallOptions) => Promise<unknown> & AsyncIterable<unknown>>;

/** The services of other processes. */
export class Mesh {
  private readonly channels = new Map<string, Channel>();
  private readonly remotes = new Map<string, Remote>();

  /** @param peers addresses 'host:port' of each service's replicas */
  constructor(
    private readonly peers: ReadonlyMap<string, readonly string[]>,
    private readonly certificates: Certificates,
  ) {
    // Calls under way end on the connections that they began on.
    certificates.watch(() => this.close());
  }

  /** The pipeline of a method that another process runs; undefined where nobody is named for its service. */
  handler(definition: ServiceDefinition, key: string): Handler | undefined {
    const service = serviceOf(definition);
    if (!this.peers.has(service)) return undefined;
    const method = definition.methods[key]!;
    return method.responseStream
      ? (request, call) => this.stream(service, definition, key, request, call)
      : (request, call) => this.unary(service, definition, key, request, call);
  }

  close(): void {
    for (const channel of this.channels.values()) channel.close();
    this.channels.clear();
    this.remotes.clear();
  }

  /** Said again where the other was not reached and saying it twice does no harm. */
  private async unary(service: string, definition: ServiceDefinition, key: string, request: unknown, call: Call): Promise<unknown> {
    const method = definition.methods[key]!;
    const triesMax = !method.requestStream && isRepeatable(method, call) ? attemptsMax : 1;
    for (let attempt = 1; ; attempt++) {
      const signal = AbortSignal.any([AbortSignal.timeout(deadlineMs), ...(call.signal ? [call.signal] : [])]);
      try {
        return await this.ask(service, definition, key, request, call, signal);
      } catch (error) {
        const isUnreached = error instanceof Refusal && error.rule === unreached;
        if (!isUnreached || attempt === triesMax || signal.aborted) throw error;
        // Who goes away meanwhile hears why he waited.
        await sleep(pauseMs * 2 ** attempt, undefined, { signal }).catch(() => {
          throw error;
        });
      }
    }
  }

  private async ask(
    service: string,
    definition: ServiceDefinition,
    key: string,
    request: unknown,
    call: Call,
    signal: AbortSignal,
  ): Promise<unknown> {
    let trailer: Metadata | undefined;
    try {
      return await this.remote(service, definition)[key]!(request, {
        metadata: metadataOf(call),
        signal,
        onTrailer: (said) => (trailer = said),
      });
    } catch (error) {
      throw learned(service, error, trailer, call);
    }
  }

  private async *stream(
    service: string,
    definition: ServiceDefinition,
    key: string,
    request: unknown,
    call: Call,
  ): AsyncGenerator<unknown> {
    let trailer: Metadata | undefined;
    const signal = call.signal ?? new AbortController().signal;
    try {
      yield* this.remote(service, definition)[key]!(request, { metadata: metadataOf(call), signal, onTrailer: (said) => (trailer = said) });
    } catch (error) {
      throw learned(service, error, trailer, call);
    }
  }

  private remote(service: string, definition: ServiceDefinition): Remote {
    return this.remotes.getOrInsertComputed(definition.fullName, () => {
      const wires = Object.fromEntries(Object.entries(definition.methods).map(([key, method]) => [key, wireOf(definition, method)]));
      return createClient(wires, this.channel(service));
    });
  }

  private channel(service: string): Channel {
    return this.channels.getOrInsertComputed(service, () => channelTo(service, this.peers.get(service)!, this.certificates.now));
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

const unreached = 'service_must_be_reachable';

/** What the other refused, as it refused it; else what is known of the outcome. */
function learned(service: string, error: unknown, trailer: Metadata | undefined, call: Call): unknown {
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
  if (error.code === Status.UNAVAILABLE) return new Refusal('unavailable', unreached, `${service} is not reached: ${error.details}`);
  return error;
}

function channelTo(service: string, addresses: readonly string[], { ca, cert, key, crl }: Papers): Channel {
  const context = createSecureContext({ ca, cert, key, minVersion: 'TLSv1.3', ...(crl && { crl }) });
  const credentials = ChannelCredentials.createFromSecureContext(context, {
    checkServerIdentity: (_host: string, { subjectaltname }: PeerCertificate) =>
      servicesOf(subjectaltname).includes(service)
        ? undefined
        : new Error(`service_must_be_the_one_asked_for: the certificate is ${subjectaltname}'s, not ${service}'s`),
  });
  const isNamed = addresses.some((address) => !/^[\d.]+:\d+$/.test(address));
  return new Channel(isNamed ? `dns:///${addresses[0]}` : `ipv4:${addresses.join(',')}`, credentials, {
    // What is asked for by TLS; who answers is judged by checkServerIdentity.
    'grpc.ssl_target_name_override': service,
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': 20 * second,
    'grpc.keepalive_timeout_ms': 10 * second,
    'grpc.initial_reconnect_backoff_ms': 100,
    // Sooner than the last attempt: who is back is found by a call that waits for him.
    'grpc.max_reconnect_backoff_ms': 500,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
}
