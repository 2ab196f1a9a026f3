// The certificates that partners show where they call, as the operator has registered them.
import { type Tx, absent, conflict } from '#platform';
import { certificatesMax, plainDigest } from './core/certificate.js';

/** SHA-256 of each. */
export async function certificatesOf(from: Pick<Tx, 'query'>, platform: string): Promise<string[]> {
  const rows = await from.query<{ sha256: string }>('select sha256 from partner_certificates where platform = $1', [platform]);
  return rows.map(({ sha256 }) => sha256);
}

/** Under the partner's lock. @throws Refusal certificate_must_be_new, certificates_must_be_two_at_most */
export async function addCertificate(tx: Tx, platform: string, written: string, field: string, now: number): Promise<void> {
  const registered = await certificatesOf(tx, platform);
  const sha256 = plainDigest(written);
  if (registered.includes(sha256)) throw conflict('certificate_must_be_new', `${platform} has the certificate ${sha256}`, field);
  if (registered.length >= certificatesMax)
    throw conflict('certificates_must_be_two_at_most', `end one first: ${platform} has ${registered.join(' and ')}`, field);
  await tx.query('insert into partner_certificates (platform, sha256, registered_at) values ($1, $2, $3)', [platform, sha256, now]);
}

/** @throws Refusal absent */
export async function endCertificate(tx: Tx, platform: string, sha256: string): Promise<void> {
  const ended = await tx.query('delete from partner_certificates where platform = $1 and sha256 = $2 returning sha256', [platform, sha256]);
  if (!ended.length) throw absent(`certificate ${sha256} of partner ${platform}`);
}

/** Who comes back shows the certificates that it is registered with now. */
export async function endCertificates(tx: Tx, platform: string): Promise<void> {
  await tx.query('delete from partner_certificates where platform = $1', [platform]);
}
