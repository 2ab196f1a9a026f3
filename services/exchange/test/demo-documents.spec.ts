// The documents of the demo's months: every bill adds up, with its tax, and is a PDF; the FOCUS files keep the specification's rules and add up to the bills.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseYuan } from '#domain';
import { freePorts } from '#platform';
import { build, readFocus } from '#testing';
import { startExchange } from '../src/demo/exchange-process.js';
import type { ExchangeProcess } from '../src/demo/exchange-process.js';
import type { Json } from './http-market.js';

const demo = join(import.meta.dirname, '../../../dist/services/exchange/src/demo/main.js');
const micro = (text: unknown): bigint => parseYuan(String(text))!;
const sum = (all: readonly bigint[]): bigint => all.reduce((total, one) => total + one, 0n);

let exchange: ExchangeProcess;
let data: string;
beforeAll(async () => {
  build();
  data = await mkdtemp(join(tmpdir(), 'documents-'));
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const settings = { EXCHANGE_DATA_SYNC: 'off', EXCHANGE_CLOCK: 'virtual', EXCHANGE_CLOCK_START: '2026-03-01T16:00:00Z' };
  exchange = await startExchange({ data: join(data, 'exchange'), httpPort, grpcPort, settings });
  const args = [demo, '--json', '--limit', '120', '--address', exchange.address, '--key', exchange.key!];
  await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
}, 600_000);
afterAll(async () => {
  await exchange?.stop();
  await rm(data, { recursive: true, force: true });
});

const get = (path: string): Promise<Response> =>
  fetch(`${exchange.address}/v1${path}`, { headers: { authorization: `Bearer ${exchange.key!}` } });
const seen = async (path: string): Promise<Json> => (await (await get(path)).json()) as Json;

it('every bill adds up from its lines, tax too, and is a PDF', async () => {
  const { bills } = await seen('/bills?limit=1000');
  expect((bills as Json[]).length).toBeGreaterThan(10);
  for (const { billId } of bills as Json[]) {
    const bill = await seen(`/bills/${Number(billId)}`);
    const lines = bill.lines as Json[];
    const tax = bill.tax as Json;
    expect(sum(lines.map(({ amount }) => micro(amount)))).toBe(micro(bill.total));
    expect(sum(lines.map((line) => micro(line.tax)))).toBe(micro(tax.tax));
    expect(micro(tax.net) + micro(tax.tax)).toBe(micro(bill.total));
    // What a line's amount was computed from is in it: price × unit-slots / 4, rounded to fen.
    for (const line of lines.filter(({ kind }) => kind === 'compute'))
      expect((micro(line.price) * BigInt(Number(line.unitSlots))) / 4n + micro(line.rounding)).toBe(micro(line.amount));
    const pdf = Buffer.from(await (await get(`/bills/${Number(billId)}/bill.pdf`)).arrayBuffer());
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  }
}, 120_000);

it('the FOCUS file of each month keeps the rules and adds up to the bills', async () => {
  const { bills } = await seen('/bills?limit=1000');
  const months = Map.groupBy(bills as Json[], ({ month }) => String(month));
  expect(months.size).toBeGreaterThan(1);
  for (const [month, of] of months) {
    const { rows, broken } = readFocus(await (await get(`/billing-periods/${month}/focus.csv`)).text());
    expect(broken).toEqual([]);
    expect(sum(rows.map(({ BilledCost }) => micro(BilledCost)))).toBe(sum(of.map(({ total }) => micro(total))));
    expect(rows.some(({ x_EnergyKwh: energy, x_CarbonKgCO2e: carbon }) => Number(energy) > 0 && Number(carbon) > 0)).toBe(true);
    expect(new Set(rows.map(({ RegionId }) => RegionId)).has('')).toBe(false);
  }
}, 120_000);

it('R-30 certificates cover a part of the green energy that was promised, the rest is compensated, and the books balance', async () => {
  const { bills } = await seen('/bills?limit=1000');
  const month = (bills as Json[]).map((bill) => String(bill.month)).sort()[0]!;
  const post = async (path: string, body: Json): Promise<Json> => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${exchange.key!}`,
      'idempotency-key': crypto.randomUUID(),
    };
    const answer = await fetch(`${exchange.address}/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return (await answer.json()) as Json;
  };
  const { participants } = await seen('/participants?role=PROVIDER&limit=100');
  for (const { participantId } of participants as Json[])
    await post('/green-certificates', {
      ...{ participantId, issuer: 'GEC', serial: `GEC-${Number(participantId)}`, kwh: 1, firstDay: `${month}-01`, lastDay: `${month}-28` },
    });
  const period = await post(`/green-periods/${month}/close`, {});
  const [promised, covered] = [Number(period.promisedWh), Number(period.coveredWh)];
  expect(covered).toBeGreaterThan(0);
  expect(promised).toBeGreaterThan(covered);
  const [{ billId }] = (bills as Json[]).filter((bill) => bill.month === month) as [Json];
  const { lines } = await seen(`/bills/${Number(billId)}`);
  expect((lines as Json[]).some(({ energy }) => Number((energy as Json | undefined)?.coveredGreenWh) > 0)).toBe(true);
  expect(micro(period.compensated)).toBeGreaterThan(0n);
  expect(await seen('/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
}, 60_000);
