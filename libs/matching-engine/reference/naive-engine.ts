import { slotsPerDay } from '#domain';
import type { BookId, OrderId, ParticipantId, Slot, Time } from '#domain';
import type { Command } from '../src/command.js';
import type { BuyingPower, CreateEngine, Depth, IndexPrice, MatchingEngine, Quote, QuotedBid, RestoreEngine } from '../src/engine.js';
import type { Event } from '../src/event.js';
import type { Explanation } from '../src/explanation.js';
import type { OnSale } from '../src/on-sale.js';
import type { Rejection } from '../src/rejection.js';
import { restsOfAShard } from '../src/rest.js';
import type { Snapshot } from '../src/snapshot.js';
import { curtailSite } from './curtailing.js';
import { depthOf } from './depth.js';
import { explain } from './explain.js';
import {
  defineBook,
  drainChanged,
  nodeHealthChanged,
  poolHealthChanged,
  rulesVersion,
  setLink,
  overdueChanged,
  setParticipant,
  setPool,
  setSite,
} from './facts.js';
import { endSessions, haltBook, reopenBook, startMarket, stopMarket } from './halts.js';
import { indexOf } from './index-price.js';
import { failLease } from './losses.js';
import { Market } from './market.js';
import { lowerBuyingPower, raiseBuyingPower, settleTrade, takeSlice } from './money.js';
import { onSaleOf } from './on-sale.js';
import { amendBid, amendOffer, cancelAll, cancelOrder, submitBid, submitOffer } from './orders.js';
import { endLease, extendLease, resellLease, withdrawResales } from './own-leases.js';
import { passTime } from './passing.js';
import { quote } from './quote.js';
import { loseRemote } from './remote-losses.js';
import { decideReservation } from './reservations.js';
import { Run } from './run.js';
import { hashOf, marketOf, snapshotOf } from './snapshot.js';
import { pass } from './trading.js';

const horizonOf90Days = 90 * slotsPerDay;

/** The rules in the plainest code: the judge of every other engine. */
export const createNaiveEngine: CreateEngine = ({ horizonSlots = horizonOf90Days, shard = 0 } = {}) => {
  const market = new Market(horizonSlots);
  market.lastRest = shard * restsOfAShard;
  return new NaiveEngine(market);
};

export const restoreNaiveEngine: RestoreEngine = (snapshot) => new NaiveEngine(marketOf(snapshot));

class NaiveEngine implements MatchingEngine {
  constructor(private readonly market: Market) {}

  /** what fell due; the command with its answer, its own matching and what becomes of it; the passes. */
  apply(command: Command): Event[] {
    const run = new Run(this.market);
    const outOfOrder = this.outOfOrder(command);
    if (outOfOrder) return [{ kind: 'CommandRefused', command: command.kind, rejection: outOfOrder }];
    this.market.sequence = command.sequence;
    passTime(run, command.time);
    dispatch(run, command);
    withdrawResales(run);
    pass(run);
    return run.events;
  }

  knows(orderId: OrderId): boolean {
    return this.market.remembered.has(orderId);
  }

  quote(bid: QuotedBid, time: Time): Quote {
    return quote(this.market, bid, time);
  }

  explain(orderId: OrderId): Explanation | null {
    return explain(this.market, orderId);
  }

  depth(bookId: BookId, from: Slot, to: Slot): Depth {
    return depthOf(this.market, bookId, from, to);
  }

  onSale(bookId: BookId, from: Slot, to: Slot): OnSale[] {
    return onSaleOf(this.market, bookId, from, to);
  }

  index(bookId: BookId): IndexPrice[] {
    return indexOf(this.market, bookId);
  }

  buyingPower(participantId: ParticipantId): BuyingPower | null {
    const account = this.market.accounts.get(participantId);
    return account ? { total: account.total, reserved: account.reserved, raises: account.raises } : null;
  }

  snapshot(): Snapshot {
    return snapshotOf(this.market);
  }

  snapshotSteps(): Generator<undefined, Snapshot, undefined> {
    const whole = this.snapshot();
    return (function* () {
      yield;
      return whole;
    })();
  }

  stateHash(): string {
    return hashOf(this.market);
  }

  private outOfOrder({ sequence, time }: Command): Rejection | null {
    if (!Number.isSafeInteger(sequence) || sequence <= this.market.sequence) return 'sequence_must_grow';
    return Number.isSafeInteger(time) && time >= this.market.time ? null : 'time_must_not_go_back';
  }
}

function dispatch(run: Run, command: Command): void {
  switch (command.kind) {
    case 'SubmitBid':
      return submitBid(run, command);
    case 'SubmitOffer':
      return submitOffer(run, command);
    case 'AmendBid':
      return amendBid(run, command);
    case 'AmendOffer':
      return amendOffer(run, command);
    case 'CancelOrder':
      return cancelOrder(run, command);
    case 'CancelAll':
      return cancelAll(run, command);
    case 'FailLease':
      return failLease(run, command);
    case 'AdvanceTime':
      return run.emit({ kind: 'Applied', command: command.kind });
    case 'RulesVersion':
      return rulesVersion(run, command);
    case 'RaiseBuyingPower':
      return raiseBuyingPower(run, command);
    case 'LowerBuyingPower':
      return lowerBuyingPower(run, command);
    case 'TakeSlice':
      return takeSlice(run, command);
    case 'SettleTrade':
      return settleTrade(run, command);
    case 'SetParticipant':
      return setParticipant(run, command);
    case 'OverdueChanged':
      return overdueChanged(run, command);
    case 'SetSite':
      return setSite(run, command);
    case 'SetPool':
      return setPool(run, command);
    case 'SetLink':
      return setLink(run, command);
    case 'DefineBook':
      return defineBook(run, command);
    case 'PoolHealthChanged':
      return poolHealthChanged(run, command);
    case 'NodeHealthChanged':
      return nodeHealthChanged(run, command);
    case 'DrainChanged':
      return drainChanged(run, command);
    case 'HaltBook':
      return haltBook(run, command);
    case 'ReopenBook':
      return reopenBook(run, command);
    case 'StopMarket':
      return stopMarket(run, command);
    case 'StartMarket':
      return startMarket(run, command);
    case 'ResellLease':
      return resellLease(run, command);
    case 'ExtendLease':
      return extendLease(run, command);
    case 'EndLease':
      return endLease(run, command);
    case 'CurtailSite':
      return curtailSite(run, command);
    case 'EndSessions':
      return endSessions(run, command);
    case 'DecideReservation':
      return decideReservation(run, command);
    case 'RemoteLeasesLost':
      return loseRemote(run, command);
  }
}
