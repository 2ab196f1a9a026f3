import { Injectable } from '@nestjs/common';
import { Health, numberOfTrade, shardOfTrade, Tier } from '#domain';
import type { ComputeClass, Interconnect, ResidencyZone, Unit } from '#domain';
import {
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
import type { Market } from './market.js';
import { Sequencer, shard } from './sequencer.js';

type Commanded = Pick<Entry, 'command' | 'model' | 'confirmsAtOnce'>;

/**
 * What other services tell becomes commands of the market. The inbox row commits after the journal's: an event that comes again in between
 * is known to the market by its source and number, and does nothing.
 */
@Injectable()
export class Facts {
  /** Books whose opening is submitted. */
  private readonly opening = new Set<number>();
  private latest: Promise<void> = Promise.resolve();

  constructor(private readonly sequencer: Sequencer) {}

  @On(ParticipantChanged)
  async participantChanged(event: ParticipantChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { participantId, ownerGroup, orderRatePerSecond, orderValueCap, tradableClasses } = event;
    const command = {
      kind: 'SetParticipant',
      participantId,
      group: ownerGroup,
      active: isActive(event),
      ordersPerSecond: orderRatePerSecond,
      orderValueCap: Number(orderValueCap),
      tradableClasses: tradableClasses as readonly ComputeClass[],
    } as const;
    this.journal(tx, meta, { command });
  }

  @On(SiteChanged)
  async siteChanged(event: SiteChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { siteId, region, securityGrade, greenShareBp, pueMilli } = event;
    const zone = event.zone as ResidencyZone;
    if (!isActive(event) && !(await this.knows((market) => market.hasSite(siteId)))) return;
    this.journal(tx, meta, {
      command: { kind: 'SetSite', siteId, active: isActive(event), region, zone, securityGrade, greenShareBp, pueMilli },
    });
  }

  /** A pool that was never verified may still change its shape: the market hears of it only then. Its two books open with it. */
  @On(PoolChanged)
  async poolChanged(event: PoolChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { dictionary } = this.sequencer.market;
    const { poolId, siteId, providerId, computeClass, model, unit } = event;
    if (!isActive(event) && !(await this.knows((market) => market.hasPool(poolId)))) return;
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
    const books = Object.values(Tier)
      .map((tier) => ({ tier, book: { computeClass, model, unit, tier } }))
      .filter(({ book }) => dictionary.find(book) === undefined && !this.opening.has(dictionary.bookId(book)))
      .map(({ tier, book }): Commanded => ({
        command: { kind: 'DefineBook', bookId: dictionary.bookId(book), ...product, tier, referencePrice: 0, collarBp: 0, bandBp: 0 },
        model,
      }));
    this.journal(tx, meta, ...books, pool);
  }

  @On(LinkChanged)
  async linkChanged(event: LinkChanged, tx: Tx, meta: EventMeta): Promise<void> {
    const { linkId, ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb } = event;
    this.journal(tx, meta, {
      command: { kind: 'SetLink', linkId, active: isActive(event), ownerId, fromRegion, toRegion, toSiteId, roundTripUs, pricePerGb },
    });
  }

  @On(DrainChanged)
  async drainChanged({ poolId, nodes, draining }: DrainChanged, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, { command: { kind: 'DrainChanged', poolId, nodes, draining } });
  }

  @On(PoolHealthChanged)
  async poolHealthChanged({ poolId, health }: PoolHealthChanged, tx: Tx, meta: EventMeta): Promise<void> {
    if (isJudged(health)) this.journal(tx, meta, { command: { kind: 'PoolHealthChanged', poolId, health } });
  }

  @On(NodeHealthChanged)
  async nodeHealthChanged({ poolId, nodes, health }: NodeHealthChanged, tx: Tx, meta: EventMeta): Promise<void> {
    if (isJudged(health)) this.journal(tx, meta, { command: { kind: 'NodeHealthChanged', poolId, nodes, health } });
  }

  @On(BuyingPowerRaised)
  async buyingPowerRaised({ participantId, number, amount }: BuyingPowerRaised, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, { command: { kind: 'RaiseBuyingPower', participantId, number, amount: Number(amount) } });
  }

  @On(BuyingPowerLowerRequested)
  async buyingPowerLowerRequested(event: BuyingPowerLowerRequested, tx: Tx, meta: EventMeta): Promise<void> {
    const { participantId, requestId, amount } = event;
    this.journal(tx, meta, { command: { kind: 'LowerBuyingPower', participantId, requestId, amount: Number(amount) } });
  }

  @On(OverdueChanged)
  async overdueChanged({ participantId, overdue }: OverdueChanged, tx: Tx, meta: EventMeta): Promise<void> {
    this.journal(tx, meta, { command: { kind: 'OverdueChanged', participantId, overdue } });
  }

  @On(TradeSettled)
  async tradeSettled({ tradeId, money }: TradeSettled, tx: Tx, meta: EventMeta): Promise<void> {
    if (shardOfTrade(tradeId) !== shard) return;
    this.journal(tx, meta, { command: { kind: 'SettleTrade', tradeNumber: numberOfTrade(tradeId), cost: Number(money) } });
  }

  /** Asks the market when all that was submitted before is applied. */
  private async knows(ask: (market: Market) => boolean): Promise<boolean> {
    await this.latest;
    return ask(this.sequencer.market);
  }

  /**
   * The commands of many events are journalled together; the inbox commits once they are. Only the last of an event's entries names it: they
   * are durable together or not at all.
   */
  private journal(tx: Tx, { source, sequence }: EventMeta, ...commanded: Commanded[]): void {
    if (this.sequencer.market.knows([source, sequence])) return;
    const last = commanded.length - 1;
    const submitted = this.sequencer.submit(commanded.map((one, index) => (index === last ? { ...one, from: [source, sequence] } : one)));
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

/** Draining is told by DrainChanged. */
const isJudged = (health: number): health is Exclude<Health, typeof Health.DRAINING> =>
  health === Health.OK || health === Health.SUSPECT || health === Health.LOST;
