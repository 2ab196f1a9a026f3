// Figures, aims and their states in words for people: both languages, so that a paper needs no reader's choice.
import { AimState, type AssessmentLine, IndicatorSource, Plan } from '#contracts';
import { type PlanTitle, plans } from './core/indicator-plans.js';
import type { PlanName } from './core/indicator.js';

const sources: Readonly<Record<number, string>> = {
  [IndicatorSource.MEASURED]: 'measured 监测',
  [IndicatorSource.REGISTERED]: 'registered 登记核验',
  [IndicatorSource.DECLARED]: 'declared 申报',
};

const states: Readonly<Record<number, string>> = {
  [AimState.MET]: 'met 达标',
  [AimState.MISSED]: 'missed 未达标',
  [AimState.UNKNOWN]: 'no figure 无数据',
};

export const sourceText = (source: IndicatorSource): string => sources[source] ?? '';

/** @param isOver false while the year of the aim runs, whose end it has time until */
export const stateText = (state: AimState, isOver = true): string =>
  state === AimState.MISSED && !isOver ? 'not yet met 尚未达标' : (states[state] ?? '');

export const titleOf = (plan: Plan): PlanTitle => plans[Plan[plan] as PlanName];

/** "30,000" of "30000.000000", "1.35" of "1.350". */
export function shortText(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${kept ? `.${kept}` : ''}`;
}

/** "家 operators", "PFLOPS"; reports of before have the English alone. */
export const unitText = ({ unit, unitZh }: { readonly unit: string; readonly unitZh: string }): string =>
  unitZh && unitZh !== unit ? `${unitZh} ${unit}` : unit;

/** Chinese before English, on lines of their own; reports of before have the English alone. */
export const formulaText = ({ formula, formulaZh }: { readonly formula: string; readonly formulaZh: string }): string =>
  formulaZh ? `${formulaZh}\n${formula}` : formula;

/** "120 个 data sets", "50 %", "1.35". */
export const amountWithUnit = (amount: string, of: { readonly unit: string; readonly unitZh: string }): string =>
  `${shortText(amount)} ${unitText(of)}`.trimEnd();

/** What an aim must be against: "≥", ">", "≤". */
export const signOf = ({ strict, lessIsBetter }: Pick<AssessmentLine, 'strict' | 'lessIsBetter'>): string =>
  lessIsBetter ? (strict ? '<' : '≤') : strict ? '>' : '≥';

/** "≥ 50 %", "> 260 亿元 100 million yuan", "≤ 1.35". */
export const aimText = (line: AssessmentLine): string => `${signOf(line)} ${amountWithUnit(line.aim, line)}`;
