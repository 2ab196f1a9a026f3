// What came of it, asked of the exchange when all is over.
import { textOf } from './client.js';
import type { Api, Json } from './client.js';
import { slotMs } from './orders.js';
import type { Played } from './play.js';
import { summarise } from './subsidies.js';
import type { ProgrammeSummary } from './subsidies.js';
import type { Shape } from './trace.js';
import type { World } from './world.js';

export interface Explained {
  readonly bidId: string;
  readonly name: string;
  readonly explanation: Json;
}

export interface Result {
  readonly input: { nodes: number; tasks: number; roundedUp: { gpus: number; durations: number }; cut: number };
  readonly bids: { placed: number; filled: number; partial: number; unfilled: number; rejected: number; explained: number };
  readonly leases: number;
  readonly money: Record<'deposited' | 'billed' | 'subsidy' | 'slaCredits' | 'fees' | 'paidOut' | 'held' | 'imbalance', string>;
  readonly clearing: Record<string, string>;
  readonly voucher: Record<'budget' | 'issued' | 'available' | 'held' | 'redeemed' | 'expired' | 'revoked', string>;
  readonly stateHash: string;
  /** Where more than one plays. */
  readonly programmes?: readonly ProgrammeSummary[];
}

/** What only the report for people shows. */
export interface Details {
  readonly unfilled: Explained | undefined;
  readonly bill: Json | undefined;
  readonly books: Json[];
  readonly trades: Json[];
  readonly leases: Json[];
  readonly balances: Json;
  /** What participants owe beyond what they have. */
  readonly receivable: string;
}

/** Decimal strings from the API, without the zeros that say nothing. */
const plain = (amount: unknown) => (textOf(amount) || '0').replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') || '0';

/** Explanations that are asked for side by side. */
const askedTogether = 8;

async function all(api: Api, key: string, path: string, rows: string): Promise<Json[]> {
  const found: Json[] = [];
  for await (const row of api.list(key, path, rows)) found.push(row);
  return found;
}

export async function collect(
  api: Api,
  world: World,
  shape: Shape,
  played: Played,
  progress: (text: string, share: number) => void,
): Promise<{ result: Result; details: Details }> {
  const key = world.operator;
  const asked = new Map(played.bids.filter((one) => one.bidId !== undefined).map((one) => [one.bidId!, one.bid]));
  const counts = {
    placed: played.bids.length,
    filled: 0,
    partial: 0,
    unfilled: 0,
    rejected: played.bids.length - asked.size,
    explained: 0,
  };
  const unfilled: { bidId: string; filled: number }[] = [];
  for await (const bid of api.list(key, '/v1/bids', 'bids')) {
    const bidId = String(bid.bidId);
    if (!asked.has(bidId)) continue;
    const filled = Number(bid.filled ?? 0);
    if (Number(bid.open ?? 0) === 0 && bid.state === 'FILLED') counts.filled += 1;
    else {
      counts[filled > 0 ? 'partial' : 'unfilled'] += 1;
      unfilled.push({ bidId, filled });
    }
  }
  let example: Explained | undefined;
  for (let at = 0; at < unfilled.length; at += askedTogether) {
    const some = unfilled.slice(at, at + askedTogether);
    const explanations = await Promise.all(some.map(({ bidId }) => api.get(key, `/v1/bids/${bidId}/explanation`)));
    for (const [index, { bidId, filled }] of some.entries()) {
      const explanation = explanations[index]!;
      if (explanation.summary) counts.explained += 1;
      if (filled === 0 && (!example || Number(explanation.free ?? 0) > Number(example.explanation.free ?? 0)))
        example = { bidId, name: asked.get(bidId)!.once, explanation };
    }
    const done = at + some.length;
    progress(`${done} of ${unfilled.length} unfilled bids explained`, 0.95 + (0.05 * done) / unfilled.length);
  }
  const summary = await api.get(key, '/v1/ledger/summary');
  const programme = await api.get(key, `/v1/programmes/${world.programmes[0]!.id}`);
  const balances = await api.get(key, `/v1/programmes/${world.programmes[0]!.id}/balances`);
  const state = await api.get(key, '/v1/market/state');
  const trades = await all(api, key, '/v1/trades', 'trades');
  const leases = await all(api, key, '/v1/leases', 'leases');
  const bills = await all(api, key, '/v1/bills', 'bills');
  const withSubsidy = bills
    .filter((bill) => Number(bill.subsidyGranted ?? 0) > 0)
    .sort((one, other) => Number(one.lineCount) - Number(other.lineCount));
  const shown = withSubsidy[0] ?? bills[0];
  const result: Result = {
    input: {
      nodes: shape.groups.reduce((sum, group) => sum + group.serials.length, 0),
      tasks: shape.tasks.length,
      roundedUp: shape.roundedUp,
      cut: shape.cut,
    },
    bids: counts,
    leases: trades.length,
    money: {
      deposited: plain(summary.deposited),
      billed: plain(summary.billed),
      subsidy: plain(summary.subsidy),
      slaCredits: plain(summary.slaCredits),
      fees: plain(summary.fees),
      paidOut: plain(summary.paidOut),
      held: plain(summary.held),
      imbalance: plain(summary.imbalance),
    },
    clearing: Object.fromEntries((summary.clearing as Json[]).map(({ account, balance }) => [String(account), plain(balance)])),
    voucher: {
      budget: plain((programme.terms as Json).budget),
      issued: plain(balances.issued),
      available: plain(balances.available),
      held: plain(balances.held),
      redeemed: plain(balances.redeemed),
      expired: plain(balances.expired),
      revoked: plain(balances.revoked),
    },
    stateHash: String(state.stateHash),
    ...(world.programmes.length > 1 ? { programmes: await summarise(api, world) } : {}),
  };
  return {
    result,
    details: {
      unfilled: example,
      bill: shown && (await api.get(key, `/v1/bills/${Number(shown.billId)}`)),
      books: await all(api, key, '/v1/market/books', 'books'),
      trades,
      balances: await api.get(key, '/v1/ledger/trial-balance'),
      leases,
      receivable: plain(summary.receivable),
    },
  };
}

/** Units leased in each slot from first to last: of each lease the time that it ran. */
export function leasedUnits(leases: readonly Json[], first: number, last: number, ofClass: string): number[] {
  const units = new Array<number>(Math.max(0, last - first)).fill(0);
  for (const lease of leases) {
    if ((lease.book as Json).computeClass !== ofClass || !lease.delivered) continue;
    const window = lease.delivered as { from: string; to: string };
    const [from, to] = [Date.parse(window.from) / slotMs - first, Date.parse(window.to) / slotMs - first];
    for (let slot = Math.max(0, from); slot < Math.min(to, units.length); slot += 1) units[slot]! += Number(lease.units);
  }
  return units;
}
