/** Of the protocol between platforms. */
export const spoken: readonly number[] = [1];

/** The highest that both speak; undefined where there is none. */
export const agreed = (theirs: readonly number[]): number | undefined =>
  spoken.filter((version) => theirs.includes(version)).reduce<number | undefined>((best, one) => Math.max(best ?? one, one), undefined);
