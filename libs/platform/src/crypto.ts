// The one door to hashes and signatures. What is kept as evidence goes through a suite that configuration names: SHA-256 and Ed25519, or the national SM3 and SM2.
import { createHash, createPublicKey, generateKeyPairSync, hash, type KeyObject, sign, verify } from 'node:crypto';

/** The same over one part, as 64 hexadecimal digits. */
export const sha256Hex = (part: Uint8Array | string): string => hash('sha256', part, 'hex');

/** 32 bytes over the parts, one after the other. */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  if (parts.length === 1) return hash('sha256', parts[0]!, 'buffer');
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return running.digest();
}

interface Suite {
  /** First byte of each digest, so that it says by which hash it was made. */
  readonly tag: number;
  readonly hash: string;
  /** Undefined where the signature's own scheme hashes. */
  readonly signedHash: string | undefined;
  /** What Node calls keys that were read; SM2 has no name there. */
  readonly keyType: string | undefined;
  readonly newKeys: () => { privateKey: KeyObject; publicKey: KeyObject };
}

const suites = {
  international: { tag: 1, hash: 'sha256', signedHash: undefined, keyType: 'ed25519', newKeys: () => generateKeyPairSync('ed25519') },
  national: { tag: 2, hash: 'sm3', signedHash: 'sm3', keyType: undefined, newKeys: () => generateKeyPairSync('ec', { namedCurve: 'SM2' }) },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof suites;
export const suiteNames = Object.keys(suites) as SuiteName[];

/** By which evidence is made and verified; what was made by the other suite stays verifiable. */
export abstract class Cryptography {
  abstract readonly suite: SuiteName;
  abstract readonly keyType: string | undefined;
  /** 33 bytes: which hash, and its value. */
  abstract digest(data: Uint8Array | string): Buffer;
  abstract newKeys(): { privateKey: KeyObject; publicKey: KeyObject };
  abstract sign(data: Uint8Array, key: KeyObject): Buffer;
}

export function cryptographyOf(suite: SuiteName): Cryptography {
  const { tag, hash: algorithm, signedHash, keyType, newKeys } = suites[suite];
  const first = Buffer.from([tag]);
  return {
    suite,
    keyType,
    digest: (data) => Buffer.concat([first, hash(algorithm, data, 'buffer')]),
    newKeys,
    sign: (data, key) => sign(signedHash, data, key),
  };
}

/**
 * A public key of the suite, from its PEM.
 * @throws Error where the text is no key, or one of another kind
 */
export function readPublicKey(pem: string, suite: SuiteName): KeyObject {
  if (!pem.includes('-----BEGIN PUBLIC KEY-----')) throw new Error('key_must_be_a_public_one: PEM of a SubjectPublicKeyInfo');
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== suites[suite].keyType) throw new Error(`key_must_be_of_its_suite: it is not of ${suite}`);
  return key;
}

/** True where `digest` is that of the data, by the hash that it names. */
export const isDigestOf = (digest: Uint8Array, data: Uint8Array | string): boolean => {
  const suite = Object.values(suites).find(({ tag }) => tag === digest[0]);
  return suite !== undefined && hash(suite.hash, data, 'buffer').equals(digest.subarray(1));
};

/** True where the key's owner signed the data by the suite. */
export function isSigned(suite: string, data: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  if (!(suite in suites)) return false;
  try {
    return verify(suites[suite as SuiteName].signedHash, data, key, signature);
  } catch {
    // A key of the other suite.
    return false;
  }
}
