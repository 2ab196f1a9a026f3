// Spans and measures, as OpenTelemetry's API has them. Without its SDK (telemetry-sdk.ts) there is never an active span and all of this is a look at nothing.
// Context travels by the API's own context manager; only what leaves the process, or waits for others, carries a traceparent.
import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type Link,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type TracerProvider,
} from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from './fault.js';

const scope = 'compute-exchange';
const sendMsMax = 2_000;
const tracer = trace.getTracer(scope);

export interface SpanOptions {
  readonly name: string;
  readonly kind?: keyof typeof SpanKind;
  readonly attributes: Attributes;
}

/** W3C trace context of what is under way, or of the span; '' where it is not traced. */
export function traceparent(span = trace.getActiveSpan()): string {
  if (!span) return '';
  const carrier: { traceparent?: string } = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
  return carrier.traceparent ?? '';
}

/** Ids for a line of the log, by the names that OpenTelemetry gives them there. */
export function traceIds(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

/** A child of what is under way, ended by its owner; undefined where that is not traced. */
export function beginSpan(options: SpanOptions): Span | undefined {
  return trace.getActiveSpan()?.isRecording() ? begin(options, context.active()) : undefined;
}

export const endSpan = (span: Span | undefined, error?: unknown): void => {
  if (error !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
  span?.end();
};

/** Does the work in a child span of what is under way. `ended` ends it, where more is to be said of how. */
export function inSpan<T>(options: SpanOptions, work: () => Promise<T>, ended?: (span: Span, error: unknown) => void): Promise<T> {
  const span = beginSpan(options);
  return span ? within(span, context.active(), work, ended) : work();
}

/** Does the work as a part of the trace that an event brought. */
export function inSpanOf<T>(parent: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  return parent ? within(spanBelow(parent, options), ROOT_CONTEXT, work) : work();
}

/** A child of the span that a traceparent names. */
export const spanBelow = (parent: string, options: SpanOptions): Span => begin(options, contextOf(parent));

/**
 * Does work for many at once. Whose trace would it be a part of? By the conventions of batches, of none: it has a trace of its own, with a link to each that it
 * works for, and from those that are not over yet. Nothing where none of them is traced.
 */
export function inBatchSpan<T>(options: SpanOptions, of: readonly (Span | SpanContext)[], work: () => Promise<T>): Promise<T> {
  if (!of.length) return work();
  const isOpen = (one: Span | SpanContext): one is Span => 'spanContext' in one;
  const batch = begin(
    options,
    ROOT_CONTEXT,
    of.map((one) => ({ context: isOpen(one) ? one.spanContext() : one })),
  );
  for (const one of of) if (isOpen(one)) one.addLink({ context: batch.spanContext() });
  return within(batch, ROOT_CONTEXT, work);
}

/** The span that a traceparent names; none for '', and none where it is not recorded. */
export function spanOf(parent: string): SpanContext[] {
  const span = parent ? trace.getSpanContext(contextOf(parent)) : undefined;
  return span && span.traceFlags & TraceFlags.SAMPLED ? [span] : [];
}

/** Runs what goes on for others, too, without being a part of the trace that happened to begin it. */
export const apart = <T>(work: () => T): T => context.with(ROOT_CONTEXT, work);

/** Work that is done later, as a part of the trace that asked for it. */
export const keepingTrace = <A extends unknown[], T>(work: (...given: A) => T): ((...given: A) => T) =>
  context.bind(context.active(), work);

/** Gives the span of an HTTP request, and its measures, the route that it took: 'POST', '/v1/bids/{bid_id}'. The SDK knows how. */
export const http: { nameRoute: (verb: string, route: string) => void } = { nameRoute: () => undefined };

const contextOf = (parent: string): Context => propagation.extract(ROOT_CONTEXT, { traceparent: parent });

function begin({ name, kind = 'INTERNAL', attributes }: SpanOptions, parent: Context, links: Link[] = []): Span {
  return tracer.startSpan(name, { kind: SpanKind[kind], attributes, links }, parent);
}

async function within<T>(
  span: Span,
  parent: Context,
  work: () => Promise<T>,
  ended: (span: Span, error: unknown) => void = endSpan,
): Promise<T> {
  try {
    const result = await context.with(trace.setSpan(parent, span), work);
    ended(span, undefined);
    return result;
  } catch (error) {
    ended(span, error);
    throw error;
  }
}

/** A histogram, made when something is first recorded. `bounds`: upper ends of its buckets. */
export function histogram(
  name: string,
  unit: string,
  description: string,
  bounds: number[],
): (value: number, attributes?: Attributes) => void {
  let made: Histogram | undefined;
  return (value, attributes) => {
    made ??= metrics.getMeter(scope).createHistogram(name, { unit, description, advice: { explicitBucketBoundaries: bounds } });
    made.record(value, attributes);
  };
}

/** Upper ends of the buckets of durations in seconds, as the conventions have them. */
export const seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export type Observations = readonly (readonly [value: number, attributes?: Attributes])[];

/** What is looked at when measures are sent: it costs nothing where nobody asks. */
export class Gauges {
  private readonly undo: (() => void)[] = [];

  /** `observe` may ask the database; where that fails the measure is missing, and that is an alarm, too. */
  add(name: string, unit: string, description: string, observe: () => Observations | Promise<Observations>): void {
    const gauge = metrics.getMeter(scope).createObservableGauge(name, { unit, description });
    const callback = async (result: { observe: (value: number, attributes?: Attributes) => void }): Promise<void> => {
      for (const [value, attributes] of await observe()) result.observe(value, attributes);
    };
    gauge.addCallback(callback);
    this.undo.push(() => gauge.removeCallback(callback));
  }

  close(): void {
    for (const remove of this.undo.splice(0)) remove();
  }
}

/** What the SDK's providers can do besides the API's. */
interface Flushed {
  getTracer?: unknown;
  getMeter?: unknown;
  forceFlush?: () => Promise<void>;
}

/** Sends what was not sent yet, but does not wait for a collector that is away. */
export async function sendTelemetry(): Promise<void> {
  const tracing = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider };
  const providers: Flushed[] = [tracing.getDelegate?.() ?? tracing, metrics.getMeterProvider()];
  const sent = providers.flatMap((provider) => provider.forceFlush?.() ?? []);
  await Promise.race([Promise.allSettled(sent), sleep(sendMsMax, undefined, { ref: false })]);
}
