// Whether a list of revoked certificates may be judged by: with a wrong one no process would take a connection of another.
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { connect, createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { codeOf, messageOf } from './fault.js';
import { blocksOf, contextOf, files, type Papers } from './papers.js';
import { type RevocationList, revocationListsOf, subjectOf } from './revocation-list.js';

/** OpenSSL's names. */
const untimely = new Set(['CRL_HAS_EXPIRED', 'CRL_NOT_YET_VALID']);
/** Of the own certificate: the list is right, and nobody talks with this process any more. */
const revoked = 'CERT_REVOKED';

/**
 * @param before what this process goes by until now; undefined at its start
 * @throws Error naming the rule that the papers' list breaks, beside their other papers or after the list before
 */
export async function mustStand(folder: string, papers: Papers, before?: Papers): Promise<void> {
  const path = join(folder, files.crl);
  if (papers.crl) await mustBeTaken(path, papers);
  if (before?.crl) mustNotGoBack(path, papers, before);
}

/** Asks OpenSSL, which is who will judge: another process with the same papers must take this one's certificate by the list as well as it does without. */
async function mustBeTaken(path: string, papers: Papers): Promise<void> {
  let context: SecureContext;
  try {
    if (!blocksOf(papers.crl!).length) throw new Error('it holds no list');
    context = createSecureContext(contextOf(papers));
  } catch (cause) {
    throw new Error(`papers_must_be_whole: ${path}: ${messageOf(cause)}`, { cause });
  }
  const verdict = await verdictOf(context);
  if (verdict === '' || verdict === revoked) return;
  if (verdict === (await verdictOf(createSecureContext(contextOf({ ...papers, crl: undefined }))))) return;
  if (untimely.has(verdict)) throw new Error(`revocation_list_must_be_current: ${path}: ${timesOf(papers.crl!)} (${verdict})`);
  throw new Error(`revocation_list_must_be_of_the_authority: ${path} has no list of who signed ${files.cert} (${verdict})`);
}

const timesOf = (crl: Buffer): string =>
  revocationListsOf(crl)
    .map(({ thisUpdate, nextUpdate }) => `from ${thisUpdate.toISOString()} until ${nextUpdate?.toISOString() ?? 'any time'}`)
    .join(', ');

/** OpenSSL's name of what is wrong with a certificate, where both sides hold the same papers; '' where nothing is. */
async function verdictOf(secureContext: SecureContext): Promise<string> {
  const [here, there] = duplexPair();
  const server = new TLSSocket(there, { isServer: true, secureContext });
  const client = connect({ socket: here, secureContext, rejectUnauthorized: false, checkServerIdentity: () => undefined });
  try {
    return await new Promise<string>((resolve, reject) => {
      // The code, as Node has it, though its type says an error.
      client.once('secureConnect', () => resolve(String(client.authorizationError ?? '')));
      for (const side of [client, server])
        side
          .once('error', (error) => (codeOf(error) === '' ? reject(error) : resolve(codeOf(error))))
          .once('close', () => reject(new Error('the connection was closed')));
    });
  } finally {
    client.destroy();
    server.destroy();
  }
}

/** Else who takes a newer list away, or puts an older one in its place, lets in again who was turned away. Of an authority that is trusted no more nobody is let in. */
function mustNotGoBack(path: string, papers: Papers, before: Papers): void {
  const trusted = authoritiesOf(papers);
  const stillTrusted = authoritiesOf(before).filter((one) => trusted.some((other) => isSameAuthority(one, other)));
  const lists = papers.crl ? revocationListsOf(papers.crl) : [];
  for (const kept of revocationListsOf(before.crl!)) {
    if (!stillTrusted.some(({ raw }) => subjectOf(raw).equals(kept.issuer))) continue;
    const follows = ({ issuer, thisUpdate }: RevocationList) => issuer.equals(kept.issuer) && thisUpdate >= kept.thisUpdate;
    if (!lists.some(follows))
      throw new Error(
        `revocation_list_must_not_go_back: ${path} has none as new as that of ${kept.thisUpdate.toISOString()}, which serves on`,
      );
  }
}

const authoritiesOf = ({ ca }: Papers): X509Certificate[] => blocksOf(ca).map((pem) => new X509Certificate(pem));

const isSameAuthority = (one: X509Certificate, other: X509Certificate): boolean =>
  one.subject === other.subject && one.publicKey.equals(other.publicKey);
