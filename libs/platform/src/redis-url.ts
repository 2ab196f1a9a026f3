// Where a Redis is: redis://user:password@host:port/name, or rediss:// by TLS. Several exchanges share one by names of their own.

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly isTls: boolean;
  /** Begins the names of channels. */
  readonly name: string;
}

const pattern = /^redis(s?):\/\/(?:([^\s:@/]*):([^\s@/]+)@)?([\w.-]+|\[[\da-fA-F:]+\]):(\d{1,5})\/([\w-]{1,64})$/;

export const isRedisUrl = (url: string): boolean => pattern.test(url);

/** The parts of a text that is such an address. User and password are percent-encoded there. */
export function redisAddress(url: string): RedisAddress {
  const [, tls, user, password, host = '', port, name = ''] = pattern.exec(url) ?? [];
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port),
    username: user ? decodeURIComponent(user) : undefined,
    password: password === undefined ? undefined : decodeURIComponent(password),
    isTls: tls === 's',
    name,
  };
}
