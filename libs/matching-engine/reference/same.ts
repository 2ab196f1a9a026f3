/** True for equal numbers, strings, lists and records of such, however they came about. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length && left.every(([key, value]) => key in b && isSame(value, (b as Record<string, unknown>)[key]))
  );
}
