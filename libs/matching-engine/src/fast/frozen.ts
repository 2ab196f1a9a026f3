import type { Market } from './market.js';

/**
 * The market as it stands, for who reads its orders and trades while it goes on: their records are copied as memory, which is what takes a time that can be borne. What follows
 * from facts alone (sites, participants, …) is read beforehand; only what a record names of them and never changes is read later.
 */
export function frozen(market: Market): Market {
  const { tables, arena, ties, pieces, tradeOf, closed, closedFirst, closedCount } = market;
  const { bids, rare, offers, trades, choices, memories } = tables;
  const own: Partial<Record<keyof Market, unknown>> = {
    tables: {
      ...tables,
      ...{ bids: bids.copy(), rare: rare.copy(), offers: offers.copy() },
      ...{ trades: trades.copy(), choices: choices.copy(), memories: memories.copy() },
    },
    arena: { words: arena.words.slice() },
    ties: { all: [...ties.all] },
    pieces: new Map([...pieces].map(([number, piece]) => [number, { ...piece }])),
    tradeOf: tradeOf.copy(),
    closed: closed.slice(),
    closedFirst,
    closedCount,
  };
  return Object.create(market, Object.fromEntries(Object.entries(own).map(([name, value]) => [name, { value }]))) as Market;
}
