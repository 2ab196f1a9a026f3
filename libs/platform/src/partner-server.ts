// The port by which partner platforms reach this one by TLS: each shows a certificate, and what was shown travels with each call, to be held against who has signed.
import type { PeerCertificate } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { type CallContext, createServer } from 'nice-grpc';
import { type Method, PartnerPlatformDefinition } from '#contracts';
import type { Call, ShownCertificate } from './call.js';
import { addContract } from './grpc-contract.js';
import type { GrpcEdge } from './grpc-server.js';
import { opened } from './listeners.js';
import { Refusal } from './refusal.js';
import { anonymous } from './rpc-caller.js';
import { addressOf } from './rpc-limit.js';
import type { Shown, ShownPapers } from './shown-papers.js';
import { anybodys, tellingCertificate } from './told-certificate.js';

const second = 1_000;
const shownKey = 'x-shown-certificate';

/** Opens the port for the one contract by which partners speak. */
export async function servePartners({ config, rpc, health, listeners, limit }: Omit<GrpcEdge, 'hot'>, papers: ShownPapers): Promise<void> {
  const server = createServer({
    'grpc.max_receive_message_length': config.bodyLimit,
    'grpc.max_send_message_length': config.bodyLimit,
    'grpc.keepalive_time_ms': 60 * second,
    'grpc.keepalive_timeout_ms': 20 * second,
    // Of an authority that is trusted no more no connection stays for longer.
    'grpc.max_connection_age_ms': 300 * second,
    'grpc.max_connection_age_grace_ms': 30 * second,
    'grpc.max_concurrent_streams': 1_000,
    interceptors: [tellingCertificate(shownKey, anybodys, wordOf)],
  });
  const callOf = async (_method: Method, { metadata, signal, peer }: CallContext): Promise<Call> => {
    if (health.state !== 'ready') throw new Refusal('unavailable', 'exchange_must_be_ready', `the exchange is ${health.state}`);
    limit.take(addressOf(peer));
    return { caller: anonymous, method: '', signal, certificate: certificateIn(metadata.get(shownKey) ?? '') };
  };
  addContract(server, PartnerPlatformDefinition, rpc, { callOf, watch: () => () => undefined });
  const { partnerListen: address } = config;
  const port = await opened('EXCHANGE_PARTNER_LISTEN', address, () => server.listen(address, new AskingCredentials(papers)));
  listeners.add({
    name: 'partners',
    address: `${address.slice(0, address.lastIndexOf(':'))}:${port}`,
    close: () => server.shutdown(),
  });
}

/** Until when it is valid is looked at with each call, since a connection may outlive it. */
const wordOf = (certificate: PeerCertificate | undefined): string =>
  certificate
    ? [
        certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
        Date.parse(certificate.valid_from),
        Date.parse(certificate.valid_to),
      ].join(' ')
    : '';

function certificateIn(word: string): ShownCertificate {
  const [sha256 = '', from, to] = word.split(' ');
  const now = Date.now();
  return { sha256, isCurrent: Number(from) <= now && now <= Number(to) };
}

/**
 * Asks each client for a certificate, and for its key by the handshake. Where authorities are named, no other's is let in. Where none is, whose it is says its digest alone:
 * then it may be signed by itself, and who shows none is told so by the answer to its message.
 */
class AskingCredentials extends ServerCredentials {
  constructor(papers: ShownPapers) {
    super({ requestCert: true, rejectUnauthorized: papers.now.ca !== undefined }, contextOf(papers.now));
    papers.watch((shown) => this.updateSecureContextOptions(contextOf(shown)));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

const contextOf = ({ cert, key, ca }: Shown) => ({ cert, key, ...(ca && { ca }) });
