// Whether something grows: by least squares over the least of each span, since what is used goes up and down with every collection of garbage.

export interface Point {
  /** Hours. */
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** By the hour. */
  readonly slope: number;
  /** By which the slope may be wrong: two standard errors. */
  readonly margin: number;
}

const spans = 12;

/** The least of each of so many spans of equal length; spans without a point are left out. */
export function leasts(points: readonly Point[]): Point[] {
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 0];
  const length = (last - first) / spans || 1;
  const bySpan = Map.groupBy(points, ({ at }) => Math.min(spans - 1, Math.floor((at - first) / length)));
  return [...bySpan.values()].map((among) => among.reduce((least, point) => (point.value < least.value ? point : least)));
}

/** @throws Error of fewer than three points, of which nothing can be said */
export function trendOf(points: readonly Point[]): Trend {
  const count = points.length;
  if (count < 3) throw new Error('a trend must have three points');
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / count;
  const [at, value] = [mean((point) => point.at), mean((point) => point.value)];
  const spread = points.reduce((sum, point) => sum + (point.at - at) ** 2, 0);
  if (spread === 0) throw new Error('a trend must have points of different times');
  const slope = points.reduce((sum, point) => sum + (point.at - at) * (point.value - value), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point.value - value - slope * (point.at - at)) ** 2, 0);
  return { slope, margin: 2 * Math.sqrt(rest / (count - 2) / spread) };
}
