// An assessment as bars, one drawing a plan: how much of each aim is reached.
import { AimState, type AssessmentLine, Plan } from '#contracts';
import type { Drawing, Shape } from '#paper';
import { type PlanTitle, plans } from './core/indicator-plans.js';
import type { PlanName } from './core/indicator.js';

const width = 760;
const rowHeight = 34;
const headHeight = 52;
const footHeight = 30;
const left = 16;
const barsFrom = 316;
const barsTo = 556;
/** What the bars' end stands for; what is beyond is cut off there, with a mark. */
const mostBp = 15_000;
const black = '#222222';
const grey = '#666666';
const looks: Readonly<Record<number, { readonly fill: string; readonly word: string }>> = {
  [AimState.MET]: { fill: '#2e7d32', word: 'met 达标' },
  [AimState.MISSED]: { fill: '#c62828', word: 'missed 未达标' },
  [AimState.UNKNOWN]: { fill: '#9e9e9e', word: 'no figure 无数据' },
};

const xOf = (basisPoints: number): number => barsFrom + Math.round(((barsTo - barsFrom) * Math.min(basisPoints, mostBp)) / mostBp);

export const titleOf = (plan: Plan): PlanTitle => plans[Plan[plan] as PlanName];

/** "30,000" of "30000.000000", "1.35" of "1.350". */
export function shortText(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  const kept = fraction.replace(/0+$/, '');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${kept ? `.${kept}` : ''}`;
}

/** "≥ 50 %", "> 80 %", "≤ 1.35". */
export function aimText({ aim, strict, lessIsBetter, unit }: AssessmentLine): string {
  const sign = lessIsBetter ? (strict ? '<' : '≤') : strict ? '>' : '≥';
  return `${sign} ${shortText(aim)}${unit ? ` ${unit}` : ''}`;
}

export const wordOf = (state: AimState): string => looks[state]?.word ?? '';

export const chartsOf = (lines: readonly AssessmentLine[]): Drawing[] =>
  [...Map.groupBy(lines, ({ plan }) => plan)].map(([plan, of]) => chartOf(plan, of));

function chartOf(plan: Plan, lines: readonly AssessmentLine[]): Drawing {
  const bottom = headHeight + lines.length * rowHeight;
  const { name, title } = titleOf(plan);
  const goal = xOf(10_000);
  return {
    width,
    height: bottom + footHeight,
    shapes: [
      { kind: 'text', x: left, y: 22, size: 13, fill: black, isBold: true, text: title },
      { kind: 'text', x: left, y: 38, size: 10, fill: grey, text: name },
      { kind: 'text', x: goal + 4, y: headHeight - 4, size: 9, fill: grey, text: 'aim 目标 100 %' },
      ...lines.flatMap((line, at) => rowOf(line, headHeight + at * rowHeight)),
      { kind: 'line', x: goal, y: headHeight - 14, toX: goal, toY: bottom, stroke: black },
      ...legend(bottom + 18),
    ],
  };
}

function rowOf(line: AssessmentLine, y: number): Shape[] {
  const { fill } = looks[line.state]!;
  const isBeyond = line.reachedBp > mostBp;
  const end = xOf(line.reachedBp);
  return [
    { kind: 'line', x: left, y, toX: width - left, toY: y, stroke: '#dddddd' },
    { kind: 'text', x: left, y: y + 15, size: 12, fill: black, text: line.nameZh },
    { kind: 'text', x: left, y: y + 28, size: 9, fill: grey, text: line.name },
    { kind: 'bar', x: barsFrom, y: y + 8, width: Math.max(2, end - barsFrom), height: 18, fill },
    ...(isBeyond ? [{ kind: 'text', x: end - 4, y: y + 21, size: 10, fill: '#ffffff', isAtEnd: true, text: '»' } as const] : []),
    { kind: 'text', x: width - left, y: y + 15, size: 11, fill: black, isAtEnd: true, isBold: true, text: figureText(line) },
    { kind: 'text', x: width - left, y: y + 28, size: 9, fill: grey, isAtEnd: true, text: aimText(line) },
  ];
}

/** What was counted, and how much of the aim that is, so that colours say nothing that words do not. */
const figureText = ({ figure, reachedBp, state }: AssessmentLine): string =>
  state === AimState.UNKNOWN ? wordOf(state) : `${shortText(figure)} · ${Math.floor(reachedBp / 100)} %`;

const legend = (y: number): Shape[] =>
  Object.values(looks).flatMap(({ fill, word }, at): Shape[] => [
    { kind: 'bar', x: left + at * 110, y: y - 9, width: 10, height: 10, fill },
    { kind: 'text', x: left + 14 + at * 110, y, size: 9, fill: grey, text: word },
  ]);
