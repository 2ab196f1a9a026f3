import { Injectable } from '@nestjs/common';
import { firstSellableSlot, Interconnect, maxUnits, numberOfTrade, slotsPerDay, Tier, TimeInForce } from '#domain';
import type { ComputeClass, ResidencyZone, Unit } from '#domain';
import { RemoteLeasesLost, RemotePieceDecided, RemoteSupplyChanged } from '#contracts';
import { Clock, Config, On, type EventMeta, type Tx } from '#platform';
import { Facts, type Commanded } from './facts.js';
import type { Market } from './market.js';
import { orderIdOf } from './order-id.js';
import { nodesOf, unitsPerNodeOf } from './remote.js';
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

  /** An offer takes the place of the one before; what is reserved or traded of that stays. */
  @On(RemoteSupplyChanged)
  async supplyChanged(event: RemoteSupplyChanged, tx: Tx, meta: EventMeta): Promise<void> {
    await this.facts.applied();
    const { computeClass, model, unit, participantId, remotePoolId: poolId } = event;
    const to = this.shards.of({ computeClass, model, unit });
    const { offerId } = to.market.remoteSupply(poolId);
    const cancelled: Commanded[] = offerId ? [{ command: { kind: 'CancelOrder', orderId: offerId, participantId } }] : [];
    const isGone = event.withdrawn || event.units <= 0 || event.expiresAt <= this.clock.now();
    if (isGone) {
      if (cancelled.length) this.facts.journal(tx, meta, [to], ...cancelled);
      return;
    }
    const site = siteOf(event, to.market);
    const others = this.shards.all.filter((sequencer) => sequencer !== to);
    if (site.length && others.length) this.facts.journal(tx, meta, others, ...site);
    const opened = this.facts.openingOf({ computeClass, model, unit });
    this.facts.journal(tx, meta, [to], ...cancelled, ...site, ...opened, ...poolOf(event, to.market), this.offerOf(event, meta));
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

  /** Each advertisement is an order of its own; what lies beyond the market's horizon is offered up to there. */
  private offerOf(event: RemoteSupplyChanged, { source, sequence }: EventMeta): Commanded {
    const { participantId, remotePoolId: poolId, units, price, expiresAt } = event;
    const { from, to } = event.window!;
    const key = `remote/${source}/${sequence}`;
    const end = firstSellableSlot(this.clock.now()) + this.config.horizonDays * slotsPerDay;
    const terms = {
      units: Math.min(units, maxUnits),
      from,
      to: Math.min(to, end),
      minSlots: 1,
      ask: price,
      timeInForce: TimeInForce.GTD,
      goodTill: expiresAt,
    };
    return {
      command: {
        kind: 'SubmitOffer',
        orderId: orderIdOf(participantId, key),
        participantId,
        sessionId: 0,
        poolId,
        tier: (event.tier || Tier.FIRM) as Tier,
        terms,
      },
      asked: { participantId, key, hash: '' },
      label: { clientOrderId: '', project: '', image: '', publicKey: '', programmeId: 0 },
    };
  }
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
