// Identifiers of what is registered. The national scheme is not public, so it stands behind this interface and can be exchanged in one place.
import { checkCharacter } from './iso7064.js';

export type IdentifiedKind = 'PARTICIPANT' | 'SITE' | 'POOL' | 'NODE' | 'LINK' | 'NEED';

export interface Identified {
  readonly kind: IdentifiedKind;
  /** Administrative code of six digits where it was first verified. */
  readonly region: number;
  /** From 1, the thing's own among its kind. */
  readonly number: number;
}

export interface IdentifierScheme {
  issue(identified: Identified): string;
  /** Undefined where the text is none of this scheme's, a wrong check character included. */
  parse(text: string): Identified | undefined;
}

const letters: Record<IdentifiedKind, string> = { PARTICIPANT: 'P', SITE: 'S', POOL: 'R', NODE: 'N', LINK: 'L', NEED: 'D' };
const form = /^CX-(\d{6})-([PSRNLD])-(\d{10})-([0-9A-Z])$/;

/** CX-region-kind-number-check: CX-500000-S-0000000012-K. The check character is ISO 7064 MOD 37,36 over all before it but the dashes. */
export const regionalScheme: IdentifierScheme = {
  issue({ kind, region, number }) {
    const body = `CX-${region}-${letters[kind]}-${String(number).padStart(10, '0')}`;
    return `${body}-${checkOf(body)}`;
  },
  parse(text) {
    const [, region, letter, number, check] = form.exec(text) ?? [];
    if (check === undefined || checkOf(text.slice(0, -2)) !== check) return undefined;
    const kind = (Object.keys(letters) as IdentifiedKind[]).find((each) => letters[each] === letter)!;
    return { kind, region: Number(region), number: Number(number) };
  },
};

const checkOf = (body: string): string => checkCharacter(body.replaceAll('-', ''));
