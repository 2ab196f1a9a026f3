// What an agent and the exchange sign of a pool's day, byte by byte as docs/monitoring.md has it. Numbers stand with the highest byte first.
import type { PoolId, Slot, Time } from '#domain';
import { slotsPerDay } from '#domain';
import type { MetricNumbers, NodeNumbers } from './node-numbers.js';

/** 33 bytes over the data: which hash, and its value. */
export type Digest = (data: Uint8Array) => Uint8Array;
export const digestBytes = 33;

/** First byte of what a digest is over, so that one of a kind is never taken for another. */
const [NODE, SLOT, DAY] = [0, 1, 2];
const metricBytes = 23;
const utf8 = new TextEncoder();
const statementHead = utf8.encode('compute-exchange roll-ups v1\n');
const counterHead = utf8.encode('compute-exchange roll-ups countersigned v1\n');

/** What the digest of a node in a slot is over. */
export function nodeText(slot: Slot, { node, metrics }: NodeNumbers): Uint8Array {
  const bytes = new Uint8Array(9 + metrics.length * metricBytes);
  const view = new DataView(bytes.buffer);
  bytes[0] = NODE;
  view.setUint32(1, slot);
  view.setUint32(5, node);
  metrics.forEach((metric, index) => writeMetric(view, 9 + index * metricBytes, metric));
  return bytes;
}

function writeMetric(view: DataView, at: number, { metric, points, minutes, least, most, sum }: MetricNumbers): void {
  view.setUint8(at, metric);
  view.setUint32(at + 1, points);
  view.setUint16(at + 5, minutes);
  view.setInt32(at + 7, least);
  view.setInt32(at + 11, most);
  view.setBigInt64(at + 15, BigInt(sum));
}

/** What the digest of a slot is over: its nodes' digests, in the order of their numbers. */
export function slotText(slot: Slot, nodes: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(5);
  head[0] = SLOT;
  new DataView(head.buffer).setUint32(1, slot);
  return joined([head, ...nodes]);
}

/** What the digest of a day is over: those of its 96 slots. */
export const dayText = (slots: Uint8Array): Uint8Array => joined([new Uint8Array([DAY]), slots]);

/** What an agent signs. The exchange's name keeps a statement to one exchange. */
export function statementOf(platform: string, poolId: PoolId, day: number, slots: Uint8Array, digest: Digest): Uint8Array {
  const name = utf8.encode(platform);
  const place = new Uint8Array(8);
  new DataView(place.buffer).setUint32(0, poolId);
  new DataView(place.buffer).setUint32(4, day);
  return joined([statementHead, new Uint8Array([name.length]), name, place, digest(dayText(slots))]);
}

/** What the exchange signs then: when, the agent's signature, and what it is over. */
export function counterStatementOf(at: Time, signature: Uint8Array, statement: Uint8Array): Uint8Array {
  const head = new Uint8Array(10);
  const view = new DataView(head.buffer);
  view.setBigUint64(0, BigInt(at));
  view.setUint16(8, signature.length);
  return joined([counterHead, head, signature, statement]);
}

/** The digest of the day's slot in its place 0 … 95. */
export const slotDigest = (slots: Uint8Array, place: number): Uint8Array => slots.subarray(place * digestBytes, (place + 1) * digestBytes);

/** Places of slots that are not alike. */
export function differentPlaces(one: Uint8Array, other: Uint8Array): number[] {
  const places: number[] = [];
  for (let place = 0; place < slotsPerDay; place++) if (!areEqual(slotDigest(one, place), slotDigest(other, place))) places.push(place);
  return places;
}

export function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
