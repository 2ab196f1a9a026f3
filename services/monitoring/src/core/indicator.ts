// What an indicator 指标 is, and how its figure comes from its records. Whole numbers alone: an amount is counted in 10^-decimals of its unit.

export type IndicatorSource = 'MEASURED' | 'REGISTERED' | 'DECLARED';
/** SUM: the numerators. RATIO: the numerators over the denominators. */
export type IndicatorForm = 'SUM' | 'RATIO';
/** At an instant, or over a period. */
export type IndicatorSpan = 'INSTANT' | 'PERIOD';

export type PlanName = 'CHONGQING_2025_2027' | 'CHONGQING_2023_2025' | 'CHENGDU_2025' | 'YUZHONG_2025_2027' | 'BEIJING_2024_2027';

/** What a plan asks, to be met by the end of a year. */
export interface Aim {
  readonly plan: PlanName;
  readonly clause: string;
  readonly year: number;
  readonly amount: number;
  /** To be passed, not only reached. */
  readonly isStrict: boolean;
}

export interface IndicatorDefinition {
  readonly id: string;
  readonly name: string;
  readonly nameZh: string;
  readonly formula: string;
  readonly formulaZh: string;
  readonly source: IndicatorSource;
  readonly form: IndicatorForm;
  readonly span: IndicatorSpan;
  readonly unit: string;
  readonly decimals: number;
  readonly numeratorUnit: string;
  readonly denominatorUnit: string;
  readonly lessIsBetter: boolean;
  readonly aims: readonly Aim[];
}

export type RecordKind = 'SITE' | 'POOL' | 'LINK' | 'PARTICIPANT' | 'LEASE' | 'DECLARATION';

/** One record's part of a figure. */
export interface Share {
  readonly kind: RecordKind;
  readonly id: number;
  readonly name: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly note: string;
  /** The same in Chinese; empty of a declaration, whose note is in its author's own words. */
  readonly noteZh: string;
}

export interface Figure {
  /** Undefined where nothing is known: a ratio of nothing, or nothing declared. */
  readonly amount: bigint | undefined;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly records: number;
}

/** One of the unit, in amounts. A share in per cent is a hundred of its ratio. */
const scaleOf = ({ unit, decimals }: IndicatorDefinition): bigint => 10n ** BigInt(decimals) * (unit === '%' ? 100n : 1n);

/** A ratio is rounded away from its aims, so that rounding never meets one. */
export function figureOf(definition: IndicatorDefinition, shares: readonly Share[]): Figure {
  const numerator = shares.reduce((sum, share) => sum + share.numerator, 0n);
  const denominator = shares.reduce((sum, share) => sum + share.denominator, 0n);
  const sums = { numerator, denominator, records: shares.length };
  if (definition.form === 'SUM') {
    const isUnknown = definition.source === 'DECLARED' && shares.length === 0;
    return { ...sums, amount: isUnknown ? undefined : numerator };
  }
  if (denominator === 0n) return { ...sums, amount: undefined };
  const scaled = numerator * scaleOf(definition);
  return { ...sums, amount: definition.lessIsBetter ? (scaled + denominator - 1n) / denominator : scaled / denominator };
}

/** "1.350" of 1350 at three decimals. */
export function amountText(amount: bigint | number, decimals: number): string {
  const value = BigInt(amount);
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  return `${value < 0n ? '-' : ''}${whole}${decimals ? `.${digits.slice(-decimals)}` : ''}`;
}

/** The amount that a plain decimal text stands for: '1.35' at three decimals is 1350. Throws where it has more decimals. */
export function amountOf(text: string, decimals: number): number {
  const [, whole, fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > decimals) throw new RangeError(`aim_must_fit_its_decimals: ${text}`);
  return Number(whole + fraction.padEnd(decimals, '0'));
}
