import { type BillIssued, ClaimState, type Clause, type ProgrammeTerms, SubsidisedOnce } from '#contracts';
import type { Tx } from '#platform';
import type { Buyer } from './core/terms.js';
import { isReimbursement } from './decision.js';
import { paidElsewhere } from './elsewhere.js';
import type { Participants } from './participants.js';
import { type ProgrammeRow, termsOf } from './programme.row.js';
import { type Granted, grantedOnBill, grantedToAll, grantedToFirm } from './used.js';

/** What the claims of one bill are judged by. */
export interface Facts {
  readonly terms: ReadonlyMap<number, ProgrammeTerms>;
  readonly buyer: Buyer;
  /** The buyer owes nothing that is overdue. */
  readonly hasPaid: boolean;
  readonly groups: ReadonlyMap<number, Buyer>;
  /** By 'programme/bid'. */
  readonly reserved: ReadonlyMap<string, Promised>;
  /** Months for which a bid was subsidised on other bills, whatever the programme. */
  readonly claimed: ReadonlyMap<number, ReadonlySet<string>>;
  /** By bid, said to be paid by others for the bill's month. */
  readonly elsewhere: ReadonlyMap<number, bigint>;
  /** By programme, before this bill, or this part of it. */
  readonly granted: ReadonlyMap<number, Granted>;
  readonly grantedToAll: ReadonlyMap<number, bigint>;
  /** By programme, on this bill, by earlier parts of it. */
  readonly grantedOnBill: ReadonlyMap<number, bigint>;
  readonly left: ReadonlyMap<number, bigint>;
}

export interface Promised {
  readonly rateBp: number;
  /** The clauses that cut it. */
  readonly cutBy: readonly string[];
}

export type ClaimedBill = Pick<BillIssued, 'billId' | 'buyerId' | 'month'>;

/** The bill, and what of it programmes were named for. */
export interface Asked {
  readonly bill: ClaimedBill;
  readonly bidIds: readonly number[];
  /** Ascending. */
  readonly programmeIds: readonly number[];
  readonly providerIds: readonly number[];
}

/** Locks the programmes until the transaction ends. */
export async function readFacts(tx: Tx, participants: Participants, asked: Asked): Promise<Facts> {
  const { bill, bidIds, programmeIds, providerIds } = asked;
  const rows = await tx.query<Pick<ProgrammeRow, 'programme_id' | 'terms'>>(
    'select programme_id, terms from programmes where programme_id = any($1) order by 1 for update',
    [programmeIds],
  );
  const terms = new Map(rows.map((row) => [row.programme_id, termsOf(row)]));
  const missing = programmeIds.find((id) => !terms.has(id));
  if (missing !== undefined) throw new Error(`bill_must_name_programmes_that_exist: bill ${bill.billId}, programme ${missing}`);
  const groups = await participants.find(tx, [...new Set([bill.buyerId, ...providerIds])]);
  const buyer = groups.get(bill.buyerId);
  if (!buyer) throw new Error(`buyer_must_be_registered: bill ${bill.billId}, participant ${bill.buyerId}`);
  const year = bill.month.slice(0, 4);
  return {
    terms,
    buyer,
    hasPaid: await participants.hasPaid(tx, bill.buyerId),
    groups,
    reserved: await promisesTo(tx, bidIds, bill.buyerId),
    claimed: await claimedMonths(tx, bidIds, bill),
    elsewhere: await paidElsewhere(tx, bidIds, bill.month),
    granted: await grantedToFirm(tx, programmeIds, bill.buyerId, year),
    grantedToAll: await grantedToAll(tx, programmeIds, year),
    grantedOnBill: await grantedOnBill(tx, bill.billId),
    left: await leftOf(tx, terms),
  };
}

/** for the bill's month, or where a programme pays a contract once for good, at all. */
export function wasClaimed({ claimed }: Facts, bidId: number, month: string, { once }: ProgrammeTerms): boolean {
  const months = claimed.get(bidId);
  return months !== undefined && (once === SubsidisedOnce.A_CONTRACT || months.has(month));
}

async function promisesTo(tx: Tx, bidIds: readonly number[], buyerId: number): Promise<Map<string, Promised>> {
  const rows = await tx.query<{ order_id: bigint; programme_id: number; rate_bp: number; clauses: Clause[]; is_short: boolean }>(
    'select order_id, programme_id, rate_bp, clauses, amount < asked as is_short from reservations where order_id = any($1::int8[]) and buyer_id = $2',
    [bidIds, buyerId],
  );
  return new Map(
    rows.map((row) => {
      const cutBy = row.clauses.filter(({ passed }) => !passed).map(({ rule, detail }) => `${rule} (${detail})`);
      const short = row.is_short ? ['subsidy_must_fit_the_budget (it had no more)'] : [];
      return [`${row.programme_id}/${row.order_id}`, { rateBp: row.rate_bp, cutBy: [...cutBy, ...short] }];
    }),
  );
}

/** Another platform's bill that was cancelled whole subsidised nothing: the platform bills its contract anew. */
async function claimedMonths(tx: Tx, bidIds: readonly number[], bill: ClaimedBill): Promise<Map<number, Set<string>>> {
  const rows = await tx.query<{ bid_id: bigint; months: string[] }>(
    `select bid_id, array_agg(distinct month) as months from claims where bid_id = any($1::int8[]) and bill_id <> $2 and state <> ${ClaimState.REFUSED}
       and not (bill_id < 0 and not exists (select from claim_trades line where line.claim_id = claims.claim_id and refunded < line.base))
     group by 1`,
    [bidIds, bill.billId],
  );
  return new Map(rows.map((row) => [Number(row.bid_id), new Set(row.months)]));
}

/** Of reimbursing programmes: no money is held for them, so what claims were granted is all that the budget gave. What is collected may be any multiple of a budget. */
async function leftOf(tx: Tx, terms: ReadonlyMap<number, ProgrammeTerms>): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ programme_id: number; granted: string }>(
    `select programme_id, sum(amount - clawed_back) as granted from claims where programme_id = any($1) and state <> ${ClaimState.REFUSED}
     group by 1`,
    [[...terms].filter(([, term]) => isReimbursement(term)).map(([id]) => id)],
  );
  const granted = new Map(rows.map((row) => [row.programme_id, BigInt(row.granted)]));
  return new Map([...terms].map(([id, term]) => [id, term.budget - (granted.get(id) ?? 0n)]));
}
