// what counts as an answer. The partner is made by hand, and answers as a test tells it.
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { MessageDirection, MessageOutcome, PartnerMessage, SignedMessage } from '#contracts';
import { HandMade, Platform, advert, partnerParticipant, supplyOf } from './platforms.js';

const minute = 60_000;

let here: Platform;
let tianfu: HandMade;
let server: Server;
/** What it answers to a reserve. */
let answer: (reservationId: string) => Partial<PartnerMessage>;
beforeEach(async () => {
  here = await Platform.open('Shuitu');
  tianfu = new HandMade('Tianfu', here);
  server = new Server();
  await here.register(tianfu, await listening());
  await here.exchange.advance();
  await tianfu.say(advert(1, true, [supplyOf('a')]));
  await here.exchange.advance();
});
afterEach(async () => {
  await here?.stop();
  server?.forceShutdown();
});

const listening = (): Promise<number> => {
  const [encode, decode] = [
    (one: SignedMessage) => Buffer.from(SignedMessage.encode(one).finish()),
    (bytes: Buffer) => SignedMessage.decode(bytes),
  ];
  const tell = {
    ...{ path: '/exchange.interconnect.v1.PartnerPlatform/Tell', requestStream: false, responseStream: false },
    ...{ requestSerialize: encode, requestDeserialize: decode, responseSerialize: encode, responseDeserialize: decode },
  };
  server.addService(
    { tell },
    { tell: ({ request }: { request: SignedMessage }, done: (error: null, said: SignedMessage) => void) => done(null, heard(request)) },
  );
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error ? reject(error) : resolve(port)));
  });
};

function heard(signed: SignedMessage): SignedMessage {
  const { id, hello, advertise, reserve, commit } = PartnerMessage.decode(signed.message);
  const body = {
    ...(hello && greeting()),
    ...(advertise && { advertiseAnswer: { heardSerial: advertise.serial, wantsFull: false, refused: [] } }),
    ...(reserve && answer(reserve.reservationId)),
    ...(commit && { commitAnswer: { reservationId: commit.reservationId, leases: [{ leaseId: 1, units: 16 }], amount: 153_600_000n } }),
  };
  return tianfu.signed(tianfu.message({ ...body, validUntil: 0, answers: id }));
}

const greeting = (): Partial<PartnerMessage> => ({
  helloAnswer: { ...tianfu.hello().hello!, capabilities: ['advertise', 'reserve', 'commit', 'cancel'] },
});
const reserved = (reservationId: string): Partial<PartnerMessage> => ({
  reserveAnswer: { reservationId, until: here.exchange.now() + minute, amount: 153_600_000n },
});
const waiting = async () => {
  const { messages } = await here.partners.listPartnerMessages({
    direction: MessageDirection.SAID,
    outcome: MessageOutcome.UNANSWERED,
  });
  return messages.map(({ lastFailure }) => lastFailure);
};

it.each<[string, () => Partial<PartnerMessage>]>([
  ['of another kind', greeting],
  ['of another reservation', () => reserved('reservation-9')],
  ['without a body', () => ({})],
])('an answer %s is none: the piece waits, and goes on by the right one', async (_name, wrong) => {
  answer = wrong;
  await here.market.take(500, 16, { platformId: partnerParticipant });
  await here.exchange.advance();
  expect(await waiting()).toEqual([expect.stringMatching(/^answer_must_answer_the_message: its body /)]);
  expect(here.market.decided).toEqual([]);
  answer = reserved;
  await here.exchange.advance(minute);
  expect(await waiting()).toEqual([]);
  expect(here.market.decided).toMatchObject([{ tradeId: 500, made: true }]);
});
