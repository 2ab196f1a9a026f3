// Where a Kafka cluster is: kafka://host:port,host:port/name, or kafkas:// by TLS. Several exchanges share a cluster by names of their own.
import { type Trust, trustIn } from './trust.js';

export interface KafkaAddress {
  /** 'host:port', any of the cluster's. */
  readonly brokers: string[];
  /** Begins the names of topics and groups. */
  readonly name: string;
  /** Undefined: without TLS. */
  readonly trust: Trust | undefined;
  /** Proved by SCRAM-SHA-512; undefined: no user is named. */
  readonly user: { readonly name: string; readonly password: string } | undefined;
}

const host = String.raw`(?:[\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}`;
const pattern = new RegExp(String.raw`^kafka(s?)://(?:([^\s:@/]+):([^\s@/]+)@)?(${host}(?:,${host})*)/([\w-]{1,64})(?:\?(\S*))?$`);

/** User and password are percent-encoded there. @throws Error naming the rule that the text breaks */
export function kafkaAddress(url: string): KafkaAddress {
  const [, tls, user, password, brokers, name, query] = pattern.exec(url) ?? [];
  if (!brokers || !name) throw new Error('setting_must_be_a_bus: kafka://user:password@host:port,host:port/name');
  if (query && !tls) throw new Error('setting_must_be_by_tls_where_it_names_certificates');
  return {
    brokers: brokers.split(','),
    name,
    trust: tls ? trustIn(url) : undefined,
    user: user && password ? { name: decodeURIComponent(user), password: decodeURIComponent(password) } : undefined,
  };
}
