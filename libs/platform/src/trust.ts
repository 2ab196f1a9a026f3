// Whom a connection to PostgreSQL, Kafka or Redis trusts, and who it says it is: files, named at the end of the server's URL as PostgreSQL's own clients name them.
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { messageOf } from './fault.js';

/** PEM. Plain data: it goes to second threads too. */
export interface Trust {
  /** Of the authority that vouches for the server; undefined: those that Node knows. */
  readonly ca?: string;
  /** Of this client, where the server asks for one. */
  readonly cert?: string;
  readonly key?: string;
}

const names = { ca: 'sslrootcert', cert: 'sslcert', key: 'sslkey' } as const;

/**
 * What of a URL stands behind its '?'.
 * @throws Error where a file is not named rightly, cannot be read or is no certificate, or key and certificate do not belong together
 */
export function trustIn(url: string): Trust {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const trust: Record<string, string> = {};
  for (const [part, name] of Object.entries(names)) {
    const file = query.get(name);
    if (file !== null) trust[part] = contentOf(name, file);
  }
  if ((trust.cert === undefined) !== (trust.key === undefined)) throw new Error('setting_must_name_sslcert_and_sslkey_together');
  try {
    for (const part of ['ca', 'cert'] as const) if (trust[part] !== undefined) new X509Certificate(trust[part]);
    createSecureContext(trust);
  } catch (cause) {
    throw new Error(`setting_must_name_certificates_that_fit: ${messageOf(cause)}`, { cause });
  }
  return trust;
}

function contentOf(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new Error(`setting_must_name_files_that_can_be_read: ${name}: ${messageOf(cause)}`, { cause });
  }
}
