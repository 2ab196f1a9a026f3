// The one table of topics: each service tells its events on its own.
import { PoolHealthChanged, NodeHealthChanged, LeaseMeasured } from './gen/exchange/monitoring/v1/event.js';
import { ParticipantChanged, SiteChanged, PoolChanged, LinkChanged, DrainChanged } from './gen/exchange/registry/v1/event.js';
import { TradeMade, LeaseChanged, OrderClosed, BuyingPowerLowered, TradeReleased } from './gen/exchange/scheduling/v1/event.js';
import {
  BuyingPowerRaised,
  BuyingPowerLowerRequested,
  OverdueChanged,
  TradeSettled,
  BillIssued,
  BillRefunded,
} from './gen/exchange/settlement/v1/event.js';
import { SubsidyDecided, SubsidyClawedBack } from './gen/exchange/voucher/v1/event.js';

/** Messages told on each topic. */
export const topics = {
  registry: [ParticipantChanged, SiteChanged, PoolChanged, LinkChanged, DrainChanged],
  monitoring: [PoolHealthChanged, NodeHealthChanged, LeaseMeasured],
  scheduling: [TradeMade, LeaseChanged, OrderClosed, BuyingPowerLowered, TradeReleased],
  settlement: [BuyingPowerRaised, BuyingPowerLowerRequested, OverdueChanged, TradeSettled, BillIssued, BillRefunded],
  voucher: [SubsidyDecided, SubsidyClawedBack],
} as const;

export type Topic = keyof typeof topics;

const byType = new Map<string, Topic>();
for (const topic of Object.keys(topics) as Topic[]) for (const message of topics[topic]) byType.set(message.$type, topic);

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
