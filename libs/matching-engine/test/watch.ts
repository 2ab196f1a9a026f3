import { amountOf, countedPerPflops, Tier } from '#domain';
import type {
  BidTerms,
  Command,
  Event,
  ExtendLease,
  MatchingEngine,
  NodeUnits,
  OfferTerms,
  PieceReserved,
  TradeMade,
} from '#matching-engine';

interface Lease {
  readonly trade: number;
  readonly pool: number;
  readonly book: number;
  readonly offer: number;
  nodes: readonly NodeUnits[];
  readonly from: number;
  to: number;
  /** the lease that it is a part of, resold. */
  within: number;
}

/** What trades and pieces both say. */
type Taken = Omit<TradeMade, 'kind' | 'subsidy' | 'replaces' | 'owedAmount'>;

interface WatchedBid {
  terms: BidTerms;
  /** what of its subsidy no trade took, micro-yuan. */
  subsidy: number;
}

const on = (lease: Lease, node: number): NodeUnits[] => lease.nodes.filter((each) => each.node === node);

/** Looks over an engine's shoulder: keeps books of its own from commands and events alone and says which promise an event breaks. */
export class Watch {
  readonly broken: string[] = [];
  /** By id as it stands now; an id may come again (R-10a), so trades keep their own bid's. */
  private readonly bids = new Map<number, WatchedBid>();
  private readonly bidOfTrade = new Map<number, WatchedBid>();
  private readonly offers = new Map<number, OfferTerms>();
  private readonly group = new Map<number, number>();
  private readonly unitsPerNode = new Map<number, number>();
  private readonly leases = new Map<number, Lease[]>();
  private readonly total = new Map<number, number>();
  private readonly reclaimable = new Set<number>();
  private readonly halted = new Set<number>();
  private isStopped = false;
  private lastTrade = 0;
  /** By the command under way. */
  private readonly made: Taken[] = [];
  /** those that wait. */
  private pieces: PieceReserved[] = [];

  /** The command and what came of it. */
  see(engine: MatchingEngine, command: Command, events: readonly Event[]): void {
    this.must(events.length > 0, 'every command yields events (R-10)');
    for (const event of events) this.take(command, event);
    this.checkCapacity();
    for (const [participantId, total] of this.total) {
      const power = engine.buyingPower(participantId);
      this.must(
        power !== null && power.total === total,
        `buying power is what was raised less what was lowered and paid (R-26): ${participantId}`,
      );
      this.must(
        power !== null && power.reserved >= 0 && power.reserved <= power.total,
        `buying power is never overspent (R-26): ${participantId}`,
      );
    }
  }

  private must(holds: boolean, promise: string): void {
    if (!holds) this.broken.push(promise);
  }

  private take(command: Command, event: Event): void {
    switch (event.kind) {
      case 'Applied':
        if (command.kind === 'SetParticipant') this.group.set(command.participantId, command.group);
        if (command.kind === 'StopMarket' || command.kind === 'StartMarket') this.isStopped = command.kind === 'StopMarket';
        if (command.kind === 'DefineBook' && command.tier === Tier.RECLAIMABLE) this.reclaimable.add(command.bookId);
        if (command.kind === 'SetPool') this.unitsPerNode.set(command.poolId, command.unitsPerNode);
        return;
      case 'OrderAccepted':
        if (event.repeated) return;
        if (command.kind === 'SubmitBid') this.bids.set(event.orderId, { terms: command.terms, subsidy: command.subsidy?.amount ?? 0 });
        if (command.kind === 'ExtendLease') this.bids.set(event.orderId, { terms: this.extension(command), subsidy: 0 });
        if (command.kind === 'SubmitOffer' || command.kind === 'ResellLease') this.offers.set(event.orderId, command.terms);
        return;
      case 'OrderAmended':
        if (command.kind === 'AmendBid') this.amend(event.orderId, command.changes);
        if (command.kind === 'AmendOffer') this.offers.set(event.orderId, { ...this.offers.get(event.orderId)!, ...command.changes });
        return;
      case 'BuyingPowerRaised':
      case 'SliceTaken':
        this.total.set(event.participantId, event.buyingPower);
        return;
      case 'BuyingPowerLowered':
        if (event.accepted) this.total.set(event.participantId, event.buyingPower);
        return;
      case 'TradeReleased':
        this.total.set(event.participantId, this.total.get(event.participantId)! - event.cost);
        return;
      case 'LeaseLost': {
        const lost = new Map(event.nodes.map(({ node, units }) => [node, units]));
        for (const lease of this.leases.get(event.tradeNumber)!.slice()) {
          if (lease.to <= event.from) continue;
          const kept = lease.nodes
            .map(({ node, units }) => ({ node, units: units - (lost.get(node) ?? 0) }))
            .filter(({ units }) => units > 0);
          this.leases.get(event.tradeNumber)!.push({ ...lease, nodes: kept, from: Math.max(event.from, lease.from) });
          lease.to = event.from;
        }
        return;
      }
      case 'LeaseReclaimed':
        return this.reclaim(event);
      case 'BidContinued':
        this.bids.set(event.orderId, { terms: event.terms, subsidy: 0 });
        return;
      case 'LeaseCutShort':
        if (event.reason !== 'lost') for (const lease of this.leases.get(event.tradeNumber)!) lease.to = Math.min(lease.to, event.from);
        return;
      case 'TradeMade':
        return this.trade(event);
      case 'BookHalted':
        this.halted.add(event.bookId);
        return;
      case 'BookReopened':
        this.halted.delete(event.bookId);
        return;
      case 'LeaseResold':
        for (const lease of this.leases.get(event.byTradeNumber)!) lease.within = event.tradeNumber;
        return;
      case 'PieceReserved':
        return this.reserve(event);
      case 'ReservationEnded':
        for (const piece of this.pieces) if (piece.reservation === event.reservation) this.leases.delete(piece.tradeNumber);
        this.pieces = this.pieces.filter((piece) => piece.reservation !== event.reservation);
        return;
      case 'LeaseExtended':
      case 'StandbyMade':
      case 'ProceedsShared':
      case 'ChangeRefused':
      case 'CommandRefused':
      case 'LeaseEnded':
      case 'OrderCancelled':
      case 'OrderExpired':
      case 'OrderFilled':
      case 'OrderRefused':
      case 'OrderRested':
        return;
    }
  }

  private reclaim({ tradeNumber, from }: Extract<Event, { kind: 'LeaseReclaimed' }>): void {
    const leases = this.leases.get(tradeNumber)!;
    this.must(this.reclaimable.has(leases[0]!.book), `FIRM is never reclaimed (R-17): trade ${tradeNumber}`);
    this.must(from >= leases[0]!.from, `a lease keeps its slots before a reclaim (R-17): trade ${tradeNumber}`);
    for (const lease of leases) lease.to = Math.min(lease.to, from);
  }

  private extension({ tradeNumber, limitPrice }: ExtendLease): BidTerms {
    return { ...this.bidOfTrade.get(tradeNumber)!.terms, limitPrice, precision: null };
  }

  private amend(orderId: number, changes: Partial<BidTerms>): void {
    const order = this.bids.get(orderId)!;
    order.terms = { ...order.terms, ...changes };
  }

  private trade(trade: TradeMade): void {
    const piece = this.pieces.find(({ tradeNumber }) => tradeNumber === trade.tradeNumber);
    const named = `trade ${trade.tradeNumber}`;
    if (piece) {
      this.pieces = this.pieces.filter((each) => each !== piece);
      const { kind: _kind, subsidy: _subsidy, replaces: _replaces, owedAmount: _owed, ...taken } = trade;
      this.must(
        Object.entries(taken).every(([name, value]) => JSON.stringify(piece[name as keyof Taken]) === JSON.stringify(value)),
        `a piece becomes the trade that was reserved (R-35): ${named}`,
      );
    } else this.enter(trade, trade.replaces === 0 ? this.bids.get(trade.bidId)! : this.bidOfTrade.get(trade.replaces)!);
    const order = this.bidOfTrade.get(trade.tradeNumber)!;
    this.must(
      trade.subsidy >= 0 && trade.subsidy <= trade.computeAmount + trade.transferAmount,
      `a subsidy is a part of the price (R-31): ${named}`,
    );
    if (trade.replaces === 0) order.subsidy -= trade.subsidy;
    this.must(order.subsidy >= 0, `trades take no more subsidy than their bid brought (R-32): ${named}`);
    this.must(
      trade.replaces !== 0 || trade.price >= this.offers.get(trade.offerId)!.ask || piece !== undefined,
      `no trade below the ask (R-15): ${named}`,
    );
  }

  private reserve(piece: PieceReserved): void {
    this.must(piece.price >= this.offers.get(piece.offerId)!.ask, `no piece below the ask (R-15): piece ${piece.tradeNumber}`);
    this.enter(piece, this.bids.get(piece.bidId)!);
    this.pieces.push(piece);
  }

  private enter(trade: Taken, order: WatchedBid): void {
    const { from, to, units, counted, price, computeAmount, transferAmount } = trade;
    this.bidOfTrade.set(trade.tradeNumber, order);
    const bid = order.terms;
    const offer = this.offers.get(trade.offerId)!;
    const named = `trade ${trade.tradeNumber}`;
    this.must(!this.isStopped && !this.halted.has(trade.bookId), `nothing of a halted book trades (R-23): ${named}`);
    this.must(trade.tradeNumber === ++this.lastTrade, `trades are numbered without gaps (R-10): ${named}`);
    this.must(trade.nodes.reduce((sum, node) => sum + node.units, 0) === units, `nodes hold all units (R-2a): ${named}`);
    this.must(
      trade.nodes.every((node) => node.units % bid.perNode === 0),
      `groups stay on one node (R-2a): ${named}`,
    );
    this.must(computeAmount === amountOf(price, units, to - from), `the amount is price × units × hours: ${named}`);
    const scale = bid.precision === null ? 1 : countedPerPflops;
    const paid = BigInt(computeAmount + transferAmount) * 4n * BigInt(scale);
    this.must(paid <= BigInt(bid.limitPrice) * BigInt(counted) * BigInt(to - from), `no trade beyond the limit (R-11): ${named}`);
    this.must(from >= offer.from && to <= offer.to && to - from >= offer.minSlots, `leases lie in the offer's window (R-3): ${named}`);
    this.must(this.group.get(trade.buyerId) !== this.group.get(trade.providerId), `nobody trades with themselves (R-16): ${named}`);
    this.leases.set(trade.tradeNumber, [
      { trade: trade.tradeNumber, pool: trade.poolId, within: 0, book: trade.bookId, offer: trade.offerId, nodes: trade.nodes, from, to },
    ]);
    this.made.push(trade);
  }

  /** When all of a command is told: a part resold uses what the lease has that it is of. */
  private checkCapacity(): void {
    for (const { tradeNumber, poolId, offerId, nodes, from, to } of this.made.splice(0)) {
      const offer = this.offers.get(offerId)!;
      const [{ within }] = this.leases.get(tradeNumber) as [Lease];
      for (let slot = from; slot < to; slot++) {
        for (const { node } of nodes) {
          const used = this.used(slot, (lease) => (lease.pool === poolId && !this.isCovered(lease, slot, node) ? on(lease, node) : []));
          this.must(used <= this.unitsPerNode.get(poolId)!, `no node over its capacity (R-3): trade ${tradeNumber}`);
          for (const lease of this.leases.get(within) ?? []) this.checkParts(lease, slot, node);
        }
        const sold = this.used(slot, (lease) => (lease.offer === offerId ? lease.nodes : []));
        this.must(sold <= offer.units, `no offer beyond its units (R-3): trade ${tradeNumber}`);
      }
    }
  }

  /** of a lease no more is resold than it has. */
  private checkParts(lease: Lease, slot: number, node: number): void {
    if (slot < lease.from || slot >= lease.to) return;
    const sold = this.used(slot, (part) => (part.within === lease.trade ? on(part, node) : []));
    const [own] = on(lease, node);
    if (own) this.must(sold <= own.units, `no more is resold than the lease has (R-18): trade ${lease.trade}`);
  }

  private isCovered({ within }: Lease, slot: number, node: number): boolean {
    return (this.leases.get(within) ?? []).some((lease) => lease.from <= slot && slot < lease.to && on(lease, node).length > 0);
  }

  private used(slot: number, nodesOf: (lease: Lease) => readonly NodeUnits[]): number {
    let used = 0;
    for (const leases of this.leases.values()) {
      for (const lease of leases) if (lease.from <= slot && slot < lease.to) for (const { units } of nodesOf(lease)) used += units;
    }
    return used;
  }
}
