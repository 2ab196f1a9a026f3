import { Injectable } from '@nestjs/common';
import { BillIssued, type BillLine, ClaimState } from '#contracts';
import { formatYuan } from '#domain';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { nobody, record } from './audit.js';
import { endParts, isLastOf, letWaitForParts } from './bill-parts.js';
import { type Facts, readFacts, wasClaimed } from './claim.facts.js';
import { type NewClaim, insertClaims } from './claim.store.js';
import { type BilledTrade, type ClaimDecision, decideClaim } from './core/claim.js';
import type { Buyer } from './core/terms.js';
import { tellDecisions } from './decision.js';
import { Participants } from './participants.js';
import { markBilled } from './reservations.js';
import { type Decided, suspect } from './suspicions.js';
import { lockFirm, lockYears } from './used.js';

/** The lines of one bill that one bid brought under one programme. */
interface Contract {
  readonly programmeId: number;
  readonly bidId: number;
  readonly lines: BillLine[];
}

/** Decides what programmes pay of a bill, each claim clause by clause; of one that comes in parts, part by part. */
@Injectable()
export class Claims {
  constructor(
    private readonly participants: Participants,
    private readonly outbox: Outbox,
  ) {}

  @On(BillIssued)
  async billIssued(bill: BillIssued, tx: Tx, meta: EventMeta): Promise<void> {
    const contracts = contractsOf(bill.lines);
    if (!contracts.length) return isLastOf(bill) ? endParts(tx, this.outbox, bill, meta.time) : undefined;
    const programmeIds = [...new Set(contracts.map((contract) => contract.programmeId))].sort((a, b) => a - b);
    for (const programmeId of programmeIds) await lockFirm(tx, programmeId, bill.buyerId);
    await lockYears(tx, programmeIds);
    const lines = contracts.flatMap((contract) => contract.lines);
    const facts = await readFacts(tx, this.participants, {
      bill,
      bidIds: contracts.map(({ bidId }) => bidId),
      programmeIds,
      providerIds: lines.flatMap((line) => [line.providerId, line.deliveredById]),
    });
    const claims = await suspect(tx, bill, decideAll(bill, contracts, facts), facts.terms);
    const claimIds = await insertClaims(tx, bill, facts.buyer, claims, meta.time);
    await markBilled(tx, [...new Set(lines.map((line) => line.tradeId))]);
    await record(
      tx,
      nobody,
      meta.time,
      claims.map(({ programmeId, decision, state }, index) => ({
        programmeId,
        claimId: claimIds[index]!,
        step: 'claim_decided',
        detail: `${ClaimState[state]}: ${formatYuan(decision.amount)} of ${formatYuan(decision.base)} yuan on bill ${bill.billId}`,
      })),
    );
    if (isLastOf(bill)) await this.tell(tx, bill, facts, claims, claimIds);
    else
      await letWaitForParts(
        tx,
        bill,
        claims.flatMap(({ state }, index) => (isDecided(state) ? claimIds[index]! : [])),
      );
    if (isLastOf(bill)) await endParts(tx, this.outbox, bill, meta.time);
  }

  /** Claims that wait, for officers or for the period's end, are told when they do no more. */
  private async tell(tx: Tx, bill: BillIssued, facts: Facts, claims: readonly NewClaim[], claimIds: readonly number[]): Promise<void> {
    const decisions = claims.flatMap(({ programmeId, bidId, trades, decision, state }, index) => {
      if (!isDecided(state)) return [];
      const { amount, clauses, parts } = decision;
      const { billId, buyerId } = bill;
      const claim = { claimId: claimIds[index]!, billId, buyerId, programmeId, bidId, amount, clauses: [...clauses] };
      return [{ claim, terms: facts.terms.get(programmeId)!, parts: trades.map(({ tradeId }, at) => ({ tradeId, amount: parts[at]! })) }];
    });
    await tellDecisions(tx, this.outbox, decisions);
  }
}

/** Nobody else is waited for. */
const isDecided = (state: ClaimState): boolean => state !== ClaimState.WAITING && state !== ClaimState.COLLECTED;

/** One after the other: what one is granted counts against the caps of the next. */
function decideAll(bill: BillIssued, contracts: readonly Contract[], facts: Facts): Decided[] {
  const onBill = new Map<number, bigint>();
  return contracts.map(({ programmeId, bidId, lines }) => {
    const before = onBill.get(programmeId) ?? 0n;
    const trades = tradesOf(lines, facts.groups);
    const decision = decide(bill, { programmeId, bidId, trades }, before, facts);
    onBill.set(programmeId, before + decision.amount);
    return { programmeId, bidId, trades, decision };
  });
}

/** @param onBill granted on this bill, or this part of it, so far */
function decide(
  bill: BillIssued,
  { programmeId, bidId, trades }: Pick<NewClaim, 'programmeId' | 'bidId' | 'trades'>,
  onBill: bigint,
  facts: Facts,
): ClaimDecision {
  const terms = facts.terms.get(programmeId)!;
  const { inYear, inAll } = facts.granted.get(programmeId)!;
  const promised = facts.reserved.get(`${programmeId}/${bidId}`);
  return decideClaim({
    terms,
    buyer: facts.buyer,
    trades,
    reservedRateBp: promised?.rateBp ?? null,
    promiseCutBy: promised?.cutBy ?? [],
    wasClaimed: wasClaimed(facts, bidId, bill.month, terms),
    shown: { paid: facts.hasPaid, contract: true },
    elsewhere: facts.elsewhere.get(bidId) ?? 0n,
    grantedOnBill: (facts.grantedOnBill.get(programmeId) ?? 0n) + onBill,
    grantedInYear: inYear + onBill,
    grantedToFirm: inAll + onBill,
    grantedToAllInYear: (facts.grantedToAll.get(programmeId) ?? 0n) + onBill,
    left: facts.left.get(programmeId)! - onBill,
  });
}

function contractsOf(lines: readonly BillLine[]): Contract[] {
  const contracts = new Map<string, Contract>();
  for (const line of lines) {
    if (!line.programmeId) continue;
    const key = `${line.programmeId}/${line.bidId}`;
    const contract = contracts.get(key) ?? { programmeId: line.programmeId, bidId: line.bidId, lines: [] };
    contracts.set(key, contract);
    contract.lines.push(line);
  }
  return [...contracts.values()];
}

/** Lines added up by trade. */
export function tradesOf(lines: readonly BillLine[], groups: ReadonlyMap<number, Buyer>): BilledTrade[] {
  const trades = new Map<number, BilledTrade>();
  for (const line of lines) {
    const before = trades.get(line.tradeId);
    trades.set(line.tradeId, {
      tradeId: line.tradeId,
      base: (before?.base ?? 0n) + line.amount,
      lineCount: (before?.lineCount ?? 0) + 1,
      held: (before?.held ?? 0n) + line.subsidy,
      providerId: line.providerId,
      // A provider that the registry never told of is related to nobody: 0 is no group.
      providerGroup: groups.get(line.providerId)?.ownerGroup ?? 0,
      delivererGroup: groups.get(line.deliveredById)?.ownerGroup ?? 0,
      computeClass: line.computeClass,
      domestic: line.domestic,
      greenShareBp: line.greenShareBp,
      measured: line.measuredUnitSlots > 0,
    });
  }
  return [...trades.values()];
}
