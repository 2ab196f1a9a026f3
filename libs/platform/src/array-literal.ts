// Arrays as PostgreSQL reads them from text. The driver's own way goes through each value several times; for arrays of thousands that is what a statement costs.

/** Of numbers and null. */
export const numberArray = (values: readonly (number | bigint | null)[]): string => `{${values.map((value) => value ?? 'NULL').join(',')}}`;

/** Of texts and null. */
export function textArray(values: readonly (string | null)[]): string {
  if (values.length === 0) return '{}';
  const joined = values.join('');
  const isPlain = !/["\\]/.test(joined);
  if (isPlain && !values.includes(null)) return `{"${values.join('","')}"}`;
  return `{${values.map((value) => (value === null ? 'NULL' : `"${isPlain ? value : value.replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}
