import { ClaimState } from '#contracts';
import { type Tx, writeOrderId } from '#platform';
import type { ClaimedBill } from './claim.facts.js';
import type { NewClaim } from './claim.store.js';
import { stateOf } from './claim.store.js';
import { type Bought, type OtherClaim, type Suspicion, findingsOf, withFindings } from './core/findings.js';
import type { Terms } from './core/terms.js';
import { ownershipsOf } from './ownerships.js';

interface OtherRow {
  readonly claim_id: bigint;
  readonly programme_id: number;
  readonly amount: bigint;
  readonly clawed_back: bigint;
  readonly provider_ids: number[];
  readonly is_same_month: boolean;
}

/** A claim that is decided but for what officers should look at. */
export type Decided = Omit<NewClaim, 'findings' | 'state'>;

/** What only another platform's bill brings. */
export interface OfPlatform {
  readonly usedTwice: readonly string[];
  readonly capPerBill: bigint;
}

/** looks at the claims of a bill, each beside the others of it, before any is paid. */
export async function suspect(
  tx: Tx,
  bill: ClaimedBill,
  claims: readonly Decided[],
  terms: ReadonlyMap<number, Terms>,
  ofPlatform: OfPlatform = { usedTwice: [], capPerBill: 0n },
): Promise<NewClaim[]> {
  const providerIds = [...new Set(claims.flatMap(({ trades }) => trades.map((trade) => trade.providerId)))];
  const entities = [bill.buyerId, ...providerIds].map((id) => `participant/${id}`);
  const ownerships = await ownershipsOf(tx, entities);
  const others = await otherClaims(tx, bill, providerIds);
  const bought = await boughtBy(tx, bill, providerIds);
  return claims.map((claim) => {
    const isOfOne = overlaps(new Set(claim.trades.map((trade) => trade.providerId)));
    const stored = others.filter((other) => isOfOne(other.provider_ids));
    const beside = claims.filter(
      (other) =>
        other !== claim &&
        other.programmeId === claim.programmeId &&
        other.decision.amount > 0n &&
        isOfOne(other.trades.map((trade) => trade.providerId)),
    );
    const suspicion: Suspicion = {
      ...ofPlatform,
      terms: terms.get(claim.programmeId)!,
      buyerId: bill.buyerId,
      trades: claim.trades,
      ownerships,
      sameMonth: [
        ...stored.filter((other) => other.is_same_month && other.programme_id === claim.programmeId).map(otherOf),
        ...beside.map(({ bidId, decision }) => ({ name: `bid ${writeOrderId(bidId)} of this bill`, amount: decision.amount })),
      ],
      givenBack: stored.filter((other) => other.clawed_back > 0n).map(otherOf),
      bought,
    };
    const findings = findingsOf(suspicion, claim.decision);
    const decision = withFindings(suspicion, claim.decision, findings);
    return { ...claim, decision, findings, state: stateOf(decision) };
  });
}

const overlaps =
  (some: ReadonlySet<number>) =>
  (others: readonly number[]): boolean =>
    others.some((other) => some.has(other));

const otherOf = (row: OtherRow): OtherClaim => ({ name: `claim ${row.claim_id}`, amount: row.amount, clawedBack: row.clawed_back });

/** The buyer's claims with one of these providers: those of the month, of earlier parts of the bill too, and earlier ones of which something was given back. */
async function otherClaims(tx: Tx, { buyerId, month }: ClaimedBill, providerIds: readonly number[]): Promise<OtherRow[]> {
  return tx.query<OtherRow>(
    `select claim_id, programme_id, amount, clawed_back, provider_ids, month = $2 as is_same_month from claims
     where buyer_id = $1 and provider_ids && $3::int4[] and amount > 0 and state <> ${ClaimState.REFUSED}
       and (month = $2 or clawed_back > 0) order by claim_id`,
    [buyerId, month, providerIds],
  );
}

/** What the providers bought, and what those of whom they bought it bought of the buyer: by bills of this month and the two before. */
async function boughtBy(tx: Tx, { buyerId, month }: ClaimedBill, providerIds: readonly number[]): Promise<Bought[]> {
  const rows = await tx.query<{ bill_id: bigint; buyer_id: number; provider_id: number }>(
    `with recent as (select to_char(to_date($3::text, 'YYYY-MM') - interval '2 months', 'YYYY-MM') as month),
       first as (select min(bill_id) as bill_id, buyer_id, provider_id from billed_trades
         where buyer_id = any($1::int4[]) and month between (select month from recent) and $3 group by 2, 3)
     select * from first
     union select min(bill_id), buyer_id, provider_id from billed_trades
       where buyer_id in (select provider_id from first) and provider_id = $2 and month between (select month from recent) and $3 group by 2, 3
     order by 1, 2, 3`,
    [providerIds, buyerId, month],
  );
  return rows.map((row) => ({ billId: Number(row.bill_id), buyerId: row.buyer_id, providerId: row.provider_id }));
}
