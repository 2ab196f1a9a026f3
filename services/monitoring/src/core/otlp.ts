// OTLP's metrics as protobuf (https://github.com/open-telemetry/opentelemetry-proto, v1): gauges and sums of numbers.
import { type NamedPoint, readAttributes } from './named-point.js';
import { type Field, fieldsOf } from './wire.js';
import { Packer } from './varint.js';

/**
 * Points of an ExportMetricsServiceRequest.
 * @throws Unreadable where the bytes are none
 */
export function* pointsOfOtlp(bytes: Uint8Array): Generator<NamedPoint> {
  for (const resourceMetrics of fieldsOf(bytes)) if (resourceMetrics.number === 1) yield* pointsOfResource(resourceMetrics);
}

function* pointsOfResource(resourceMetrics: Field): Generator<NamedPoint> {
  const attributes = new Map<string, string>();
  for (const resource of resourceMetrics.fields()) if (resource.number === 1) addAttributes(attributes, resource, 1);
  for (const scope of resourceMetrics.fields())
    if (scope.number === 2) for (const metric of scope.fields()) if (metric.number === 2) yield* pointsOfMetric(metric, attributes);
}

function* pointsOfMetric(metric: Field, ofResource: ReadonlyMap<string, string>): Generator<NamedPoint> {
  const name = textOf(metric, 1);
  // Gauge and sum; a histogram says nothing that is kept here.
  for (const data of metric.fields())
    if (data.number === 5 || data.number === 7)
      for (const field of data.fields()) {
        const point = field.number === 1 ? pointOf(name, field, ofResource) : undefined;
        if (point) yield point;
      }
}

/** Undefined where it says that nothing was measured, as of a series that has ended. */
function pointOf(name: string, point: Field, ofResource: ReadonlyMap<string, string>): NamedPoint | undefined {
  const attributes = new Map(ofResource);
  let [at, value] = [0, NaN];
  for (const field of point.fields())
    if (field.number === 3) at = Math.floor(field.fixed() / 1_000_000);
    else if (field.number === 4) value = field.double();
    else if (field.number === 6) value = field.fixed();
    else if (field.number === 7) addAttribute(attributes, field);
    else if (field.number === 8 && field.whole() % 2 !== 0) return undefined;
  return { name, attributes, at, value };
}

function addAttributes(attributes: Map<string, string>, of: Field, number: number): void {
  for (const field of of.fields()) if (field.number === number) addAttribute(attributes, field);
}

/** Its first field of that number; empty where there is none. */
function textOf(message: Field, number: number): string {
  for (const field of message.fields()) if (field.number === number) return field.text();
  return '';
}

/** Texts and whole numbers; others mean nothing here. */
function addAttribute(attributes: Map<string, string>, keyValue: Field): void {
  const key = textOf(keyValue, 1);
  if (!readAttributes.has(key)) return;
  for (const value of keyValue.fields())
    if (value.number === 2)
      for (const kind of value.fields())
        if (kind.number === 1) attributes.set(key, kind.text());
        else if (kind.number === 3) attributes.set(key, String(kind.whole()));
}

/** An ExportMetricsServiceResponse: empty where all counted. */
export function otlpAnswer(rejected: number, why: string): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  const packer = new Packer();
  packer.inner(1, () => {
    packer.unsigned(1 << 3);
    packer.unsigned(rejected);
    packer.text(2, why);
  });
  return packer.packed();
}
