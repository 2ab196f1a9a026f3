// Calls of a contract that servers of others implement: one attempt each, since who asks decides whether and when to ask again.
import { Channel, ChannelCredentials } from '@grpc/grpc-js';
import { ClientError, createClient, Status } from 'nice-grpc';
import type { Method, ServiceDefinition } from '#contracts';
import { wireOf } from './grpc-contract.js';
import { messageOf } from './fault.js';
import type { Shown } from './shown-papers.js';

const second = 1_000;

/** Where a server is. */
export interface Place {
  /** 'host:port' */
  readonly address: string;
  readonly tls: boolean;
  /** PEM of who vouches for its certificate; empty: those that are publicly known. */
  readonly ca: string;
}

/** Nobody knows whether it was done. The message says what is known. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

type Request<M extends Method> = ReturnType<M['requestType']['decode']>;
type Response<M extends Method> = ReturnType<M['responseType']['decode']>;
type Remote = Record<string, (request: unknown, options: { signal: AbortSignal }) => Promise<unknown>>;

export class Elsewhere<D extends ServiceDefinition> {
  private readonly channels = new Map<string, { channel: Channel; remote: Remote }>();

  /** By which the channels are open. */
  private shown: Shown | undefined;

  /**
   * @param bytesMax of an answer
   * @param papers that are shown by TLS to a server which asks for a certificate
   */
  constructor(
    private readonly definition: D,
    private readonly bytesMax: number,
    private readonly papers: () => Shown | undefined = () => undefined,
  ) {}

  /** @throws Unanswered where there is no answer, for whatever reason; Error where the place's certificates cannot be read */
  async ask<K extends keyof D['methods'] & string>(
    place: Place,
    key: K,
    request: Request<D['methods'][K]>,
    msMax: number,
  ): Promise<Response<D['methods'][K]>> {
    try {
      return (await this.remote(place)[key]!(request, { signal: AbortSignal.timeout(msMax) })) as Response<D['methods'][K]>;
    } catch (error) {
      if (!(error instanceof ClientError)) throw new Unanswered(`no answer in ${msMax} ms: ${messageOf(error)}`, { cause: error });
      if (error.code === Status.UNAVAILABLE) this.forget(place);
      throw new Unanswered(error.details, { cause: error });
    }
  }

  close(): void {
    for (const { channel } of this.channels.values()) channel.close();
    this.channels.clear();
  }

  /** Who asks waits as long as it likes before it asks again: then a connection is tried at once, and no channel's own pause stands in the way. */
  private forget(place: Place): void {
    this.channels.get(keyOf(place))?.channel.close();
    this.channels.delete(keyOf(place));
  }

  private remote(place: Place): Remote {
    const shown = this.papers();
    // Calls under way end on the connections that they began on.
    if (shown !== this.shown) this.close();
    this.shown = shown;
    return this.channels.getOrInsertComputed(keyOf(place), () => {
      const channel = this.open(place);
      const wires = Object.entries(this.definition.methods).map(([key, method]) => [key, wireOf(this.definition, method)]);
      return { channel, remote: createClient(Object.fromEntries(wires) as never, channel) };
    }).remote;
  }

  private open({ address, tls, ca }: Place): Channel {
    const credentials = tls
      ? ChannelCredentials.createSsl(ca ? Buffer.from(ca) : null, this.shown?.key, this.shown?.cert)
      : ChannelCredentials.createInsecure();
    return new Channel(address, credentials, {
      'grpc.max_receive_message_length': this.bytesMax,
      'grpc.max_send_message_length': this.bytesMax,
      'grpc.keepalive_time_ms': 20 * second,
      'grpc.keepalive_timeout_ms': 5 * second,
      'grpc.use_local_subchannel_pool': 1,
    });
  }
}

const keyOf = ({ address, tls, ca }: Place): string => JSON.stringify([address, tls, ca]);
