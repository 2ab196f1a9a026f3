// Regional identifiers as docs/national-node.md has them: CX-500000-S-0000000012-K, the last character by ISO 7064 MOD 37,36.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const kinds: Readonly<Record<string, string>> = { P: 'PARTICIPANT', S: 'SITE', R: 'POOL' };

/** What it names; undefined where it is none, a wrong check character included. */
export function kindOfIdentifier(identifier: string): string | undefined {
  const [, region, letter, number, check] = /^CX-(\d{6})-([A-Z])-(\d{10})-([0-9A-Z])$/.exec(identifier) ?? [];
  if (check === undefined) return undefined;
  let sum = 36;
  for (const character of `CX${region}${letter}${number}`) {
    sum = (sum + alphabet.indexOf(character)) % 36 || 36;
    sum = (sum * 2) % 37;
  }
  return alphabet[(37 - sum) % 36] === check ? kinds[letter!] : undefined;
}
