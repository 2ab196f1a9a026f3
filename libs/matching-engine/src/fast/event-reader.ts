import type { Event } from '../event.js';
import { rejections } from '../rejection.js';
import type { Rejection } from '../rejection.js';
import { cancelReasons, commandKinds, cutReasons, eventKinds, haltReasons, reservationEnds } from './event-kinds.js';
import { readTerms } from './terms-words.js';

/** Reads back what an EventBuffer wrote, one event after another. */
export class Reader {
  constructor(
    private readonly words: Float64Array,
    public at: number,
  ) {}

  private next(): number {
    return this.words[this.at++]!;
  }

  private flag(): boolean {
    return this.next() === 1;
  }

  private rejection(): Rejection {
    return rejections[this.next()]!;
  }

  private nodes(): { node: number; units: number }[] {
    return Array.from({ length: this.next() }, () => ({ node: this.next(), units: this.next() }));
  }

  event(): Event {
    const kind = eventKinds[this.next()]!;
    switch (kind) {
      case 'LeaseEnded':
        return { kind, tradeNumber: this.next(), due: this.next() };
      case 'OrderExpired':
        return { kind, orderId: this.next(), participantId: this.next(), isBid: this.flag(), due: this.next() };
      case 'Applied':
        return { kind, command: commandKinds[this.next()]! };
      case 'CommandRefused':
        return { kind, command: commandKinds[this.next()]!, rejection: this.rejection() };
      case 'OrderAccepted':
        return { kind, orderId: this.next(), participantId: this.next(), isBid: this.flag(), repeated: this.flag() };
      case 'OrderRefused':
        return {
          kind,
          orderId: this.next(),
          participantId: this.next(),
          isBid: this.flag(),
          rejection: this.rejection(),
          repeated: this.flag(),
        };
      case 'OrderAmended':
        return { kind, orderId: this.next(), participantId: this.next(), isBid: this.flag(), keepsTime: this.flag() };
      case 'ChangeRefused':
        return { kind, orderId: this.next(), participantId: this.next(), rejection: this.rejection() };
      case 'BuyingPowerRaised':
        return { kind, participantId: this.next(), number: this.next(), buyingPower: this.next() };
      case 'SliceTaken':
        return { kind, participantId: this.next(), amount: this.next(), buyingPower: this.next() };
      case 'BuyingPowerLowered':
        return this.lowered();
      case 'TradeReleased':
        return { kind, tradeNumber: this.next(), participantId: this.next(), cost: this.next(), freed: this.next() };
      case 'LeaseLost': {
        const [tradeNumber, units, from, unheld] = [this.next(), this.next(), this.next(), this.next()];
        return { kind, tradeNumber, nodes: this.nodes(), units, from, unheld };
      }
      case 'TradeMade':
        return this.made();
      case 'PieceReserved':
        return this.reserved();
      case 'ReservationEnded':
        return { kind, reservation: this.next(), reason: reservationEnds[this.next()]!, due: this.next() };
      case 'LeaseCutShort':
        return {
          kind,
          tradeNumber: this.next(),
          units: this.next(),
          from: this.next(),
          reason: cutReasons[this.next()]!,
          unheld: this.next(),
        };
      case 'OrderFilled':
        return { kind, orderId: this.next(), participantId: this.next() };
      case 'OrderRested':
        return { kind, orderId: this.next(), participantId: this.next(), isBid: this.flag(), rest: this.next() };
      case 'OrderCancelled':
        return { kind, orderId: this.next(), participantId: this.next(), isBid: this.flag(), reason: cancelReasons[this.next()]! };
      case 'BookHalted':
        return {
          kind,
          bookId: this.next(),
          reason: haltReasons[this.next()]!,
          price: this.next(),
          referencePrice: this.next(),
        };
      case 'BookReopened':
        return { kind, bookId: this.next() };
      case 'LeaseReclaimed':
        return {
          kind,
          tradeNumber: this.next(),
          units: this.next(),
          from: this.next(),
          unheld: this.next(),
          byOrderId: this.next(),
        };
      case 'LeaseResold':
        return { kind, tradeNumber: this.next(), byTradeNumber: this.next(), deliveredById: this.next() };
      case 'StandbyMade':
        return { kind, tradeNumber: this.next() };
      case 'LeaseExtended':
        return { kind, tradeNumber: this.next(), byTradeNumber: this.next() };
      case 'ProceedsShared':
        return { kind, tradeNumber: this.next(), byTradeNumber: this.next(), participantId: this.next(), amount: this.next() };
      case 'BidContinued': {
        const [orderId, parentId, tradeNumber, participantId, rest] = [this.next(), this.next(), this.next(), this.next(), this.next()];
        return { kind, orderId, parentId, tradeNumber, participantId, terms: readTerms(() => this.next()), rest };
      }
    }
  }

  private lowered(): Event {
    const [participantId, amount, accepted, buyingPower] = [this.next(), this.next(), this.flag(), this.next()];
    const requestId = String.fromCharCode(...Array.from({ length: this.next() }, () => this.next()));
    return { kind: 'BuyingPowerLowered', participantId, requestId, amount, accepted, buyingPower };
  }

  private reserved(): Event {
    const next = (): number => this.next();
    const [tradeNumber, bidId, offerId, buyerId, providerId, bookId, poolId] = [next(), next(), next(), next(), next(), next(), next()];
    const [siteId, region, units, counted, from, to, price] = [next(), next(), next(), next(), next(), next(), next()];
    const [computeAmount, transferAmount, reservation, pieces, platform] = [next(), next(), next(), next(), next()];
    const [until, linkOwnerId, bidWasFirst] = [next(), next(), this.flag()];
    const nodes = this.nodes();
    return {
      kind: 'PieceReserved',
      tradeNumber,
      reservation,
      pieces,
      platform,
      until,
      bidId,
      offerId,
      buyerId,
      providerId,
      bookId,
      poolId,
      siteId,
      region,
      nodes,
      units,
      counted,
      from,
      to,
      price,
      computeAmount,
      transferAmount,
      linkOwnerId,
      bidWasFirst,
    };
  }

  private made(): Event {
    const next = (): number => this.next();
    const [tradeNumber, bidId, offerId, buyerId, providerId, bookId, poolId] = [next(), next(), next(), next(), next(), next(), next()];
    const [siteId, region, units, counted, from, to, price] = [next(), next(), next(), next(), next(), next(), next()];
    const [computeAmount, transferAmount, subsidy, linkOwnerId, bidWasFirst] = [next(), next(), next(), next(), this.flag()];
    const [replaces, owedAmount] = [next(), next()];
    const nodes = this.nodes();
    return {
      kind: 'TradeMade',
      tradeNumber,
      bidId,
      offerId,
      buyerId,
      providerId,
      bookId,
      poolId,
      siteId,
      region,
      nodes,
      units,
      counted,
      from,
      to,
      price,
      computeAmount,
      transferAmount,
      subsidy,
      linkOwnerId,
      bidWasFirst,
      replaces,
      owedAmount,
    };
  }
}
