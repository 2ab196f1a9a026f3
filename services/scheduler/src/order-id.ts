import { sha256Hex } from '#platform';

/** Hexadecimal digits of 52 bits. */
const digits = 13;

/** R-10a: the first 52 bits of SHA-256 over participant and key; never 0. */
export const orderIdOf = (participantId: number, idempotencyKey: string): number =>
  parseInt(sha256Hex(`${participantId}:${idempotencyKey}`).slice(0, digits), 16) || 1;
