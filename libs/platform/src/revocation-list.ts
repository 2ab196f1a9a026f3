// What a list of revoked certificates says of itself (RFC 5280, 5.1), which Node does not tell. Only for lists that OpenSSL has read: a broken one is not noticed here.

export interface RevocationList {
  /** DER of the name of the authority that signed it. */
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  /** By when there will be another; undefined where the list names no end. */
  readonly nextUpdate: Date | undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

const integerTag = 0x02;
/** Of a certificate's version. */
const versionTag = 0xa0;
const utcTag = 0x17;
const generalizedTag = 0x18;

/** Each that a PEM file holds. */
export const revocationListsOf = (pem: Buffer): RevocationList[] =>
  [...pem.toString('latin1').matchAll(/-----BEGIN X509 CRL-----([^-]+)-----END/g)].map(([, base64]) =>
    revocationListOf(Buffer.from(base64!, 'base64')),
  );

function revocationListOf(der: Buffer): RevocationList {
  const [list] = elementsOf(der);
  const [signed] = elementsOf(list!.content);
  const [first, ...others] = elementsOf(signed!.content);
  // The version stands before the rest, or not at all: then the signature's algorithm is the first.
  const [, issuer, thisUpdate, nextUpdate] = first!.tag === integerTag ? others : [first, ...others];
  return { issuer: issuer!.whole, thisUpdate: timeOf(thisUpdate)!, nextUpdate: timeOf(nextUpdate) };
}

/** DER of a certificate's own name (RFC 5280, 4.1), of its DER. */
export function subjectOf(certificate: Buffer): Buffer {
  const [signed] = elementsOf(elementsOf(certificate)[0]!.content);
  const [first, ...others] = elementsOf(signed!.content);
  const [_serial, _algorithm, _issuer, _validity, subject] = first!.tag === versionTag ? others : [first, ...others];
  return subject!.whole;
}

/** Those that stand one after the other. */
function elementsOf(der: Buffer): Element[] {
  const found: Element[] = [];
  for (let at = 0; at < der.length;) {
    const [tag, short] = [der[at]!, der[at + 1]!];
    const isLong = short >= 0x80;
    const lengthBytes = isLong ? short - 0x80 : 0;
    const length = isLong ? der.readUIntBE(at + 2, lengthBytes) : short;
    const begin = at + 2 + lengthBytes;
    const end = begin + length;
    found.push({ tag, content: der.subarray(begin, end), whole: der.subarray(at, end) });
    at = end;
  }
  return found;
}

/** Undefined where it is no time. */
function timeOf(element: Element | undefined): Date | undefined {
  if (element?.tag !== utcTag && element?.tag !== generalizedTag) return undefined;
  const text = element.content.toString('latin1');
  // UTCTime has two digits of the year, from 1950 to 2049.
  const full = element.tag === utcTag ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  return new Date(full.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
