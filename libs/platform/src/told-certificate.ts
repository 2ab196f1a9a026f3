// What a connection's certificate says, for the calls that come on it: the library tells the interceptors of it, and handlers the metadata alone.
import { type PeerCertificate, TLSSocket } from 'node:tls';
import { ServerInterceptingCall, type ServerInterceptingCallInterface, type ServerInterceptor } from '@grpc/grpc-js';

/** The library's call, by the name that it gives to what is inside. */
type CallInside = ServerInterceptingCallInterface & { readonly stream?: { readonly session?: { readonly socket?: object } } };

/** One that the port's authorities vouch for. */
export const vouchedFor = (call: CallInside): PeerCertificate | undefined => call.getAuthContext().sslPeerCertificate;

/** Whatever was shown, by who has its key: whose it is, is asked otherwise. */
export function anybodys({ stream }: CallInside): PeerCertificate | undefined {
  const socket = stream?.session?.socket;
  const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
  return certificate?.raw ? certificate : undefined;
}

/**
 * Puts into each call's metadata, under the key, what `wordOf` makes of the certificate; what a caller puts there itself is overwritten.
 * Asked once of a connection: a certificate is shown when it begins, and each time the library is asked it reads it anew as a whole.
 */
export function tellingCertificate(
  key: string,
  certificateOf: (call: CallInside) => PeerCertificate | undefined,
  wordOf: (certificate: PeerCertificate | undefined) => string,
): ServerInterceptor {
  const words = new WeakMap<object, string>();
  const told = (call: CallInside): string => {
    const connection = call.stream?.session;
    const known = connection && words.get(connection);
    if (known !== undefined) return known;
    const word = wordOf(certificateOf(call));
    if (connection) words.set(connection, word);
    return word;
  };
  return (_method, call) =>
    new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, receive) => {
            metadata.set(key, told(call));
            receive(metadata);
          },
        }),
    });
}
