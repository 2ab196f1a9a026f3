// The hub with its market: a pool that sells, a buyer with money, and the month's end.
import { modules } from '#exchange';
import { slotAt, slotMs } from '#domain';
import type { Browser } from '#testing';
import { type Stage, openStage } from './stage.js';

export const a100 = { computeClass: 'INTELLIGENT', model: 'A100', unit: 'CARD', tier: 'FIRM' };

export interface Trading extends Stage {
  readonly buyerId: number;
  readonly providerId: number;
  readonly poolId: number;
  /** The first slot that has not begun. */
  readonly slot: () => number;
  /** Places a bid of the buyer's: one FIRM card for an hour at the next slot for at most 10 yuan an hour, unless told otherwise. */
  readonly bid: (
    terms?: object,
    more?: object,
  ) => Promise<{ readonly bidId: string; readonly trades: readonly { readonly tradeId: number }[] }>;
  /** Slot by slot, as a job runs once an advance. */
  readonly slots: (count: number) => Promise<void>;
  /** Telemetry says that all cards of the pool were up in the slots [from, to). */
  readonly wasUp: (from: number, to: number) => Promise<void>;
}

export const rfc = (slot: number): string => new Date(slot * slotMs).toISOString();

/** Eight cards on sale at 2 yuan an hour for ten days, and a buyer with 1,000 yuan. */
export async function openTrading(browser: Browser): Promise<Trading> {
  const stage = await openStage(browser, modules);
  const { exchange, keys, send } = stage;
  const idOf = async (key: string) => (await exchange.http<{ participantId: number }>('/v1/me', { key })).body.participantId;
  const [buyerId, providerId] = await Promise.all([idOf(keys.buyer), idOf(keys.provider)]);
  const slot = () => slotAt(exchange.now()) + 1;
  const poolId = await pool(stage);
  await send('/v1/deposits', { participantId: buyerId, amount: '1000', bankReference: 'receipt 1' });
  await exchange.advance();
  const window = { from: rfc(slot()), to: rfc(slot() + 960) };
  await send('/v1/offers', { poolId, tier: 'FIRM', units: 8, window, ask: '2' }, keys.provider);
  let sequence = 0;
  return {
    ...{ ...stage, buyerId, providerId, poolId, slot },
    bid: (terms = {}, more = {}) =>
      send('/v1/bids', { terms: { books: [a100], units: 1, durationSlots: 4, limitPrice: '10', ...terms }, ...more }, keys.buyer),
    slots: async (count) => {
      for (let left = count; left > 0; left--) await exchange.advance(slotMs);
    },
    wasUp: async (from, to) => {
      const sample = { poolId, node: 0, from: rfc(from), to: rfc(to), unitsUp: 8, utilisationBp: 5_000, powerWatts: 2_000 };
      await send('/v1/telemetry', { sequence: ++sequence, samples: [sample] }, keys.provider);
    },
  };
}

/** A pool of the hub's first site that is heard of seldom enough for days to pass in a step. */
async function pool({ exchange, keys, send }: Stage): Promise<number> {
  const details = {
    ...{ siteId: 1, computeClass: a100.computeClass, model: a100.model, unit: a100.unit, unitsPerNode: 8, interconnect: 'NVLINK' },
    ...{ confirmsAtOnce: true, heartbeatDeadlineSeconds: 604_800 },
  };
  const { poolId } = await send<{ poolId: number }>('/v1/pools', { details }, keys.provider);
  const headers = { authorization: `Bearer ${keys.provider}`, 'content-type': 'application/x-ndjson', 'idempotency-key': 'seller' };
  await fetch(`${exchange.running.httpAddress}/v1/pools/${poolId}/nodes`, { method: 'POST', headers, body: '{"serial":"seller"}\n' });
  for (const state of ['SUBMITTED', 'VERIFIED']) await send(`/v1/pools/${poolId}/state`, { state, reason: 'papers seen' });
  await exchange.advance();
  return poolId;
}
