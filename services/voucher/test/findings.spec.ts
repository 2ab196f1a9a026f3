// Signs of abuse: each names its evidence, none refuses, officers decide.
import {
  BilledService,
  BillIssued,
  ClaimState,
  PlatformBillLine,
  ProgrammeTerms,
  SubmitPlatformBillRequest,
  SubsidyKind,
} from '#contracts';
import { parseYuan } from '#domain';
import { operator, type TestCaller } from '#testing';
import { type Ownership, type Suspicion, findingsOf } from '../src/core/findings.js';
import { World, buyer, officer, otherAuthority, provider, yuan as yuanOf } from './world.js';

const yuan = (text: string) => parseYuan(text)!;
const holds = (owner: string, owned: string, shareBp = 5_000): Ownership => ({ owner, owned, shareBp, source: 'register' });

describe('R-33: what is found', () => {
  const claim: Suspicion = {
    terms: { ...ProgrammeTerms.create(), officersFrom: yuan('100') },
    buyerId: 10,
    trades: [{ tradeId: 1, base: yuan('200'), providerId: 20, measured: true }],
    ownerships: [],
    name: 'claim 9',
    sameMonth: [],
    capPerBill: 0n,
    usedTwice: [],
    givenBack: [],
    bought: [],
  };
  const amount = yuan('40');
  /** The claim itself and others of the month with its provider. */
  const monthWith = (...others: { name: string; amount: bigint }[]) => {
    const named = [...others, { name: 'claim 9', amount }];
    const all = named.map((one) => one.amount);
    const largest = all.reduce((most, one) => (one > most ? one : most));
    return [{ providerId: 20, contracts: named.length, amount: all.reduce((sum, one) => sum + one), largest, named }];
  };
  const other = (name: string, part: string) => ({ name, amount: yuan(part) });
  const [buyerNode, providerNode] = ['participant/10', 'participant/20'];

  const table: [name: string, part: Partial<Suspicion>, rule: string | undefined, evidence: string[]][] = [
    ['nothing', {}, undefined, []],
    [
      'an owner of both',
      { ownerships: [holds('A', buyerNode), holds('A', providerNode, 2_500)] },
      'parties_must_not_share_an_owner',
      ['A holds 5000 bp of participant/10 (register)', 'A holds 2500 bp of participant/20 (register)'],
    ],
    [
      'the one owns the other',
      { ownerships: [holds(buyerNode, providerNode)] },
      'parties_must_not_share_an_owner',
      ['participant/10 holds 5000 bp of participant/20 (register)'],
    ],
    [
      'an owner over two hops on both sides',
      { ownerships: [holds('B', buyerNode), holds('A', 'B'), holds('C', providerNode), holds('A', 'C')] },
      'parties_must_not_share_an_owner',
      [
        'B holds 5000 bp of participant/10 (register)',
        'A holds 5000 bp of B (register)',
        'C holds 5000 bp of participant/20 (register)',
        'A holds 5000 bp of C (register)',
      ],
    ],
    [
      'an owner over three hops',
      { ownerships: [holds('A', buyerNode), holds('B', 'A'), holds('C', 'B'), holds('C', providerNode)] },
      undefined,
      [],
    ],
    ['a share under a quarter', { ownerships: [holds('A', buyerNode, 2_499), holds('A', providerNode)] }, undefined, []],
    ['different owners', { ownerships: [holds('A', buyerNode), holds('B', providerNode)] }, undefined, []],
    [
      'owners that own each other',
      { ownerships: [holds('A', buyerNode), holds('B', 'A'), holds('A', 'B'), holds('C', providerNode)] },
      undefined,
      [],
    ],
    // 40 + 40 + 20 reach 100.
    [
      'contracts that together reach the officers’ threshold',
      { sameMonth: monthWith(other('claim 1', '40'), other('claim 2', '20')) },
      'contracts_must_not_be_split',
      ['claim 1 of 40 yuan', 'claim 2 of 20 yuan'],
    ],
    [
      'contracts that are too many to name',
      {
        sameMonth: [
          { ...monthWith()[0]!, contracts: 30, amount: yuan('300'), named: Array.from({ length: 21 }, () => other('claim 1', '9')) },
        ],
      },
      'contracts_must_not_be_split',
      [...Array<string>(20).fill('claim 1 of 9 yuan'), '9 more'],
    ],
    ['contracts that together stay under it', { sameMonth: monthWith(other('claim 1', '59.999999')) }, undefined, []],
    ['one that went to officers by itself', { sameMonth: monthWith(other('claim 1', '100')) }, undefined, []],
    [
      'bills that together pass the cap a bill',
      { capPerBill: yuan('60'), sameMonth: monthWith(other('claim 1', '20')) },
      'contracts_must_not_be_split',
      ['claim 1 of 20 yuan'],
    ],
    ['a bill at its cap', { capPerBill: yuan('40'), sameMonth: monthWith(other('claim 1', '20')) }, undefined, []],
    [
      'usage that nobody measured',
      { trades: [{ ...claim.trades[0]!, measured: false }] },
      'usage_must_have_telemetry',
      ['trade 1 of 200 yuan'],
    ],
    [
      'what nobody measured and nobody paid',
      { trades: [...claim.trades, { tradeId: 2, base: 0n, providerId: 20, measured: false }] },
      undefined,
      [],
    ],
    ['usage on another bill', { usedTwice: ['line 1 as line 2 of bill M'] }, 'usage_must_be_claimed_once', ['line 1 as line 2 of bill M']],
    [
      'an earlier bill taken back after it was redeemed',
      { givenBack: [{ ...other('claim 3', '50'), clawedBack: yuan('25') }] },
      'redeemed_bills_must_not_be_cancelled',
      ['claim 3: 25 of 50 yuan taken back'],
    ],
    [
      'an earlier bill of which little was taken back',
      { givenBack: [{ ...other('claim 3', '50'), clawedBack: yuan('24.999999') }] },
      undefined,
      [],
    ],
    [
      'a provider that buys of the buyer',
      { bought: [{ billId: 5, buyerId: 20, providerId: 10 }] },
      'trades_must_not_run_in_a_circle',
      ['bill 5: 20 bought of 10'],
    ],
    [
      'a circle of three',
      {
        bought: [
          { billId: 5, buyerId: 20, providerId: 30 },
          { billId: 6, buyerId: 30, providerId: 10 },
        ],
      },
      'trades_must_not_run_in_a_circle',
      ['bill 5: 20 bought of 30', 'bill 6: 30 bought of 10'],
    ],
    [
      'no circle',
      {
        bought: [
          { billId: 5, buyerId: 20, providerId: 30 },
          { billId: 6, buyerId: 31, providerId: 10 },
        ],
      },
      undefined,
      [],
    ],
  ];
  it.each(table)('%s', (_name, part, rule, evidence) => {
    const findings = findingsOf({ ...claim, ...part }, { amount });
    expect(findings.map((finding) => finding.rule)).toEqual(rule ? [rule] : []);
    expect(findings.flatMap((finding) => finding.evidence)).toEqual(evidence);
  });

  it('nothing of a claim that pays nothing', () => {
    expect(findingsOf({ ...claim, usedTwice: ['x'] }, { amount: 0n })).toEqual([]);
  });
});

describe('R-34: a claim with findings', () => {
  let world: World;
  const asksOfficers = { officersFrom: yuanOf(500) };
  const platform: TestCaller = { participantId: 30, roles: ['partner'] };
  const claims = async (programmeId: number) => (await world.voucher().listClaims({ programmeId })).claims.reverse();
  const findingsIn = (claim: { findings: { rule: string }[] }) => claim.findings.map(({ rule }) => rule);
  const deliver = async (programmeId: number, part = {}) => {
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    return world.deliver(bid, part);
  };

  beforeAll(async () => {
    world = await World.open();
    await world.participant(platform.participantId, 300);
    await world.deposit(buyer.participantId, yuanOf(10_000));
    await world.deposit(provider, yuanOf(1_000));
  });
  afterAll(() => world?.exchange.stop());

  it('waits for two officers although it is small, and is paid when they say so', async () => {
    const { programmeId } = await world.programme(asksOfficers);
    const declare = (owner: string, owned: string, shareBp: number) =>
      world.voucher(operator).declareOwnership({ owner, owned, shareBp, source: 'register of 2026' });
    await declare('9150-A', `participant/${buyer.participantId}`, 3_000);
    await declare('9150-B', '9150-A', 6_000);
    await declare('9150-B', `participant/${provider}`, 10_000);
    expect((await world.voucher().listOwnerships({})).ownerships.map(({ owner, owned }) => [owner, owned])).toEqual([
      ['9150-B', '9150-A'],
      ['9150-A', 'participant/10'],
      ['9150-B', 'participant/20'],
    ]);
    await expect(declare('9150-B', '9150-B', 1)).rejects.toMatchObject({ rule: 'owner_must_be_another' });
    await expect(declare('a b', '9150-B', 1)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(world.voucher(buyer).listOwnerships({})).rejects.toMatchObject({ kind: 'forbidden' });

    await deliver(programmeId);
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(claim).toMatchObject({
      state: ClaimState.WAITING,
      amount: yuanOf(20),
      findings: [
        {
          rule: 'parties_must_not_share_an_owner',
          detail: 'buyer 10 and provider 20 by 9150-B',
          evidence: [
            '9150-A holds 3000 bp of participant/10 (register of 2026)',
            '9150-B holds 6000 bp of 9150-A (register of 2026)',
            '9150-B holds 10000 bp of participant/20 (register of 2026)',
          ],
        },
      ],
    });
    expect(claim!.clauses.at(-1)).toMatchObject({ rule: 'claim_must_be_free_of_findings', passed: false });
    // Whom it is about learns that officers decide, and not what they look at.
    const { claimId } = claim!;
    const [seen, own] = [await world.voucher(buyer).getClaim({ claimId }), (await world.voucher(buyer).listClaims({ programmeId })).claims];
    expect(seen.clauses.at(-1)).toEqual({ rule: 'claim_must_be_free_of_findings', passed: false, detail: 'officers decide' });
    expect(JSON.stringify([seen, own], (_name, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).not.toMatch(
      /share_an_owner|9150/,
    );
    for (const caller of [operator, { participantId: 5, roles: ['regulator'] as const }])
      expect((await world.voucher(caller).getClaim({ claimId })).findings).toEqual(claim!.findings);
    expect(await world.balances(programmeId)).toMatchObject({ redeemed: 0n, held: yuanOf(20) });
    for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId: claim!.claimId }, officer(key));
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ redeemed: yuanOf(20), held: 0n });

    // A programme that asks no officers shows it and pays.
    const open = await world.programme();
    await deliver(open.programmeId);
    await world.closeMonth();
    const [shown] = await claims(open.programmeId);
    expect([shown!.state, findingsIn(shown!)]).toEqual([ClaimState.GRANTED, ['parties_must_not_share_an_owner']]);
    expect(shown!.clauses.at(-1)).toMatchObject({ rule: 'claim_must_be_free_of_findings', passed: true });

    // Another authority's word ends nobody's but its own; with a share of 0 of its own the operator says that it is no owner any more.
    const other = world.voucher(otherAuthority);
    await other.declareOwnership({ owner: '9150-B', owned: '9150-A', shareBp: 0, source: 'hearsay' });
    await expect(
      other.declareOwnership({ owner: '9150-B', owned: '9150-A', shareBp: 0, source: 'x', participantId: operator.participantId }),
    ).rejects.toMatchObject({ rule: 'ownership_must_be_said_by_oneself' });
    const standing = async () => (await world.voucher().listOwnerships({ owned: '9150-A' })).ownerships.map(({ shareBp }) => shareBp);
    expect(await standing()).toEqual([6_000]);
    await declare('9150-B', '9150-A', 0);
    expect(await standing()).toEqual([]);
    const { ownerships } = await world.voucher().listOwnerships({ owned: '9150-A', history: true });
    expect(ownerships.map(({ participantId, shareBp }) => [participantId, shareBp])).toEqual([
      [operator.participantId, 6_000],
      [otherAuthority.participantId, 0],
      [operator.participantId, 0],
    ]);
    await deliver(programmeId);
    await world.closeMonth();
    const [, next] = await claims(programmeId);
    expect([next!.state, findingsIn(next!)]).toEqual([ClaimState.GRANTED, []]);
  });

  it('split contracts on one bill and over bills, usage without telemetry, and what was cancelled before', async () => {
    const { programmeId } = await world.programme({ officersFrom: yuanOf(35) });
    await deliver(programmeId);
    await deliver(programmeId);
    await world.closeMonth();
    const split = await claims(programmeId);
    expect(split.map(findingsIn)).toEqual([['contracts_must_not_be_split'], ['contracts_must_not_be_split']]);
    expect(split[0]!.findings[0]!.evidence[0]).toMatch(/^bid [0-9A-Z]{11} of this bill of 20 yuan$/);
    for (const { claimId } of split) for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId }, officer(key));
    await world.exchange.advance();

    await world.settlement.refundBill({ billId: world.others.bills.at(-1)!.billId, line: 1, amount: yuanOf(60), reason: 'cancelled' });
    await world.exchange.advance();
    const blind = (await world.programme({ officersFrom: yuanOf(35), tiers: [world.tier()] })).programmeId;
    await deliver(blind);
    await world.closeMonth();
    expect((await claims(blind)).map(findingsIn)).toEqual([['redeemed_bills_must_not_be_cancelled']]);
  });

  it('split contracts that a bill tells in different parts: all wait, and what earlier parts were decided is told with the last', async () => {
    const { programmeId } = await world.programme({ ...{ officersFrom: yuanOf(50), kind: SubsidyKind.REIMBURSEMENT } });
    const bill = { ...world.others.bills.at(-1)!, billId: 9_100, parts: 3 };
    const bids = [1, 2, 3, 4].map(() => world.bid(programmeId));
    for (const bid of bids) await world.reserve(bid);
    const line = (at: number, amount: bigint, providerId: number) => ({
      ...{ ...bill.lines[0]!, tradeId: 7_000 + at, bidId: bids[at]!.orderId, programmeId, subsidy: 0n, measuredUnitSlots: 4 },
      ...{ amount, providerId, deliveredById: providerId },
    });
    const told = world.others.decided.length;
    // Of the second line nothing was paid: it is refused whatever comes.
    const lines = [[line(0, yuanOf(100), 28), line(1, 0n, 28)], [line(2, yuanOf(100), 28)], [line(3, yuanOf(100), 28)]];
    const states = async () => (await claims(programmeId)).map((claim) => [claim.state, findingsIn(claim)]);
    for (const [at, part] of lines.slice(0, 2).entries()) await world.others.tell(BillIssued, { ...bill, part: at + 1, lines: part });
    await world.exchange.advance();
    expect(world.others.decided.slice(told)).toEqual([]);
    expect(await states()).toEqual([
      [ClaimState.GRANTED, []],
      [ClaimState.REFUSED, []],
      [ClaimState.GRANTED, []],
    ]);

    await world.others.tell(BillIssued, { ...bill, part: 3, lines: lines[2]! });
    await world.exchange.advance();
    const split = [ClaimState.WAITING, ['contracts_must_not_be_split']];
    expect(await states()).toEqual([split, [ClaimState.REFUSED, []], split, split]);
    expect(world.others.decided.slice(told).map(({ bidId, amount }) => [bidId, amount])).toEqual([[bids[1]!.orderId, 0n]]);
    const [first] = await claims(programmeId);
    expect(first!.findings[0]!.evidence).toHaveLength(2);
    expect(first!.clauses.at(-1)).toMatchObject({ rule: 'claim_must_be_free_of_findings', passed: false });
  });

  it('usage without telemetry', async () => {
    const { programmeId } = await world.programme({ ...asksOfficers, kind: SubsidyKind.REIMBURSEMENT });
    const bill = { ...world.others.bills.at(-1)! };
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    const lines = [
      {
        ...bill.lines[0]!,
        tradeId: 77,
        bidId: bid.orderId,
        programmeId,
        amount: yuanOf(100),
        subsidy: 0n,
        measuredUnitSlots: 0,
        providerId: 27,
      },
    ];
    await world.others.tell(BillIssued, { ...bill, billId: 9_000, lines });
    await world.exchange.advance();
    expect((await claims(programmeId)).map((claim) => [claim.state, findingsIn(claim)])).toEqual([
      [ClaimState.WAITING, ['usage_must_have_telemetry']],
    ]);
  });

  it('a circle: the provider bought of the buyer before', async () => {
    const { programmeId } = await world.programme(asksOfficers);
    await world.deliver({ ...world.bid(0, { buyerId: provider }) }, { providerId: buyer.participantId });
    await world.closeMonth();
    await deliver(programmeId);
    await world.closeMonth();
    const [claim] = await claims(programmeId);
    expect(findingsIn(claim!)).toContain('trades_must_not_run_in_a_circle');
  });

  it('the same usage on bills of two platforms', async () => {
    const coverage = { classes: [], providerIds: [], domesticOnly: false, services: [BilledService.MODEL], platformIds: [30, 20] };
    const { programmeId } = await world.programme({
      ...asksOfficers,
      kind: SubsidyKind.REIMBURSEMENT,
      coverage,
      firstDay: world.today - 60,
    });
    const month = world.others.bills.at(-1)!.month;
    const hash = (text: string) => Buffer.from(text.padEnd(32, '.')).toString('hex');
    const line = { ...PlatformBillLine.create(), providerId: 12, amount: yuanOf(10) };
    const bill = (billNumber: string, usage: string) => ({
      ...SubmitPlatformBillRequest.create(),
      ...{ programmeId, billNumber, buyerId: 11, month, service: BilledService.MODEL },
      ...{ contractHash: hash(`contract ${billNumber}`), receiptHash: hash(`receipt ${billNumber}`) },
      lines: [{ ...line, usageHash: usage.repeat(64) }],
    });
    const first = await world.voucher(platform).submitPlatformBill(bill('A-1', 'a'));
    expect([first.state, first.findings]).toEqual([ClaimState.GRANTED, []]);
    const second = await world.voucher({ participantId: 20, roles: ['partner'] }).submitPlatformBill(bill('B-1', 'a'));
    expect([second.state, second.findings]).toEqual([ClaimState.WAITING, []]);
    expect(await world.voucher().getClaim({ claimId: second.claimId })).toMatchObject({
      findings: [{ rule: 'usage_must_be_claimed_once', evidence: ['line 1 of bill B-1 as line 1 of bill A-1 of platform 30'] }],
    });
    await world.voucher().refuseClaim({ claimId: second.claimId, reason: 'claimed twice' });
    expect((await world.voucher(platform).submitPlatformBill(bill('A-2', 'b'))).findings).toEqual([]);
  });
});
