// What is there after a drill: the market's tables, the ledger, what a gateway shows, and what the journal's replay says.
import type { Api, Json } from '#demo';
import { parseYuan } from '#domain';
import { readOrderId } from '#platform';
import type { Look } from '#testing';
import type { Acknowledged } from './load.js';
import type { Market } from './market.js';
import type { Observed } from './verdict.js';

/** An exchange that is traded on, and how to look at it. */
export interface Scene {
  readonly look: Look;
  readonly api: Api;
  /** The operator's key. */
  readonly operator: string;
  readonly market: Market;
}

/** @returns others: in words, what must not be and is neither a loss nor a double */
export async function observe(scene: Scene, ours: readonly Acknowledged[]): Promise<{ observed: Observed; others: string[] }> {
  const { look, api, operator, market } = scene;
  const orders = await look.query<{ once: string; id: string }>(
    `select client_order_id as once, bid_id::text as id from scheduler.bid where client_order_id <> ''
     union all select client_order_id, offer_id::text from scheduler.offer where client_order_id <> ''`,
  );
  const trades = await look.query<{ trade: string; bid: string; amount: string }>(
    'select trade_id::text as trade, bid_id::text as bid, (compute_amount + transfer_amount)::text as amount from scheduler.trade',
  );
  const holds = await look.query<{ trade: string; amount: string }>(
    `select split_part(journal, '/', 2) as trade, sum(amount)::text as amount from settlement.transfers
     where kind = 'hold' and phase = 'pending' group by journal`,
  );
  const shown = new Set([...(await shownTo(scene, market.buyer, 'bid', ours)), ...(await shownTo(scene, market.provider, 'offer', ours))]);
  const trialBalance = await api.get(operator, '/v1/ledger/trial-balance');
  const imbalance = parseYuan(String(trialBalance.imbalance))!;
  const observed = {
    orders: orders.map(({ once, id }) => ({ once, orderId: Number(id) })),
    shown,
    trades: trades.map(({ trade, bid, amount }) => ({ tradeId: Number(trade), orderId: Number(bid), amount: BigInt(amount) })),
    holds: holds.map(({ trade, amount }) => ({ tradeId: Number(trade), amount: BigInt(amount) })),
    imbalance: imbalance < 0n ? -imbalance : imbalance,
  };
  return { observed, others: await wrongs(scene) };
}

/** Newest first, until all of the drill's own were seen or there are no more. */
async function shownTo({ api }: Scene, key: string, kind: 'bid' | 'offer', ours: readonly Acknowledged[]): Promise<Set<number>> {
  const awaited = new Set(ours.filter((one) => one.kind === kind).map(({ orderId }) => orderId));
  const shown = new Set<number>();
  for await (const row of api.list(key, `/v1/${kind}s`, `${kind}s`)) {
    const orderId = readOrderId(String(row[`${kind}Id`]))!;
    if (awaited.delete(orderId)) shown.add(orderId);
    if (!awaited.size) break;
  }
  return shown;
}

/** The journal replayed from its first command gives the market as it stands, and no service has laid an event aside. */
async function wrongs({ api, operator }: Scene): Promise<string[]> {
  const { same } = await api.post(operator, '/v1/market/verify', {});
  const { deadLetters = [] } = (await api.get(operator, '/v1/dead-letters')) as { deadLetters?: Json[] };
  return [
    ...(same === true ? [] : ["the journal's replay is another market"]),
    ...deadLetters.map((letter) => `a dead letter: ${JSON.stringify(letter).slice(0, 300)}`),
  ];
}
