// A partner's key that was lost and ended signs nothing any more, whatever time its finder writes on it.
import { type Server, createServer } from 'nice-grpc';
import {
  MessageDirection,
  MessageKind,
  MessageOutcome,
  PartnerMessage,
  PartnerPlatformDefinition,
  type SignedMessage,
  SupplyDefinition,
} from '#contracts';
import { HandMade, Platform, supplyOf } from './platforms.js';

const minute = 60_000;

let shuitu: Platform;
let tianfu: HandMade;
let server: Server;
/** By what Tianfu's answers say, they are signed so long before now. */
let backdatedMs = 0;
beforeAll(async () => {
  shuitu = await Platform.open('Shuitu');
  tianfu = new HandMade('Tianfu', shuitu);
  server = createServer();
  server.add(PartnerPlatformDefinition as never, { tell: (signed: SignedMessage) => Promise.resolve(answerTo(signed)) } as never);
  await shuitu.register(tianfu, await server.listen('127.0.0.1:0'));
  await shuitu.exchange.advance();
});
afterAll(async () => {
  await server?.shutdown();
  await shuitu?.stop();
});

function answerTo({ message }: SignedMessage): SignedMessage {
  const { id, hello, advertise } = PartnerMessage.decode(message);
  const greeting = hello && { ...hello, capabilities: ['advertise'], saidSerial: 0, heardSerial: 0 };
  const heard = advertise && { heardSerial: advertise.serial, wantsFull: false, refused: [] };
  return tianfu.signed(tianfu.message({ answers: id, helloAnswer: greeting, advertiseAnswer: heard }), {
    saidAt: shuitu.exchange.now() - backdatedMs,
  });
}

const offer = async (advertId: string) => {
  await shuitu.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf(advertId) });
  await shuitu.exchange.advance();
};
const unanswered = async () => {
  const { messages } = await shuitu.partners.listPartnerMessages({
    ...{ direction: MessageDirection.SAID, kind: MessageKind.ADVERTISE, outcome: MessageOutcome.UNANSWERED },
  });
  return messages.map(({ lastFailure }) => lastFailure.split(':')[0]);
};

it('an answer that is signed before its question was made is none', async () => {
  await offer('a');
  expect(await unanswered()).toEqual([]);
  const [key] = (await shuitu.partners.getPartner({ platform: 'Tianfu' })).keys;
  await shuitu.partners.endPartnerKey({ platform: 'Tianfu', keyId: key!.keyId, reason: 'lost' });
  await shuitu.exchange.advance(6 * minute);
  backdatedMs = 6 * minute + 1;
  await offer('b');
  expect(await unanswered()).toEqual(['answer_must_not_be_older_than_the_message']);
  backdatedMs = 0;
  await shuitu.exchange.advance(minute);
  expect(await unanswered()).toEqual(['answer_must_be_signed_by_the_partner']);
});
