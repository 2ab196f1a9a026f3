import type { OrderId, Price, Slot, TradeNumber } from '#domain';

/** What may remove units from a bid's reach, in the order in which they are tested, then halts, self-trade and the limit. */
export const obstacles = [
  'per_node',
  'regions',
  'round_trip',
  'zone',
  'security_grade',
  'data_class',
  'domestic',
  'memory',
  'interconnect',
  'green_share',
  'pue',
  'providers',
  'reliability',
  'link',
  'remote',
  'halted',
  'self_trade',
  'limit',
] as const;
export type Obstacle = (typeof obstacles)[number];

/** What, given up alone, would fill the rest: an obstacle other than a halt, self-trade and limit, or one of the bid's own ties. */
export type Relaxation =
  | Exclude<Obstacle, 'halted' | 'self_trade' | 'limit'>
  | 'standby'
  | 'hours'
  | 'weekdays'
  | 'placement'
  | 'together'
  | 'all_or_none'
  | 'min_units';

export interface Explanation {
  /** Counted: what the bid still lacks. */
  readonly rest: number;
  /** The allowed start at which most is free (the earliest of such), 0 where no start is left; and that most, counted. */
  readonly start: Slot;
  readonly free: number;
  /** What each obstacle takes of what those before it left, at that start; those that take nothing are left out. */
  readonly removed: readonly { readonly obstacle: Obstacle; readonly counted: number }[];
  /** What all of them leave there. */
  readonly left: number;
  /** The least limit with which the market would fill the rest now; 0: none, or it would already. */
  readonly fillingLimit: Price;
  /** Each that alone would do it. */
  readonly relaxations: readonly Relaxation[];
  /** First start at which the rest could be had on these terms, were `latest` the horizon; 0: none known. */
  readonly predictedStart: Slot;
  /** How each trade of the bid was chosen, by trade number. */
  readonly choices: readonly TradeChoice[];
}

/** what else stood to be taken, and what decided. */
export interface TradeChoice {
  readonly tradeNumber: TradeNumber;
  readonly offerId: OrderId;
  readonly start: Slot;
  /** Ask plus transfer, micro-yuan an hour of a unit. */
  readonly deliveredPrice: number;
  /** The best that was not taken; 0s where there was none. */
  readonly runnerUpOfferId: OrderId;
  readonly runnerUpStart: Slot;
  readonly runnerUpDeliveredPrice: number;
  readonly decidedBy: 'units' | 'preference' | 'price' | 'start' | 'time' | 'none';
}
