// The one table of topics: each service tells its events on its own.
import {
  PartnerNetted,
  RemoteLeaseMeasured,
  RemoteLeasesLost,
  RemotePieceDecided,
  RemoteSupplyChanged,
} from './gen/exchange/interconnect/v1/event.js';
import { PoolHealthChanged, NodeHealthChanged, LeaseMeasured, LinkMeasured } from './gen/exchange/monitoring/v1/event.js';
import { NationalIdentifierAssigned, NationalReturned } from './gen/exchange/monitoring/v1/national.js';
import { ParticipantChanged, SiteChanged, PoolChanged, LinkChanged, DrainChanged } from './gen/exchange/registry/v1/event.js';
import { TradeMade, LeaseChanged, OrderClosed, BuyingPowerLowered, TradeReleased } from './gen/exchange/scheduling/v1/event.js';
import { PieceReserved, ReservationEnded } from './gen/exchange/scheduling/v1/reservation.js';
import {
  BuyingPowerRaised,
  BuyingPowerLowerRequested,
  OverdueChanged,
  TradeSettled,
  BillIssued,
  BillRefunded,
  PartnerCompensated,
} from './gen/exchange/settlement/v1/event.js';
import { SubsidyDecided, SubsidyClawedBack } from './gen/exchange/voucher/v1/event.js';

export interface TopicPlan {
  readonly messages: readonly { readonly $type: string }[];
  /**
   * Over how many partitions a distributed bus spreads its events, by their subject. Order is kept within one. It may not be changed while events wait in
   * an outbox or on the topic. More than one only where readers need no order between subjects.
   */
  readonly partitions: number;
  /** How long a distributed bus keeps an event; undefined: for ever, since who comes later reads all from the beginning. */
  readonly keptDays?: number;
}

const topicPlans = {
  // A pool is told after its site and its provider, and must be heard so.
  registry: { messages: [ParticipantChanged, SiteChanged, PoolChanged, LinkChanged, DrainChanged], partitions: 1 },
  // Which of two lost pools is heard of first decides what is placed anew where.
  monitoring: {
    messages: [PoolHealthChanged, NodeHealthChanged, LeaseMeasured, LinkMeasured, NationalIdentifierAssigned, NationalReturned],
    partitions: 1,
    keptDays: 90,
  },
  // The busiest; all of one participant comes in order, and nobody needs more.
  scheduling: {
    messages: [TradeMade, LeaseChanged, OrderClosed, BuyingPowerLowered, TradeReleased, PieceReserved, ReservationEnded],
    partitions: 8,
    keptDays: 90,
  },
  // What a programme's cap still covers depends on whose bill came first.
  settlement: {
    messages: [BuyingPowerRaised, BuyingPowerLowerRequested, OverdueChanged, TradeSettled, BillIssued, BillRefunded, PartnerCompensated],
    partitions: 1,
    keptDays: 90,
  },
  // A pool's supply is told in the order in which it was heard.
  interconnect: {
    messages: [RemoteSupplyChanged, RemotePieceDecided, RemoteLeasesLost, RemoteLeaseMeasured, PartnerNetted],
    partitions: 1,
    keptDays: 90,
  },
  // What one claim gave back may be what the next is granted, of another buyer.
  voucher: { messages: [SubsidyDecided, SubsidyClawedBack], partitions: 1, keptDays: 90 },
} as const satisfies Record<string, TopicPlan>;

export type Topic = keyof typeof topicPlans;

/** What is told on each topic, and how a distributed bus keeps it. */
export const topics: Readonly<Record<Topic, TopicPlan>> = topicPlans;

const byType = new Map<string, Topic>();
for (const topic of Object.keys(topics) as Topic[]) for (const message of topics[topic].messages) byType.set(message.$type, topic);

/**
 * The topic on which a type of event is told.
 * @param type full name of the message
 * @throws Error where no topic has it
 */
export function topicOf(type: string): Topic {
  const topic = byType.get(type);
  if (!topic) throw new Error(`event_type_must_have_a_topic: ${type}`);
  return topic;
}
