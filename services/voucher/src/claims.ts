import { Injectable } from '@nestjs/common';
import { BillIssued, type BillLine, ClaimState, type ProgrammeTerms } from '#contracts';
import { formatYuan } from '#domain';
import { type EventMeta, On, Outbox, type Tx } from '#platform';
import { nobody, record } from './audit.js';
import { type BilledTrade, type ClaimDecision, decideClaim } from './core/claim.js';
import type { Buyer } from './core/terms.js';
import { isReimbursement, tellDecisions } from './decision.js';
import { Participants } from './participants.js';
import { type ProgrammeRow, termsOf } from './programme.row.js';
import { lockFirm, markBilled } from './reservations.js';
import { grantedInYear } from './used.js';

/** The lines of one bill that one bid brought under one programme. */
interface Contract {
  readonly programmeId: number;
  readonly bidId: number;
  readonly lines: BillLine[];
}

interface Decided {
  readonly contract: Contract;
  readonly trades: readonly BilledTrade[];
  readonly terms: ProgrammeTerms;
  readonly decision: ClaimDecision;
  readonly state: ClaimState;
}

/** What a bill's claims are judged by. */
interface Facts {
  readonly terms: ReadonlyMap<number, ProgrammeTerms>;
  readonly buyer: Buyer;
  readonly groups: ReadonlyMap<number, Buyer>;
  readonly reserved: ReadonlyMap<string, number>;
  readonly claimed: ReadonlySet<number>;
  /** Run on while the bill's claims are decided, one after the other. */
  readonly grantedInYear: Map<number, bigint>;
  readonly grantedOnBill: Map<number, bigint>;
  readonly left: Map<number, bigint>;
}

/** Decides what programmes pay of a bill, each claim clause by clause. */
@Injectable()
export class Claims {
  constructor(
    private readonly participants: Participants,
    private readonly outbox: Outbox,
  ) {}

  @On(BillIssued)
  async billIssued(bill: BillIssued, tx: Tx, meta: EventMeta): Promise<void> {
    const contracts = contractsOf(bill.lines);
    if (!contracts.length) return;
    const programmeIds = [...new Set(contracts.map((contract) => contract.programmeId))].sort((a, b) => a - b);
    for (const programmeId of programmeIds) await lockFirm(tx, programmeId, bill.buyerId);
    const facts = await this.facts(tx, bill, contracts, programmeIds);
    const decided = contracts.map((contract) => decide(contract, facts));
    const claimIds = await insert(tx, bill, decided, meta.time);
    await markBilled(tx, [...new Set(contracts.flatMap(({ lines }) => lines.map((line) => line.tradeId)))]);
    await record(
      tx,
      nobody,
      meta.time,
      decided.map(({ contract, decision, state }, index) => ({
        programmeId: contract.programmeId,
        claimId: claimIds[index]!,
        step: 'claim_decided',
        detail: `${ClaimState[state]}: ${formatYuan(decision.amount)} of ${formatYuan(decision.base)} yuan on bill ${bill.billId}`,
      })),
    );
    await this.tell(tx, bill, decided, claimIds);
  }

  /** Claims that wait for officers are told when these have decided. */
  private async tell(tx: Tx, bill: BillIssued, decided: readonly Decided[], claimIds: readonly number[]): Promise<void> {
    const decisions = decided.flatMap(({ contract, trades, terms, decision, state }, index) => {
      if (state === ClaimState.WAITING) return [];
      const { programmeId, bidId } = contract;
      const { amount, clauses } = decision;
      const claim = {
        claimId: claimIds[index]!,
        billId: bill.billId,
        buyerId: bill.buyerId,
        programmeId,
        bidId,
        amount,
        clauses: [...clauses],
      };
      return [{ claim, terms, parts: trades.map(({ tradeId }, at) => ({ tradeId, amount: decision.parts[at]! })) }];
    });
    await tellDecisions(tx, this.outbox, decisions);
  }

  private async facts(tx: Tx, bill: BillIssued, contracts: readonly Contract[], programmeIds: readonly number[]): Promise<Facts> {
    const rows = await tx.query<Pick<ProgrammeRow, 'programme_id' | 'terms'>>(
      'select programme_id, terms from programmes where programme_id = any($1) order by 1 for update',
      [programmeIds],
    );
    const terms = new Map(rows.map((row) => [row.programme_id, termsOf(row)]));
    const missing = programmeIds.find((id) => !terms.has(id));
    if (missing !== undefined) throw new Error(`bill_must_name_programmes_that_exist: bill ${bill.billId}, programme ${missing}`);
    const providers = contracts.flatMap(({ lines }) => lines.flatMap((line) => [line.providerId, line.deliveredById]));
    const groups = await this.participants.find(tx, [...new Set([bill.buyerId, ...providers])]);
    const buyer = groups.get(bill.buyerId);
    if (!buyer) throw new Error(`buyer_must_be_registered: bill ${bill.billId}, participant ${bill.buyerId}`);
    const bidIds = contracts.map((contract) => contract.bidId);
    return {
      terms,
      buyer,
      groups,
      reserved: await reservedRates(tx, bidIds, bill.buyerId),
      claimed: await claimedBids(tx, bidIds, bill),
      grantedInYear: await grantedInYear(tx, programmeIds, bill.buyerId, bill.month.slice(0, 4)),
      grantedOnBill: new Map(),
      left: await leftOf(tx, terms),
    };
  }
}

function decide(contract: Contract, facts: Facts): Decided {
  const { programmeId, bidId } = contract;
  const terms = facts.terms.get(programmeId)!;
  const trades = tradesOf(contract.lines, facts.groups);
  const decision = decideClaim({
    terms,
    buyer: facts.buyer,
    trades,
    reservedRateBp: facts.reserved.get(`${programmeId}/${bidId}`) ?? null,
    wasClaimed: facts.claimed.has(bidId),
    grantedOnBill: facts.grantedOnBill.get(programmeId) ?? 0n,
    grantedInYear: facts.grantedInYear.get(programmeId)!,
    left: facts.left.get(programmeId)!,
  });
  add(facts.grantedOnBill, programmeId, decision.amount);
  add(facts.grantedInYear, programmeId, decision.amount);
  add(facts.left, programmeId, -decision.amount);
  const state = decision.needsOfficers ? ClaimState.WAITING : decision.amount > 0n ? ClaimState.GRANTED : ClaimState.REFUSED;
  return { contract, trades, terms, decision, state };
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

function tradesOf(lines: readonly BillLine[], groups: ReadonlyMap<number, Buyer>): BilledTrade[] {
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
    });
  }
  return [...trades.values()];
}

const add = (sums: Map<number, bigint>, key: number, amount: bigint): unknown => sums.set(key, (sums.get(key) ?? 0n) + amount);

/** By 'programme/bid'. */
async function reservedRates(tx: Tx, bidIds: readonly number[], buyerId: number): Promise<Map<string, number>> {
  const rows = await tx.query<{ order_id: bigint; programme_id: number; rate_bp: number }>(
    'select order_id, programme_id, rate_bp from reservations where order_id = any($1::int8[]) and buyer_id = $2',
    [bidIds, buyerId],
  );
  return new Map(rows.map((row) => [`${row.programme_id}/${row.order_id}`, row.rate_bp]));
}

/** bids that got a subsidy for this month on another bill, whatever the programme. */
async function claimedBids(tx: Tx, bidIds: readonly number[], bill: BillIssued): Promise<Set<number>> {
  const rows = await tx.query<{ bid_id: bigint }>(
    `select bid_id from claims where bid_id = any($1::int8[]) and month = $2 and bill_id <> $3 and state <> ${ClaimState.REFUSED}`,
    [bidIds, bill.month, bill.billId],
  );
  return new Set(rows.map((row) => Number(row.bid_id)));
}

/** Of reimbursing programmes: no money is held for them, so what claims were granted is all that the budget gave. */
async function leftOf(tx: Tx, terms: ReadonlyMap<number, ProgrammeTerms>): Promise<Map<number, bigint>> {
  const rows = await tx.query<{ programme_id: number; granted: bigint }>(
    `select programme_id, sum(amount - clawed_back)::int8 as granted from claims where programme_id = any($1) and state <> ${ClaimState.REFUSED}
     group by 1`,
    [[...terms].filter(([, term]) => isReimbursement(term)).map(([id]) => id)],
  );
  const granted = new Map(rows.map((row) => [row.programme_id, row.granted]));
  return new Map([...terms].map(([id, term]) => [id, term.budget - (granted.get(id) ?? 0n)]));
}

/** Ids in the order of the claims. */
async function insert(tx: Tx, bill: BillIssued, decided: readonly Decided[], now: number): Promise<number[]> {
  const rows = await tx.query<{ claim_id: bigint; programme_id: number; bid_id: bigint }>(
    `insert into claims (programme_id, buyer_id, bill_id, month, bid_id, state, base, amount, clauses, decided_at)
     select claim.programme_id, $1, $2, $3, claim.bid_id, claim.state, claim.base, claim.amount, claim.clauses::jsonb, $4
     from unnest($5::int4[], $6::int8[], $7::int4[], $8::int8[], $9::int8[], $10::text[])
       with ordinality as claim (programme_id, bid_id, state, base, amount, clauses, at)
     order by claim.at
     returning claim_id, programme_id, bid_id`,
    [
      bill.buyerId,
      bill.billId,
      bill.month,
      now,
      decided.map(({ contract }) => contract.programmeId),
      decided.map(({ contract }) => contract.bidId),
      decided.map(({ state }) => state),
      decided.map(({ decision }) => decision.base),
      decided.map(({ decision }) => decision.amount),
      decided.map(({ decision }) => JSON.stringify(decision.clauses)),
    ],
  );
  const ids = new Map(rows.map((row) => [`${row.programme_id}/${row.bid_id}`, Number(row.claim_id)]));
  const claimIds = decided.map(({ contract }) => ids.get(`${contract.programmeId}/${contract.bidId}`)!);
  const parts = decided.flatMap(({ trades, decision }, index) =>
    trades.map(({ tradeId, base }, at) => ({ claimId: claimIds[index]!, tradeId, base, amount: decision.parts[at]! })),
  );
  await tx.query(
    `insert into claim_trades (claim_id, trade_id, base, amount) select * from unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[])`,
    [
      parts.map((part) => part.claimId),
      parts.map((part) => part.tradeId),
      parts.map((part) => part.base),
      parts.map((part) => part.amount),
    ],
  );
  return claimIds;
}
