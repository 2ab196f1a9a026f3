/** 128-bit MurmurHash3 (x86) over 32-bit words: quick and even; it tells states apart and is no seal against forgery (the journal's chain is). */
export class Hash {
  private readonly lanes = new Uint32Array(4);
  private words = 0;

  /** A safe integer as two words. */
  number(value: number): void {
    this.word(value >>> 0);
    this.word(Math.floor(value / 2 ** 32) >>> 0);
  }

  /** Thirty-two hexadecimal digits. */
  digest(): string {
    const length = this.words;
    while (this.words % 4 !== 0) this.word(0);
    const h = this.lanes.map((lane) => lane ^ length);
    const mixAll = (): void => {
      h[0] = (h[0]! + h[1]! + h[2]! + h[3]!) >>> 0;
      for (let i = 1; i < 4; i++) h[i] = (h[i]! + h[0]) >>> 0;
    };
    mixAll();
    for (let i = 0; i < 4; i++) h[i] = finish(h[i]!);
    mixAll();
    return [...h].map((lane) => lane.toString(16).padStart(8, '0')).join('');
  }

  /** Words go to the lanes in turn. */
  private word(word: number): void {
    const { lanes: h } = this;
    const i = this.words++ & 3;
    const next = (i + 1) & 3;
    const k = Math.imul(rotate(Math.imul(word, multipliers[i]!), rotations[i]!), multipliers[next]!);
    h[i] = Math.imul(rotate(h[i]! ^ k, laneRotations[i]!) + h[next]!, 5) + additions[i]!;
  }
}

const multipliers = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93];
const rotations = [15, 16, 17, 18];
const laneRotations = [19, 17, 15, 13];
const additions = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17];

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

function finish(value: number): number {
  let h = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Numbers, text, booleans, null, lists and records, written one way: a list by its length and items, a record by its values in the order of their names. Of a record `without` is left out. */
export function writeCanonical(hash: Hash, value: unknown, without?: ReadonlySet<string>): void {
  if (typeof value === 'number') hash.number(value);
  else if (typeof value === 'boolean') hash.number(value ? 1 : 0);
  else if (typeof value === 'string')
    writeCanonical(
      hash,
      [...value].map((character) => character.codePointAt(0)!),
    );
  else if (value === null || value === undefined) hash.number(-1);
  else if (Array.isArray(value)) {
    hash.number(value.length);
    for (const item of value) writeCanonical(hash, item);
  } else {
    const record = value as Record<string, unknown>;
    for (const name of sortedNames(Object.keys(record))) if (!without?.has(name)) writeCanonical(hash, record[name]);
  }
}

/** Names of records sorted before, by the first of them: most records are like one of a few. */
const sortedBefore = new Map<string | undefined, { readonly names: readonly string[]; readonly sorted: readonly string[] }[]>();
const alikeMax = 32;

function sortedNames(names: readonly string[]): readonly string[] {
  let known = sortedBefore.get(names[0]);
  if (!known) sortedBefore.set(names[0], (known = []));
  const alike = known.find((one) => areSame(one.names, names));
  if (alike) return alike.sorted;
  const sorted = names.toSorted();
  if (known.length < alikeMax) known.push({ names, sorted });
  return sorted;
}

function areSame(names: readonly string[], others: readonly string[]): boolean {
  if (names.length !== others.length) return false;
  for (let i = 0; i < names.length; i++) if (names[i] !== others[i]) return false;
  return true;
}
