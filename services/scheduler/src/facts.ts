import { Injectable } from '@nestjs/common';
import { Health, numberOfTrade, Tier } from '#domain';
import type { ComputeClass, Interconnect, ResidencyZone, Unit } from '#domain';
import {
  type Book,
  BuyingPowerLowerRequested,
  BuyingPowerRaised,
  DrainChanged,
  LinkChanged,
  NodeHealthChanged,
  OverdueChanged,
  ParticipantChanged,
  PoolChanged,
  PoolHealthChanged,
  RegistrationState,
  SiteChanged,
  TradeSettled,
} from '#contracts';
import { On, type EventMeta, type Tx } from '#platform';
import type { Entry } from './entry.js';
import { freeIn } from './gathering.js';
import type { Sequencer } from './sequencer.js';
import { Shards } from './shards.js';

/** What a fact of others becomes here. */
export type Commanded = Pick<Entry, 'command' | 'model' | 'confirmsAtOnce' | 'asked' | 'label'>;

/**
 * What other services tell becomes commands of the market. The inbox row commits after the journal's: an event that comes again in between
 * is known to the market by its source and number, and does nothing.
 */
@Injectable()
export class Facts {
  /** Books whose opening is submitted. */
  private readonly opening = new Set<number>();
  private latest: Promise<unknown> = Promise.resolve();

  constructor(private readonly shards: Shards) {}

  @On(ParticipantChanged)
  async participantChanged(event: ParticipantChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { participantId, ownerGroup, orderRatePerSecond, orderValueCap, tradableClasses } = event;
    const command = {
      kind: 'SetParticipant',
      participantId,
      group: ownerGroup,
      active: isActive(event),
      ordersPerSecond: rateOfShard(orderRatePerSecond, this.shards.all.length),
      orderValueCap: Number(orderValueCap),
      tradableClasses: tradableClasses as readonly ComputeClass[],
    } as const;
    this.journal(tx, meta, this.shards.all, { command });
  }

  @On(SiteChanged)
  async siteChanged(event: SiteChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { siteId, region, securityGrade, greenShareBp, pueMilli } = event;
    const zone = event.zone as ResidencyZone;
    if (!isActive(event) && !(await this.knows((sequencer) => sequencer.market.hasSite(siteId)))) return;
    this.journal(tx, meta, this.shards.all, {
      command: { kind: 'SetSite', siteId, active: isActive(event), region, zone, securityGrade, greenShareBp, pueMilli },
    });
  }

  /** A pool that was never verified may still change its shape: the market hears of it only then. Its two books open with it. */
  @On(PoolChanged)
  async poolChanged(event: PoolChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { poolId, siteId, providerId, computeClass, model, unit } = event;
    const to = this.shards.of({ computeClass, model, unit });
    const { dictionary } = to.market;
    if (!isActive(event) && !(await this.knows(({ market }) => market.hasPool(poolId)))) return;
    const product = { computeClass: computeClass as ComputeClass, modelId: dictionary.modelId(model), unit: unit as Unit };
    const pool: Commanded = {
      command: {
        kind: 'SetPool',
        poolId,
        siteId,
        providerId,
        active: isActive(event),
        ...product,
        nodes: event.nodeCount,
        unitsPerNode: event.unitsPerNode,
        memoryGib: event.memoryGibPerUnit,
        interconnect: event.interconnect as Interconnect,
        tflopsFp16Milli: event.tflopsFp16Milli,
        tflopsFp32Milli: event.tflopsFp32Milli,
        domestic: event.domestic,
        reliabilityBp: event.reliabilityBp,
      },
      model,
      confirmsAtOnce: event.confirmsAtOnce,
    };
    this.journal(tx, meta, [to], ...this.openingOf({ computeClass, model, unit }), pool);
  }

  @On(LinkChanged)
  async linkChanged(event: LinkChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { linkId, ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb } = event;
    this.journal(tx, meta, this.shards.all, {
      command: { kind: 'SetLink', linkId, active: isActive(event), ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb },
    });
  }

  @On(DrainChanged)
  async drainChanged({ poolId, nodes, draining }: DrainChanged, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, await this.ofPool(poolId), { command: { kind: 'DrainChanged', poolId, nodes, draining } });
  }

  @On(PoolHealthChanged)
  async poolHealthChanged({ poolId, health }: PoolHealthChanged, tx: Tx, meta: EventMeta): Promise<void> {
    if (isJudged(health)) this.journal(tx, meta, await this.ofPool(poolId), { command: { kind: 'PoolHealthChanged', poolId, health } });
  }

  @On(NodeHealthChanged)
  async nodeHealthChanged({ poolId, nodes, health }: NodeHealthChanged, tx: Tx, meta: EventMeta): Promise<void> {
    if (isJudged(health))
      this.journal(tx, meta, await this.ofPool(poolId), { command: { kind: 'NodeHealthChanged', poolId, nodes, health } });
  }

  @On(BuyingPowerRaised)
  async buyingPowerRaised({ participantId, number, amount }: BuyingPowerRaised, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, [this.shards.home], { command: { kind: 'RaiseBuyingPower', participantId, number, amount: Number(amount) } });
  }

  @On(BuyingPowerLowerRequested)
  async buyingPowerLowerRequested(event: BuyingPowerLowerRequested, tx: Tx, meta: EventMeta): Promise<void> {
    const { participantId, requestId, amount } = event;
    await this.gather(participantId, Number(amount), meta);
    this.journal(tx, meta, [this.shards.home], { command: { kind: 'LowerBuyingPower', participantId, requestId, amount: Number(amount) } });
  }

  @On(OverdueChanged)
  async overdueChanged({ participantId, overdue }: OverdueChanged, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, this.shards.all, { command: { kind: 'OverdueChanged', participantId, overdue } });
  }

  @On(TradeSettled)
  async tradeSettled({ tradeId, money }: TradeSettled, tx: Tx, meta: EventMeta): Promise<void> {
    const of = this.shards.ofTrade(tradeId);
    if (of) this.journal(tx, meta, [of], { command: { kind: 'SettleTrade', tradeNumber: numberOfTrade(tradeId), cost: Number(money) } });
  }

  /** Money leaves by the first shard: what it lacks there is brought, where all shards together have it. */
  private async gather(participantId: number, amount: number, { source, sequence }: EventMeta): Promise<void> {
    const { home, gathering } = this.shards;
    if (home.market.knows([source, sequence]) || amount > gathering.freeOf(participantId)) return;
    if (amount > freeIn(home, participantId)) await gathering.gather(participantId, home, amount);
  }

  /** The books of a product that are not open yet. */
  openingOf({ computeClass, model, unit }: Omit<Book, 'tier'>): Commanded[] {
    const { dictionary } = this.shards.of({ computeClass, model, unit }).market;
    const product = { computeClass: computeClass as ComputeClass, modelId: dictionary.modelId(model), unit: unit as Unit };
    return Object.values(Tier)
      .map((tier) => ({ tier, book: { computeClass, model, unit, tier } }))
      .filter(({ book }) => dictionary.find(book) === undefined && !this.opening.has(this.shards.bookId(book)))
      .map(({ tier, book }) => ({
        command: { kind: 'DefineBook', bookId: this.shards.bookId(book), ...product, tier, referencePrice: 0, collarBp: 0, bandBp: 0 },
        model,
      }));
  }

  /** Resolves when all that was submitted before is applied. */
  async applied(): Promise<void> {
    await this.latest;
  }

  /** Asks the shards when all that was submitted before is applied. */
  private async knows(ask: (sequencer: Sequencer) => boolean): Promise<boolean> {
    await this.latest;
    return this.shards.all.some(ask);
  }

  /** What is told of a pool that no shard knows is refused by whichever is told. */
  private async ofPool(poolId: number): Promise<Sequencer[]> {
    const known = this.shards.ofPool(poolId);
    if (known) return [known];
    await this.latest;
    return [this.shards.ofPool(poolId) ?? this.shards.home];
  }

  /**
   * The commands of many events are journalled together; the inbox commits once every shard that they concern has them. Only the last of an event's entries
   * names it: in a shard they are durable together or not at all.
   */
  journal(tx: Tx, { source, sequence }: EventMeta, to: readonly Sequencer[], ...commanded: Commanded[]): void {
    const last = commanded.length - 1;
    const entries = commanded.map((one, index): Entry => (index === last ? { ...one, from: [source, sequence] } : one));
    const unknowing = to.filter(({ market }) => !market.knows([source, sequence]));
    if (!unknowing.length) return;
    const submitted = Promise.all(unknowing.map((sequencer) => sequencer.submit(entries)));
    for (const { command } of commanded) if (command.kind === 'DefineBook') this.opening.add(command.bookId);
    // Who waits at the end hears of a failure; here it only must not count as opened what comes again.
    this.latest = submitted.then(
      () => undefined,
      () => this.opening.clear(),
    );
    tx.atEnd(async () => {
      await submitted;
    });
  }
}

const isActive = ({ state }: { state: RegistrationState }): boolean => state === RegistrationState.VERIFIED;

/** each shard counts orders for itself. */
const rateOfShard = (ordersPerSecond: number, shards: number): number => Math.ceil(ordersPerSecond / shards);

/** Draining is told by DrainChanged. */
const isJudged = (health: number): health is Exclude<Health, typeof Health.DRAINING> =>
  health === Health.OK || health === Health.SUSPECT || health === Health.LOST;
