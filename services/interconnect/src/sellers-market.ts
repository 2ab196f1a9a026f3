import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import {
  BidTerms,
  Placement,
  type RemoteTerms,
  type Reservation,
  ReservationsDefinition,
  ReservationState as MarketState,
  SchedulingDefinition,
  type SupplyKind,
  Tier,
  TimeInForce,
} from '#contracts';
import type { Levels } from '#domain';
import { type Client, Refusal, clientOf, levelsIn, serviceCall } from '#platform';
import { ReservationState } from './core/reservation.js';

/** A reservation as this platform's market has it. */
export interface Held {
  readonly state: ReservationState;
  readonly until: number;
  /** What was made of it. */
  readonly leases: readonly { readonly leaseId: number; readonly units: number }[];
}

/** The market says no. */
export interface No {
  readonly rule: string;
  readonly detail: string;
}

/** A reservation, and the participant who buys here for the partner. */
export interface Whose {
  readonly participantId: number;
  readonly reservationId: string;
}

export interface Asked extends Whose {
  readonly terms: RemoteTerms;
  readonly until: number;
  readonly image: string;
  readonly publicKey: string;
}

const stateOf: Readonly<Record<number, ReservationState>> = {
  [MarketState.OPEN]: ReservationState.RESERVED,
  [MarketState.MADE]: ReservationState.COMMITTED,
  [MarketState.RELEASED]: ReservationState.RELEASED,
  [MarketState.LAPSED]: ReservationState.LAPSED,
};

/**
 * This platform's market, of which partners reserve. By a reservation's id nothing is done twice, however often it is asked.
 * Each throws where the market gives no answer.
 */
@Injectable()
export class SellersMarket {
  private readonly call = serviceCall('interconnect');

  constructor(
    @Inject(clientOf(ReservationsDefinition)) private readonly reservations: Client<typeof ReservationsDefinition>,
    @Inject(clientOf(SchedulingDefinition)) private readonly scheduling: Client<typeof SchedulingDefinition>,
  ) {}

  async reserve({ terms, ...asked }: Asked): Promise<Held | No> {
    try {
      const answer = await this.reservations.reserve({ ...asked, terms: bidOf(terms), project: '' }, this.call);
      return heldOf(answer) ?? noOf(answer);
    } catch (error) {
      const no = refusalOf(error);
      if (no) return no;
      throw error;
    }
  }

  /** Undefined: the market knows none of this id. */
  async decide({ participantId, reservationId }: Whose, decision: 'commit' | 'release'): Promise<Held | undefined> {
    try {
      return heldOf(await this.reservations.decideReservation({ participantId, reservationId, commit: decision === 'commit' }, this.call));
    } catch (error) {
      const no = refusalOf(error);
      if (no?.rule === 'entity_must_exist') return undefined;
      if (no?.rule !== 'reservation_must_be_open') throw error;
      return heldOf(await this.reservations.getReservation({ participantId, reservationId }, this.call));
    }
  }

  /** What the market has on sale of each kind of supply; undefined where it has no pool of it. */
  async onSale(kinds: readonly SupplyKind[]): Promise<(Levels | undefined)[]> {
    const { onSale } = await this.reservations.listOnSale({ kinds: [...kinds] }, this.call);
    return onSale.map(({ known, units }) => (known ? levelsIn(units!) : undefined));
  }

  /** Units that the terms would get now in each slot. */
  async quote(participantId: number, terms: RemoteTerms): Promise<number> {
    try {
      const { fills } = await this.scheduling.quoteBid(
        { participantId, terms: { ...bidOf(terms), timeInForce: TimeInForce.IOC } },
        // It is a POST, so it is asked under a key; nothing is done that could be done twice.
        serviceCall('interconnect', randomUUID()),
      );
      return fills.reduce((sum, { units }) => sum + units, 0);
    } catch (error) {
      if (refusalOf(error)) return 0;
      throw error;
    }
  }
}

/** Of one start, in the terms' zone and region, from providers of this platform. */
function bidOf(terms: RemoteTerms): BidTerms {
  const { computeClass, model, unit, window, zone, region, domestic } = terms;
  const { from, to } = window!;
  return BidTerms.create({
    books: [{ computeClass, model, unit, tier: Tier.FIRM }],
    units: terms.units,
    perNode: terms.perNode,
    durationSlots: to - from,
    earliest: from,
    latest: to,
    limitPrice: terms.price,
    timeInForce: TimeInForce.FOK,
    placement: Placement.ANYWHERE,
    constraints: { regionsIn: [region], zone, domesticOnly: domestic },
    localOnly: true,
  });
}

function heldOf({ state, until, pieces }: Reservation): Held | undefined {
  const known = stateOf[state];
  return known && { state: known, until, leases: pieces.map(({ tradeId, units }) => ({ leaseId: tradeId, units })) };
}

const noOf = ({ state, refusal }: Reservation): No =>
  state === MarketState.REFUSED
    ? { rule: refusal, detail: helpOf[refusal] ?? "the seller's market refuses it" }
    : { rule: 'supply_must_be_there', detail: 'the market has not all of it' };

/** What the rule's name alone does not tell a partner, who sees nothing of this market. */
const helpOf: Readonly<Record<string, string>> = {
  buying_power_must_cover_the_worst_case:
    'the money that the partner has paid in here, less what its open pieces hold, does not cover the amount',
};

/** The market was not asked, or says nothing of what was asked. */
const noAnswers: readonly string[] = ['unavailable', 'exhausted', 'unauthenticated', 'forbidden'];

/** Undefined where it is no answer. */
function refusalOf(error: unknown): No | undefined {
  if (!(error instanceof Refusal) || noAnswers.includes(error.kind)) return undefined;
  return { rule: error.rule, detail: error.detail };
}
