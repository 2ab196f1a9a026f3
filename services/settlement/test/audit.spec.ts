// What `npm run audit` finds: nothing where nothing was done, and every tampering of who owns the database, by name. TAMPERINGS=1000 tries more.
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GreenEnergyDefinition,
  LeaseChanged,
  LeaseState,
  PartnerNetted,
  PartnerPaymentsDefinition,
  RemoteLeaseMeasured,
  Tier,
} from '#contracts';
import { shanghaiDay } from '#domain';
import { auditServices, cryptographyOf, databaseAddress, makeSigningKey, newestRoots, publicPath, servicesOf } from '#platform';
import type { Finding, SignedRoot } from '#platform';
import { SettlementModule } from '#settlement';
import { VoucherModule } from '#voucher';
import { SchedulerModule } from '#scheduler';
import { testExchange } from '#testing';
import type { TestDatabase, TestExchange } from '#testing';
import { startOfMonth } from '../src/core/month.js';
import { buyer, Desk, linkOwner, provider, quarterHour, yuan } from './market.js';
import { Dice, followed, Tamperer, type Target, unnamed } from './tampering.js';

const tamperings = Number(process.env.TAMPERINGS ?? 100);
const settlement = servicesOf([SettlementModule]);
const officers = servicesOf([VoucherModule, SchedulerModule]);
const day = 86_400_000;

const chainOf = (of: string): Target[] => [
  { service: of, table: 'seal_blocks', key: ['block'] },
  { service: of, table: 'seals', key: ['block', 'nth'] },
  { service: of, table: 'signed_roots', key: ['root'] },
];
const evidenceOf = (services: typeof settlement): Target[] =>
  services.flatMap(({ name, evidence = [] }) => [
    ...evidence.map(({ table, key, columns: sealed }) => {
      const columns = table in followed ? followed[table] : sealed;
      return { service: name, table, key, ...(columns && { columns }) };
    }),
    ...chainOf(name),
  ]);

/** Of which this world has no row. */
const unseen = new Set(['subsidy_decisions', 'subsidy_grants', 'refunds', 'disputes', 'payout_batch_lines']);

interface Audited {
  readonly services: typeof settlement;
  readonly database: TestDatabase;
  readonly keys: readonly string[];
  readonly roots: readonly SignedRoot[];
}

async function audit({
  services,
  database,
  keys,
  roots,
}: Audited): Promise<{ findings: Finding[]; unsealed: number; blocksAfterRoot: number[] }> {
  const findings: Finding[] = [];
  const told = await auditServices(
    databaseAddress(database.url),
    services,
    { keys, roots },
    (one) => findings.push(one),
    () => undefined,
  );
  const unsealed = told.extents.reduce((sum, extent) => sum + extent.unsealed, 0);
  return { findings, unsealed, blocksAfterRoot: told.extents.map((extent) => extent.blocksAfterRoot) };
}

/** A lease on a partner's platform, by what the partner tells, and netted. */
async function buyOfPartner(desk: Desk, nth: number): Promise<void> {
  const partnerId = 4;
  const trade = await desk.trade({
    tradeId: 20 + nth,
    providerId: partnerId,
    poolId: 1_000_000_000,
    platformId: partnerId,
    reservationId: nth,
  });
  const { tradeId, window: delivered, computeAmount: held } = trade;
  await desk.market.tell(
    LeaseChanged,
    LeaseChanged.create({ leaseId: tradeId, state: LeaseState.ENDED, delivered, units: 1, unitSlots: 4, held }),
  );
  await desk.passWindow(trade);
  await desk.tellInterconnect(
    RemoteLeaseMeasured,
    RemoteLeaseMeasured.create({ tradeId, version: 1, unitSlots: 4, unitSlotsDue: 4, unitSlotsUp: 4 }),
  );
  await desk.exchange.advance(quarterHour);
  const netting = { participantId: partnerId, platform: 'Tianfu', through: 20_000 + nth, currency: 'CNY', items: 1, leaseIds: [tradeId] };
  await desk.tellInterconnect(PartnerNetted, PartnerNetted.create({ ...netting, sold: yuan(nth), bought: yuan(8) }));
  const paid = { participantId: partnerId, through: netting.through, amount: yuan(1), valueDate: netting.through };
  const payments = desk.exchange.call(PartnerPaymentsDefinition);
  await payments.recordPartnerPayment({ ...paid, bankReference: `paid ${nth}` });
  const { paymentId } = await payments.recordPartnerPayment({ ...paid, bankReference: `came back ${nth}` });
  await payments.returnPartnerPayment({ paymentId, reason: 'account closed' });
  // R-24: placed anew here for more, by which the partner owes the difference.
  await desk.settle(await desk.trade({ tradeId: 30 + nth, replacesTradeId: tradeId, owedAmount: yuan(1) }));
}

/** The month's green energy, in part. */
async function cover(desk: Desk): Promise<void> {
  const green = desk.exchange.call(GreenEnergyDefinition);
  const [firstDay, lastDay] = [shanghaiDay(startOfMonth('2026-01')), shanghaiDay(startOfMonth('2026-02')) - 1];
  for (const serial of ['A-1', 'A-2', 'A-3'])
    await green.registerCertificate({ participantId: provider.participantId, issuer: 'GEC', serial, kwh: 4, firstDay, lastDay });
  await green.closeGreenPeriod({ month: '2026-01' });
}

/** Money in, holds, usage, ratings, a month's bills and payouts. */
async function trade(desk: Desk): Promise<void> {
  // So many movements of an account that some stand as entries of their own.
  for (let nth = 0; nth < 40; nth += 1) await desk.deposit(buyer.participantId, yuan(1));
  const reclaimable = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
  for (const nth of [1, 2, 3]) {
    await desk.deposit(buyer.participantId, yuan(100));
    const green = { greenShareBp: 5_000, pueMilli: 1_250 };
    const firm = await desk.trade({ tradeId: nth, units: nth, transferAmount: 1_234_567n, linkOwnerId: linkOwner.participantId, ...green });
    const metered = await desk.trade({ tradeId: 10 + nth, book: reclaimable, units: 2 });
    await desk.passWindow(metered);
    const record = { recordId: `r${nth}`, version: 1, leaseId: metered.tradeId, meterSequence: 1, window: metered.window, unitSlots: 3 };
    await desk.settlement(provider).reportUsage({ records: [record] });
    await desk.settle(metered);
    await desk.settle(firm, { up: 0.98, energyWh: 10_000 });
    await buyOfPartner(desk, nth);
    await desk.exchange.advance(day);
  }
  await desk.closeMonth();
  await cover(desk);
  for (const amount of [yuan(1), yuan(2)]) await desk.settlement(buyer).requestWithdrawal({ participantId: buyer.participantId, amount });
  await desk.exchange.advance();
  const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
  const [one, other] = payouts;
  await desk.settlement().confirmPayout({ payoutId: one!.payoutId, bankReference: 'B-1' });
  await desk.settlement().confirmPayout({ payoutId: other!.payoutId, bankReference: 'B-2' });
  await desk.settlement().returnPayout({ payoutId: other!.payoutId, reason: 'the account was closed' });
  await desk.exchange.database.query(
    'update settlement.payouts set by_hand = true where payout_id = 1; insert into settlement.payouts_by_hand values (1)',
  );
  await record(desk.exchange);
  await desk.exchange.advance(2 * day);
}

/** Rows as disputes and the bank's files leave them; of what bills rest on there are no others than the world's own. */
async function record({ database }: TestExchange): Promise<void> {
  for (let nth = 1; nth <= 4; nth += 1)
    for (const row of [
      `dispute_steps (dispute_id, number, step, participant_id, key, at, detail) values (${nth}, 1, 'opened', 3, 'k', ${nth}, '')`,
      `dispute_terms (dispute_id, number, to_freeze, decide_by) values (${nth}, 1, ${nth}, 9)`,
      `dispute_evidence (dispute_id, sha256, kind, media_type, location, note, participant_id, added_at) values (${nth}, 'ab', 1, 'text/plain', 'l', 'n', 3, ${nth})`,
      `payout_accounts (participant_id, version, holder, number, bank_name, bank_code, proposed_by, proposed_at) values (${nth}, 1, 'h', 'n', 'b', 'c', 'p', ${nth})`,
      `payout_account_decisions (payout_account_id, approved, decided_by, decided_at, reason) values (${nth}, true, 'p', ${nth}, 'why')`,
      `budgets (participant_id, project, version, amount, alarms_bp, set_at, set_by) values (3, 'p', ${nth}, 5, '{5000,9000}', ${nth}, 'k')`,
      `registered_names (participant_id, version, name, told_at) values (9, ${nth}, 'n${nth}', ${nth})`,
      `invoice_titles (participant_id, version, title, tax_number, contact, bank, set_at, set_by) values (3, ${nth}, 't${nth}', '', 'c', 'b', ${nth}, 'k')`,
      `payout_batches (message_id, format, payouts_count, total, sha256, payer_account_id, execution_day, file, made_at, made_by) values ('m${nth}', 'f', 1, 5, 'ab', 1, 1, 'file', ${nth}, 'p')`,
    ])
      await database.query(`insert into settlement.${row}`);
}

/** Rows as officers and the operator make them. */
async function officiate({ database }: TestExchange): Promise<void> {
  const add = (row: string) => database.query(`insert into voucher.${row}`);
  for (let nth = 1; nth <= 8; nth += 1) {
    const programme = `7, '\\x0${nth}'::bytea, ${nth}, ${nth + 9}, 3, ${nth}, 'k', 's'`;
    await add(
      `programmes (state, ended, endings, authority_id, terms, first_day, last_day, budget_per_year, round, drafted_by, submitted_by, created_at, changed_at) values (5, true, 1, ${programme}, ${nth}, ${nth})`,
    );
    await add(`programme_issues (state, programme_id, authority_id, terms, first_day, last_day, budget_per_year, round, drafted_by, submitted_by, approved_by, issued_at)
      values (4, ${nth}, ${programme}, '{a,b}', ${nth})`);
    await add(
      `audit (programme_id, claim_id, step, participant_id, key, at, detail) values (${nth}, ${nth}, 'expired', 1, 'k${nth}', ${nth}, 'why ${nth}'), (${nth}, 0, 'ended', 0, 'voucher', 9, '')`,
    );
    await add(`approvals (programme_id, round, key, at) values (1, ${nth}, 'k${nth}', ${nth})`);
    await add(`claims (programme_id, buyer_id, bill_id, month, bid_id, state, base, amount, clawed_back, clauses, decided_at, made_at, region, industry, size)
      values (${nth}, 5, ${nth}, '2026-01', ${nth}, 2, 100, 30, 6, '[${nth}]', ${nth}, ${nth}, 1, 'I', 2)`);
    await add(
      `claim_trades (claim_id, trade_id, base, amount, refunded, clawed_back) values (${nth}, 1, 60, 20, 9, 3), (${nth}, 2, 40, 10, 9, 3)`,
    );
    await add(`claim_decisions (claim_id, number, state, amount, clauses, trade_ids, amounts, decided_at)
      values (${nth}, 1, 1, 30, '[]', '{1,2}', '{20,10}', 0), (${nth}, 2, 2, 30, '[${nth}]', '{1,2}', '{20,10}', ${nth})`);
    await add(`claim_approvals (claim_id, key, at) values (${nth}, 'a', 1), (${nth}, 'b', 2)`);
    await add(
      `claw_backs (claim_id, trade_id, refunded, clawed_back, refund_id, cancellation_id, at) values (${nth}, 1, 9, 3, ${nth}, 0, 9), (${nth}, 2, 9, 3, ${nth}, 0, 9)`,
    );
    await add(`later_findings (claim_id, rule, detail, evidence, found_at) values (${nth}, 'r', 'd', '{e,f}', ${nth})`);
    await add(
      `reservations (order_id, programme_id, buyer_id, worst_case, asked, amount, rate_bp, clauses, closed, promised) values (${nth}, ${nth}, 5, 90, 30, 30, 3000, '[]', true, 7)`,
    );
    await add(
      `subsidised_trades (trade_id, order_id, programme_id, share, billed) values (${nth}, ${nth}, ${nth}, 7, false), (10 + ${nth}, ${nth}, ${nth}, 5, true)`,
    );
    await add(`billed_trades (bill_id, trade_id, bid_id, buyer_id, month, day, base, line_count, provider_id, delivered_by_id, compute_class, domestic, green_share_bp, measured_unit_slots, at)
      values (${nth}, ${nth}, ${nth}, 5, '2026-01', 1, 60, 1, 2, 2, 2, false, 0, 4, ${nth})`);
    await add(`billed_refunds (trade_id, amount, at) values (${nth}, 9, ${nth})`);
    await add(`registrations (participant_id, owner_group, region, industry, size, at) values (5, ${nth}, 1, 'I', 2, ${nth})`);
    await add(`overdue_changes (participant_id, overdue, at) values (5, true, ${nth})`);
    await add(`platform_contracts (contract) values ('c${nth}')`);
    await add(`platform_bills (platform_id, bill_number, bill, key, at) values (4, 'M-${nth}', '\\x0${nth}', 'k', ${nth})`);
    await add(`platform_receipts (receipt_hash, platform_bill_id) values ('r${nth}', ${nth})`);
    await add(`platform_usage (usage_hash, platform_bill_id, line) values ('u${nth}', ${nth}, 1)`);
    await add(
      `platform_cancellations (claim_id, refunded, clawed_back, reason, participant_id, key, at) values (${nth}, 9, 3, 'why', 1, 'k', ${nth})`,
    );
    await add(
      `subsidies_elsewhere (bid_id, month, funder, amount, participant_id, key, at) values (${nth}, '2026-01', 'f', ${nth}, 1, 'k', ${nth})`,
    );
    await add(`ownerships (owner, owned, share_bp, source, key, at, participant_id) values ('o${nth}', 'p', ${nth}, 's', 'k', ${nth}, 1)`);
    await database.query(`insert into scheduler.market_action (kind, book_id, site_id, from_slot, to_slot, price, reference_price, reclaimed_leases, by, key, reason, time, sequence)
      values (1, ${nth}, 0, 0, 0, 0, 0, 0, 'operator', 'k${nth}', 'why', ${nth}, ${nth})`);
  }
}

describe('audit', () => {
  let folder: string;
  let desk: Desk;
  let market: Audited;
  let office: TestExchange;
  let offices: Audited;

  const audited = async (services: typeof settlement, { database }: TestExchange, key: string): Promise<Audited> => ({
    ...{ services, database, keys: [await readFile(publicPath(key), 'utf8')] },
    roots: await newestRoots(databaseAddress(database.url), services),
  });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exchange-audit-'));
    const keys = [join(folder, 'one.pem'), join(folder, 'other.pem')] as const;
    await makeSigningKey(keys[0], cryptographyOf('international'));
    await makeSigningKey(keys[1], cryptographyOf('national'));
    desk = await Desk.open({ signingKey: keys[0] });
    await trade(desk);
    market = await audited(settlement, desk.exchange, keys[0]);
    // By the national suite.
    office = await testExchange({ modules: [VoucherModule, SchedulerModule], config: { signingKey: keys[1], cryptography: 'national' } });
    await officiate(office);
    await office.advance(day);
    await office.database.query(
      `insert into voucher.audit (programme_id, claim_id, step, participant_id, key, at, detail) values (1, 1, 'late', 1, 'k', 9, '')`,
    );
    await office.advance(day / 4);
    offices = await audited(officers, office, keys[1]);
  }, 120_000);
  afterAll(async () => {
    await desk?.stop();
    await office?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('finds nothing where nothing was done, by either suite, and says what is not sealed and not signed yet', async () => {
    expect(await audit(market)).toMatchObject({ findings: [], unsealed: 0 });
    expect(market.roots).toMatchObject([{ service: 'settlement', suite: 'international' }]);
    expect(await audit(offices)).toMatchObject({ findings: [], unsealed: 0, blocksAfterRoot: [1, 0] });
    expect(offices.roots).toMatchObject([{ suite: 'national' }, { suite: 'national' }]);
    await desk.settlement().recordDeposit({ participantId: buyer.participantId, amount: yuan(1), bankReference: 'unsealed' });
    expect(await audit(market)).toMatchObject({ findings: [], unsealed: 2 });
    await desk.exchange.advance(day / 4);
    expect(await audit(market)).toMatchObject({ findings: [], unsealed: 0 });
  });

  it('knows a root by its signature alone: of another key it is none', async () => {
    const other = { ...market, keys: offices.keys };
    expect((await audit(other)).findings.every(({ wrong }) => wrong === 'not_signed_by_the_key')).toBe(true);
    const [root] = market.roots;
    const forged = { ...market, roots: [{ ...root!, hash: randomBytes(33).toString('hex') }] };
    expect((await audit(forged)).findings.map(({ wrong }) => wrong).sort()).toEqual(['not_signed_by_the_key', 'root_differs']);
  });

  it(`names each of ${tamperings} tamperings`, async () => {
    const places = [
      {
        of: market,
        targets: [
          ...evidenceOf(settlement),
          {
            service: 'settlement',
            table: 'transfers',
            key: ['transfer_id'],
            named: (row: Readonly<Record<string, unknown>>) => sequences.get(row.transfer_id as string)!,
          },
          { service: 'settlement', table: 'entries', key: ['account_id', 'posting'] },
          { service: 'settlement', table: 'balances', key: ['batch'] },
        ].filter(({ table }) => !unseen.has(table)),
      },
      { of: offices, targets: evidenceOf(officers) },
    ];
    const numbered = await market.database.query<{ id: string; sequence: string }>(
      'select transfer_id as id, (first_sequence + line)::text as sequence from settlement.transfers join settlement.postings using (batch)',
    );
    const sequences = new Map(numbered.map(({ id, sequence }) => [id, sequence]));
    const dice = new Dice(7);
    const tamperers = await Promise.all(
      places.map(async ({ of, targets }) => ({ of, tamperer: await Tamperer.open(of.database, targets) })),
    );
    for (const { tamperer } of tamperers) expect(tamperer.targets.filter((target) => tamperer.count(target) === 0)).toEqual([]);
    const wrong: string[] = [];
    for (let nth = 0; nth < tamperings; nth += 1) {
      const { of, tamperer } = dice.roll(4) === 0 ? tamperers[1]! : tamperers[0]!;
      const tampering = await tamperer.tamper(dice);
      const { findings } = await audit(of);
      const missed = unnamed(tampering, findings);
      if (missed.length > 0)
        wrong.push(
          `${nth}: ${tampering.target.table}: ${tampering.what}: ${missed.slice(0, 3).join('; ')} is not among ${JSON.stringify(findings.slice(0, 3))}`,
        );
      await tamperer.undo(tampering);
    }
    expect(wrong).toEqual([]);
    for (const { of } of tamperers) expect((await audit(of)).findings).toEqual([]);
  }, 1_200_000);

  it.each(['moves', 'last_batch'])('names an account whose %s is not what its postings left', async (column) => {
    const [account] = await market.database.query<{ id: number }>(
      'select account_id as id from settlement.accounts where moves > 1 order by account_id desc limit 1',
    );
    const add = (much: number) =>
      market.database.query(
        `begin; set local session_replication_role = replica; update settlement.accounts set ${column} = ${column} + ${much} where account_id = ${account!.id}; commit`,
      );
    await add(1);
    const { findings } = await audit(market);
    await add(-1);
    expect(findings).toMatchObject([{ table: 'accounts', row: String(account!.id) }]);
  });

  // Last, since the tables' constraints are gone after it.
  it.each([
    ['deposits', 'amount', 'deposit_id = 1', '1', ['constraint deposits_pkey', 'constraint deposits_receipt_key']],
    ['postings', 'made_at', 'posting = 2', '2', ['constraint postings_pkey']],
    [
      'entries',
      'credits_posted',
      `(account_id, posting) = (select account_id, posting from settlement.entries limit 1)`,
      '',
      ['constraint entries_pkey'],
    ],
  ])('names a row of %s that stands beside the one that was sealed', async (table, column, where, named, constraints) => {
    const { database } = market;
    const of = `settlement.${table}`;
    await database.query('set session_replication_role = replica');
    await database.query(`alter table ${of} ${constraints.map((constraint) => `drop ${constraint}`).join(', ')}`);
    if (table === 'postings') await database.query('drop index settlement.postings_batch, settlement.postings_first_sequence');
    await database.query(`create table ${of}_beside as select * from ${of} where ${where}`);
    await database.query(`update ${of}_beside set ${column} = ${column} + 1`);
    await database.query(`insert into ${of} overriding system value table ${of}_beside`);
    expect((await audit(market)).findings).toContainEqual(
      expect.objectContaining({ table, row: expect.stringContaining(named) as string, wrong: 'doubled' }),
    );
  });
});
