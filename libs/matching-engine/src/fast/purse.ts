import { subsidyShare } from '../subsidy.js';
import { Rare, rareOf } from './records.js';
import type { Tables } from './records.js';

/** what of the cost the bid's programme pays, which it had set aside. */
export function takeSubsidy(tables: Tables, bid: number, cost: number, money: number): number {
  const rare = rareOf(tables, bid);
  if (rare === 0) return 0;
  const { data } = tables.rare;
  const left = data[rare + Rare.SUBSIDY]!;
  const subsidy = subsidyShare(cost, data[rare + Rare.SUBSIDY_RATE]!, left, money);
  data[rare + Rare.SUBSIDY] = left - subsidy;
  return subsidy;
}
