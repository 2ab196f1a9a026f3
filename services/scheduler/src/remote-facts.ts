import { Injectable } from '@nestjs/common';
import {
  firstSellableSlot,
  Interconnect,
  layersOf,
  type Levels,
  levelsOf,
  levelsWithin,
  maxUnits,
  numberOfTrade,
  slotsPerDay,
  Tier,
  TimeInForce,
  type UnitRange,
} from '#domain';
import type { ComputeClass, ResidencyZone, Unit } from '#domain';
import { RemoteLeasesLost, RemotePieceDecided, RemoteSupplyChanged } from '#contracts';
import { Clock, Config, levelsIn, On, type EventMeta, type Tx } from '#platform';
import { Facts, type Commanded } from './facts.js';
import type { Market } from './market.js';
import { orderIdOf } from './order-id.js';
import { keyOfLayer, nodesOf, unitsPerNodeOf } from './remote.js';
import { Shards } from './shards.js';

const usualGrade = 3;

/** what partners advertise is a site, a pool and an offer of theirs, and their word on a reservation a command. */
@Injectable()
export class RemoteFacts {
  constructor(
    private readonly shards: Shards,
    private readonly facts: Facts,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Its offers take the place of those before; what is reserved or traded of them stays. */
  @On(RemoteSupplyChanged)
  async supplyChanged(event: RemoteSupplyChanged, tx: Tx, meta: EventMeta): Promise<void> {
    await this.facts.applied();
    const { computeClass, model, unit, participantId, remotePoolId: poolId } = event;
    const to = this.shards.of({ computeClass, model, unit });
    const { offers } = to.market.remoteSupply(poolId);
    const cancelled = offers.map((orderId): Commanded => ({ command: { kind: 'CancelOrder', orderId, participantId } }));
    const offered = this.offersOf(event, meta);
    if (offered.length === 0) {
      if (cancelled.length) this.facts.journal(tx, meta, [to], ...cancelled);
      return;
    }
    const site = siteOf(event, to.market);
    const others = this.shards.all.filter((sequencer) => sequencer !== to);
    if (site.length && others.length) this.facts.journal(tx, meta, others, ...site);
    const opened = this.facts.openingOf({ computeClass, model, unit });
    this.facts.journal(tx, meta, [to], ...cancelled, ...site, ...opened, ...poolOf(event, to.market), ...offered);
  }

  @On(RemotePieceDecided)
  async pieceDecided({ tradeId, made, supplyStillThere }: RemotePieceDecided, tx: Tx, meta: EventMeta): Promise<void> {
    const of = this.shards.ofTrade(tradeId);
    const command = { kind: 'DecideReservation', tradeNumber: numberOfTrade(tradeId), made, supplyStillThere } as const;
    if (of) this.facts.journal(tx, meta, [of], { command });
  }

  @On(RemoteLeasesLost)
  async leasesLost(event: RemoteLeasesLost, tx: Tx, meta: EventMeta): Promise<void> {
    // They are of one reservation, which lies in one shard.
    const of = this.shards.ofTrade(event.leases[0]!.tradeId);
    const leases = event.leases.map(({ tradeId, unitsLeft: left }) => ({ tradeNumber: numberOfTrade(tradeId), left }));
    if (of) this.facts.journal(tx, meta, [of], { command: { kind: 'RemoteLeasesLost', leases } });
  }

  /** Each advertisement is orders of its own, one for each layer of its units; what lies beyond the market's horizon is offered up to there. */
  private offersOf(event: RemoteSupplyChanged, { source, sequence }: EventMeta): Commanded[] {
    const now = this.clock.now();
    if (event.withdrawn || event.expiresAt <= now) return [];
    const first = firstSellableSlot(now);
    const ahead = levelsWithin(levelsOfEvent(event), { from: first, to: first + this.config.horizonDays * slotsPerDay });
    return layersOf(ahead).map((layer, at) => offerOf(event, keyOfLayer(`remote/${source}/${sequence}`, at), layer));
  }
}

function levelsOfEvent({ window, units, unitsBySlot }: RemoteSupplyChanged): Levels {
  return unitsBySlot ? levelsIn(unitsBySlot) : levelsOf(units > 0 ? [{ ...window!, units }] : []);
}

function offerOf(event: RemoteSupplyChanged, key: string, { from, to, units }: UnitRange): Commanded {
  const { participantId, remotePoolId: poolId, price, expiresAt } = event;
  return {
    command: {
      kind: 'SubmitOffer',
      orderId: orderIdOf(participantId, key),
      participantId,
      sessionId: 0,
      poolId,
      tier: (event.tier || Tier.FIRM) as Tier,
      terms: {
        units: Math.min(units, maxUnits),
        from,
        to,
        minSlots: 1,
        ask: price,
        timeInForce: TimeInForce.GTD,
        goodTill: expiresAt,
      },
    },
    asked: { participantId, key, hash: '' },
    label: { clientOrderId: '', project: '', image: '', publicKey: '', programmeId: 0 },
  };
}

/** Nothing where the market knows it so: every fact has all resting bids tried. */
function siteOf(event: RemoteSupplyChanged, market: Market): Commanded[] {
  const { participantId: platform, remoteSiteId: siteId, region, greenShareBp, pueMilli } = event;
  const known = market.siteFacts(siteId);
  if (known?.greenShareBp === greenShareBp && known.pueMilli === pueMilli) return [];
  const securityGrade = event.securityGrade || usualGrade;
  const zone = event.zone as ResidencyZone;
  return [{ command: { kind: 'SetSite', siteId, active: true, region, zone, securityGrade, greenShareBp, pueMilli, platform } }];
}

/** What an advertisement does not tell is the least: no memory, no measure, no interconnect but Ethernet, no score. Nodes only grow, as a local pool's do: where less is advertised the offer is less. */
function poolOf(event: RemoteSupplyChanged, market: Market): Commanded[] {
  const { participantId: providerId, remoteSiteId: siteId, remotePoolId: poolId, model, domestic } = event;
  const unit = event.unit as Unit;
  const { nodes: known } = market.remoteSupply(poolId);
  const nodes = nodesOf(event);
  if (nodes <= known) return [];
  return [
    {
      command: {
        kind: 'SetPool',
        poolId,
        siteId,
        providerId,
        active: true,
        computeClass: event.computeClass as ComputeClass,
        modelId: market.dictionary.modelId(model),
        unit,
        nodes,
        unitsPerNode: unitsPerNodeOf(event),
        memoryGib: 0,
        interconnect: Interconnect.ETHERNET,
        tflopsFp16Milli: 0,
        tflopsFp32Milli: 0,
        domestic,
        reliabilityBp: 0,
      },
      model,
      // Its commit is its promise (R-27a).
      confirmsAtOnce: true,
    },
  ];
}
