// What a signature between platforms is over, and whether it holds.
import { PartnerMessage, type SignedMessage } from '#contracts';
import { isSigned, readPublicKey, type SuiteName, type Tx } from '#platform';

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
}

/** True where a key of the platform that was valid when it says so signed it. */
export async function isSignedBy(from: Pick<Tx, 'query'>, platform: string, signed: SignedMessage): Promise<boolean> {
  const [key] = await from.query<KeyRow>(
    `select suite, public_key from partner_keys where platform = $1 and key_id = $2 and suite = $3
     and valid_from <= $4 and (valid_until is null or valid_until > $4)`,
    [platform, signed.keyId, signed.suite, signed.saidAt],
  );
  if (!key) return false;
  return isSigned(key.suite, signedText(signed.saidAt, signed.message), readPublicKey(key.public_key, key.suite), signed.signature);
}

const idPattern = /^[0-9A-Za-z-]{8,64}$/;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** The message in it, undefined where it is none. Whether its body is right is judged once it is known who speaks. */
export function readMessage({ message: bytes }: SignedMessage): PartnerMessage | undefined {
  const message = decoded(bytes);
  return message && idPattern.test(message.id) && namePattern.test(message.from) ? message : undefined;
}

function decoded(bytes: Uint8Array): PartnerMessage | undefined {
  try {
    return PartnerMessage.decode(bytes);
  } catch {
    // Whatever the codec says of it, it is no message.
    return undefined;
  }
}
