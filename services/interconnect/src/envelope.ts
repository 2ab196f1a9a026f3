// What a signature between platforms is over, and what is in it.
import { PartnerMessage, type SignedMessage } from '#contracts';

const prefix = Buffer.from('compute-exchange interconnect v1\n');

/** The prefix tells this use of a key from all others; the time is signed anew each time, so that an old copy of a message is known as one. */
export function signedText(saidAt: number, message: Uint8Array): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64BE(BigInt(saidAt));
  return Buffer.concat([prefix, time, message]);
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
