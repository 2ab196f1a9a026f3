import { startOfSlot, type TradeNumber } from '#domain';
import {
  createFastEngine,
  restoreFastEngine,
  type CreateEngine,
  type Event,
  type Explanation,
  type MatchingEngine,
  type Snapshot,
} from '#matching-engine';
import { Dictionary } from './dictionary.js';
import type { Entry, Promised, Step } from './entry.js';
import { isFurtherLayer, platformOf } from './remote.js';
import { Seen } from './seen.js';
import { Slices, type SliceOf, type SlicesState } from './slices.js';

/** R-27a: a provider confirms within an hour. */
const confirmMs = 3_600_000;

interface SiteFacts {
  readonly greenShareBp: number;
  readonly pueMilli: number;
}

interface PoolFacts {
  readonly domestic: boolean;
  readonly confirmsAtOnce: boolean;
  /** the partner on whose platform it lies; not said: it lies here. */
  readonly platform?: number;
}

/** what the market was told of a pool on another platform last. */
export interface RemoteSupplyFacts {
  readonly nodes: number;
  /** The offers that sell it; closed perhaps. */
  readonly offers: readonly number[];
}

/** Older snapshots know of one offer, 0 where there was none. */
type RemoteSupplyState = RemoteSupplyFacts | { readonly nodes: number; readonly offerId: number };

const remoteFacts = (state: RemoteSupplyState): RemoteSupplyFacts =>
  'offers' in state ? state : { nodes: state.nodes, offers: state.offerId ? [state.offerId] : [] };

export interface MarketState {
  /** Older snapshots are of the first. */
  readonly shard?: number;
  readonly sequence: number;
  readonly time: number;
  readonly engine: Snapshot;
  readonly dictionary: ReturnType<Dictionary['toJson']>;
  readonly seen: ReturnType<Seen['toJson']>;
  readonly sites: [number, SiteFacts][];
  readonly pools: [number, PoolFacts][];
  readonly pending: [TradeNumber, number][];
  readonly sessions: number[];
  readonly lastSession: number;
  /** Older snapshots have none. */
  readonly slices?: SlicesState;
  readonly remote?: [number, RemoteSupplyState][];
}

/**
 * The market as a function of its journal: the engine, and what the shell has to know to tell of it. Live, replayed and verified markets
 * are all this class, fed with the same entries.
 */
export class Market {
  /** Which one it is, as its first entry says. */
  shard = 0;
  sequence = 0;
  time = 0;
  private readonly sites: Map<number, SiteFacts>;
  private readonly pools: Map<number, PoolFacts>;
  /** Leases that wait for their provider, and until when. */
  private readonly pending: Map<TradeNumber, number>;
  /** those under which orders came, and whose end is not journalled. */
  readonly sessions: Set<number>;
  lastSession = 0;
  /** */
  readonly slices: Slices;

  /** R-35, by pool. */
  private readonly remote: Map<number, RemoteSupplyFacts>;

  private constructor(
    private opened: MatchingEngine | undefined,
    private readonly createEngine: CreateEngine,
    readonly dictionary: Dictionary,
    private readonly seen: Seen,
    state?: MarketState,
  ) {
    this.shard = state?.shard ?? 0;
    this.sequence = state?.sequence ?? 0;
    this.time = state?.time ?? 0;
    this.sites = new Map(state?.sites);
    this.pools = new Map(state?.pools);
    this.pending = new Map(state?.pending);
    this.sessions = new Set(state?.sessions);
    this.lastSession = state?.lastSession ?? 0;
    this.slices = new Slices(state?.slices);
    this.remote = new Map(state?.remote?.map(([poolId, facts]) => [poolId, remoteFacts(facts)]));
  }

  /** createEngine: of the engine that the market opens with. */
  static empty(createEngine: CreateEngine = createFastEngine): Market {
    return new Market(undefined, createEngine, new Dictionary(), new Seen());
  }

  static restore(state: MarketState): Market {
    const { engine, dictionary, seen } = state;
    return new Market(restoreFastEngine(engine), createFastEngine, Dictionary.fromJson(dictionary), Seen.fromJson(seen), state);
  }

  /** Throws before the first entry. */
  get engine(): MatchingEngine {
    if (!this.opened) throw new Error('market_must_be_open');
    return this.opened;
  }

  get isOpen(): boolean {
    return this.opened !== undefined;
  }

  snapshot(): MarketState {
    return {
      shard: this.shard,
      sequence: this.sequence,
      time: this.time,
      engine: this.engine.snapshot(),
      dictionary: this.dictionary.toJson(),
      seen: this.seen.toJson(),
      sites: [...this.sites],
      pools: [...this.pools],
      pending: [...this.pending],
      sessions: [...this.sessions],
      lastSession: this.lastSession,
      slices: this.slices.toJson(),
      ...(this.remote.size > 0 && { remote: [...this.remote] }),
    };
  }

  /** Was the event applied. */
  knows(from: readonly [source: string, sequence: number]): boolean {
    return this.seen.has(...from);
  }

  hasSite(siteId: number): boolean {
    return this.sites.has(siteId);
  }

  siteFacts(siteId: number): SiteFacts | undefined {
    return this.sites.get(siteId);
  }

  hasPool(poolId: number): boolean {
    return this.pools.has(poolId);
  }

  /** Leases of the pool need no confirmation (R-27a). */
  confirmsAtOnce(poolId: number): boolean {
    return this.pools.get(poolId)?.confirmsAtOnce ?? false;
  }

  /** the partner on whose platform the pool lies; 0: it lies here. */
  platformOf(poolId: number): number {
    return this.pools.get(poolId)?.platform ?? 0;
  }

  remoteSupply(poolId: number): RemoteSupplyFacts {
    return this.remote.get(poolId) ?? { nodes: 0, offers: [] };
  }

  /** Leases that no provider confirmed in time. */
  overdue(now: number): TradeNumber[] {
    return [...this.pending].filter(([, confirmBy]) => confirmBy <= now).map(([trade]) => trade);
  }

  /** Never throws for an entry that this version wrote. `tells`: somebody will read the step, so that explanations are worth their making. */
  apply(sequence: number, time: number, entry: Entry, tells: boolean): Step {
    this.sequence = sequence;
    this.time = time;
    const step = { shard: this.shard, sequence, time, entry, events: [], promised: noPromises, explanations: noExplanations };
    if (entry.from) {
      if (this.knows(entry.from)) return step;
      this.seen.add(...entry.from);
    }
    const { command } = entry;
    if (command.kind === 'OpenMarket') {
      this.shard = command.shard ?? 0;
      this.opened ??= this.createEngine({ horizonSlots: command.horizonSlots, shard: this.shard });
      return { ...step, shard: this.shard };
    }
    if (command.kind === 'ConfirmLease')
      return this.pending.delete(command.tradeNumber) ? step : { ...step, refused: 'lease_must_be_pending' };
    if (command.kind === 'FailLease' && !this.pending.delete(command.tradeNumber)) return { ...step, refused: 'lease_must_be_pending' };

    if (command.kind === 'TakeSlice' && entry.slice && !this.slices.isNext(entry.slice)) return step;

    if ('sessionId' in command && command.sessionId) this.begin(command.sessionId);
    if (command.kind === 'EndSessions')
      for (const session of this.sessions) if (session >= command.first && session <= command.last) this.sessions.delete(session);
    const events = this.engine.apply({ ...command, sequence, time });
    if (comesToRest(events)) {
      this.learnOffer(entry);
      return { ...step, events };
    }
    if (!events.some((event) => event.kind === 'CommandRefused')) this.learn(entry);
    this.learnHalts(command, events);
    if (entry.slice) this.learnSlice(entry.slice, events);
    return { ...step, events, promised: this.promise(events), explanations: tells ? this.explain(events) : noExplanations };
  }

  private begin(session: number): void {
    this.sessions.add(session);
    this.lastSession = Math.max(this.lastSession, session);
  }

  /** which offers sell what a partner advertises. The first of an advertisement takes the place of all before it. */
  private learnOffer({ command, asked }: Entry): void {
    if (this.remote.size === 0 || command.kind !== 'SubmitOffer' || !this.platformOf(command.poolId)) return;
    const { nodes, offers } = this.remoteSupply(command.poolId);
    const before = isFurtherLayer(asked?.key ?? '') ? offers : [];
    this.remote.set(command.poolId, { nodes, offers: [...before, command.orderId] });
  }

  private learn(entry: Entry): void {
    const { command, model, confirmsAtOnce = false } = entry;
    if (command.kind === 'SetSite') this.sites.set(command.siteId, { greenShareBp: command.greenShareBp, pueMilli: command.pueMilli });
    if (command.kind === 'SetPool') {
      this.dictionary.learnPool(command, model!);
      const platform = platformOf(command.poolId, command.providerId);
      this.pools.set(command.poolId, { domestic: command.domestic, confirmsAtOnce, ...(platform && { platform }) });
      if (platform) this.remote.set(command.poolId, { ...this.remoteSupply(command.poolId), nodes: command.nodes });
    }
    this.learnOffer(entry);
    if (command.kind === 'DefineBook') this.dictionary.learnBook(command, model!);
  }

  private learnSlice(slice: SliceOf, events: readonly Event[]): void {
    for (const event of events) {
      if (event.kind === 'BuyingPowerLowered' && event.accepted) this.slices.give(slice, event);
      if (event.kind === 'SliceTaken') this.slices.take(slice);
    }
  }

  private learnHalts(command: Entry['command'], events: readonly Event[]): void {
    for (const event of events) {
      if (event.kind === 'BookHalted') this.dictionary.learnHalt(event.bookId, { by: event.reason, at: this.time });
      if (event.kind === 'BookReopened' && command.kind === 'ReopenBook')
        this.dictionary.learnReopening(event.bookId, command.referencePrice);
    }
  }

  /** What each trade's site and pool promised when it was made; its lease waits for its provider. */
  private promise(events: readonly Event[]): ReadonlyMap<TradeNumber, Promised> {
    const made = events.filter((event) => event.kind === 'TradeMade' || event.kind === 'PieceReserved');
    for (const trade of made)
      if (trade.kind === 'TradeMade' && !this.pools.get(trade.poolId)!.confirmsAtOnce)
        this.pending.set(trade.tradeNumber, Math.min(this.time + confirmMs, startOfSlot(trade.to)));
    for (const event of events)
      if (event.kind === 'LeaseEnded' || (event.kind === 'LeaseCutShort' && event.reason === 'ended_early'))
        this.pending.delete(event.tradeNumber);
    if (made.length === 0) return noPromises;
    return new Map(
      made.map((trade) => [
        trade.tradeNumber,
        {
          ...this.sites.get(trade.siteId)!,
          domestic: this.pools.get(trade.poolId)!.domestic,
          confirmBy: this.pending.get(trade.tradeNumber) ?? 0,
        },
      ]),
    );
  }

  /** Bids that closed: what they lack, as the market stands that could not give it, and how their trades were chosen. */
  private explain(events: readonly Event[]): ReadonlyMap<number, Explanation> {
    let explanations: Map<number, Explanation> | undefined;
    for (const event of events) {
      const closes = event.kind === 'OrderFilled' || ((event.kind === 'OrderExpired' || event.kind === 'OrderCancelled') && event.isBid);
      const explanation = closes && this.engine.explain(event.orderId);
      if (explanation) (explanations ??= new Map<number, Explanation>()).set(event.orderId, explanation);
    }
    return explanations ?? noExplanations;
  }
}

/** What most orders do; nothing is learnt from it or promised by it. */
const comesToRest = (events: readonly Event[]): boolean =>
  events.length === 2 && events[0]!.kind === 'OrderAccepted' && events[1]!.kind === 'OrderRested';

const noPromises: ReadonlyMap<TradeNumber, Promised> = new Map();
const noExplanations: ReadonlyMap<number, Explanation> = new Map();
