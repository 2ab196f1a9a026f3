import { ClaimState } from '#contracts';
import { type Tx, writeOrderId } from '#platform';
import type { ClaimedBill } from './claim.facts.js';
import type { NewClaim } from './claim.store.js';
import { stateOf } from './claim.store.js';
import { type Bought, type OtherClaim, type Suspicion, findingsOf, withFindings } from './core/findings.js';
import type { Terms } from './core/terms.js';
import { ownershipsOf } from './ownerships.js';
import { monthOf, withContract } from './split-contracts.js';

interface OtherRow {
  readonly claim_id: bigint;
  readonly amount: bigint;
  readonly clawed_back: bigint;
  readonly provider_ids: number[];
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
  const others = await givenBackOf(tx, bill, providerIds);
  const bought = await boughtBy(tx, bill, providerIds);
  const months = await monthOf(tx, bill, providerIds);
  for (const claim of claims)
    if (claim.decision.amount > 0n)
      withContract(months, claim.programmeId, providersOf(claim), { name: nameOf(claim), amount: claim.decision.amount });
  const monthsOf = Map.groupBy(months, ({ programmeId, providerId }) => `${programmeId}/${providerId}`);
  return claims.map((claim) => {
    const providers = providersOf(claim);
    const suspicion: Suspicion = {
      ...ofPlatform,
      terms: terms.get(claim.programmeId)!,
      buyerId: bill.buyerId,
      trades: claim.trades,
      ownerships,
      name: nameOf(claim),
      sameMonth: providers.flatMap((id) => monthsOf.get(`${claim.programmeId}/${id}`) ?? []),
      givenBack: others.filter((other) => other.provider_ids.some((id) => providers.includes(id))).map(otherOf),
      bought,
    };
    const findings = findingsOf(suspicion, claim.decision);
    const decision = withFindings(suspicion, claim.decision, findings);
    return { ...claim, decision, findings, state: stateOf(decision) };
  });
}

const providersOf = ({ trades }: Decided): number[] => [...new Set(trades.map((trade) => trade.providerId))];
const nameOf = ({ bidId }: Decided): string => `bid ${writeOrderId(bidId)} of this bill`;
const otherOf = (row: OtherRow): OtherClaim => ({ name: `claim ${row.claim_id}`, amount: row.amount, clawedBack: row.clawed_back });

/** The buyer's earlier claims with one of these providers of which something was given back. */
async function givenBackOf(tx: Tx, { buyerId }: ClaimedBill, providerIds: readonly number[]): Promise<OtherRow[]> {
  return tx.query<OtherRow>(
    `select claim_id, amount, clawed_back, provider_ids from claims
     where buyer_id = $1 and provider_ids && $2::int4[] and amount > 0 and clawed_back > 0 and state <> ${ClaimState.REFUSED} order by claim_id`,
    [buyerId, providerIds],
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
