// A certificate authority of a test's own: who may speak for a service, until when, and whose certificate was taken back.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { X509Certificate } from '@peculiar/x509';

type X509 = typeof import('@peculiar/x509');

/** Most specs need none. */
async function x509(): Promise<X509> {
  const found = await import('@peculiar/x509');
  found.cryptoProvider.set(webcrypto);
  return found;
}

const keyKind = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };
const dayMs = 86_400_000;

export interface Issued {
  readonly certificate: X509Certificate;
  readonly cert: string;
  readonly key: string;
}

export class Authority {
  private serial = 1;

  private constructor(
    private readonly x509: X509,
    private readonly keys: webcrypto.CryptoKeyPair,
    private readonly certificate: X509Certificate,
  ) {}

  /** One that stands from a day ago until `validMs` from now. */
  static async make(validMs = 30 * dayMs, name = 'compute exchange test authority'): Promise<Authority> {
    const made = await x509();
    const keys = await newKeys();
    const certificate = await made.X509CertificateGenerator.createSelfSigned({
      serialNumber: '01',
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + validMs),
      keys: keys,
      signingAlgorithm: signing,
      extensions: [
        new made.BasicConstraintsExtension(true, 0, true),
        new made.KeyUsagesExtension(made.KeyUsageFlags.keyCertSign | made.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new Authority(made, keys, certificate);
  }

  get ca(): string {
    return this.certificate.toString('pem');
  }

  /** A certificate that speaks for the services; from a day ago until `validMs` from now, which may be past. */
  issue(services: readonly string[], validMs = 10 * dayMs): Promise<Issued> {
    const names = services.map((service) => ({ type: 'url' as const, value: `spiffe://compute-exchange/${service}` }));
    return this.certify(services[0] ?? 'nobody', names, validMs);
  }

  /** A certificate of a server on this machine, or of a client that comes from it. */
  issueHost(): Promise<Issued> {
    return this.certify(
      'localhost',
      [
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
      ],
      10 * dayMs,
    );
  }

  private async certify(name: string, names: { type: 'url' | 'dns' | 'ip'; value: string }[], validMs: number): Promise<Issued> {
    const { x509 } = this;
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      serialNumber: (++this.serial).toString(16).padStart(4, '0'),
      subject: `CN=${name}`,
      issuer: this.certificate.subject,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + validMs),
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: signing,
      extensions: [
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
        new x509.SubjectAlternativeNameExtension(names),
      ],
    });
    const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
    return { certificate, cert: certificate.toString('pem'), key };
  }

  /** The list of those that are taken back; from `ageMs` ago until `validMs` from now, which may be past. */
  async revocations(revoked: readonly Issued[], validMs = 10 * dayMs, ageMs = dayMs): Promise<string> {
    const list = await this.x509.X509CrlGenerator.create({
      issuer: this.certificate.subject,
      thisUpdate: new Date(Date.now() - ageMs),
      nextUpdate: new Date(Date.now() + validMs),
      entries: revoked.map(({ certificate }) => ({ serialNumber: certificate.serialNumber, revocationDate: new Date() })),
      signingKey: this.keys.privateKey,
      signingAlgorithm: signing,
    });
    return this.x509.PemConverter.encode(list.rawData, 'X509 CRL');
  }
}

/** Writes what a process reads at its start. @param trusted undefined: nobody is named @param crl a list of revoked ones, where given */
export async function writePapers(
  folder: string,
  trusted: Pick<Authority, 'ca'> | undefined,
  { cert, key }: Pick<Issued, 'cert' | 'key'>,
  crl?: string,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const papers = { 'cert.pem': cert, 'key.pem': key, ...(trusted && { 'ca.pem': trusted.ca }), ...(crl && { 'crl.pem': crl }) };
  for (const [name, text] of Object.entries(papers)) await writeFile(join(folder, name), text);
  return folder;
}

const newKeys = async (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(keyKind, true, ['sign', 'verify']);
