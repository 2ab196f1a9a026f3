// Messages of OpenTelemetry and Prometheus as their own senders write them.
import { BinaryWriter } from '@bufbuild/protobuf/wire';

type Write = (writer: BinaryWriter) => void;
const [FIXED64, DELIMITED, VARINT] = [1, 2, 0];

const inner = (field: number, write: Write): Write => {
  return (writer) => {
    writer.uint32((field << 3) | DELIMITED).fork();
    write(writer);
    writer.join();
  };
};
const all =
  (...writes: Write[]): Write =>
  (writer) => {
    for (const write of writes) write(writer);
  };
const text =
  (field: number, value: string): Write =>
  (writer) =>
    void writer.uint32((field << 3) | DELIMITED).string(value);
const bytesOf = (write: Write): Uint8Array => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

type Attributes = Readonly<Record<string, string | number>>;
export interface OtlpPoint {
  readonly at: number;
  readonly value: number;
  readonly attributes?: Attributes;
}
export interface OtlpMetric {
  readonly name: string;
  readonly kind?: 'gauge' | 'sum';
  readonly isInt?: boolean;
  readonly points: readonly OtlpPoint[];
}

const pairs = (field: number, attributes: Attributes): Write =>
  all(
    ...Object.entries(attributes).map(([key, value]) =>
      inner(
        field,
        all(
          text(1, key),
          inner(2, (writer) => {
            if (typeof value === 'string') writer.uint32((1 << 3) | DELIMITED).string(value);
            else writer.uint32((3 << 3) | VARINT).int64(value);
          }),
        ),
      ),
    ),
  );

/** An ExportMetricsServiceRequest of resources with their attributes and metrics. */
export function otlp(resources: readonly { readonly attributes: Attributes; readonly metrics: readonly OtlpMetric[] }[]): Uint8Array {
  const point = ({ at, value, attributes = {} }: OtlpPoint, isInt: boolean): Write =>
    all(
      (writer) => void writer.uint32((2 << 3) | FIXED64).fixed64(BigInt(at - 1_000) * 1_000_000n),
      (writer) => void writer.uint32((3 << 3) | FIXED64).fixed64(BigInt(at) * 1_000_000n),
      (writer) => {
        if (isInt) writer.uint32((6 << 3) | FIXED64).sfixed64(value);
        else writer.uint32((4 << 3) | FIXED64).double(value);
      },
      pairs(7, attributes),
    );
  const metric = ({ name, kind = 'gauge', isInt = false, points }: OtlpMetric): Write =>
    all(text(1, name), text(2, 'what it is'), inner(kind === 'gauge' ? 5 : 7, all(...points.map((one) => inner(1, point(one, isInt))))));
  return bytesOf(
    all(
      ...resources.map(({ attributes, metrics }) =>
        inner(
          1,
          all(
            inner(1, pairs(1, attributes)),
            inner(2, all(inner(1, text(1, 'scope')), ...metrics.map((one) => inner(2, metric(one))))),
            text(3, 'https://opentelemetry.io/schemas/1.38.0'),
          ),
        ),
      ),
    ),
  );
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

/** A WriteRequest, not yet by Snappy. */
export const writeRequest = (series: readonly Series[]): Uint8Array =>
  bytesOf(
    all(
      ...series.map(({ labels, samples }) =>
        inner(
          1,
          all(
            ...Object.entries(labels).map(([name, value]) => inner(1, all(text(1, name), text(2, value)))),
            ...samples.map(([at, value]) =>
              inner(2, (writer) => {
                writer.uint32((1 << 3) | FIXED64).double(value);
                writer.uint32((2 << 3) | VARINT).int64(at);
              }),
            ),
          ),
        ),
      ),
    ),
  );

/** By Snappy, in literals alone, as its format allows. */
export function snapped(bytes: Uint8Array): Uint8Array {
  const writer = new BinaryWriter().uint32(bytes.length);
  const head = writer.finish();
  const parts: Uint8Array[] = [head];
  for (let from = 0; from < bytes.length; from += 60) {
    const part = bytes.subarray(from, from + 60);
    parts.push(Uint8Array.from([(part.length - 1) << 2]), part);
  }
  return Buffer.concat(parts);
}
