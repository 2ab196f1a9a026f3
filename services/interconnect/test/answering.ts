// A partner made by hand that answers what it is told as a test says.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { PartnerMessage, SignedMessage } from '#contracts';
import type { HandMade } from './platforms.js';

export interface Answering {
  readonly port: number;
  readonly stop: () => void;
}

/** @param by asked at the first message; its answer may be none, as if it were away */
export function answering(
  by: () => HandMade,
  answer: (message: PartnerMessage) => Partial<PartnerMessage> | undefined,
  credentials: ServerCredentials = ServerCredentials.createInsecure(),
): Promise<Answering> {
  const server = new Server();
  const [encode, decode] = [
    (one: SignedMessage) => Buffer.from(SignedMessage.encode(one).finish()),
    (bytes: Buffer) => SignedMessage.decode(bytes),
  ];
  const tell = {
    ...{ path: '/exchange.interconnect.v1.PartnerPlatform/Tell', requestStream: false, responseStream: false },
    ...{ requestSerialize: encode, requestDeserialize: decode, responseSerialize: encode, responseDeserialize: decode },
  };
  const heard = ({ request }: { request: SignedMessage }, done: (error: Error | null, said?: SignedMessage) => void): void => {
    const message = PartnerMessage.decode(request.message);
    const body = answer(message);
    if (!body) return done(new Error('it is away'));
    done(null, by().signed(by().message({ ...body, validUntil: 0, answers: message.id })));
  };
  server.addService({ tell }, { tell: heard });
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', credentials, (error, port) =>
      error ? reject(error) : resolve({ port, stop: () => server.forceShutdown() }),
    );
  });
}
