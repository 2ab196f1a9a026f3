// OpenTelemetry's SDK, loaded only where traces and measures are sent somewhere; the standard OTEL_ variables say how.
import { context, diag, DiagLogLevel } from '@opentelemetry/api';
import { getRPCMetadata } from '@opentelemetry/core';
import { GrpcInstrumentation } from '@opentelemetry/instrumentation-grpc';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { makeLogger } from './log.js';
import { http } from './telemetry.js';

/** Where there is no call and no event behind a statement it is a loop that looks for work: no trace. */
const instrumentations = () => [
  new HttpInstrumentation({ disableOutgoingRequestInstrumentation: true }),
  new GrpcInstrumentation(),
  new PgInstrumentation({
    requireParentSpan: true,
    // It names a statement by what it is prepared as, which is a number.
    requestHook: (span, { query, connection }) => span.updateName(`${/^\w+/.exec(query.text)?.[0].toUpperCase()} ${connection.database}`),
  }),
];

/** From now on what is loaded is instrumented, and what is told of calls is sent. */
export function startTelemetry(): void {
  http.nameRoute = nameRoute;
  const { env } = process;
  const log = makeLogger('warn');
  const warn = (message: string, ...detail: unknown[]): void => log.warn({ detail }, `telemetry: ${message}`);
  diag.setLogger({ error: warn, warn, info: () => undefined, debug: () => undefined, verbose: () => undefined }, DiagLogLevel.WARN);
  // Neither the machine's owner nor the command line are anybody's business.
  env.OTEL_NODE_RESOURCE_DETECTORS ??= 'env,serviceinstance';
  const services = env.EXCHANGE_SERVICES ?? 'all';
  new NodeSDK({
    serviceName: env.OTEL_SERVICE_NAME ?? (services === 'all' ? 'exchange' : services),
    instrumentations: instrumentations(),
    // The log goes to standard output, with the traces' ids.
    logRecordProcessors: [],
  }).start();
}

function nameRoute(verb: string, route: string): void {
  const request = getRPCMetadata(context.active());
  if (!request) return;
  request.route = route;
  request.span.updateName(`${verb} ${route}`);
}
