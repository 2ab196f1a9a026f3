// Prometheus remote write 1.0 (https://prometheus.io/docs/specs/prw/remote_write_spec/): series of samples, by Snappy.
import { type NamedPoint, attributeOfLabel, nameOfSeries } from './named-point.js';
import { unsnap } from './snappy.js';
import { type Field, fieldsOf } from './wire.js';

/**
 * Samples of a WriteRequest. That a series has ended (a NaN) is no sample.
 * @param most bytes of the request when it is unpacked
 * @throws Unreadable where the bytes are none
 */
export function* pointsOfRemoteWrite(bytes: Uint8Array, most: number): Generator<NamedPoint> {
  for (const series of fieldsOf(unsnap(bytes, most))) if (series.number === 1) yield* pointsOfSeries(series);
}

function* pointsOfSeries(series: Field): Generator<NamedPoint> {
  const attributes = new Map<string, string>();
  let name = '';
  for (const field of series.fields())
    if (field.number === 1) {
      const [label, value] = textsOf(field);
      if (label === '__name__') name = nameOfSeries(value);
      else attributes.set(attributeOfLabel(label), value);
    }
  for (const sample of series.fields()) {
    if (sample.number !== 2) continue;
    let [at, value] = [0, 0];
    for (const field of sample.fields())
      if (field.number === 1) value = field.double();
      else if (field.number === 2) at = field.whole();
    if (!Number.isNaN(value)) yield { name, attributes, at, value };
  }
}

function textsOf(label: Field): [name: string, value: string] {
  const texts: [string, string] = ['', ''];
  for (const field of label.fields()) if (field.number === 1 || field.number === 2) texts[field.number - 1] = field.text();
  return texts;
}
