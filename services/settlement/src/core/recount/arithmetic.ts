// The arithmetic of documents, written once more: what is computed anew must not share a fault with what computed it first.

const fen = 10_000n;

/** @param divisor positive */
function floor(dividend: bigint, divisor: bigint): bigint {
  const cut = dividend / divisor;
  return cut * divisor > dividend ? cut - 1n : cut;
}

/** The nearer of the two whole quotients around it; of two as near the even one. @param divisor positive */
function nearest(dividend: bigint, divisor: bigint): bigint {
  const below = floor(dividend, divisor);
  const [down, up] = [dividend - below * divisor, (below + 1n) * divisor - dividend];
  if (down !== up) return down < up ? below : below + 1n;
  return below % 2n === 0n ? below : below + 1n;
}

export const inFen = (exact: bigint): bigint => nearest(exact, fen) * fen;

/** Of an amount that includes it, in whole fen. */
export const taxWithin = (amount: bigint, taxBp: bigint): bigint => nearest(amount * taxBp, (10_000n + taxBp) * fen) * fen;

/** A share in basis points, without parts of a micro-yuan. */
export const shareBp = (amount: bigint, bp: bigint): bigint => (amount * bp) / 10_000n;

/** What `amount` has of `share` where `whole` has all of it. */
export const partDown = (share: bigint, amount: bigint, whole: bigint): bigint => (whole === 0n ? 0n : (share * amount) / whole);

/** The same, a part of a micro-yuan counted as one. */
export const partUp = (share: bigint, amount: bigint, whole: bigint): bigint => (whole === 0n ? 0n : -floor(-share * amount, whole));

export const least = (...of: readonly bigint[]): bigint => of.reduce((a, b) => (b < a ? b : a));
export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
