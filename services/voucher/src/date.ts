/** YYYY-MM-DD of a day counted from the Unix epoch. */
export const dateOfDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);
