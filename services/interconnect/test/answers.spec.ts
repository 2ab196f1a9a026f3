// what counts as an answer. The partner is made by hand, and answers as a test tells it.
import { MessageDirection, MessageOutcome, PartnerMessage } from '#contracts';
import { type Answering, answering } from './answering.js';
import { HandMade, Platform, advert, partnerParticipant, supplyOf } from './platforms.js';

const minute = 60_000;

let here: Platform;
let tianfu: HandMade;
let server: Answering;
/** What it answers to a reserve. */
let answer: (reservationId: string) => Partial<PartnerMessage>;
beforeEach(async () => {
  here = await Platform.open('Shuitu');
  tianfu = new HandMade('Tianfu', here);
  server = await answering(() => tianfu, heard);
  await here.register(tianfu, server.port);
  await here.exchange.advance();
  await tianfu.say(advert(1, true, [supplyOf('a')]));
  await here.exchange.advance();
});
afterEach(async () => {
  await here?.stop();
  server?.stop();
});

const heard = ({ hello, advertise, reserve, commit }: PartnerMessage): Partial<PartnerMessage> => ({
  ...(hello && greeting()),
  ...(advertise && { advertiseAnswer: { heardSerial: advertise.serial, wantsFull: false, refused: [] } }),
  ...(reserve && answer(reserve.reservationId)),
  ...(commit && { commitAnswer: { reservationId: commit.reservationId, leases: [{ leaseId: 1, units: 16 }], amount: 153_600_000n } }),
});

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
