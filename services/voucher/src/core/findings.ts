import { type Money, type ParticipantId, formatYuan } from '#domain';
import type { ClaimDecision } from './claim.js';
import type { Clause, Terms } from './terms.js';

/** A sign of abuse, named as the rule that may have been broken. It refuses nothing: officers decide. */
export interface Finding {
  readonly rule: string;
  readonly detail: string;
  readonly evidence: readonly string[];
}

/** `owner` holds so much of `owned`: 'participant/12', or another name of a register. */
export interface Ownership {
  readonly owner: string;
  readonly owned: string;
  readonly shareBp: number;
  readonly source: string;
}

/** Somebody bought of somebody, as a bill shows. */
export interface Bought {
  readonly billId: number;
  readonly buyerId: ParticipantId;
  readonly providerId: ParticipantId;
}

export interface OtherClaim {
  /** 'claim 12', or 'bid 01HZY…' of the same bill. */
  readonly name: string;
  readonly amount: Money;
  readonly clawedBack: Money;
}

/** Contracts with one provider that were not refused, the claim's own among them. */
export interface ProviderMonth {
  readonly providerId: ParticipantId;
  readonly contracts: number;
  /** Of all of them, and of the one that gets most. */
  readonly amount: Money;
  readonly largest: Money;
  /** The first of them, one more than evidence names. */
  readonly named: readonly Pick<OtherClaim, 'name' | 'amount'>[];
}

/** Evidence names so many contracts, and counts the others: a bill may have thousands. */
export const contractsNamed = 20;

/** What is known beside a claim when it is decided. */
export interface Suspicion {
  readonly terms: Terms;
  readonly buyerId: ParticipantId;
  readonly trades: readonly { tradeId: number; base: Money; providerId: ParticipantId; measured: boolean }[];
  /** Edges within two steps up from buyer and providers. */
  readonly ownerships: readonly Ownership[];
  /** How the claim stands among those. */
  readonly name: string;
  /** Of the same programme, buyer and month, for each provider of the claim. */
  readonly sameMonth: readonly ProviderMonth[];
  /** Of another platform's bill the cap a bill, which more bills would pass; else 0: the exchange's own are one bill a month. */
  readonly capPerBill: Money;
  /** Usage that stands on another bill that was not refused: 'line 1 as bill M-2 of platform 30'. */
  readonly usedTwice: readonly string[];
  /** The buyer's earlier claims with a provider of this one of which something was given back. */
  readonly givenBack: readonly OtherClaim[];
  /** Bills of this month and the two before it, of whoever the providers may have bought from. */
  readonly bought: readonly Bought[];
}

/** The clause of a claim of which something was found. */
export const findingsRule = 'claim_must_be_free_of_findings';

/** From this share on an owner is a beneficial one 受益所有人. */
const beneficialBp = 2_500;

/** Every check, in this order; none for a claim that pays nothing. */
export function findingsOf(claim: Suspicion, { amount }: Pick<ClaimDecision, 'amount'>): Finding[] {
  if (amount === 0n) return [];
  return [
    ...relatedOwners(claim),
    ...splitContracts({ ...claim, officersFrom: claim.terms.officersFrom }, claim.name),
    ...unmeasured(claim),
    ...usedTwice(claim),
    ...cancelledBefore(claim),
    ...circles(claim),
  ];
}

/**
 * A claim with findings waits for officers, whatever its amount, where its programme has them look at claims at all; one that is collected waits when it is
 * shared out.
 */
export function withFindings({ terms }: Suspicion, decision: ClaimDecision, findings: readonly Finding[]): ClaimDecision {
  if (!findings.length) return decision;
  const waits = terms.officersFrom > 0n;
  const clause = findingsClause(
    findings.map(({ rule }) => rule),
    waits,
  );
  return { ...decision, needsOfficers: waits && !decision.isCollected, clauses: [...decision.clauses, clause] };
}

export const findingsClause = (rules: readonly string[], waits: boolean): Clause => ({
  rule: findingsRule,
  passed: !waits,
  detail: `${rules.join(', ')}: ${waits ? 'officers decide' : 'the programme asks no officers'}`,
});

/** Buyer and provider have a beneficial owner in common, each at most two steps up; either may be the other's. */
function relatedOwners({ buyerId, trades, ownerships }: Suspicion): Finding[] {
  const ofBuyer = ownersOf(`participant/${buyerId}`, ownerships);
  return providersOf(trades).flatMap((providerId) => {
    const ofProvider = ownersOf(`participant/${providerId}`, ownerships);
    const shared = [...ofBuyer.keys()].find((owner) => ofProvider.has(owner));
    if (shared === undefined) return [];
    const evidence = [...ofBuyer.get(shared)!, ...ofProvider.get(shared)!];
    return [{ rule: 'parties_must_not_share_an_owner', detail: `buyer ${buyerId} and provider ${providerId} by ${shared}`, evidence }];
  });
}

/** Who owns it within two steps, itself included, each with the ownerships that lead there. */
function ownersOf(entity: string, ownerships: readonly Ownership[]): Map<string, readonly string[]> {
  const owners = new Map<string, readonly string[]>([[entity, []]]);
  for (let step = 0; step < 2; step++)
    for (const [owned, path] of [...owners])
      for (const edge of ownerships)
        if (edge.owned === owned && edge.shareBp >= beneficialBp && !owners.has(edge.owner))
          owners.set(edge.owner, [...path, `${edge.owner} holds ${edge.shareBp} bp of ${owned} (${edge.source})`]);
  return owners;
}

/** Several contracts with a provider in a month, none of which reaches a threshold that they reach together: the officers', or the cap a bill. @param own the claim's name */
export function splitContracts(
  { officersFrom, capPerBill, sameMonth }: Pick<Suspicion, 'capPerBill' | 'sameMonth'> & Pick<Terms, 'officersFrom'>,
  own: string,
): Finding[] {
  for (const { contracts, amount, largest, named } of sameMonth) {
    const threshold = [officersFrom, capPerBill].find((one) => one > 0n && amount >= one && largest < one);
    if (threshold === undefined || contracts < 2) continue;
    const others = named.filter(({ name }) => name !== own).slice(0, contractsNamed);
    const more = contracts - 1 - others.length;
    return [
      {
        rule: 'contracts_must_not_be_split',
        detail: `${contracts} contracts with a provider in a month come to ${formatYuan(amount)} yuan, each under ${formatYuan(threshold)}`,
        evidence: [...others.map((claim) => `${claim.name} of ${formatYuan(claim.amount)} yuan`), ...(more > 0 ? [`${more} more`] : [])],
      },
    ];
  }
  return [];
}

function unmeasured({ trades }: Suspicion): Finding[] {
  const blind = trades.filter((trade) => !trade.measured && trade.base > 0n);
  if (!blind.length) return [];
  const evidence = blind.map((trade) => `trade ${trade.tradeId} of ${formatYuan(trade.base)} yuan`);
  return [
    { rule: 'usage_must_have_telemetry', detail: `${blind.length} of ${trades.length} trades were billed and not measured`, evidence },
  ];
}

const usedTwice = ({ usedTwice: evidence }: Suspicion): Finding[] =>
  evidence.length ? [{ rule: 'usage_must_be_claimed_once', detail: 'the same usage records stand on other bills', evidence }] : [];

/** Half or more of an earlier subsidy with this provider went back after it was paid. */
function cancelledBefore({ givenBack }: Suspicion): Finding[] {
  const cancelled = givenBack.filter((claim) => claim.clawedBack * 2n >= claim.amount && claim.amount > 0n);
  if (!cancelled.length) return [];
  const evidence = cancelled.map(
    (claim) => `${claim.name}: ${formatYuan(claim.clawedBack)} of ${formatYuan(claim.amount)} yuan taken back`,
  );
  return [
    {
      rule: 'redeemed_bills_must_not_be_cancelled',
      detail: `${cancelled.length} earlier bills with a provider of this one were`,
      evidence,
    },
  ];
}

/** A provider bought of the buyer, or of somebody who bought of the buyer. */
function circles({ buyerId, trades, bought }: Suspicion): Finding[] {
  return providersOf(trades).flatMap((providerId) => {
    const firsts = bought.filter((one) => one.buyerId === providerId);
    const closed = firsts.find((one) => one.providerId === buyerId);
    const open = firsts.flatMap((first) =>
      bought.filter((second) => second.buyerId === first.providerId && second.providerId === buyerId).map((second) => [first, second]),
    );
    const circle = closed ? [closed] : open[0];
    if (!circle) return [];
    return [
      {
        rule: 'trades_must_not_run_in_a_circle',
        detail: [buyerId, providerId, ...circle.map((one) => one.providerId)].join(' bought of '),
        evidence: circle.map((one) => `bill ${one.billId}: ${one.buyerId} bought of ${one.providerId}`),
      },
    ];
  });
}

const providersOf = (trades: Suspicion['trades']): ParticipantId[] => [
  ...new Set(trades.filter(({ base }) => base > 0n).map(({ providerId }) => providerId)),
];
