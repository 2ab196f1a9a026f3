// Where a Kafka cluster is: kafka://host:port,host:port/name. Several exchanges share a cluster by names of their own.

export interface KafkaAddress {
  /** 'host:port', any of the cluster's. */
  readonly brokers: string[];
  /** Begins the names of topics and groups. */
  readonly name: string;
}

const pattern = /^kafka:\/\/((?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}(?:,(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5})*)\/([\w-]{1,64})$/;

export const isKafkaUrl = (url: string): boolean => pattern.test(url);

export function kafkaAddress(url: string): KafkaAddress {
  const [, brokers, name] = pattern.exec(url) ?? [];
  if (!brokers || !name) throw new Error('setting_must_be_a_bus: kafka://host:port,host:port/name');
  return { brokers: brokers.split(','), name };
}
