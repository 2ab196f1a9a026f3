// A hub as its people made it, and the console before it in a real browser.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Type } from '@nestjs/common';
import { Metric, StreamPointsRequest, TelemetryDefinition } from '#contracts';
import { GatewayModule } from '#gateway';
import { InterconnectModule } from '#interconnect';
import { MonitoringModule } from '#monitoring';
import { cryptographyOf } from '#platform';
import { RegistryModule } from '#registry';
import { SettlementModule } from '#settlement';
import { type Browser, type Page, type TestExchange, testExchange } from '#testing';

export type RoleOf = 'operator' | 'regulator' | 'authority' | 'provider' | 'buyer' | 'partner';

export interface Stage {
  readonly exchange: TestExchange;
  readonly keys: Readonly<Record<RoleOf, string>>;
  readonly page: Page;
  /** Moves the exchange's clock to a moment. */
  readonly until: (text: string) => Promise<void>;
  readonly send: <T>(path: string, body: object, key?: string) => Promise<T>;
  /** A point of each of units, load and power of node 0 of a pool of the provider. */
  readonly tell: (poolId: number, of: { readonly units: number }) => Promise<void>;
  /** Shows a page to who has the key, in a language, and waits until it is there. */
  readonly show: (path: string, key: string, language?: 'en' | 'zh') => Promise<void>;
  readonly text: (selector?: string) => Promise<string>;
  /** Asks the page for a file by its name and reads what came. */
  readonly downloaded: (name: string) => Promise<Buffer>;
  stop(): Promise<void>;
}

/** A script that a name of the API would be, were it taken for markup. */
export const script = '<img src=x onerror="document.title=`run`">';

/** The modules that what is looked at needs. */
export const hubModules = [GatewayModule, RegistryModule, MonitoringModule, InterconnectModule, SettlementModule];

/** @param modules all of the exchange, where it is traded */
export async function openStage(browser: Browser, modules: Type[] = hubModules): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'exchange-console-'));
  const downloads = join(folder, 'downloads');
  await mkdir(downloads);
  await browser.downloadTo(downloads);
  const platformKey = join(folder, 'key.pem');
  const { privateKey } = cryptographyOf('international').newKeys();
  await writeFile(platformKey, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const exchange = await testExchange({
    modules,
    config: { platformKey, platform: 'Shuitu' },
  });
  const address = exchange.running.httpAddress!;
  const operator = await exchange.key({ participantId: 1, roles: ['operator'] });
  const send = async <T>(path: string, body: object, key = operator): Promise<T> => {
    const answer = await exchange.http<T>(path, { key, body });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const keys = { operator, ...(await people(exchange, send)) };
  await hub(send, keys.provider, exchange);
  const page = await browser.open(`${address}/console`);
  return {
    ...{ exchange, keys, page, send },
    tell: async (poolId, { units }) => {
      const { body } = await exchange.http<{ providerId: number }>(`/v1/pools/${poolId}`, { key: operator });
      const columns = [
        { metric: Metric.UNITS_UP, values: column(units) },
        { metric: Metric.UTILISATION, values: column(5_000) },
        { metric: Metric.POWER, values: column(3_000) },
      ];
      const block = { poolId, firstNode: 0, nodes: 1, ticks: 1, stepMs: 0, at: exchange.now(), columns };
      const frames = (async function* () {
        yield StreamPointsRequest.create({ sender: 'agent', sequence: 1, blocks: [block] });
      })();
      const caller = { participantId: body.providerId, roles: ['provider'] } as const;
      for await (const _answer of exchange.call(TelemetryDefinition, caller).streamPoints(frames));
      await exchange.advance(60_000);
    },
    until: (text) => exchange.advance(Date.parse(text) - exchange.now()),
    show: async (path, key, language = 'en') => {
      // What a reader typed before stays typed: key and language as the page keeps them.
      await page.evaluate(
        `sessionStorage.setItem('exchange-key', ${JSON.stringify(key)}); localStorage.setItem('exchange-language', '${language}');
         delete document.querySelector('#main').dataset.shown; location.hash = ${JSON.stringify(path)}; dispatchEvent(new HashChangeEvent('hashchange'))`,
      );
      await page.until(`document.querySelector('#main').dataset.shown === ${JSON.stringify(`#${path}`)}`);
    },
    text: (selector = '#main') => page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)}).innerText`),
    downloaded: async (name) => {
      await page.evaluate(`document.querySelector('[data-file="${name}"]').click()`);
      for (let left = 1_000; ; left--) {
        const bytes = await readFile(join(downloads, name)).catch((error: NodeJS.ErrnoException) => {
          // Not there yet.
          if (error.code !== 'ENOENT') throw error;
          return undefined;
        });
        if (bytes) return bytes;
        if (left === 0) throw new Error(`${name} was not downloaded`);
        await pause(20);
      }
    },
    async stop() {
      await exchange.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** One value as a column has it (docs/monitoring.md): zigzag, then a varint. */
function column(value: number): Uint8Array {
  const bytes: number[] = [];
  let left = value * 2;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Uint8Array.from([...bytes, left]);
}

type Send = Stage['send'];

async function verify(send: Send, path: string): Promise<void> {
  for (const state of ['SUBMITTED', 'VERIFIED']) await send(`${path}/state`, { state, reason: 'papers seen' });
}

/** Keys by role; and a partner platform. */
async function people(exchange: TestExchange, send: Send): Promise<Record<Exclude<RoleOf, 'operator'>, string>> {
  const participant = async (name: string, role: string): Promise<number> => {
    const details = { name, roles: [role], region: 500000, industry: 'I', size: 'LARGE' };
    const { participantId } = await send<{ participantId: number }>('/v1/participants', { details });
    await verify(send, `/v1/participants/${participantId}`);
    return participantId;
  };
  const keyOf = async (name: string, role: Exclude<RoleOf, 'operator'>): Promise<string> =>
    exchange.key({ participantId: await participant(name, role.toUpperCase()), roles: [role] });
  const participantId = await participant('Xinjiang 新疆', 'PARTNER');
  await exchange.advance();
  const publicKey = cryptographyOf('international').newKeys().publicKey.export({ type: 'spki', format: 'pem' });
  await send('/v1/interconnect/partners', {
    platform: 'Tianfu',
    details: {
      ...{ participantId, address: 'tianfu.invalid:9', tls: true, creditLimit: '1000000.00', ratePerSecond: 50 },
      ...{ classes: ['INTELLIGENT'], zones: ['DOMESTIC'] },
    },
    keys: [{ suite: 'international', publicKey }],
  });
  return {
    partner: await exchange.key({ participantId, roles: ['partner'] }),
    regulator: await keyOf('Regulator 监管方', 'regulator'),
    authority: await keyOf('Authority 发券主体', 'authority'),
    provider: await keyOf('Liangjiang 两江', 'provider'),
    buyer: await keyOf('Jialing 嘉陵', 'buyer'),
  };
}

/** Two sites, one of which misses what is asked of it, a pool, declarations, and a day stated with a partner. */
async function hub(send: Send, provider: string, exchange: TestExchange): Promise<void> {
  const site = async (details: object): Promise<number> => {
    const asked = {
      ...{ region: 500000, district: 500109, zone: 'DOMESTIC', securityGrade: 3, occupancyBp: 7_000, greenShareBp: 6_000 },
      ...{ energyMwhPerYear: 90_000, storageTb: 4_000, flashStorageTb: 1_000, ...details },
    };
    const { siteId } = await send<{ siteId: number }>('/v1/sites', { details: asked }, provider);
    await verify(send, `/v1/sites/${siteId}`);
    return siteId;
  };
  const siteId = await site({ name: 'Shuitu 水土', standardRacks: 10_000, pueMilli: 1_250, commissionedDay: '2025-06-01' });
  await site({ name: `Edge ${script} ${'W'.repeat(70)}`, standardRacks: 60, pueMilli: 1_400 });
  const pool = {
    ...{ siteId, computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', unitsPerNode: 8, interconnect: 'NVLINK' },
    ...{ tflopsFp16Milli: 312_000, tflopsFp32Milli: 19_500, powerWattsPerUnit: 400 },
  };
  const { poolId } = await send<{ poolId: number }>('/v1/pools', { details: pool }, provider);
  const lines = Array.from({ length: 40 }, (_, at) => `{"serial":"n-${at}"}\n`).join('');
  const headers = { authorization: `Bearer ${provider}`, 'content-type': 'application/x-ndjson', 'idempotency-key': 'nodes' };
  await fetch(`${exchange.running.httpAddress}/v1/pools/${poolId}/nodes`, { method: 'POST', headers, body: lines });
  await verify(send, `/v1/pools/${poolId}`);
  const link = { fromRegion: 500000, toRegion: 500000, toSiteId: siteId, oneWayUs: 1_000, roundTripUs: 2_000, gigabitsPerSecond: 100 };
  const { linkId } = await send<{ linkId: number }>('/v1/links', { details: link }, provider);
  await verify(send, `/v1/links/${linkId}`);
  const declare = (indicatorId: string, numerator: number) =>
    send('/v1/indicator-declarations', {
      ...{ indicatorId, numerator, day: '2026-01-01', evidenceHash: '0f'.repeat(32), note: 'List of the bureau 局函7号' },
    });
  await declare('filed-models', 8);
  await declare('filed-models', 10);
  await declare('compute-users', 2_100);
  await exchange.advance();
  const partner = await exchange.http<{ details: { participantId: number } }>('/v1/interconnect/partners/Tianfu', {
    key: await exchange.key({ participantId: 1, roles: ['operator'] }),
  });
  const { participantId } = partner.body.details;
  await exchange.database.query(
    `insert into interconnect.statement_items (platform, side, reservation_id, day, ours, theirs, netted_through) values
       ('Tianfu', 1, 'agreed-0001', 20454, 76800000, 76800000, null), ('Tianfu', 2, 'differs-0002', 20454, 76800000, 76800001, null),
       ('Tianfu', 1, 'netted-0003', 20453, 5000000, 5000000, 20453);
     insert into interconnect.stated_days (platform, day, said_revision, heard_revision) values ('Tianfu', 20454, 1, 1), ('Tianfu', 20453, 1, 1);
     insert into interconnect.nettings (platform, through, currency, sold, bought, items, digest, agreed_at)
       values ('Tianfu', 20453, 'CNY', 5000000, 0, 1, '\\x00', 1767225600000);
     insert into settlement.partner_nettings (partner_id, currency, through, platform, sold, bought, items, netted_at)
       values (${participantId}, 'CNY', 20453, 'Tianfu', 5000000, 0, 1, 1767225600000);
     insert into settlement.partner_payments
         (partner_id, currency, through, received, amount, rounded, bank_reference, receipt, value_date, recorded_at, recorded_by)
       values (${participantId}, 'CNY', 20453, true, 2000000, 0, 'B-1', 'b-1', 20454, 1767225600000, 'operator')`,
  );
}
