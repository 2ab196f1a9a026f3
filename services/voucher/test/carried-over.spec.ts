// What stood in the tables before a migration stands in them after it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SubmitPlatformBillRequest, bytesOf } from '#contracts';
import { Look, type TestDatabase, testDatabase } from '#testing';

const folder = join(import.meta.dirname, '../migrations');
const files = readdirSync(folder).sort();
const hash = (text: string) => Buffer.from(text.padEnd(32, '.')).toString('hex');
let database: TestDatabase;
let look: Look;

const migrate = async (from: number, to: number) => {
  for (const file of files.slice(from, to)) await look.query(readFileSync(join(folder, file), 'utf8'));
};
/** The third has a name that looks as the receipt of a bill does in its bytes. */
const bills = [
  { billNumber: 'M-1', receiptHash: hash('receipt of both') },
  { billNumber: 'M-2', receiptHash: hash('receipt of both') },
  { billNumber: `B@${'a'.repeat(62)}`, receiptHash: hash('another') },
  { billNumber: 'M-4', receiptHash: '' },
];

beforeAll(async () => {
  database = await testDatabase();
  look = new Look(database.url);
  await migrate(0, 5);
  for (const [at, part] of bills.entries()) {
    const bill = { ...SubmitPlatformBillRequest.create(), programmeId: 1, platformId: 30, buyerId: 300, month: '2026-01', service: 2 };
    const bytes = bytesOf(SubmitPlatformBillRequest, { ...bill, contractHash: hash(`contract ${at}`), ...part });
    await look.query("insert into platform_bills (platform_id, bill_number, bill, key, at) values (30, $1, $2, 'key/1', 1)", [
      part.billNumber,
      bytes,
    ]);
  }
  await look.query(`insert into participants values (10, 3, 110, 330106, 'I', 3)`);
  await look.query(
    `insert into programmes (authority_id, state, terms, first_day, last_day, drafted_by, created_at, changed_at) values (2, 4, '', 1, 2, 'key/2', 1, 1)`,
  );
  await look.query(`insert into overdue values (10)`);
  await look.query(
    `insert into billed_trades values (7, 70, 700, 10, '2026-01', 20480, 1000, 250, 1, 20, 20, 2, false, 0, 4), (7, 71, 700, 10, '2026-01', 20480, 1000, 0, 1, 20, 20, 2, false, 0, 4)`,
  );
  await look.query(
    `insert into claims (programme_id, buyer_id, bill_id, month, bid_id, state, base, amount, clauses, decided_at) values (1, 10, 7, '2026-01', 700, 2, 2000, 400, '[]', 900)`,
  );
  await look.query(`insert into audit (programme_id, claim_id, step, participant_id, key, at, detail) values
    (1, 1, 'claim_decided', 0, 'voucher', 500, ''), (1, 1, 'claim_approved', 2, 'key/2', 900, ''), (1, 1, 'claim_clawed_back', 0, 'voucher', 950, '')`);
  await look.query(`insert into claim_trades values (1, 70, 1000, 200, 250, 50), (1, 71, 1000, 200, 0, 0)`);
  await look.query(`insert into approvals values (1, 0, 'key/2', 2), (1, 0, 'key/3', 3)`);
  await look.query(`insert into subsidies_elsewhere values (700, '2026-01', 'the district', 40, 10, 'key/3', 5)`);
  await look.query(
    `insert into ownerships values ('A', 'participant/10', 3000, 'register', 'key/2', 6), ('B', 'A', 6000, 'register', 'key/9', 7)`,
  );
  await migrate(5, files.length);
});
afterAll(async () => {
  await look?.close();
  await database?.drop();
});

it('receipts of bills: of two bills with one the first has it', async () => {
  expect(await look.query('select receipt_hash, platform_bill_id::int4 as bill from platform_receipts order by 2')).toEqual([
    { receipt_hash: hash('receipt of both'), bill: 1 },
    { receipt_hash: hash('another'), bill: 3 },
  ]);
});

it('words about owners and other payers, with whose they were where that is known', async () => {
  expect(await look.query('select bid_id::int4 as bid, amount::int4, participant_id from subsidies_elsewhere')).toEqual([
    { bid: 700, amount: 40, participant_id: 10 },
  ]);
  expect(await look.query('select owner, owned, share_bp, participant_id from ownerships order by number')).toEqual([
    { owner: 'A', owned: 'participant/10', share_bp: 3_000, participant_id: 2 },
    { owner: 'B', owned: 'A', share_bp: 6_000, participant_id: 0 },
  ]);
});

it('registrations, debts and refunds, as old as anything; when claims were made, and by whom', async () => {
  expect(await look.query('select participant_id, owner_group, region, industry, size, at::int4 from registrations')).toEqual([
    { participant_id: 10, owner_group: 110, region: 330106, industry: 'I', size: 3, at: 0 },
  ]);
  expect(await look.query('select participant_id, overdue, at::int4 from overdue_changes')).toEqual([
    { participant_id: 10, overdue: true, at: 0 },
  ]);
  expect(await look.query('select trade_id::int4 as trade, amount::int4, at::int4 from billed_refunds')).toEqual([
    { trade: 70, amount: 250, at: 0 },
  ]);
  expect(await look.query('select made_at::int4, decided_at::int4, region, industry, size from claims')).toEqual([
    { made_at: 500, decided_at: 900, region: 330106, industry: 'I', size: 3 },
  ]);
});

it('what stands for good: programmes as approved, claims as they stand, what was taken back of them', async () => {
  expect(await look.query('select programme_id, authority_id, state, approved_by, issued_at::int4 from programme_issues')).toEqual([
    { programme_id: 1, authority_id: 2, state: 4, approved_by: ['key/2', 'key/3'], issued_at: 3 },
  ]);
  expect(
    await look.query(
      'select claim_id::int4, number, state, amount::int4, trade_ids::text, amounts::text, decided_at::int4 from claim_decisions',
    ),
  ).toEqual([{ claim_id: 1, number: 1, state: 2, amount: 400, trade_ids: '{70,71}', amounts: '{200,200}', decided_at: 900 }]);
  const back = 'select claim_id::int4, trade_id::int4, refunded::int4, clawed_back::int4, refund_id::int4, at::int4 from claw_backs';
  expect(await look.query(back)).toEqual([{ claim_id: 1, trade_id: 70, refunded: 250, clawed_back: 50, refund_id: 0, at: 950 }]);
});
