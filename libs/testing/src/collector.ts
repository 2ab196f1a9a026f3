// A collector in a test: receives what an exchange sends by OTLP over HTTP, as JSON.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

type Attributes = Readonly<Record<string, unknown>>;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** '' of a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';
  readonly attributes: Attributes;
  /** Ids of spans. */
  readonly links: readonly string[];
  readonly isError: boolean;
  /** Name of the process's service. */
  readonly service: string;
}

export interface ReceivedPoint {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'sum' | 'histogram';
  readonly attributes: Attributes;
  /** A histogram's is how many it counted. */
  readonly value: number;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values: readonly Value[] };
}
type Pairs = readonly { readonly key: string; readonly value: Value }[] | undefined;
interface Resource {
  readonly resource: { readonly attributes: Pairs };
}
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes?: Pairs;
  readonly links?: readonly { readonly spanId: string }[];
  readonly status?: { readonly code?: number };
}
interface Points {
  readonly dataPoints: readonly {
    readonly attributes?: Pairs;
    readonly asInt?: number | string;
    readonly asDouble?: number;
    readonly count?: number;
  }[];
}
interface Metric {
  readonly name: string;
  readonly unit?: string;
  readonly gauge?: Points;
  readonly sum?: Points;
  readonly histogram?: Points;
}
interface Sent {
  readonly resourceSpans?: readonly (Resource & { readonly scopeSpans: readonly { readonly spans: readonly Span[] }[] })[];
  readonly resourceMetrics?: readonly (Resource & { readonly scopeMetrics: readonly { readonly metrics: readonly Metric[] }[] })[];
}

const kinds = ['INTERNAL', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'] as const;
const error = 2;

export class Collector {
  readonly spans: ReceivedSpan[] = [];
  /** All that was sent, as it came. */
  text = '';
  private readonly points = new Map<string, ReceivedPoint>();

  private constructor(
    private readonly server: Server,
    private readonly keepsText: boolean,
  ) {}

  /** @param keepsText all that is sent: not for hours */
  static async start(keepsText = true): Promise<Collector> {
    const server = createServer((request, response) => {
      void buffer(request).then((body) => {
        collector.take((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    const collector = new Collector(server, keepsText);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** OTEL_ variables of a process that sends here, several times a second. */
  get settings(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
      OTEL_METRIC_EXPORT_TIMEOUT: '500',
    };
  }

  /** The points of a metric as they were sent last, of all processes. */
  metric(name: string): ReceivedPoint[] {
    return this.metrics().filter((point) => point.name === name);
  }

  metrics(): ReceivedPoint[] {
    return [...this.points.values()];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string): void {
    if (this.keepsText) this.text += body;
    const { resourceSpans = [], resourceMetrics = [] } = JSON.parse(body) as Sent;
    for (const { resource, scopeSpans } of resourceSpans) {
      const service = String(attributesOf(resource.attributes)['service.name']);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map((span) => spanOf(span, service)));
    }
    for (const { resource, scopeMetrics } of resourceMetrics) {
      const instance = String(attributesOf(resource.attributes)['service.instance.id']);
      for (const { metrics } of scopeMetrics) for (const metric of metrics) this.keep(metric, instance);
    }
  }

  private keep({ name, unit = '', ...of }: Metric, instance: string): void {
    for (const kind of ['gauge', 'sum', 'histogram'] as const)
      for (const { attributes, asInt, asDouble, count } of of[kind]?.dataPoints ?? []) {
        const point = { name, unit, kind, attributes: attributesOf(attributes), value: Number(asInt ?? asDouble ?? count) };
        this.points.set(`${instance} ${name} ${JSON.stringify(point.attributes)}`, point);
      }
  }
}

const spanOf = (
  { traceId, spanId, parentSpanId = '', name, kind, attributes, links = [], status }: Span,
  service: string,
): ReceivedSpan => ({
  ...{ traceId, spanId, parentSpanId, name, service },
  kind: kinds[kind]!,
  attributes: attributesOf(attributes),
  links: links.map((link) => link.spanId),
  isError: status?.code === error,
});

const attributesOf = (pairs: Pairs = []): Attributes => Object.fromEntries(pairs.map(({ key, value }) => [key, valueOf(value)]));

const valueOf = ({ stringValue, intValue, doubleValue, boolValue, arrayValue }: Value): unknown =>
  stringValue ?? doubleValue ?? boolValue ?? arrayValue?.values.map(valueOf) ?? Number(intValue);
