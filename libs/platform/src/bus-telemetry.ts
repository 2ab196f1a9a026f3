// An event's way as the conventions of messaging tell it: created within the work that made it true, sent together with others, processed by each service that
// listens. Here and not by kafkajs's instrumentation: the log has the same way, and only the envelope (CloudEvents' traceparent) outlives outbox and dead letters.
import type { Attributes } from '@opentelemetry/api';
import { type Event, type Topic, topicOf } from '#contracts';
import { endSpan, inBatchSpan, inSpanOf, spanBelow, spanOf, traceparent } from './telemetry.js';

const attributes = (operation: string, type: 'create' | 'send' | 'process', topic: string, more: Attributes = {}): Attributes => ({
  // Which broker carries it is a matter of deployment.
  'messaging.system': 'exchange',
  'messaging.operation.name': operation,
  'messaging.operation.type': type,
  'messaging.destination.name': topic,
  ...more,
});

/** @returns the traceparent that an event of the type takes along, where what it came of has this one */
export function createdIn(parent: string, type: string): string {
  if (!parent) return '';
  const topic = topicOf(type);
  const span = spanBelow(parent, { name: `create ${topic}`, kind: 'PRODUCER', attributes: attributes('create', 'create', topic) });
  endSpan(span);
  return traceparent(span);
}

/** A batch holds events of many traces: it is linked to each. */
export function sending(topic: Topic, events: readonly Pick<Event, 'traceparent'>[], send: () => Promise<void>): Promise<void> {
  const count = { 'messaging.batch.message_count': events.length };
  const options = { name: `send ${topic}`, kind: 'CLIENT', attributes: attributes('send', 'send', topic, count) } as const;
  const links = events.flatMap((event) => spanOf(event.traceparent));
  return inBatchSpan(options, links, send);
}

/** The event's creation is the parent, so that one trace leads from the buyer's call to whatever came of it. */
export function processing(service: string, topic: Topic, event: Event, handle: () => Promise<void>): Promise<void> {
  const more = { 'messaging.consumer.group.name': service, 'messaging.message.id': event.id, 'exchange.event.type': event.type };
  return inSpanOf(
    event.traceparent,
    { name: `process ${topic}`, kind: 'CONSUMER', attributes: attributes('process', 'process', topic, more) },
    handle,
  );
}
