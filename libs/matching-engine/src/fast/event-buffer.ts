import type { Event } from '../event.js';
import type { BidTerms, CommandKind } from '../command.js';
import { rejections } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { commandKinds, eventKinds } from './event-kinds.js';
import { Reader } from './event-reader.js';
import { writeTerms } from './terms-words.js';

const numbers = <T extends string>(list: readonly T[]): ReadonlyMap<string, number> => new Map(list.map((each, i) => [each, i]));
const rejectionNumbers = numbers(rejections);
const commandNumbers = numbers(commandKinds);
const K = Object.fromEntries(eventKinds.map((kind, i) => [kind, i])) as Record<Event['kind'], number>;
const [ENDED, EXPIRED, APPLIED, REFUSED, ACCEPTED] = [K.LeaseEnded, K.OrderExpired, K.Applied, K.CommandRefused, K.OrderAccepted];
const [ORDER_REFUSED, AMENDED, CHANGE_REFUSED, RAISED] = [K.OrderRefused, K.OrderAmended, K.ChangeRefused, K.BuyingPowerRaised];
const [LOWERED, RELEASED, LOST, MADE, CUT] = [K.BuyingPowerLowered, K.TradeReleased, K.LeaseLost, K.TradeMade, K.LeaseCutShort];
const [FILLED, RESTED, CANCELLED] = [K.OrderFilled, K.OrderRested, K.OrderCancelled];
const [HALTED, REOPENED] = [K.BookHalted, K.BookReopened];
const [RECLAIMED, CONTINUED] = [K.LeaseReclaimed, K.BidContinued];
const TAKEN = K.SliceTaken;
const [RESERVED, RESERVATION_ENDED] = [K.PieceReserved, K.ReservationEnded];
const [RESOLD, EXTENDED, SHARED, STANDBY] = [K.LeaseResold, K.LeaseExtended, K.ProceedsShared, K.StandbyMade];

/**
 * Events as numbers, one after another in a preallocated array that only ever grows: the kind, then the event's fields in the order of their type; lists by their length
 * and items. Every number an event may hold is a double, so nothing is lost. `decode` reads them back.
 */
export class EventBuffer {
  words = new Float64Array(4096);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  private room(words: number): void {
    if (this.length + words <= this.words.length) return;
    const larger = new Float64Array(2 * (this.length + words));
    larger.set(this.words);
    this.words = larger;
  }

  push(word: number): void {
    this.words[this.length++] = word;
  }

  private begin(kind: number, fields: number): void {
    this.room(fields + 1);
    this.push(kind);
  }

  private write2(kind: number, a: number, b: number): void {
    this.room(3);
    const { words, length } = this;
    words[length] = kind;
    words[length + 1] = a;
    words[length + 2] = b;
    this.length = length + 3;
  }

  private write4(kind: number, a: number, b: number, c: number, d: number): void {
    this.room(5);
    const { words, length } = this;
    words[length] = kind;
    words[length + 1] = a;
    words[length + 2] = b;
    words[length + 3] = c;
    words[length + 4] = d;
    this.length = length + 5;
  }

  leaseEnded(tradeNumber: number, due: number): void {
    this.write2(ENDED, tradeNumber, due);
  }

  orderExpired(orderId: number, participantId: number, isBid: boolean, due: number): void {
    this.begin(EXPIRED, 4);
    this.push(orderId);
    this.push(participantId);
    this.push(isBid ? 1 : 0);
    this.push(due);
  }

  applied(command: CommandKind): void {
    this.begin(APPLIED, 1);
    this.push(commandNumbers.get(command)!);
  }

  commandRefused(command: CommandKind, rejection: Rejection): void {
    this.begin(REFUSED, 2);
    this.push(commandNumbers.get(command)!);
    this.push(rejectionNumbers.get(rejection)!);
  }

  orderAccepted(orderId: number, participantId: number, isBid: boolean, repeated: boolean): void {
    this.write4(ACCEPTED, orderId, participantId, isBid ? 1 : 0, repeated ? 1 : 0);
  }

  orderRefused(orderId: number, participantId: number, isBid: boolean, rejection: Rejection, repeated: boolean): void {
    this.begin(ORDER_REFUSED, 5);
    this.push(orderId);
    this.push(participantId);
    this.push(isBid ? 1 : 0);
    this.push(rejectionNumbers.get(rejection)!);
    this.push(repeated ? 1 : 0);
  }

  orderAmended(orderId: number, participantId: number, isBid: boolean, keepsTime: boolean): void {
    this.write4(AMENDED, orderId, participantId, isBid ? 1 : 0, keepsTime ? 1 : 0);
  }

  changeRefused(orderId: number, participantId: number, rejection: Rejection): void {
    this.begin(CHANGE_REFUSED, 3);
    this.push(orderId);
    this.push(participantId);
    this.push(rejectionNumbers.get(rejection)!);
  }

  buyingPowerRaised(participantId: number, number: number, buyingPower: number): void {
    this.begin(RAISED, 3);
    this.push(participantId);
    this.push(number);
    this.push(buyingPower);
  }

  buyingPowerLowered(participantId: number, requestId: string, amount: number, accepted: boolean, buyingPower: number): void {
    this.begin(LOWERED, 5 + requestId.length);
    this.push(participantId);
    this.push(amount);
    this.push(accepted ? 1 : 0);
    this.push(buyingPower);
    this.push(requestId.length);
    for (let i = 0; i < requestId.length; i++) this.push(requestId.charCodeAt(i));
  }

  sliceTaken(participantId: number, amount: number, buyingPower: number): void {
    this.begin(TAKEN, 3);
    this.push(participantId);
    this.push(amount);
    this.push(buyingPower);
  }

  tradeReleased(tradeNumber: number, participantId: number, cost: number, freed: number): void {
    this.begin(RELEASED, 4);
    this.push(tradeNumber);
    this.push(participantId);
    this.push(cost);
    this.push(freed);
  }

  /** The nodes follow: see `nodes`. */
  leaseLost(tradeNumber: number, units: number, from: number, unheld: number): void {
    this.begin(LOST, 4);
    this.push(tradeNumber);
    this.push(units);
    this.push(from);
    this.push(unheld);
  }

  /** Answers where the other 21 fields are to be written, in the order in which `decode` reads them, and behind their count the nodes. */
  tradeMade(nodes: number): number {
    this.room(23 + 2 * nodes);
    const { words, length } = this;
    words[length] = MADE;
    words[length + 22] = nodes;
    this.length = length + 23 + 2 * nodes;
    return length + 1;
  }

  /** The same for its 22 fields. */
  pieceReserved(nodes: number): number {
    this.room(24 + 2 * nodes);
    const { words, length } = this;
    words[length] = RESERVED;
    words[length + 23] = nodes;
    this.length = length + 24 + 2 * nodes;
    return length + 1;
  }

  /** Reasons are places in reservationEnds. */
  reservationEnded(reservation: number, reason: number, due: number): void {
    this.begin(RESERVATION_ENDED, 3);
    this.push(reservation);
    this.push(reason);
    this.push(due);
  }

  /** Ends a LeaseLost. */
  nodes(pairs: Int32Array, at: number, count: number): void {
    this.room(1 + 2 * count);
    this.push(count);
    for (let i = at; i < at + 2 * count; i++) this.push(pairs[i]!);
  }

  /** Answers where `unheld` and the rest stand, so that a list may be held back; reasons are places in cutReasons. */
  leaseCutShort(tradeNumber: number, units: number, from: number, reason: number, unheld: number): void {
    this.begin(CUT, 5);
    this.push(tradeNumber);
    this.push(units);
    this.push(from);
    this.push(reason);
    this.push(unheld);
  }

  orderFilled(orderId: number, participantId: number): void {
    this.write2(FILLED, orderId, participantId);
  }

  orderRested(orderId: number, participantId: number, isBid: boolean, rest: number): void {
    this.write4(RESTED, orderId, participantId, isBid ? 1 : 0, rest);
  }

  /** Reasons are places in cancelReasons. */
  orderCancelled(orderId: number, participantId: number, isBid: boolean, reason: number): void {
    this.write4(CANCELLED, orderId, participantId, isBid ? 1 : 0, reason);
  }

  /** Reasons are places in haltReasons. */
  bookHalted(bookId: number, reason: number, price: number, referencePrice: number): void {
    this.begin(HALTED, 4);
    this.push(bookId);
    this.push(reason);
    this.push(price);
    this.push(referencePrice);
  }

  bookReopened(bookId: number): void {
    this.begin(REOPENED, 1);
    this.push(bookId);
  }

  leaseReclaimed(tradeNumber: number, units: number, from: number, unheld: number, byOrderId: number): void {
    this.begin(RECLAIMED, 5);
    this.push(tradeNumber);
    this.push(units);
    this.push(from);
    this.push(unheld);
    this.push(byOrderId);
  }

  bidContinued(orderId: number, parentId: number, tradeNumber: number, participantId: number, rest: number, terms: BidTerms): void {
    this.begin(CONTINUED, 5);
    this.push(orderId);
    this.push(parentId);
    this.push(tradeNumber);
    this.push(participantId);
    this.push(rest);
    writeTerms((word) => {
      this.room(1);
      this.push(word);
    }, terms);
  }

  leaseResold(tradeNumber: number, byTradeNumber: number, deliveredById: number): void {
    this.begin(RESOLD, 3);
    this.push(tradeNumber);
    this.push(byTradeNumber);
    this.push(deliveredById);
  }

  standbyMade(tradeNumber: number): void {
    this.begin(STANDBY, 1);
    this.push(tradeNumber);
  }

  leaseExtended(tradeNumber: number, byTradeNumber: number): void {
    this.begin(EXTENDED, 2);
    this.push(tradeNumber);
    this.push(byTradeNumber);
  }

  proceedsShared(tradeNumber: number, byTradeNumber: number, participantId: number, amount: number): void {
    this.begin(SHARED, 4);
    this.push(tradeNumber);
    this.push(byTradeNumber);
    this.push(participantId);
    this.push(amount);
  }

  /** The events of the words from `start` on. */
  decode(start = 0): Event[] {
    const reader = new Reader(this.words, start);
    const events: Event[] = [];
    while (reader.at < this.length) events.push(reader.event());
    return events;
  }
}
