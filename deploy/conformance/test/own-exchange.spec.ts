// This exchange, whole, against the program that other provinces' platforms are tried with.
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, type Json, book, participant, rfc, smallMarket } from '#demo';
import { slotAt } from '#domain';
import type { Config } from '#platform';
import { Authority, PartnerKey, TestExchange, operator, testExchange, writePapers } from '#testing';
import { clauses } from '../run.js';
import { failedOf, notTriedOf, Program, programName } from './program.js';

const hour = 3_600_000;

let folder: string;
let settings: Partial<Config>;
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
  settings = { platform: 'Shuitu', platformKey, logLevel: 'error' };
  exchange = await testExchange({ config: settings });
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

const named = { name: programName, roles: ['PARTNER'], region: 110000, industry: 'I', size: 'LARGE' };
const registration = (participantId: number, port: number, { suite, publicKey }: PartnerKey, certificates: string[] = []): Json => ({
  platform: programName,
  details: {
    ...{ participantId, address: `127.0.0.1:${port}`, tls: false, ca: '', creditLimit: '100000.00', ratePerSecond: 50 },
    ...{ classes: ['INTELLIGENT'], zones: ['DOMESTIC'] },
  },
  keys: [{ suite, publicKey }],
  certificates,
});

it('passes all clauses', async () => {
  const { id } = await participant(api, key, named);
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
    await api.post(key, '/v1/interconnect/partners', registration(id, program.port, keys));
    const results = await program.run();
    expect(failedOf(results)).toEqual([]);
    expect(notTriedOf(results)).toEqual([]);
    expect(results).toHaveLength(clauses.length);
    expect(await program.cleanUp()).toEqual([]);
  } finally {
    program.end();
  }
}, 180_000);

it('hears by the port that asks for certificates as by the other', async () => {
  const authority = await Authority.make();
  const issued = await authority.issueHost();
  const partnerListenCertificates = await writePapers(join(folder, 'papers'), authority, issued);
  const asking = await testExchange({ config: { ...settings, partnerListen: '127.0.0.1:0', partnerListenCertificates } });
  const web = new Api(asking.running.httpAddress!, 'conformance-port');
  try {
    const secret = await asking.key(operator);
    const { id } = await participant(web, secret, named);
    await asking.advance();
    const keys = PartnerKey.make();
    const around = { now: () => asking.now(), pass: (ms: number) => asking.advance(ms) };
    const address = `localhost:${asking.running.partnerAddress!.split(':').at(-1)}`;
    const tls = { ca: authority.ca, cert: issued.cert, key: issued.key };
    const program = await Program.open(keys, { name: 'Shuitu', publicKey: own.publicKey }, address, around, 60_000, tls);
    try {
      const certificate = new X509Certificate(issued.cert).fingerprint256;
      await web.post(secret, '/v1/interconnect/partners', registration(id, program.port, keys, [certificate]));
      const results = await program.run('hear.');
      expect(failedOf(results)).toEqual([]);
      expect(notTriedOf(results)).toEqual([]);
    } finally {
      program.end();
    }
  } finally {
    await web.destroy();
    await asking.stop();
  }
}, 120_000);
