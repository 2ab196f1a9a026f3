// The one door to hashes, so that a national algorithm can take their place by configuration.
import { createHash } from 'node:crypto';

/** 32 bytes over the parts, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
