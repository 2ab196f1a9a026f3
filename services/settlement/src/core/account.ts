/**
 * Accounts of the ledger, named by what they are. An account's name says its kind, its currency and which side may not be overdrawn, so nobody keeps a
 * second table of that.
 *
 * participant/ID/money       what the exchange owes a buyer; a hold is pending on it
 * participant/ID/income      what it owes a provider or link owner
 * participant/ID/receivable  what a participant owes beyond its holds (R-28)
 * participant/ID/disputed    of its income, what waits for the decision of a dispute (R-29)
 * programme/ID/funding …     a voucher programme's promise, R-32: issued = −funding = available + held + redeemed + expired + revoked
 * programme/ID/owed          what the programme's authority owes the exchange for subsidies paid
 * partner/ID/bought          what buyers here paid for leases on a partner's platform, and is not netted yet (R-36)
 * partner/ID/sold            what leases cost here that a partner bought, the same
 * partner/ID/margin          what was gained, or below 0 lost, with a partner: what is netted against what the leases cost here
 * partner/ID/payable         what a partner is owed, by items that both statements agree on, and is not paid yet
 * partner/ID/receivable      what it owes, the same
 * clearing/trade|subsidy|refund|payout  where money is between two hands; each returns to zero
 * fee, rounding, bank
 * A name may end in @ and three letters, its currency; without, it is in CNY.
 */
export interface AccountRule {
  /** The name with its id as a star. */
  readonly kind: string;
  readonly currency: string;
  /** Posted and pending debits together stay within posted credits. */
  readonly debitsLimited: boolean;
  /** Posted and pending credits together stay within posted debits. */
  readonly creditsLimited: boolean;
}

const debitsLimited = new Set([
  'participant/*/money',
  'participant/*/income',
  'participant/*/disputed',
  'programme/*/available',
  'programme/*/held',
  'programme/*/redeemed',
  'programme/*/expired',
  'programme/*/revoked',
  'clearing/payout',
  'clearing/refund',
  'partner/*/payable',
]);
const creditsLimited = new Set(['participant/*/receivable', 'programme/*/funding', 'programme/*/owed', 'partner/*/receivable']);
const others = new Set([
  'clearing/trade',
  'clearing/subsidy',
  'fee',
  'rounding',
  'bank',
  'partner/*/bought',
  'partner/*/sold',
  'partner/*/margin',
]);

const shape = /^(?:(participant|programme|partner)\/[1-9]\d*\/([a-z]+)|([a-z]+(?:\/[a-z]+)?))(?:@([A-Z]{3}))?$/;

/** Names are few beside the transfers that say them. */
const read = new Map<string, AccountRule>();
const readMax = 500_000;

/** What a name means, or undefined where it names no account. */
export function accountRule(code: string): AccountRule | undefined {
  const before = read.get(code);
  if (before) return before;
  if (read.size >= readMax) read.clear();
  const rule = readRule(code);
  if (rule) read.set(code, rule);
  return rule;
}

function readRule(code: string): AccountRule | undefined {
  const parts = shape.exec(code);
  if (!parts) return undefined;
  const kind = parts[1] ? `${parts[1]}/*/${parts[2]}` : parts[3]!;
  if (!debitsLimited.has(kind) && !creditsLimited.has(kind) && !others.has(kind)) return undefined;
  return { kind, currency: currencyOf(code), debitsLimited: debitsLimited.has(kind), creditsLimited: creditsLimited.has(kind) };
}

/** Of an account's name. */
export const currencyOf = (code: string): string => (code.at(-4) === '@' ? code.slice(-3) : 'CNY');

export const money = (participantId: number) => `participant/${participantId}/money`;
export const income = (participantId: number) => `participant/${participantId}/income`;
export const receivable = (participantId: number) => `participant/${participantId}/receivable`;
export const disputed = (participantId: number) => `participant/${participantId}/disputed`;
export const programme = (programmeId: number, part: 'funding' | 'available' | 'held' | 'redeemed' | 'expired' | 'revoked' | 'owed') =>
  `programme/${programmeId}/${part}`;

/** @param currency none for CNY */
export const partner = (partnerId: number, part: 'bought' | 'sold' | 'margin' | 'payable' | 'receivable', currency = 'CNY') =>
  `partner/${partnerId}/${part}${currency === 'CNY' ? '' : `@${currency}`}`;

/**
 * What is locked to move an account. Of a programme's accounts its `available` goes first, whichever is meant: who holds one may come to need another,
 * and two who took them in turn would wait for each other.
 */
export function lockedWith(code: string): string[] {
  return code.startsWith('programme/') ? [`${code.slice(0, code.lastIndexOf('/'))}/available`, code] : [code];
}
