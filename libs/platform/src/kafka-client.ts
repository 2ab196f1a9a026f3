// kafkajs with what we mend of it, for who speaks to brokers beside the bus.

/** Loads it at the call: most processes need none. */
export async function mendedKafka(): Promise<typeof import('kafkajs')> {
  await import('./kafka-queue.js');
  return import('kafkajs');
}
