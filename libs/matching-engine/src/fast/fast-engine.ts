import { slotsPerDay } from '#domain';
import type { BookId, OrderId, ParticipantId, Slot, Time } from '#domain';
import type { Command, CommandKind } from '../command.js';
import type { BuyingPower, Depth, EngineOptions, IndexPrice, MatchingEngine, Quote, QuotedBid } from '../engine.js';
import type { Event } from '../event.js';
import type { Explanation } from '../explanation.js';
import type { OnSale } from '../on-sale.js';
import type { Rejection } from '../rejection.js';
import { restsOfAShard } from '../rest.js';
import type { Snapshot } from '../snapshot.js';
import { endSessions, haltBook, reopenBook, startMarket, stopMarket } from './control.js';
import { curtailSite } from './curtailing.js';
import { depthOf } from './depth.js';
import { EventBuffer } from './event-buffer.js';
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
import { hashOf } from './hash.js';
import { indexOf } from './index-price.js';
import { dropOver } from './keeping.js';
import { failLease } from './losses.js';
import { Market } from './market.js';
import { lowerBuyingPower, raiseBuyingPower, settleTrade, takeSlice } from './money.js';
import { Ahead } from './ahead.js';
import { amendBid, amendOffer } from './amending.js';
import { cancelAll, cancelOrder, submitBid, submitOffer } from './orders.js';
import { onSaleOf } from './on-sale.js';
import { endLease, extendLease, resellLease, withdrawResales } from './own-leases.js';
import { pass } from './pass.js';
import { passTime } from './passing.js';
import { quote } from './quote.js';
import { loseRemote } from './remote-losses.js';
import { marketOf } from './restore.js';
import { decideReservation } from './reservations.js';
import { Run } from './run.js';
import { snapshotOf, snapshotSteps } from './snapshot.js';

const horizonOf90Days = 90 * slotsPerDay;

/** An engine that also tells its events without making objects of them. */
export interface FastEngine extends MatchingEngine {
  /** As `apply`, but the events go to the end of the buffer; `decode` makes of them what `apply` answers. */
  applyTo(command: Command, events: EventBuffer): void;
  /** The same for commands one after another: they are applied as if each came alone, and faster. */
  applyAll(commands: readonly Command[], events: EventBuffer): void;
}

/** So many commands' orders are brought near at once. */
const touchedAhead = 64;

/** The rules over typed arrays: the same events and the same hash as the naive engine's, without work for the garbage collector. */
export const createFastEngine = ({
  horizonSlots = horizonOf90Days,
  orders = 64,
  shard = 0,
  ...options
}: EngineOptions = {}): FastEngine => {
  const market = new Market(horizonSlots, orders);
  market.lastRest = shard * restsOfAShard;
  return engineOf(market, options);
};

export const restoreFastEngine = (snapshot: Snapshot, options: Pick<EngineOptions, 'columnsAfter'> = {}): FastEngine =>
  engineOf(marketOf(snapshot), options);

function engineOf(market: Market, { columnsAfter }: Pick<EngineOptions, 'columnsAfter'>): FastEngine {
  market.columnsAfter = columnsAfter ?? market.columnsAfter;
  return new TypedArrayEngine(market);
}

class TypedArrayEngine implements FastEngine {
  private readonly run: Run;
  private readonly own = new EventBuffer();
  private readonly ahead: Ahead;

  constructor(private readonly market: Market) {
    this.run = new Run(market);
    this.ahead = new Ahead(market);
  }

  apply(command: Command): Event[] {
    this.own.clear();
    this.applyTo(command, this.own);
    return this.own.decode();
  }

  applyAll(commands: readonly Command[], events: EventBuffer): void {
    for (let from = 0; from < commands.length; from += touchedAhead) {
      const to = Math.min(from + touchedAhead, commands.length);
      this.ahead.touch(commands, from, to);
      for (let i = from; i < to; i++) this.applyTo(commands[i]!, events);
    }
  }

  /** what fell due; the command with its answer, its own matching and what becomes of it; the passes. */
  applyTo(command: Command, events: EventBuffer): void {
    const { market, run } = this;
    market.events = events;
    // Nearly all commands are of these kinds. Each is read where none but its kind comes by: a read that sees many kinds of objects is dear.
    switch (command.kind) {
      case 'SubmitBid':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        submitBid(run, command);
        return this.end();
      case 'SubmitOffer':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        submitOffer(run, command);
        return this.end();
      case 'CancelOrder':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        cancelOrder(run, command);
        return this.end();
      case 'AmendBid':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        amendBid(run, command);
        return this.end();
      case 'AmendOffer':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        amendOffer(run, command);
        return this.end();
      case 'CancelAll':
      case 'FailLease':
      case 'AdvanceTime':
      case 'RulesVersion':
      case 'RaiseBuyingPower':
      case 'LowerBuyingPower':
      case 'TakeSlice':
      case 'SettleTrade':
      case 'SetParticipant':
      case 'OverdueChanged':
      case 'SetSite':
      case 'SetPool':
      case 'SetLink':
      case 'DefineBook':
      case 'PoolHealthChanged':
      case 'NodeHealthChanged':
      case 'DrainChanged':
      case 'HaltBook':
      case 'ReopenBook':
      case 'StopMarket':
      case 'StartMarket':
      case 'EndSessions':
      case 'CurtailSite':
      case 'ResellLease':
      case 'ExtendLease':
      case 'EndLease':
      case 'DecideReservation':
      case 'RemoteLeasesLost':
        if (!this.begin(command.kind, command.sequence, command.time)) return;
        dispatch(run, command);
        return this.end();
    }
  }

  /** Time passes; false where the command is out of order, which is told. */
  private begin(kind: CommandKind, sequence: number, time: Time): boolean {
    const { market } = this;
    const outOfOrder = this.outOfOrder(sequence, time);
    if (outOfOrder) {
      market.events.commandRefused(kind, outOfOrder);
      return false;
    }
    market.sequence = sequence;
    passTime(market, time);
    return true;
  }

  /** What follows from the command. */
  private end(): void {
    const { market } = this;
    if (market.cut.length > 0) withdrawResales(market);
    if (!market.freed.isEmpty) pass(this.run);
    if (market.over.length > 0) dropOver(market);
  }

  knows(orderId: OrderId): boolean {
    return this.market.ids.get(orderId) >= 0;
  }

  quote(bid: QuotedBid, time: Time): Quote {
    return quote(this.run, bid, time);
  }

  explain(orderId: OrderId): Explanation | null {
    return explain(this.run, orderId);
  }

  depth(bookId: BookId, from: Slot, to: Slot): Depth {
    return depthOf(this.market, bookId, from, to);
  }

  onSale(bookId: BookId, from: Slot, to: Slot): OnSale[] {
    return onSaleOf(this.market, bookId, from, to);
  }

  index(bookId: BookId): IndexPrice[] {
    const book = this.market.bookOf.get(bookId);
    return book ? indexOf(book) : [];
  }

  buyingPower(participantId: ParticipantId): BuyingPower | null {
    const { participants } = this.market;
    const place = participants.placeOf(participantId);
    if (place < 0 || !participants.hasAccount[place]) return null;
    return { total: participants.totals[place]!, reserved: participants.reserved[place]!, raises: participants.raises[place]! };
  }

  snapshot(): Snapshot {
    return snapshotOf(this.market);
  }

  snapshotSteps(): Generator<undefined, Snapshot, undefined> {
    return snapshotSteps(this.market);
  }

  stateHash(): string {
    return hashOf(snapshotOf(this.market));
  }

  private outOfOrder(sequence: number, time: Time): Rejection | null {
    if (!Number.isSafeInteger(sequence) || sequence <= this.market.sequence) return 'sequence_must_grow';
    return Number.isSafeInteger(time) && time >= this.market.time ? null : 'time_must_not_go_back';
  }
}

type OrderKind = 'SubmitBid' | 'SubmitOffer' | 'CancelOrder' | 'AmendBid' | 'AmendOffer';

/** Of commands other than those. */
function dispatch(run: Run, command: Exclude<Command, { readonly kind: OrderKind }>): void {
  switch (command.kind) {
    case 'CancelAll':
      return cancelAll(run, command);
    case 'FailLease':
      return failLease(run, command);
    case 'AdvanceTime':
      return run.market.events.applied(command.kind);
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
    case 'EndSessions':
      return endSessions(run, command);
    case 'CurtailSite':
      return curtailSite(run, command);
    case 'ResellLease':
      return resellLease(run, command);
    case 'ExtendLease':
      return extendLease(run, command);
    case 'EndLease':
      return endLease(run, command);
    case 'DecideReservation':
      return decideReservation(run, command);
    case 'RemoteLeasesLost':
      return loseRemote(run, command);
  }
}
