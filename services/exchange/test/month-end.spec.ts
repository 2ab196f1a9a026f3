// A month's end through the public HTTP API: a delivered lease is billed and its provider paid out by the bank's file.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { operator } from '#testing';
import { HttpMarket, type Json, type Someone } from './http-market.js';

let market: HttpMarket;
let buyer: Someone;
let other: string;
beforeAll(async () => {
  market = await HttpMarket.open();
  buyer = await market.buyer(100);
  other = await market.exchange.key(operator);
  const { poolId } = await market.place();
  await market.offer(poolId, 'FIRM', 4, '2');
  const from = market.slot;
  await market.leases(buyer, { units: 4 });
  await market.slots(6);
  await market.wasUp(poolId, from, from + 4);
  await market.slots(8);
  await market.exchange.advanceTo(Date.parse('2026-02-01T00:00:00+08:00'));
  await market.done(market.operator, '/v1/billing-periods/2026-01/close');
  await market.exchange.advance();
});
afterAll(() => market?.stop());

const account = { holder: '水土算力有限公司', number: '6222020200112233', bankName: '工商银行重庆分行', bankCode: '102653000013' };

/** Proposed by one, approved by the operator's other officer. */
async function hasAccount({ id, key }: Someone): Promise<void> {
  const { payoutAccountId } = await market.done(key, `/v1/participants/${id}/payout-accounts`, { account });
  expect((await market.send(key, `/v1/payout-accounts/${Number(payoutAccountId)}/approve`)).status).not.toBe(200);
  expect(await market.done(other, `/v1/payout-accounts/${Number(payoutAccountId)}/approve`)).toMatchObject({ state: 'IN_FORCE' });
}

const fileOf = (key: string, path: string) => market.exchange.http<string>(path, { key });

it('a bill names whom it is for, tells its tax, and is a PDF; the provider has its statement', async () => {
  const { bills } = await market.seen(buyer.key, '/v1/bills');
  const [{ billId }] = bills as [{ billId: number }];
  const title = { title: '嘉陵机器人有限公司', taxNumber: '91350100M000100Y43' };
  const titles = `/v1/participants/${buyer.id}/invoice-titles`;
  expect(await market.send(buyer.key, titles, { ...title, taxNumber: '91350100M000100Y44' })).toMatchObject({
    ...{ status: 400, body: { rule: 'tax_number_must_be_a_unified_social_credit_code', field: 'taxNumber' } },
  });
  expect(await market.send(buyer.key, titles, { ...title, title: '嘉陵\n机器人' })).toMatchObject({
    ...{ status: 400, body: { rule: 'text_must_be_printable', field: 'title' } },
  });
  await market.done(buyer.key, titles, title);
  // What is set after a bill is of later ones.
  expect(await market.seen(buyer.key, `/v1/bills/${billId}`)).toMatchObject({
    ...{ total: '8', tax: { tax: '0.45', net: '7.55', taxBp: 600 }, buyer: { version: 0 }, lines: [{ tax: '0.45' }] },
  });
  const { lines } = await market.seen(buyer.key, `/v1/bills/${billId}`);
  expect(await market.seen(buyer.key, `/v1/bills/${billId}/lines?limit=1`)).toMatchObject({ lines });
  const rows = await fileOf(buyer.key, `/v1/bills/${billId}/lines.ndjson`);
  expect(rows.headers.get('content-type')).toBe('application/x-ndjson');
  expect(
    rows.body
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row) as unknown),
  ).toEqual(lines);
  const pdf = await fileOf(buyer.key, `/v1/bills/${billId}/bill.pdf`);
  expect([pdf.status, pdf.headers.get('content-type'), pdf.headers.get('content-disposition')]).toEqual([
    ...[200, 'application/pdf', 'attachment; filename="bill.pdf"'],
  ]);
  expect(pdf.body.slice(0, 5)).toBe('%PDF-');
  expect((await fileOf(market.provider.key, `/v1/bills/${billId}/bill.pdf`)).status).toBe(404);
  const statement = `/v1/participants/${market.provider.id}/earning-statements/2026-01`;
  expect(await market.seen(market.provider.key, statement)).toMatchObject({
    ...{ opening: '0', earned: '7.76', closing: '7.76', supplied: '8', suppliedTax: '0.45', fees: '0.24', feesTax: '0.01' },
  });
  expect((await fileOf(market.provider.key, `${statement}/statement.pdf`)).body.slice(0, 5)).toBe('%PDF-');
});

it('a payout goes to an account of two people, by a file that is written once', async () => {
  const { payouts } = await market.done(market.operator, '/v1/payouts', { month: '2026-01' });
  expect(payouts).toMatchObject([{ participantId: market.provider.id, amount: '7.76' }]);
  await hasAccount({ id: operator.participantId, key: market.operator });
  const asked = { executionDay: '2026-02-02' };
  expect(await market.send(market.operator, '/v1/payout-batches', asked)).toMatchObject({ body: { rule: 'batch_must_hold_payouts' } });
  await hasAccount(market.provider);
  const batch = await market.done(market.operator, '/v1/payout-batches', asked);
  expect(batch).toMatchObject({ total: '7.76', payoutsCount: 1, messageId: 'CX-20260201-1' });
  const file = await fileOf(market.operator, `/v1/payout-batches/${Number(batch.batchId)}/payments.xml`);
  expect([file.status, file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
    ...[200, 'application/xml', 'attachment; filename="payments.xml"'],
  ]);
  expect(file.body).toContain('<InstdAmt Ccy="CNY">7.76</InstdAmt>');
  expect((await market.get(market.provider.key, `/v1/payout-batches/${Number(batch.batchId)}/payments.xml`)).status).toBe(403);
  const [{ payoutId }] = payouts as [Json];
  await market.done(market.operator, `/v1/payouts/${Number(payoutId)}/confirm`, { bankReference: 'paid' });
  await market.done(market.operator, `/v1/payouts/${Number(payoutId)}/return`, { reason: 'account closed' });
  expect(await market.seen(market.provider.key, `/v1/participants/${market.provider.id}/balance`)).toMatchObject({ income: '7.76' });
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
});

/** `npm run audit -- --only bills --json`: how it ended, its findings, and what it says last. */
async function audited(): Promise<{ code: number; findings: Json[]; last: Json }> {
  const script = join(import.meta.dirname, '../../../dist/services/exchange/src/audit/main.js');
  const args = [script, '--url', market.exchange.database.url, '--only', 'bills', '--json'];
  return new Promise((resolve) =>
    execFile(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } }, (error, stdout) => {
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Json);
      resolve({ code: Number(error?.code ?? 0), findings: lines.slice(0, -1), last: lines.at(-1)! });
    }),
  );
}

it('R-28 the audit computes bills and statements from their records, names what differs, and ends with 1', async () => {
  const counts = { bills: 1, lines: 1, leases: 1, months: 1, statements: 2 };
  expect(await audited()).toMatchObject({ code: 0, findings: [], last: { findings: 0, counts } });
  const change = (to: number) =>
    market.exchange.database.query(`set session_replication_role = replica; update settlement.bill_lines set amount = ${to}`);
  await change(7_990_000);
  expect(await audited()).toMatchObject({
    code: 1,
    findings: [{ table: 'bill_lines', row: '1, 1', wrong: 'figures_differ', stored: 'amount 7990000', computed: 'amount 8000000' }],
    last: { findings: 1, counts },
  });
  await change(8_000_000);
});
