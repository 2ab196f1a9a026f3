/** Micro-yuan (10⁻⁶ CNY). Totals are bigint; the engine's are bounded by R's worst case and stay numbers. */
export type Money = bigint;

export const microYuanPerYuan = 1_000_000n;
export const microYuanPerFen = 10_000n;

/** Quotient rounded half to even. The divisor is positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = 2n * (dividend % divisor);
  const magnitude = twice < 0n ? -twice : twice;
  const away = magnitude > divisor || (magnitude === divisor && quotient % 2n !== 0n);
  return away ? quotient + (dividend < 0n ? -1n : 1n) : quotient;
}

/** Quotient rounded up. Dividend and divisor are not negative, the divisor not 0. */
export const divideUp = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;

/** The nearest whole fen, half to even: what a bill's line shows. */
export const roundToFen = (money: Money): Money => divideHalfEven(money, microYuanPerFen) * microYuanPerFen;

/** floor(money × share) for a share in basis points. */
export const shareOf = (money: Money, basisPoints: number): Money => (money * BigInt(basisPoints)) / 10_000n;

/** "-12.5" for -12500000: yuan without trailing zeros. */
export function formatYuan(money: Money): string {
  const magnitude = money < 0n ? -money : money;
  const fraction = (magnitude % microYuanPerYuan).toString().padStart(6, '0').replace(/0+$/, '');
  return `${money < 0n ? '-' : ''}${magnitude / microYuanPerYuan}${fraction ? `.${fraction}` : ''}`;
}

/** The reverse; null for text that is no decimal of at most six places, or longer than anybody means. */
export function parseYuan(text: string): Money | null {
  const match = /^(-?)(\d{1,100})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return null;
  const magnitude = BigInt(match[2]!) * microYuanPerYuan + BigInt((match[3] ?? '').padEnd(6, '0'));
  return match[1] ? -magnitude : magnitude;
}
