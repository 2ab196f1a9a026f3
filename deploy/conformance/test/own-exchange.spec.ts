// This exchange, whole, against the program that other provinces' platforms are tried with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, type Json, book, participant, rfc, smallMarket } from '#demo';
import { slotAt } from '#domain';
import { PartnerKey, TestExchange, operator, testExchange } from '#testing';
import { clauses } from '../run.js';
import { failedOf, notTriedOf, Program, programName } from './program.js';

const hour = 3_600_000;

let folder: string;
let exchange: TestExchange;
let api: Api;
let key: string;
/** Key of who bids here. */
let buyer: string;
const own = PartnerKey.make();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'exchange-conformance-'));
  const platformKey = join(folder, 'platform-key.pem');
  writeFileSync(platformKey, own.privateKey);
  exchange = await testExchange({ config: { platform: 'Shuitu', platformKey, logLevel: 'error' } });
  api = new Api(exchange.running.httpAddress!, 'conformance');
  key = await exchange.key(operator);
  ({ buyer } = await smallMarket(api, key, 4, bid(soon(2), '2.50')));
}, 120_000);
afterAll(async () => {
  await api?.destroy();
  await exchange?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const soon = (slots: number): number => slotAt(exchange.now()) + slots;
const bid = (from: number, limitPrice: string): Json => ({
  terms: {
    ...{ books: [book], units: 8, perNode: 8, durationSlots: 1, earliest: rfc(from), latest: rfc(from + 1) },
    ...{ limitPrice, timeInForce: 'GTC', placement: 'ONE_POOL' },
  },
});

it('passes all clauses', async () => {
  const { id } = await participant(api, key, { name: programName, roles: ['PARTNER'], region: 110000, industry: 'I', size: 'LARGE' });
  await exchange.advance();
  await api.post(key, '/v1/deposits', { participantId: id, amount: '100000.00', bankReference: 'of the program' });
  const supply = {
    ...{
      advertId: 'for-sale',
      computeClass: 'INTELLIGENT',
      model: 'T4',
      domestic: false,
      unit: 'CARD',
      zone: 'DOMESTIC',
      region: 500000,
      units: 16,
    },
    ...{ price: '2.00', window: { from: rfc(soon(1)), to: rfc(soon(60)) }, expiresAt: new Date(exchange.now() + 24 * hour).toISOString() },
  };
  await api.post(key, '/v1/interconnect/supply', { supply });
  const keys = PartnerKey.make();
  const ask = () => void api.post(buyer, '/v1/bids', bid(program.stage.seller.adverts.get('conformance-dear')!.window!.from, '1.50'));
  const around = { now: () => exchange.now(), pass: (ms: number) => exchange.advance(ms), ask };
  const program = await Program.open(keys, { name: 'Shuitu', publicKey: own.publicKey }, exchange.running.grpcAddress!, around, 60 * hour);
  try {
    await api.post(key, '/v1/interconnect/partners', {
      platform: programName,
      details: {
        ...{ participantId: id, address: `127.0.0.1:${program.port}`, tls: false, ca: '', creditLimit: '100000.00', ratePerSecond: 50 },
        ...{ classes: ['INTELLIGENT'], zones: ['DOMESTIC'] },
      },
      keys: [{ suite: keys.suite, publicKey: keys.publicKey }],
    });
    const results = await program.run();
    expect(failedOf(results)).toEqual([]);
    expect(notTriedOf(results)).toEqual([]);
    expect(results).toHaveLength(clauses.length);
    expect(await program.cleanUp()).toEqual([]);
  } finally {
    program.end();
  }
}, 180_000);
