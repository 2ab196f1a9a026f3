// Administrative codes (GB/T 2260): two digits for the province, two for the city, two for the district.

const provinces = new Set([
  11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82,
]);

/** A six-digit code that begins with a province's. */
export const isRegion = (code: number): boolean => code <= 999_999 && provinces.has(Math.floor(code / 10_000));

/** A code at or below a region: 500103 and 500000 lie in 500000, 510104 in 510100. */
export function liesIn(district: number, region: number): boolean {
  const step = region % 10_000 === 0 ? 10_000 : region % 100 === 0 ? 100 : 1;
  return Math.floor(district / step) === Math.floor(region / step);
}
