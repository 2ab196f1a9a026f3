// An assessment as bars, one drawing a plan under a head: how much of each aim is reached.
import { AimState, type AssessmentLine, type IndicatorAssessment, type Plan } from '#contracts';
import { type Drawing, type Shape, timeText } from '#paper';
import { aimText, amountWithUnit, sourceText, stateText, titleOf } from './indicator.words.js';

const width = 760;
const rowHeight = 34;
const headHeight = 52;
const footHeight = 30;
const left = 16;
const sourceFrom = 256;
const barsFrom = 346;
const barsTo = 571;
/** What the bars' end stands for; what is beyond is cut off there, with a mark. */
const mostBp = 15_000;
const black = '#222222';
const grey = '#666666';
const fills: Readonly<Record<number, string>> = {
  [AimState.MET]: '#2e7d32',
  [AimState.MISSED]: '#c62828',
  [AimState.UNKNOWN]: '#9e9e9e',
};

const xOf = (basisPoints: number): number => barsFrom + Math.round(((barsTo - barsFrom) * Math.min(basisPoints, mostBp)) / mostBp);

export const chartTitle = (year: number): string => `Indicators against the aims of plans for ${year} 年度目标评估`;

/** "3 met 达标, 6 missed 未达标, 3 no figure 无数据". */
export const countsText = ({ met, missed, unknown, report }: IndicatorAssessment): string =>
  [
    `${met} ${stateText(AimState.MET)}`,
    `${missed} ${stateText(AimState.MISSED, isOver(report))}`,
    `${unknown} ${stateText(AimState.UNKNOWN)}`,
  ].join(', ');

const isOver = (report: string): boolean => report !== '';

/** A picture that stands for itself: of which year and which moment it is stands above the plans. */
export const chartOf = (assessment: IndicatorAssessment): Drawing[] => [headOf(assessment), ...plansOf(assessment)];

export const plansOf = ({ lines, report }: IndicatorAssessment): Drawing[] =>
  [...Map.groupBy(lines, ({ plan }) => plan)].map(([plan, of]) => planOf(plan, of, isOver(report)));

function headOf(assessment: IndicatorAssessment): Drawing {
  const { year, asOf, report, lines } = assessment;
  const by = isOver(report) ? `by the report of 依据报告 ${report}` : 'the year still runs 本年尚未结束';
  const counts = lines.length ? countsText(assessment) : 'no plan asks anything for this year 本年无规划目标';
  return {
    width,
    height: 60,
    shapes: [
      { kind: 'text', x: left, y: 24, size: 15, fill: black, isBold: true, text: chartTitle(year) },
      { kind: 'text', x: left, y: 44, size: 10, fill: grey, text: `${counts}; facts of 数据时点 ${timeText(asOf)}; ${by}` },
    ],
  };
}

function planOf(plan: Plan, lines: readonly AssessmentLine[], over: boolean): Drawing {
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
      ...legend(bottom + 18, over),
    ],
  };
}

function rowOf(line: AssessmentLine, y: number): Shape[] {
  const fill = fills[line.state]!;
  const isBeyond = line.reachedBp > mostBp;
  const end = xOf(line.reachedBp);
  const isKnown = line.state !== AimState.UNKNOWN;
  return [
    { kind: 'line', x: left, y, toX: width - left, toY: y, stroke: '#dddddd' },
    { kind: 'text', x: left, y: y + 15, size: 12, fill: black, text: line.nameZh },
    { kind: 'text', x: left, y: y + 28, size: 9, fill: grey, text: line.name },
    { kind: 'text', x: sourceFrom, y: y + 21, size: 9, fill: grey, text: sourceText(line.source) },
    { kind: 'bar', x: barsFrom, y: y + 8, width: Math.max(2, end - barsFrom), height: 18, fill },
    ...(isBeyond ? [{ kind: 'text', x: end - 4, y: y + 21, size: 10, fill: '#ffffff', isAtEnd: true, text: '»' } as const] : []),
    { kind: 'text', x: width - left, y: y + 15, size: 11, fill: black, isAtEnd: true, isBold: true, text: figureText(line) },
    {
      ...{ kind: 'text', x: width - left, y: y + 28, size: 9, fill: grey, isAtEnd: true },
      text: isKnown ? `${reachedText(line)} of 目标 ${aimText(line)}` : aimText(line),
    },
  ];
}

/** What was counted, so that colours say nothing that words do not. */
const figureText = (line: AssessmentLine): string =>
  line.state === AimState.UNKNOWN ? stateText(line.state) : amountWithUnit(line.figure, line);

const reachedText = ({ reachedBp }: AssessmentLine): string => `${Math.floor(reachedBp / 100)} %`;

const legend = (y: number, over: boolean): Shape[] =>
  [AimState.MET, AimState.MISSED, AimState.UNKNOWN].flatMap((state, at): Shape[] => [
    { kind: 'bar', x: left + at * 120, y: y - 9, width: 10, height: 10, fill: fills[state]! },
    { kind: 'text', x: left + 14 + at * 120, y, size: 9, fill: grey, text: stateText(state, over) },
  ]);
