// Where PostgreSQL is: postgresql://user:password@host:port/database, by TLS with sslmode=verify-full behind a '?'. And what the driver is told of it.
import pg from 'pg';
import { type Trust, trustIn } from './trust.js';

/** Where a database is and who connects. */
export interface DatabaseAddress {
  /** A host name, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Undefined: without TLS. */
  readonly trust?: Trust | undefined;
}

/** @throws Error naming the rule that the text breaks */
export function databaseAddress(url: string): DatabaseAddress {
  if (!/^postgres(ql)?:\/\/[^@]+@.*\/[^/?]+/.test(url))
    throw new Error('setting_must_be_a_url: postgresql://user:password@host:port/database');
  const mode = new URLSearchParams(url.split('?')[1] ?? '').get('sslmode') ?? 'disable';
  // By the others a connection is not sure whom it reached.
  if (mode !== 'disable' && mode !== 'verify-full') throw new Error('setting_must_verify_its_server: sslmode=verify-full');
  const trust = trustIn(url);
  if (mode === 'disable' && Object.keys(trust).length)
    throw new Error('setting_must_be_by_tls_where_it_names_certificates: sslmode=verify-full');
  const { host, port, user, password, database: name } = new pg.Client({ connectionString: url.replace(/[?&]ssl\w+=[^&]*/g, '') });
  const address = { host, port, user: user ?? '', password: password ?? '', database: name ?? '' };
  return mode === 'disable' ? address : { ...address, trust };
}

/** A connection that lies still is asked whether it stands after so long, so that one whose packets are swallowed ends. */
const keepAliveMs = 5_000;

type Told = Pick<pg.ClientConfig, 'ssl' | 'keepAlive' | 'keepAliveInitialDelayMillis'>;

/** The driver hides the key in what it is given, so each connection is given its own. */
export const connectionOf = <A extends DatabaseAddress>({ trust, ...address }: A): Omit<A, 'trust'> & Told => ({
  ...address,
  keepAlive: true,
  keepAliveInitialDelayMillis: keepAliveMs,
  ...(trust && { ssl: { ...trust } }),
});
