// Where a Redis is: redis://user:password@host:port/name, or rediss:// by TLS. Several exchanges share one by names of their own.
import { type Trust, trustIn } from './trust.js';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** Undefined: without TLS. */
  readonly trust: Trust | undefined;
  /** Begins the names of channels. */
  readonly name: string;
}

const pattern = /^redis(s?):\/\/(?:([^\s:@/]*):([^\s@/]+)@)?([\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})\/([\w-]{1,64})(?:\?(\S*))?$/;

/** User and password are percent-encoded there. @throws Error naming the rule that the text breaks */
export function redisAddress(url: string): RedisAddress {
  const [, tls, user, password, host, port, name, query] = pattern.exec(url) ?? [];
  if (!host || !name) throw new Error('setting_must_be_a_redis: redis://user:password@host:port/name');
  if (query && !tls) throw new Error('setting_must_be_by_tls_where_it_names_certificates');
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    username: user ? decodeURIComponent(user) : undefined,
    password: password === undefined ? undefined : decodeURIComponent(password),
    trust: tls ? trustIn(url) : undefined,
    name,
  };
}
