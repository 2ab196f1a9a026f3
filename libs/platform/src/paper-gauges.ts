// How long what this process shows the others, and partner platforms, still stands: its certificate, the authorities above it, the lists of revoked ones.
import { X509Certificate } from 'node:crypto';
import type { Certificates } from './certificates.js';
import { blocksOf, type Papers } from './papers.js';
import { revocationListsOf } from './revocation-list.js';
import type { ShownPapers } from './shown-papers.js';
import type { Gauges, Observations } from './telemetry.js';

/** In ms since 1970. */
interface Life {
  readonly from: number;
  readonly to: number;
}

export function observePapers(gauges: Gauges, certificates: Certificates): void {
  const each = (measure: (life: Life) => number) => (): Observations =>
    livesOf(certificates.now).flatMap(([paper, lives]) => {
      const next = lives.toSorted((one, other) => leftOf(one) - leftOf(other))[0];
      return next ? [[measure(next), { 'exchange.paper': paper }]] : [];
    });
  gauges.add(
    'exchange.mesh.paper.end',
    's',
    "When this process's certificate, an authority above it, or its list of revoked ones ends, since 1970; of several that with the least of its life left",
    each(({ to }) => to / 1_000),
  );
  gauges.add('exchange.mesh.paper.life_left', '1', 'Share of its life that is left; below 0 where it is over', each(leftOf));
  gauges.add(
    'exchange.mesh.paper.refused',
    '{process}',
    '1 where something of what lies in the folder is not taken, as the log says',
    () => [[Number(certificates.isRefused)]],
  );
}

/** Of the certificate that partner platforms are shown, on either side. */
export function observeShown(gauges: Gauges, papers: ShownPapers): void {
  const side = { 'exchange.side': papers.side };
  gauges.add(
    'exchange.partner.paper.life_left',
    '1',
    "Share of a certificate's life that is left, of those that partner platforms are shown where they call or are called; below 0 where it is over",
    () => [[leftOf(lifeOf(new X509Certificate(papers.now.cert))), side]],
  );
  gauges.add(
    'exchange.partner.paper.refused',
    '{process}',
    '1 where what lies in the folder of such a certificate is not taken, as the log says',
    () => [[Number(papers.isRefused), side]],
  );
}

const leftOf = ({ from, to }: Life): number => (to - Date.now()) / (to - from);

/** Of a list whose end is not named nothing is told. */
function livesOf({ ca, cert, crl }: Papers): [paper: string, lives: Life[]][] {
  const [own, ...chain] = blocksOf(cert).map((pem) => new X509Certificate(pem));
  const trusted = blocksOf(ca).map((pem) => new X509Certificate(pem));
  const lists = crl ? revocationListsOf(crl) : [];
  return [
    ['certificate', [lifeOf(own!)]],
    ['authority', above(own!, [...chain, ...trusted]).map(lifeOf)],
    ['revocation_list', lists.flatMap(({ thisUpdate, nextUpdate }) => (nextUpdate ? { from: +thisUpdate, to: +nextUpdate } : []))],
  ];
}

const lifeOf = ({ validFromDate, validToDate }: X509Certificate): Life => ({ from: +validFromDate, to: +validToDate });

/** Who signed a certificate, who signed that one's, and so on. Another authority, that is trusted until nobody is signed by it any more, may end. */
function above(certificate: X509Certificate, authorities: readonly X509Certificate[]): X509Certificate[] {
  const signer = authorities.find((one) => certificate.checkIssued(one) && certificate.verify(one.publicKey));
  if (!signer) return [];
  return [
    signer,
    ...above(
      signer,
      authorities.filter((one) => one !== signer),
    ),
  ];
}
