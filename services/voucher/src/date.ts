/** YYYY-MM-DD of a day counted from the Unix epoch. */
export const dateOfDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

/** First and last day of a month (YYYY-MM), counted from the Unix epoch. */
export function daysOfMonth(month: string): { first: number; last: number } {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return { first: Date.UTC(year, number - 1, 1) / 86_400_000, last: Date.UTC(year, number, 1) / 86_400_000 - 1 };
}
