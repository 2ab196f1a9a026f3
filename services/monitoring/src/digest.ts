import { type SuiteName, cryptographyOf } from '#platform';
import type { Digest } from './core/signed-day.js';

/** By which a suite's digests are made. */
export function digestOf(suite: SuiteName): Digest {
  const cryptography = cryptographyOf(suite);
  return (data) => cryptography.digest(data);
}
