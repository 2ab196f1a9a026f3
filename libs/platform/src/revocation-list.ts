// What a list of revoked certificates says of itself (RFC 5280, 5.1), which Node does not tell. Only for lists that OpenSSL has read: a broken one is not noticed here.

export interface RevocationList {
  readonly thisUpdate: Date;
  /** By when there will be another; undefined where the list names no end. */
  readonly nextUpdate: Date | undefined;
}

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

const integerTag = 0x02;
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
  const [, , thisUpdate, nextUpdate] = first!.tag === integerTag ? others : [first, ...others];
  return { thisUpdate: timeOf(thisUpdate)!, nextUpdate: timeOf(nextUpdate) };
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
    found.push({ tag, content: der.subarray(begin, begin + length) });
    at = begin + length;
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
