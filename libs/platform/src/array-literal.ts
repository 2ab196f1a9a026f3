// Arrays as PostgreSQL reads them. The driver's own way goes through each value several times; for arrays of thousands that is what a statement costs.

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

const arrayHead = (type: number, length: number, valueBytes: number): Buffer => {
  const bytes = Buffer.allocUnsafe(20 + length * (4 + valueBytes));
  // Dimensions, whether any is null, the type, and the one dimension: how many, from 1 on.
  [1, 0, type, length, 1].forEach((word, nth) => bytes.writeInt32BE(word, 4 * nth));
  return bytes;
};

/** In PostgreSQL's binary form, for a parameter whose type the statement says. */
export function int4Array(values: readonly number[]): Buffer {
  const bytes = arrayHead(23, values.length, 4);
  let at = 20;
  for (const value of values) at = bytes.writeInt32BE(value, bytes.writeInt32BE(4, at));
  return bytes;
}

/** The same of int8. */
export function int8Array(values: readonly bigint[]): Buffer {
  const bytes = arrayHead(20, values.length, 8);
  let at = 20;
  for (const value of values) at = bytes.writeBigInt64BE(value, bytes.writeInt32BE(8, at));
  return bytes;
}
