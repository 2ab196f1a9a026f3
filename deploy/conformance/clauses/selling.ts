// The other side as a buyer: a bid there takes what is advertised here, and what is lost or lied on the way is asked for again.
import { type PartnerMessage, PartnerMessage as Message } from '#contracts';
import { firstSellableSlot, formatYuan, shanghaiDay, startOfSlot } from '#domain';
import { validate } from '#platform';
import type { Came, Fault } from '../listener.js';
import { amountOf, isSame } from '../seller.js';
import { type Clause, NotTried, type Stage, must } from '../stage.js';
import { advertise, supplyOf } from './advertising.js';

const cheap = 'conformance-cheap';
const dear = 'conformance-dear';
/** What of the answers to a reserve, and to a commit, is lost or no answer, before one is. */
const reserveFaults: readonly Fault[] = ['answer_lost', 'signature_wrong', 'answers_another'];
const commitFaults: readonly Fault[] = ['request_lost', 'key_unknown', 'answer_lost'];

const advertOf = (message: PartnerMessage): string | undefined => message.reserve?.terms?.advertId ?? message.commit?.terms?.advertId;
const ofDear = (message: PartnerMessage): boolean => advertOf(message) === dear;

/** The first that had an answer by which it may go on. */
const answered = (came: readonly Came[]): Came | undefined => came.find(({ fault, broken }) => fault === undefined && broken === undefined);

function reserveOf(stage: Stage, advertId: string): Came | undefined {
  return answered(stage.came('reserve').filter(({ message }) => advertOf(message) === advertId));
}

/** @throws NotTried where it did not come to that */
export function soldTo(stage: Stage) {
  if (!stage.sold) throw new NotTried('nothing was sold to it (sell.commit)');
  return stage.sold;
}

/** Of what was lost on the way: the same bytes, each time signed anew, and not begun under another id. */
function mustBeSaidAgain(all: readonly Came[], faults: readonly Fault[]): void {
  const [first, ...again] = all as [Came, ...Came[]];
  must(again.length >= faults.length, `it came ${all.length} times, and ${faults.length} of its answers were none`);
  for (const [at, { signed }] of again.entries()) {
    must(Buffer.from(signed.message).equals(first.signed.message), 'what was said again has other bytes than at first');
    must(signed.saidAt > all[at]!.signed.saidAt, 'what was said again has no new said_at');
  }
}

function mustBeOfAdvert(stage: Stage, message: PartnerMessage, advertId: string): void {
  const { terms, holdMs } = message.reserve!;
  const advert = stage.seller.adverts.get(advertId)!;
  for (const kind of ['computeClass', 'model', 'unit', 'zone', 'region'] as const)
    must(terms![kind] === advert[kind], `${kind} of its terms is ${terms![kind]}; the advert's is ${advert[kind]}`);
  must(terms!.price >= advert.price, `its price is ${terms!.price}; the advert's is ${advert.price}`);
  must(terms!.units % (terms!.perNode || 1) === 0, `its units, ${terms!.units}, are no multiple of per_node, ${terms!.perNode}`);
  const { window } = terms!;
  must(window!.from >= advert.window!.from && window!.to <= advert.window!.to, 'its window lies beyond the advert’s');
  must(holdMs >= 1_000, `its hold_ms is ${holdMs}`);
}

export const selling: readonly Clause[] = [
  {
    clause: 'sell.reserve',
    name: 'a bid that nothing there fills as cheaply is asked for here, by the terms of the cheapest advert',
    run: async (stage) => {
      const { price } = stage.offer;
      const first = firstSellableSlot(stage.now) + 1;
      const window = { from: first, to: first + 1 };
      const all = [supplyOf(stage, cheap, { window }), supplyOf(stage, dear, { window, price: price + 10_000 })];
      for (const one of all) stage.seller.adverts.set(one.advertId, one);
      stage.seller.soldOut.add(cheap);
      stage.listener.fail('reserve', reserveFaults, ofDear);
      stage.listener.fail('commit', commitFaults, ofDear);
      await advertise(stage, true, all);
      const { model } = stage.offer;
      const [from, to] = [startOfSlot(window.from), startOfSlot(window.to)].map((time) => new Date(time).toISOString());
      const limit = formatYuan(BigInt(price + 10_000));
      stage.around.ask(
        `Now place a bid for 8 cards of ${model} (INTELLIGENT, CARD, FIRM), 8 on a node, for all of ${from} to ${to}, at ${limit} yuan or more`,
      );
      const { message } = await stage.untilThere('no bid came of what is advertised here', () => reserveOf(stage, cheap));
      mustBeOfAdvert(stage, message, cheap);
    },
  },
  {
    clause: 'sell.next_best',
    name: 'refused for want of supply the bid takes the next best advert, by another reservation',
    run: async (stage) => {
      const first = reserveOf(stage, cheap);
      if (!first) throw new NotTried('nothing was asked for (sell.reserve)');
      const { message } = await stage.until('it has not asked for the next best advert until it had an answer', () =>
        reserveOf(stage, dear),
      );
      mustBeOfAdvert(stage, message, dear);
      must(message.reserve!.reservationId !== first.message.reserve!.reservationId, 'both have the same reservation_id');
    },
  },
  {
    clause: 'sell.said_again',
    name: 'a reserve whose answer is lost, wrongly signed or of another message is said again: the same bytes, signed anew',
    run: async (stage) => {
      const reserved = reserveOf(stage, dear);
      if (!reserved) throw new NotTried('nothing was reserved (sell.next_best)');
      const all = stage.came('reserve').filter(({ message }) => ofDear(message));
      mustBeSaidAgain(all, reserveFaults);
      const { came } = stage.listener;
      const committed = came.findIndex(({ message }) => message.commit && ofDear(message));
      must(
        committed < 0 || committed > came.indexOf(reserved),
        'it said commit before its reserve had an answer: it took what is none for one',
      );
    },
  },
  {
    clause: 'sell.commit',
    name: 'what is reserved is committed by the same terms, said again until there is an answer',
    run: async (stage) => {
      const reserve = reserveOf(stage, dear)?.message.reserve;
      if (!reserve) throw new NotTried('nothing was reserved (sell.next_best)');
      const { reservationId, terms } = reserve;
      const ofIt = () => stage.came('commit').filter(({ message }) => message.commit!.reservationId === reservationId);
      const { message } = await stage.until('it has not committed what it reserved until it had an answer', () => answered(ofIt()));
      must(isSame(message.commit!.terms!, terms!), `its terms are not those reserved: ${JSON.stringify(message.commit!.terms)}`);
      mustBeSaidAgain(ofIt(), commitFaults);
      const { leaseId } = stage.seller.held.get(reservationId)!;
      const { units, window } = terms!;
      stage.sold = { reservationId, leaseId, units, window: window!, amount: amountOf(terms!) };
      stage.books.keep(shanghaiDay(window!.to - 1), true, reservationId, amountOf(terms!));
    },
  },
  {
    clause: 'sell.refused',
    name: 'what was refused is not committed',
    run: async (stage) => {
      soldTo(stage);
      const refused = reserveOf(stage, cheap)!.message.reserve!.reservationId;
      must(!stage.came('commit').some(({ message }) => message.commit!.reservationId === refused), 'it was');
    },
  },
  {
    clause: 'say.whole',
    name: 'whatever it said by itself is rightly signed, has a time until which it is good, and keeps the contract; no id was used twice',
    run: async (stage) => {
      const first = new Map<string, Buffer>();
      if (!stage.listener.came.length) throw new NotTried('it has said nothing');
      for (const { kind, message, signed, broken } of stage.listener.came) {
        const what = `${kind ?? 'a message of no kind'} ${message.id}`;
        must(broken === undefined, `${what}: ${broken}`);
        must(message.validUntil > message.madeAt, `${what} has no valid_until after its made_at`);
        const [violation] = validate(Message.$type, message);
        must(!violation, `${what}: ${violation?.rule} ${violation?.field}`);
        const bytes = Buffer.from(signed.message);
        must(first.getOrInsert(message.id, bytes).equals(bytes), `${what} came with other bytes under the same id`);
      }
    },
  },
];
