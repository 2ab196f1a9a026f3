// A hub with verified sites, pools, links and participants, as its people make them: by the public API.
import { GatewayModule } from '#gateway';
import { MonitoringModule } from '#monitoring';
import { RegistryModule } from '#registry';
import { type TestExchange, testExchange } from '#testing';
import { Told, ToldModule } from './told.js';

export interface Hub {
  readonly exchange: TestExchange;
  readonly told: Told;
  /** API keys by role. */
  readonly keys: Readonly<Record<'operator' | 'regulator' | 'authority' | 'provider' | 'buyer', string>>;
  readonly ids: Readonly<Record<'provider' | 'buyer', number>>;
  read<T>(path: string, key?: string): Promise<T>;
  send<T>(path: string, body: object, key?: string): Promise<T>;
  verify(path: string): Promise<void>;
  site(details?: object): Promise<number>;
  pool(siteId: number, details?: object, nodes?: number): Promise<number>;
}

export async function openHub(): Promise<Hub> {
  const exchange = await testExchange({ modules: [GatewayModule, RegistryModule, MonitoringModule, ToldModule] });
  const operator = await exchange.key({ participantId: 1, roles: ['operator'] });
  const ask = async <T>(path: string, key: string, body?: object): Promise<T> => {
    const answer = await exchange.http<T>(path, { key, body });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const send = <T>(path: string, body: object, key = operator): Promise<T> => ask<T>(path, key, body);
  const verify = async (path: string): Promise<void> => {
    for (const state of ['SUBMITTED', 'VERIFIED']) await send(`${path}/state`, { state, reason: 'papers seen' });
  };
  const participant = async (name: string, role: string, details: object = {}): Promise<number> => {
    const asked = { name, roles: [role], region: 500000, industry: 'I', size: 'LARGE', ...details };
    const { participantId } = await send<{ participantId: number }>('/v1/participants', { details: asked });
    await verify(`/v1/participants/${participantId}`);
    return participantId;
  };
  const ids = { provider: await participant('Liangjiang', 'PROVIDER'), buyer: await participant('Jialing', 'BUYER') };
  await participant('Xinjiang', 'PARTNER', { region: 650000 });
  const keyOf = async (role: 'regulator' | 'authority'): Promise<string> => {
    const participantId = await participant(role, role.toUpperCase());
    return exchange.key({ participantId, roles: [role] });
  };
  const keys = {
    operator,
    regulator: await keyOf('regulator'),
    authority: await keyOf('authority'),
    provider: await exchange.key({ participantId: ids.provider, roles: ['provider'] }),
    buyer: await exchange.key({ participantId: ids.buyer, roles: ['buyer'] }),
  };
  return {
    ...{ exchange, keys, ids, send, verify },
    told: exchange.running.get(Told),
    read: (path, key = keys.regulator) => ask(path, key),
    async site(details = {}) {
      const asked = {
        ...{ name: 'Shuitu 水土', region: 500000, district: 500109, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 3_000 },
        ...{ occupancyBp: 7_000, pueMilli: 1_250, greenShareBp: 6_000, energyMwhPerYear: 90_000, storageTb: 4_000, flashStorageTb: 1_000 },
        ...details,
      };
      const { siteId } = await send<{ siteId: number }>('/v1/sites', { details: asked }, keys.provider);
      await verify(`/v1/sites/${siteId}`);
      return siteId;
    },
    async pool(siteId, details = {}, nodes = 4) {
      const asked = {
        ...{ siteId, computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', unitsPerNode: 8, interconnect: 'NVLINK' },
        ...{ tflopsFp16Milli: 312_000, tflopsFp32Milli: 19_500, powerWattsPerUnit: 400, ...details },
      };
      const { poolId } = await send<{ poolId: number }>('/v1/pools', { details: asked }, keys.provider);
      const lines = Array.from({ length: nodes }, (_, at) => `{"serial":"p${poolId}-${at}"}\n`).join('');
      const headers = { authorization: `Bearer ${keys.provider}`, 'content-type': 'application/x-ndjson', 'idempotency-key': `n${poolId}` };
      await fetch(`${exchange.running.httpAddress}/v1/pools/${poolId}/nodes`, { method: 'POST', headers, body: lines });
      await verify(`/v1/pools/${poolId}`);
      return poolId;
    },
  };
}
