// What a signature between platforms is over, and whether it holds.
import { PartnerMessage, type SignedMessage } from '#contracts';
import { isSigned, readPublicKey, sha256Hex, type SuiteName, type Tx } from '#platform';

const prefix = Buffer.from('compute-exchange interconnect v1\n');

/** The prefix tells this use of a key from all others; the time is signed anew each time, so that an old copy of a message is known as one. */
export function signedText(saidAt: number, message: Uint8Array): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([prefix, time, message]);
}

interface KeyRow {
  readonly suite: SuiteName;
  readonly public_key: string;
  readonly valid_from: bigint;
  readonly valid_until: bigint | null;
}

/**
 * Why the signature does not count; undefined: a key of the platform that was valid when it says so signed it. Whether there is such a partner is told to
 * nobody, and from when to when a key is valid only to who has it.
 */
export async function brokenSignature(from: Pick<Tx, 'query'>, platform: string, signed: SignedMessage): Promise<string | undefined> {
  const { keyId, suite, saidAt, message, signature } = signed;
  const [key] = await from.query<KeyRow>(
    'select suite, public_key, valid_from, valid_until from partner_keys where platform = $1 and key_id = $2',
    [platform, keyId],
  );
  if (!key) return `no key ${keyId} of a partner ${platform} is registered`;
  if (key.suite !== suite) return `key ${keyId} is of the suite ${key.suite}, and the message names another`;
  const text = signedText(saidAt, message);
  if (!isSigned(key.suite, text, readPublicKey(key.public_key, key.suite), signature))
    return `it is not by key ${keyId} of the ${text.length} bytes that are to be signed, whose SHA-256 is ${sha256Hex(text)}`;
  const { valid_from: since, valid_until: until } = key;
  if (saidAt < since || (until !== null && saidAt >= until))
    return `key ${keyId} signed it at ${saidAt}, and is registered from ${since} ${until === null ? 'on' : `until ${until}`}`;
  return undefined;
}

const idPattern = /^[0-9A-Za-z-]{8,64}$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** The message in it, or why it is none. Whether its body is right is judged once it is known who speaks. */
export function readMessage({ message: bytes }: SignedMessage): PartnerMessage | string {
  const message = decoded(bytes);
  if (!message) return 'the bytes are no PartnerMessage';
  if (!idPattern.test(message.id)) return 'its id must be 8 to 64 letters, digits and dashes';
  if (!namePattern.test(message.from))
    return 'its sender (from) must be 1 to 80 letters, digits, dots, dashes and low lines, the first a letter or digit';
  return message;
}

function decoded(bytes: Uint8Array): PartnerMessage | undefined {
  try {
    return PartnerMessage.decode(bytes);
  } catch {
    // Whatever the codec says of it, it is no message.
    return undefined;
  }
}
