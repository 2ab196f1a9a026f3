import { sha256 } from '#platform';

/** R-10a: the first 52 bits of SHA-256 over participant and key; never 0. */
export function orderIdOf(participantId: number, idempotencyKey: string): number {
  const hash = sha256(`${participantId}:${idempotencyKey}`);
  return hash.readUInt32BE() * 2 ** 20 + (hash.readUInt32BE(4) >>> 12) || 1;
}
