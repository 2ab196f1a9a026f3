// The key by which a platform speaks to others, by docs/interconnection.md alone: tests and the conformance program sign and verify with it as a stranger would,
// who shares no line with the exchange.
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import type { SignedMessage } from '#contracts';

const suites = {
  international: { hash: undefined, make: () => generateKeyPairSync('ed25519') },
  national: { hash: 'sm3', make: () => generateKeyPairSync('ec', { namedCurve: 'SM2' }) },
} as const;

export type PartnerSuite = keyof typeof suites;

export class PartnerKey {
  readonly suite: PartnerSuite;
  readonly keyId: string;
  /** PEM of the SubjectPublicKeyInfo. */
  readonly publicKey: string;

  private constructor(private readonly key: KeyObject) {
    const publicKey = createPublicKey(key);
    this.suite = suiteOf(key);
    this.keyId = keyIdOf(publicKey);
    this.publicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  static make(suite: PartnerSuite = 'international'): PartnerKey {
    const { privateKey } = suites[suite].make();
    return PartnerKey.read(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }

  /** Read as from a file: a key of SM2 that was just made signs by another scheme. */
  static read(pem: string): PartnerKey {
    return new PartnerKey(createPrivateKey(pem));
  }

  /** PEM, for a file that only its owner reads. */
  get privateKey(): string {
    return this.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  sign(message: Uint8Array, saidAt: number): SignedMessage {
    const signature = sign(suites[this.suite].hash, textOf(message, saidAt), this.key);
    return { message, saidAt, keyId: this.keyId, suite: this.suite, signature };
  }
}

/** Why it is not signed by the key; undefined: it is. @param publicKey in PEM */
export function whyNotSigned({ message, saidAt, keyId, suite, signature }: SignedMessage, publicKey: string): string | undefined {
  const key = createPublicKey(publicKey);
  if (keyId !== keyIdOf(key)) return `its key_id is ${keyId || 'empty'}, and the registered key's is ${keyIdOf(key)}`;
  if (suite !== suiteOf(key)) return `its suite is ${suite || 'empty'}, and the registered key's is ${suiteOf(key)}`;
  if (verify(suites[suiteOf(key)].hash, textOf(message, saidAt), key, signature)) return undefined;
  return `its signature is not by key ${keyId} of the text, said_at ${saidAt} and the ${message.length} bytes of the message`;
}

function textOf(message: Uint8Array, saidAt: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([Buffer.from('compute-exchange interconnect v1\n'), time, message]);
}

const keyIdOf = (publicKey: KeyObject): string =>
  createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);

/** Node has no name for a key of SM2. */
const suiteOf = (key: KeyObject): PartnerSuite => (key.asymmetricKeyType === 'ed25519' ? 'international' : 'national');
