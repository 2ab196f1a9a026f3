import { Injectable } from '@nestjs/common';
import { bytesOf, Claim, ClaimState, ProgrammeState, type ProgrammeTerms, SubmitPlatformBillRequest } from '#contracts';
import { formatYuan, shanghaiDay, slotAt } from '#domain';
import { type Call, Clock, Database, Outbox, type Tx, conflict, forbidden, invalid, mayAct } from '#platform';
import { actorOf, record } from './audit.js';
import { type Facts, readFacts, wasClaimed } from './claim.facts.js';
import { claimFor, readClaim } from './claim.row.js';
import { type NewClaim, insertClaims } from './claim.store.js';
import { type BilledTrade, type ClaimDecision, decideClaim } from './core/claim.js';
import { tierOf } from './core/rate.js';
import { brokenBillOf, judgePlatform, judgePlatformBill } from './core/platform-bill.js';
import type { Buyer, Clause } from './core/terms.js';
import { daysOfMonth } from './date.js';
import { tellDecisions } from './decision.js';
import { Participants } from './participants.js';
import { readProgramme, termsOf } from './programme.row.js';
import { suspect } from './suspicions.js';
import { isNewTo, lockBuyer, lockFirm, lockYears } from './used.js';

/** Bills of other platforms and services 模型券, 数据券: the same clauses, caps and budgets as the exchange's own, reimbursed. */
@Injectable()
export class PlatformBills {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly participants: Participants,
    private readonly outbox: Outbox,
  ) {}

  async submit(request: SubmitPlatformBillRequest, call: Call): Promise<Claim> {
    const platformId = request.platformId || call.caller.participantId;
    if (!mayAct(call, platformId)) throw forbidden('platform_bill_must_come_from_its_platform', 'another platform cannot be named');
    const bill = { ...request, platformId };
    return this.database.once(call, Claim, async (tx) => {
      const broken = brokenBillOf(bill, daysOfMonth(bill.month), shanghaiDay(slotAt(this.clock.now())));
      if (broken) throw invalid(broken.field, broken.rule, broken.detail);
      await lockBuyer(tx, bill.buyerId);
      await lockFirm(tx, bill.programmeId, bill.buyerId);
      await lockYears(tx, [bill.programmeId]);
      // It neither ends nor shares its budget out while a claim of it comes in.
      await tx.query('select 1 from programmes where programme_id = $1 for update', [bill.programmeId]);
      const programme = await readProgramme(tx, bill.programmeId);
      const isOpen = programme.state === ProgrammeState.APPROVED || programme.state === ProgrammeState.ACTIVE;
      refuseBroken(judgePlatform(termsOf(programme), isOpen, platformId, bill.service));
      const billId = -(await this.insert(tx, bill, call));
      const bidId = -(await contractOf(tx, bill));
      const { decided, buyer } = await this.decide(tx, bill, billId, bidId);
      const now = this.clock.now();
      const [claimId] = await insertClaims(tx, { billId, buyerId: bill.buyerId, month: bill.month }, buyer, [decided], now);
      await this.tell(tx, { ...decided, billId, claimId: claimId!, buyerId: bill.buyerId }, termsOf(programme));
      const { state, decision } = decided;
      const detail = `${ClaimState[state]}: ${formatYuan(decision.amount)} of ${formatYuan(decision.base)} yuan on bill ${bill.billNumber} of platform ${platformId}`;
      await record(tx, actorOf(call), now, [{ programmeId: bill.programmeId, claimId: claimId!, step: 'claim_decided', detail }]);
      return claimFor(call, await readClaim(tx, claimId!));
    });
  }

  private async insert(tx: Tx, bill: SubmitPlatformBillRequest, call: Call): Promise<number> {
    const [row] = await tx.query<{ platform_bill_id: bigint }>(
      `insert into platform_bills (platform_id, bill_number, bill, key, at) values ($1, $2, $3, $4, $5)
       on conflict (platform_id, bill_number) do nothing returning platform_bill_id`,
      [bill.platformId, bill.billNumber, bytesOf(SubmitPlatformBillRequest, bill), call.caller.name, this.clock.now()],
    );
    if (!row) throw conflict('platform_bill_must_be_new', `platform ${bill.platformId} brought ${bill.billNumber} before`, 'billNumber');
    const receipts = await tx.query(
      'insert into platform_receipts (receipt_hash, platform_bill_id) values ($1, $2) on conflict do nothing returning receipt_hash',
      [bill.receiptHash, row.platform_bill_id],
    );
    if (!receipts.length) throw conflict('receipt_must_serve_one_bill', 'another bill was brought with it', 'receiptHash');
    await tx.query(
      `insert into platform_usage (usage_hash, platform_bill_id, line)
       select usage.hash, $1, usage.line from unnest($2::text[]) with ordinality as usage (hash, line) where usage.hash <> ''`,
      [row.platform_bill_id, bill.lines.map((line) => line.usageHash)],
    );
    return Number(row.platform_bill_id);
  }

  private async decide(
    tx: Tx,
    bill: SubmitPlatformBillRequest,
    billId: number,
    bidId: number,
  ): Promise<{ decided: NewClaim; buyer: Buyer }> {
    const { programmeId, buyerId, month } = bill;
    const providerIds = [...bill.lines.map((line) => line.providerId), bill.platformId];
    refuseStrangers(bill, await this.participants.notVerified(tx, [buyerId, ...providerIds]));
    const asked = { bill: { billId, buyerId, month }, bidIds: [bidId], programmeIds: [programmeId], providerIds };
    const facts = await readFacts(tx, this.participants, asked);
    const trades = tradesOf(bill, facts);
    const decision = decideBill(bill, bidId, trades, facts, await isNewTo(tx, programmeId, buyerId));
    const { tiers } = facts.terms.get(programmeId)!;
    const capPerBill = tierOf(tiers, facts.buyer.size, facts.buyer.industry)?.capPerBill ?? 0n;
    const usedTwice = await usedBefore(tx, bill, -billId);
    const [claim] = await suspect(tx, asked.bill, [{ programmeId, bidId, trades, decision }], facts.terms, { capPerBill, usedTwice });
    return { decided: claim!, buyer: facts.buyer };
  }

  private async tell(
    tx: Tx,
    claim: {
      claimId: number;
      billId: number;
      bidId: number;
      buyerId: number;
      programmeId: number;
      decision: ClaimDecision;
      state: ClaimState;
    },
    terms: ProgrammeTerms,
  ): Promise<void> {
    if (claim.state === ClaimState.WAITING || claim.state === ClaimState.COLLECTED) return;
    const { amount, clauses } = claim.decision;
    await tellDecisions(tx, this.outbox, [{ claim: { ...claim, amount, clauses: [...clauses] }, terms, parts: [] }]);
  }
}

function refuseBroken(clauses: readonly Clause[]): void {
  const broken = clauses.find((clause) => !clause.passed);
  if (broken) throw conflict(broken.rule, broken.detail, 'programmeId');
}

function refuseStrangers({ buyerId, platformId, lines }: SubmitPlatformBillRequest, strangers: ReadonlySet<number>): void {
  const refuse = (who: string, id: number, field: string) => conflict(`${who}_must_be_verified`, `participant ${id} is not`, field);
  if (strangers.has(buyerId)) throw refuse('buyer', buyerId, 'buyerId');
  if (strangers.has(platformId)) throw refuse('platform', platformId, 'platformId');
  const line = lines.findIndex(({ providerId }) => strangers.has(providerId));
  if (line !== -1) throw refuse('provider', lines[line]!.providerId, `lines[${line}].providerId`);
}

/** Lines are numbered from 1. Who delivers is the platform, which may be no relative either. */
const tradesOf = (bill: SubmitPlatformBillRequest, { groups }: Facts): BilledTrade[] =>
  bill.lines.map((line, index) => ({
    tradeId: index + 1,
    base: line.amount,
    lineCount: 1,
    held: 0n,
    providerId: line.providerId,
    providerGroup: groups.get(line.providerId)?.ownerGroup ?? 0,
    delivererGroup: groups.get(bill.platformId)?.ownerGroup ?? 0,
    computeClass: line.computeClass,
    domestic: line.domestic,
    greenShareBp: line.greenShareBp,
    measured: line.usageHash !== '',
  }));

function decideBill(
  bill: SubmitPlatformBillRequest,
  bidId: number,
  trades: readonly BilledTrade[],
  facts: Facts,
  isNew: boolean,
): ClaimDecision {
  const terms = facts.terms.get(bill.programmeId)!;
  const { inYear, inAll } = facts.granted.get(bill.programmeId)!;
  return decideClaim({
    terms,
    buyer: facts.buyer,
    trades,
    asked: judgePlatformBill(terms, facts.buyer, isNew, daysOfMonth(bill.month)),
    reservedRateBp: null,
    wasClaimed: wasClaimed(facts, bidId, bill.month, terms),
    // No bill comes without the hashes of its contract and its receipt.
    shown: { paid: facts.hasPaid, contract: true },
    elsewhere: bill.subsidisedElsewhere,
    grantedOnBill: 0n,
    grantedInYear: inYear,
    grantedToFirm: inAll,
    grantedToAllInYear: facts.grantedToAll.get(bill.programmeId) ?? 0n,
    left: facts.left.get(bill.programmeId)!,
  });
}

/** The same for the same hash, whatever the platform. Bills of one contract are decided one after the other, also under different programmes. */
async function contractOf(tx: Tx, { contractHash: contract }: SubmitPlatformBillRequest): Promise<number> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [contract]);
  await tx.query('insert into platform_contracts (contract) values ($1) on conflict do nothing', [contract]);
  const [row] = await tx.query<{ contract_id: bigint }>('select contract_id from platform_contracts where contract = $1', [contract]);
  return Number(row!.contract_id);
}

/** Other bills' lines that name the same usage, of claims that were not refused; and lines of this bill that name one twice. */
async function usedBefore(tx: Tx, bill: SubmitPlatformBillRequest, platformBillId: number): Promise<string[]> {
  const rows = await tx.query<{ line: number; other_line: number; bill_number: string; platform_id: number }>(
    `select own.line, other.line as other_line, bill_number, platform_id
     from platform_usage own join platform_usage other on other.usage_hash = own.usage_hash and (other.platform_bill_id, other.line) <> (own.platform_bill_id, own.line)
       join platform_bills bill on bill.platform_bill_id = other.platform_bill_id
     where own.platform_bill_id = $1 and (other.platform_bill_id = $1 and other.line < own.line
       or exists (select from claims where claims.bill_id = -other.platform_bill_id and claims.state <> ${ClaimState.REFUSED}))
     order by own.line, other.platform_bill_id, other.line`,
    [platformBillId],
  );
  return rows.map(
    (row) =>
      `line ${row.line} of bill ${bill.billNumber} as line ${row.other_line} of bill ${row.bill_number} of platform ${row.platform_id}`,
  );
}
