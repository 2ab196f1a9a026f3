// What a process shows the others and judges them by: read from a folder, whole, or not at all.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { codeOf, messageOf } from './fault.js';

/** SPIFFE's form of a name (https://spiffe.io): `spiffe://compute-exchange/scheduler`. */
const trustDomain = 'spiffe://compute-exchange/';

/**
 * Names of the services that a certificate speaks for, of its alternative names as Node writes them: 'URI:spiffe://compute-exchange/scheduler, DNS:…'. Node quotes a name
 * that could be taken for several; none of the exchange's is such, so a certificate with one speaks for nobody.
 */
export const servicesOf = (alternativeNames = ''): string[] =>
  alternativeNames.includes('"')
    ? []
    : alternativeNames
        .split(', ')
        .filter((name) => name.startsWith(`URI:${trustDomain}`))
        .map((name) => name.slice(`URI:${trustDomain}`.length));

/** PEM of each. */
export interface Papers {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Certificates that their authority took back; undefined where no list is there. */
  readonly crl: Buffer | undefined;
}

/** What a side of a connection is told of them. The least version stands here, since a context that comes later takes the place of all that was said before. */
export const contextOf = ({ ca, cert, key, crl }: Papers): SecureContextOptions => ({
  ...{ ca, cert, key, minVersion: 'TLSv1.3' },
  ...(crl && { crl }),
});

/** Each of what a PEM file holds. */
export const blocksOf = (pem: Buffer): string[] =>
  pem
    .toString('latin1')
    .split(/^(?=-----BEGIN )/m)
    .filter((one) => one.startsWith('-----BEGIN '));

export const files = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem', crl: 'crl.pem' } as const;

/** As they lie in the folder, whatever they are. */
export async function readPapers(folder: string): Promise<Papers> {
  const one = (name: string) => readFile(join(folder, name));
  const [ca, cert, key, crl] = await Promise.all([
    one(files.ca),
    one(files.cert),
    one(files.key),
    one(files.crl).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }),
  ]);
  return { ca, cert, key, crl };
}

/** @throws Error naming the rule that they break; the list of revoked ones is judged apart from them (revocation.ts) */
export function mustBelongTogether(folder: string, { ca, cert, key }: Papers): void {
  const certificate = new X509Certificate(cert);
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error(`certificate_must_fit_its_key: ${join(folder, files.cert)}`);
  if (servicesOf(certificate.subjectAltName).length === 0)
    throw new Error(`certificate_must_name_a_service: ${join(folder, files.cert)} has no alternative name URI:${trustDomain}…`);
  mustOpen(folder, { ca, cert, key, crl: undefined });
}

/** With papers of which no connection can be opened, or that trust nobody, all others would be turned away. */
function mustOpen(folder: string, papers: Papers): void {
  const authorities = blocksOf(papers.ca);
  if (!authorities.length) throw new Error(`authority_must_be_named: ${join(folder, files.ca)} holds no certificate`);
  try {
    // A context takes those that come before a broken one, and says nothing of that.
    for (const one of authorities) new X509Certificate(one);
    createSecureContext(contextOf(papers));
  } catch (cause) {
    throw new Error(`papers_must_be_whole: ${folder}: ${messageOf(cause)}`, { cause });
  }
}

export const isSame = (one: Papers, other: Papers): boolean =>
  one.ca.equals(other.ca) &&
  one.cert.equals(other.cert) &&
  one.key.equals(other.key) &&
  (one.crl === undefined || other.crl === undefined ? one.crl === other.crl : one.crl.equals(other.crl));
