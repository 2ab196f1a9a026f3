// Indicators as the API tells them, and how their figures are written.
import { shortText } from './format.js';
import { said } from './session.js';
import { t } from './words.js';

export interface Aim {
  readonly plan: string;
  readonly clause: string;
  readonly year: number;
  readonly text: string;
  readonly strict: boolean;
}

export interface Named {
  readonly indicatorId: string;
  readonly name: string;
  readonly nameZh: string;
  readonly source: string;
  readonly unit: string;
  readonly unitZh: string;
  readonly lessIsBetter: boolean;
}

export interface Definition extends Named {
  readonly formula: string;
  readonly formulaZh: string;
  readonly form: string;
  readonly span: string;
  readonly numeratorUnit: string;
  readonly denominatorUnit: string;
  readonly numeratorUnitZh: string;
  readonly denominatorUnitZh: string;
  readonly aims: readonly Aim[];
}

export interface Figure {
  readonly known: boolean;
  readonly text: string;
  readonly numerator: string;
  readonly denominator: string;
  readonly records: number;
}

export interface Indicator {
  readonly definition: Definition;
  readonly figure: Figure;
  readonly declared?: Figure;
  readonly asOf: string;
}

export const nameOf = ({ name, nameZh }: Pick<Named, 'name' | 'nameZh'>): string => said(name, nameZh);
export const unitOf = ({ unit, unitZh }: Pick<Named, 'unit' | 'unitZh'>): string => said(unit, unitZh);

/** "50 %", "260 × 100 million yuan". */
export function withUnit(text: string, of: Pick<Named, 'unit' | 'unitZh'>): string {
  const unit = unitOf(of);
  return `${shortText(text)} ${/^\d/.test(unit) ? '× ' : ''}${unit}`.trimEnd();
}

export const formulaOf = ({ formula, formulaZh }: Definition): string => said(formula, formulaZh);

/** "99,840,000 × TFLOPS/1000", "10 models": what numerators and denominators are counted in may be a part of a unit. */
export function sumText(sum: string, unit: string, unitZh: string): string {
  const counted = said(unit, unitZh);
  return `${shortText(sum)} ${/\/|分之|^\d/.test(counted) ? '× ' : ''}${counted}`;
}

export const figureText = ({ known, text }: Figure, of: Named): string => (known ? withUnit(text, of) : t('noFigure'));

/** "≥ 50 %". */
export function aimText(aim: string, strict: boolean, of: Named): string {
  const sign = of.lessIsBetter ? (strict ? '<' : '≤') : strict ? '>' : '≥';
  return `${sign} ${withUnit(aim, of)}`;
}
