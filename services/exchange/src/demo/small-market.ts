// The smallest market that trades: one pool with a standing offer, one buyer with money. For the test that kills it and the benchmark that loads it.
import { Problem } from './client.js';
import type { Api, Json } from './client.js';
import { slotMs } from './orders.js';
import { participant, verified } from './registering.js';

export const rfc = (slot: number): string => new Date(slot * slotMs).toISOString();

export const book = { computeClass: 'INTELLIGENT', model: 'T4', unit: 'CARD', tier: 'FIRM' };

/** Facts and money reach the market by events: a call that needs them is said again until they have. */
async function eventually(call: () => Promise<Json>, until = Date.now() + 20_000): Promise<Json> {
  for (;;)
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || Date.now() > until) throw error;
    }
}

/** Opens the market, as it is told below. @returns the buyer's key */
export const openSmallMarket = async (api: Api, operator: string, nodes: number, bid: Json): Promise<string> =>
  (await smallMarket(api, operator, nodes, bid)).buyer;

export interface SmallMarket {
  /** Keys of both. */
  readonly buyer: string;
  readonly provider: string;
  readonly poolId: number;
}

/**
 * Opens the market.
 * @param nodes nodes of eight cards each, offered at 2.00 yuan for twenty days
 * @param bid one that must be taken, so that the market is known to be open
 */
export async function smallMarket(api: Api, operator: string, nodes: number, bid: Json): Promise<SmallMarket> {
  const details = { region: 500000, industry: 'I', size: 'LARGE', orderRatePerSecond: 1_000_000 };
  const provider = await participant(api, operator, { ...details, name: 'provider', roles: ['PROVIDER'] });
  const site = { name: 'site', region: 500000, zone: 'DOMESTIC', securityGrade: 3, standardRacks: 200, pueMilli: 1200 };
  const { siteId } = await api.post(provider.key, '/v1/sites', { details: site });
  await verified(api, operator, `/v1/sites/${Number(siteId)}`);
  const { computeClass, model, unit, tier } = book;
  const pool = {
    siteId,
    computeClass,
    model,
    unit,
    unitsPerNode: 8,
    interconnect: 'ETHERNET',
    confirmsAtOnce: true,
    heartbeatDeadlineSeconds: 604_800,
  };
  const { poolId } = await api.post(provider.key, '/v1/pools', { details: pool });
  const serials = Array.from({ length: nodes }, (_, node) => ({ serial: `node-${node}` }));
  await api.bulk(provider.key, `/v1/pools/${Number(poolId)}/nodes`, serials);
  await verified(api, operator, `/v1/pools/${Number(poolId)}`);
  const buyer = await participant(api, operator, { ...details, name: 'buyer', roles: ['BUYER'] });
  await api.post(operator, '/v1/deposits', { participantId: buyer.id, amount: '1000000000.00', bankReference: 'small market' });
  const { time } = await api.get(operator, '/v1/clock');
  const now = Math.floor(Date.parse(String(time)) / slotMs);
  const offer = { poolId, tier, units: nodes * 8, window: { from: rfc(now + 2), to: rfc(now + 1920) }, ask: '2.00' };
  await eventually(() => api.post(provider.key, `/v1/pools/${Number(poolId)}/heartbeat`, {}));
  await eventually(() => api.post(provider.key, '/v1/offers', offer));
  await eventually(() => api.post(buyer.key, '/v1/bids', bid));
  return { buyer: buyer.key, provider: provider.key, poolId: Number(poolId) };
}
