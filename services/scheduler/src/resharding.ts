// What a start journals where the table of shards has changed: a new shard begins with what every shard knows, and books move with their pools.
import { Health } from '#domain';
import type { PoolHealthChanged, Snapshot } from '#matching-engine';
import type { Entry } from './entry.js';
import type { Market } from './market.js';

type PoolHealth = Pick<Snapshot['pools'][number], 'health' | 'draining' | 'nodeHealth' | 'drainingNodes'>;
type Product = Pick<Snapshot['books'][number], 'computeClass' | 'modelId' | 'unit'>;
type Judged = PoolHealthChanged['health'];

/** Participants, debts, sites, links, curtailments, and whether the market is stopped. A rate is as that shard has it until its participant's facts come again. */
export function commonFacts(market: Market): Entry[] {
  const { participants, sites, links, curtailments, stopped } = market.engine.snapshot();
  return [
    ...participants.flatMap(({ overdue, second: _second, orders: _orders, ...participant }): Entry[] => [
      { command: { kind: 'SetParticipant', ...participant } },
      ...(overdue ? [{ command: { kind: 'OverdueChanged', participantId: participant.participantId, overdue } } as const] : []),
    ]),
    ...sites.map((site): Entry => ({ command: { kind: 'SetSite', ...site } })),
    ...links.map((link): Entry => ({ command: { kind: 'SetLink', ...link } })),
    ...curtailments.map((curtailment): Entry => ({ command: { kind: 'CurtailSite', ...curtailment } })),
    ...(stopped ? [{ command: { kind: 'StopMarket' } } as const] : []),
  ];
}

/** What forbids the book to move to another shard; undefined: nothing. */
export function obstacleOf(bookId: number, { books, bids, offers, trades, pools, halted }: Snapshot): string | undefined {
  const book = books.find((one) => one.bookId === bookId)!;
  const ofProduct = new Set(pools.filter((pool) => isOf(pool, book)).map(({ poolId }) => poolId));
  const sells = offers.filter(({ poolId, tier }) => tier === book.tier && ofProduct.has(poolId));
  const asks = bids.filter(
    ({ open, terms: { books: named, floor } }) =>
      open && (named.includes(bookId) || (floor?.computeClass === book.computeClass && (floor.tier ?? book.tier) === book.tier)),
  );
  const running = trades.filter((trade) => trade.bookId === bookId && !trade.ended);
  if (sells.length + asks.length) return `orders of it are open: ${sells.length + asks.length}`;
  if (running.length) return `leases of it have not ended: ${running.length}`;
  return halted.includes(bookId) ? 'it is halted' : undefined;
}

/** The product's books, and its pools as they stand, for the shard that they move to. */
export function movedFacts(bookIds: readonly number[], from: Market, to: Market): Entry[] {
  const { books, pools } = from.engine.snapshot();
  const { model } = from.dictionary.book(bookIds[0]!)!;
  const modelId = to.dictionary.modelId(model);
  const moved = books.filter(({ bookId }) => bookIds.includes(bookId));
  return [
    ...moved.map((book): Entry => ({ command: { kind: 'DefineBook', ...book, modelId }, model })),
    ...pools
      .filter((pool) => isOf(pool, moved[0]!))
      .flatMap(({ health, draining, nodeHealth, drainingNodes, ...pool }): Entry[] => [
        { command: { kind: 'SetPool', ...pool, modelId }, model, confirmsAtOnce: from.confirmsAtOnce(pool.poolId) },
        ...healthOf({ health, draining, nodeHealth, drainingNodes }, pool.poolId, pool.nodes),
      ]),
  ];
}

/** The whole of it: the shard may have had the pool before. */
function healthOf({ health, draining, nodeHealth, drainingNodes }: PoolHealth, poolId: number, count: number): Entry[] {
  const all = Array.from({ length: count }, (_, node) => node);
  const ill = new Map(nodeHealth.map(({ node, health: of }) => [node, of]));
  const byHealth = Map.groupBy(all, (node) => ill.get(node) ?? Health.OK);
  const drains = new Set(drainingNodes);
  const stays = all.filter((node) => !drains.has(node));
  return [
    { command: { kind: 'PoolHealthChanged', poolId, health: health as Judged } },
    ...[...byHealth].map(([of, nodes]): Entry => ({ command: { kind: 'NodeHealthChanged', poolId, nodes, health: of as Judged } })),
    { command: { kind: 'DrainChanged', poolId, nodes: [], draining } },
    // No nodes would mean the pool.
    ...(stays.length ? [{ command: { kind: 'DrainChanged', poolId, nodes: stays, draining: false } } as const] : []),
    ...(drainingNodes.length ? [{ command: { kind: 'DrainChanged', poolId, nodes: drainingNodes, draining: true } } as const] : []),
  ];
}

const isOf = (pool: Product, { computeClass, modelId, unit }: Product): boolean =>
  pool.computeClass === computeClass && pool.modelId === modelId && pool.unit === unit;
