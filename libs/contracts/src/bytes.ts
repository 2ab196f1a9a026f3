import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { AnyMessage, Message } from './schema-types.js';

/** Kept, for the buffer in it that has grown. */
let writer = new BinaryWriter();

/** A message as it goes over the wire. @throws Error where a field holds what its type cannot */
export function bytesOf<T>(type: Message<T>, message: T): Buffer;
export function bytesOf(type: AnyMessage, message: unknown): Buffer;
export function bytesOf(type: AnyMessage, message: unknown): Buffer {
  try {
    const bytes = type.encode(message as never, writer).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    // It holds half a message.
    writer = new BinaryWriter();
    throw error;
  }
}
