// Where a service of other processes is: its replicas answer in turn, until one says that another leads; from then on who leads is asked.
import { createSecureContext, type PeerCertificate } from 'node:tls';
import { Channel, ChannelCredentials, connectivityState } from '@grpc/grpc-js';
import { waitForChannelReady } from 'nice-grpc';
import type { Certificates } from './certificates.js';
import { messageBytesMax } from './mesh-server.js';
import { contextOf, type Papers, servicesOf } from './papers.js';

const second = 1_000;
/** One that is frozen lets its system take connections, and says nothing on them. */
const connectMsMax = 500;

/** Whom a call goes to. */
export interface Peer {
  readonly channel: Channel;
  /** Of the address that is asked alone; undefined where any may answer. */
  readonly index: number | undefined;
}

export class Peers {
  private leader: number | undefined;
  private turn = 0;
  private readonly channels = new Map<number | undefined, Channel>();

  /** @param addresses 'host:port' of each replica */
  constructor(
    readonly service: string,
    readonly addresses: readonly string[],
    private readonly certificates: Certificates,
  ) {
    if (this.isEachByName) this.leader = 0;
  }

  /** A channel follows one name alone, to all processes behind it: of several names each has a channel of its own. */
  private get isEachByName(): boolean {
    return this.addresses.length > 1 && isNamed(this.addresses);
  }

  /** One process leads the service. */
  get isLed(): boolean {
    return this.leader !== undefined;
  }

  /** Whom the next call goes to; one that any may answer goes to each in turn. */
  peer(isForAny: boolean): Peer {
    const any = this.isEachByName ? this.turn++ % this.addresses.length : undefined;
    const index = isForAny ? any : this.leader;
    const addresses = index === undefined ? this.addresses : [this.addresses[index]!];
    const open = () => channelTo(this.service, addresses, this.certificates.now);
    return { index, channel: this.channels.getOrInsertComputed(index, open) };
  }

  /** That one does not lead, or is not reached: the next is asked, unless another call has come to that already. */
  passOver({ index }: Peer): void {
    if (index === this.leader) this.leader = ((index ?? -1) + 1) % this.addresses.length;
  }

  close(): void {
    for (const channel of this.channels.values()) channel.close();
    this.channels.clear();
  }
}

/** False where the one that would be asked alone takes no connection. */
export async function isReached({ channel, index }: Peer): Promise<boolean> {
  if (index === undefined || channel.getConnectivityState(true) === connectivityState.READY) return true;
  return waitForChannelReady(channel, new Date(Date.now() + connectMsMax)).then(
    () => true,
    () => false,
  );
}

const isNamed = (addresses: readonly string[]): boolean => addresses.some((address) => !/^[\d.]+:\d+$/.test(address));

function channelTo(service: string, addresses: readonly string[], papers: Papers): Channel {
  const context = createSecureContext(contextOf(papers));
  const credentials = ChannelCredentials.createFromSecureContext(context, {
    checkServerIdentity: (_host: string, { subjectaltname }: PeerCertificate) =>
      servicesOf(subjectaltname).includes(service)
        ? undefined
        : new Error(`service_must_be_the_one_asked_for: the certificate is ${subjectaltname}'s, not ${service}'s`),
  });
  return new Channel(isNamed(addresses) ? `dns:///${addresses[0]}` : `ipv4:${addresses.join(',')}`, credentials, {
    // What is asked for by TLS; who answers is judged by checkServerIdentity.
    'grpc.ssl_target_name_override': service,
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    // Who is frozen with calls under way is given up after these two.
    'grpc.keepalive_time_ms': 2 * second,
    'grpc.keepalive_timeout_ms': 3 * second,
    'grpc.initial_reconnect_backoff_ms': 100,
    // Sooner than the last attempt: who is back is found by a call that waits for him.
    'grpc.max_reconnect_backoff_ms': 500,
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  });
}
