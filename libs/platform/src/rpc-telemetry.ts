// What is told of each call: how long it took and how it ended; and, of one in process, the span that the instrumentation of gRPC makes of others.
import type { Span } from '@opentelemetry/api';
import type { Method, ServiceDefinition } from '#contracts';
import { Refusal } from './refusal.js';
import { faultStatus, statusOf } from './rpc-status.js';
import type { Handler } from './rpc-types.js';
import { endSpan, histogram, inSpan, seconds } from './telemetry.js';

/** Names of gRPC's codes that an exchange answers with. */
const codeNames: Readonly<Record<number, string>> = {
  0: 'OK',
  3: 'INVALID_ARGUMENT',
  5: 'NOT_FOUND',
  7: 'PERMISSION_DENIED',
  8: 'RESOURCE_EXHAUSTED',
  9: 'FAILED_PRECONDITION',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
  16: 'UNAUTHENTICATED',
};

const codeOf = (error: unknown): number =>
  error === undefined ? 0 : error instanceof Refusal ? statusOf[error.kind].grpc : faultStatus.grpc;
/** By the conventions a refusal is the caller's fault: no error of the server's span. */
const isFault = (code: number): boolean => code === 13 || code === 14;

const duration = histogram('rpc.server.call.duration', 's', 'How long calls took, in process or from outside', seconds);

/** `name`: 'exchange.registry.v1.Registry/CreateSite'; `began`: by performance.now(). */
export function measureCall(name: string, began: number, error?: unknown): void {
  const code = codeOf(error);
  duration((performance.now() - began) / 1_000, {
    'rpc.system.name': 'grpc',
    'rpc.method': name,
    'rpc.response.status_code': codeNames[code],
    ...(isFault(code) && { 'error.type': codeNames[code] }),
  });
}

/** A method called in process. One that answers by a stream is as long as its reader likes: it stays a part of the caller's span. */
export function spanned({ fullName }: ServiceDefinition, { name, responseStream }: Method, handler: Handler): Handler {
  if (responseStream) return handler;
  const options = {
    name: `grpc.${fullName}/${name}`,
    kind: 'SERVER',
    attributes: { 'rpc.system': 'grpc', 'rpc.service': fullName, 'rpc.method': name },
  } as const;
  return (request, call) => inSpan(options, () => handler(request, call) as Promise<unknown>, ended);
}

function ended(span: Span, error: unknown): void {
  const code = codeOf(error);
  span.setAttribute('rpc.grpc.status_code', code);
  endSpan(span, isFault(code) ? error : undefined);
}
