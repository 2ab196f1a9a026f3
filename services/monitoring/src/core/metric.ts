/** What a node is measured by, under the numbers of the contract (exchange.monitoring.v1.Metric). Values are whole numbers in the unit named there. */
export const Metric = {
  UNITS_UP: 1,
  UTILISATION: 2,
  POWER: 3,
  TEMPERATURE: 4,
  MEMORY_UTILISATION: 5,
  ENERGY: 6,
  ERRORS: 7,
  SPEED: 8,
} as const;
export type Metric = (typeof Metric)[keyof typeof Metric];

/** Numbers of metrics lie below this. */
export const metricsEnd = 9;

/** The least and the most that a value can be, by metric; what lies outside is no measurement. */
const possible: Readonly<Record<Metric, readonly [least: number, most: number]>> = {
  [Metric.UNITS_UP]: [0, 30_000],
  [Metric.UTILISATION]: [0, 10_000],
  [Metric.POWER]: [0, 10_000_000],
  [Metric.TEMPERATURE]: [-500, 2_000],
  [Metric.MEMORY_UTILISATION]: [0, 10_000],
  [Metric.ENERGY]: [0, 2_147_483_647],
  [Metric.ERRORS]: [0, 2_147_483_647],
  [Metric.SPEED]: [0, 20_000],
};

export const possibleValues = (metric: Metric): readonly [least: number, most: number] => possible[metric];
