// 64-bit fields whose type is number go over the wire without a BigInt: as protobuf says, and back as they were.
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import * as fc from 'fast-check';
import { bytesOf, OrderChange } from '#contracts';

const change = (orderId: number): OrderChange => ({ ...OrderChange.create(), orderId });
/** The same field, by the protobuf runtime. */
const written = (orderId: number) => new BinaryWriter().uint32(8).int64(BigInt(orderId)).finish();
const edges = [
  1,
  -1,
  127,
  128,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  -(2 ** 32),
  -(2 ** 32) - 1,
  Number.MAX_SAFE_INTEGER,
  Number.MIN_SAFE_INTEGER,
];

it('writes and reads any safe integer as an int64', () => {
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger()), (orderId) => {
      const bytes = bytesOf(OrderChange, change(orderId));
      expect(Buffer.from(bytes)).toEqual(Buffer.from(orderId === 0 ? [] : written(orderId)));
      expect(OrderChange.decode(bytes).orderId).toBe(orderId);
      if (orderId !== 0) expect(new BinaryReader(bytes.subarray(1)).int64()).toBe(BigInt(orderId));
    }),
  );
});

it('takes no number that is none, nor one that a number does not hold', () => {
  for (const wrong of [0.5, NaN, Infinity, 2 ** 53]) expect(() => bytesOf(OrderChange, change(wrong))).toThrow('safe integer');
  const large = new BinaryWriter()
    .uint32(8)
    .int64(2n ** 53n)
    .finish();
  expect(() => OrderChange.decode(large)).toThrow('safe integer');
  // What failed leaves nothing behind.
  expect(OrderChange.decode(bytesOf(OrderChange, change(7))).orderId).toBe(7);
});
