// The port by which services of the exchange reach each other: mutual TLS, and the caller is who its certificate names.
import { ServerCredentials } from '@grpc/grpc-js';
import { createServer, type CallContext } from 'nice-grpc';
import type { Method } from '#contracts';
import type { Call, Caller } from './call.js';
import type { Certificates } from './certificates.js';
import { addContract } from './grpc-contract.js';
import { type Listeners, opened } from './listeners.js';
import { contextOf, servicesOf } from './papers.js';
import { forbidden, invalid } from './refusal.js';
import type { RpcTable } from './rpc-table.js';
import { tellingCertificate, vouchedFor } from './told-certificate.js';

export const messageBytesMax = 64 << 20;
const second = 1_000;
/** A connection ends after so long, so that what a certificate may no more ends with it. */
const connectionMsMax = 300 * second;

/** Names in a certificate, put in by this side. */
const certified = 'x-certified-services';
/** For whom the call is: a Caller as JSON. */
export const callerKey = 'x-caller';

export interface MeshEdge {
  /** '127.0.0.1:8082' */
  readonly address: string;
  readonly rpc: RpcTable;
  readonly listeners: Listeners;
  readonly certificates: Certificates;
}

/** Opens the port for the contracts that run here. */
export async function serveMesh({ address, rpc, listeners, certificates }: MeshEdge): Promise<void> {
  const server = createServer({
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.max_send_message_length': messageBytesMax,
    'grpc.keepalive_time_ms': 20 * second,
    'grpc.keepalive_timeout_ms': 10 * second,
    'grpc.max_connection_age_ms': connectionMsMax,
    'grpc.max_connection_age_grace_ms': 30 * second,
    interceptors: [tellingCertificate(certified, vouchedFor, (certificate) => servicesOf(certificate?.subjectaltname).join(','))],
  });
  const stopping = new AbortController();
  const callOf = async ({ responseStream }: Method, context: CallContext): Promise<Call> => ({
    caller: callerIn(context),
    method: '',
    idempotencyKey: context.metadata.get('idempotency-key'),
    signal: responseStream ? AbortSignal.any([context.signal, stopping.signal]) : context.signal,
  });
  for (const definition of rpc.local()) addContract(server, definition, rpc, { callOf, watch: () => () => undefined });
  const port = await opened('EXCHANGE_MESH_LISTEN', address, () => server.listen(address, new MeshCredentials(certificates)));
  listeners.add({
    name: 'mesh',
    address: `${address.slice(0, address.lastIndexOf(':'))}:${port}`,
    close: async () => {
      stopping.abort();
      await server.shutdown();
    },
  });
}

/** @throws Refusal where a service speaks in another's name. A participant's call is handed on in the participant's. */
function callerIn({ metadata }: CallContext): Caller {
  const services = (metadata.get(certified) ?? '').split(',');
  const caller = parsed(metadata.get(callerKey));
  if (caller.roles.includes('service') && !services.includes(caller.name))
    throw forbidden('service_must_call_in_its_own_name', `the certificate is ${services.join(', ')}'s, the call says ${caller.name}`);
  return caller;
}

function parsed(text: string | undefined): Caller {
  const broken = invalid(callerKey, 'caller_must_be_told', 'a call between services says for whom it is');
  try {
    const { participantId, roles, name } = JSON.parse(text ?? '') as Caller;
    if (Number.isSafeInteger(participantId) && Array.isArray(roles) && typeof name === 'string') return { participantId, roles, name };
  } catch {
    throw broken;
  }
  throw broken;
}

/** Asks each client for a certificate; takes new ones of its own as they come. */
class MeshCredentials extends ServerCredentials {
  constructor(certificates: Certificates) {
    super({ requestCert: true, rejectUnauthorized: true }, contextOf(certificates.now));
    certificates.watch((papers) => this.updateSecureContextOptions(contextOf(papers)));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
