// The one door to hashes, so that a national algorithm can take their place by configuration.
import { createHash, hash } from 'node:crypto';

/** The same over one part, as 64 hexadecimal digits. */
export const sha256Hex = (part: Uint8Array | string): string => hash('sha256', part, 'hex');

/** 32 bytes over the parts, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  if (parts.length === 1) return hash('sha256', parts[0]!, 'buffer');
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return running.digest();
}
