// A report as a workbook for people: a row for each indicator, a row for each aim, and what the report is.
import { AimState, type AssessmentLine, type Indicator, type IndicatorAssessment, type IndicatorReport, IndicatorSpan } from '#contracts';
import { type Cell, type Sheet, timeText, workbookOf } from '#paper';
import { aimText, formulaText, signOf, sourceText, stateText, titleOf, unitText } from './indicator.words.js';

/** A column, and its cell of a line. */
type Column<L> = readonly [head: string, width: number, cell: (line: L) => Cell];

export function reportWorkbook(report: IndicatorReport, assessment: IndicatorAssessment): Buffer {
  return workbookOf(`Indicators 算力指标报告 ${report.period}`, [
    sheetOf('指标 Indicators', figureColumns(report, assessment), report.indicators),
    sheetOf('目标 Aims', aimColumns(report), assessment.lines),
    aboutOf(report, assessment),
  ]);
}

const sheetOf = <L>(name: string, columns: readonly Column<L>[], lines: readonly L[]): Sheet => ({
  name,
  columns: columns.map(([head, width]) => ({ head, width })),
  rows: lines.map((line) => columns.map(([, , cell]) => cell(line))),
});

/** Aims are of a year's end: before it nothing is missed yet. */
const isYear = ({ period }: IndicatorReport): boolean => /^\d{4}$/.test(period);

function figureColumns(report: IndicatorReport, { year, lines }: IndicatorAssessment): Column<Indicator>[] {
  const aims = Map.groupBy(lines, ({ indicatorId }) => indicatorId);
  const aimsOf = ({ definition }: Indicator) => aims.get(definition!.indicatorId) ?? [];
  const asOf = `as of 时点 ${timeText(report.asOf)}`;
  return [
    ['指标 Indicator', 34, ({ definition }) => definition!.nameZh],
    ['英文名称 Name', 34, ({ definition }) => definition!.name],
    ['数据来源 Source', 20, ({ definition }) => sourceText(definition!.source)],
    ['数值 Figure', 16, ({ figure }) => (figure!.known ? { number: figure!.text } : faint(stateText(AimState.UNKNOWN)))],
    ['单位 Unit', 20, ({ definition }) => unitText(definition!)],
    ['另行申报 Declared beside it', 16, ({ declared }) => (declared?.known ? { number: declared.text } : '')],
    ['期间 Period', 24, ({ definition }) => (definition!.span === IndicatorSpan.PERIOD ? report.period : asOf)],
    [`${year}年目标 Aims`, 40, (line) => aimsOf(line).map(aimOfPlan).join('\n')],
    [
      '评估 Verdict',
      20,
      (line) =>
        toned(
          aimsOf(line).map(({ state }) => state),
          isYear(report),
        ),
    ],
    ['计算口径 Formula', 60, ({ definition }) => formulaText(definition!)],
    ['分子 Numerator', 18, ({ figure }) => ({ number: String(figure!.numerator) })],
    ['分子单位 Its unit', 16, ({ definition: of }) => unitText({ unit: of!.numeratorUnit, unitZh: of!.numeratorUnitZh })],
    ['分母 Denominator', 18, ({ definition, figure }) => (definition!.denominatorUnit ? { number: String(figure!.denominator) } : '')],
    ['分母单位 Its unit', 16, ({ definition: of }) => unitText({ unit: of!.denominatorUnit, unitZh: of!.denominatorUnitZh })],
    ['记录数 Records', 10, ({ figure }) => ({ number: String(figure!.records) })],
    ['指标标识 Identifier', 28, ({ definition }) => definition!.indicatorId],
  ];
}

const aimColumns = (report: IndicatorReport): Column<AssessmentLine>[] => [
  ['指标 Indicator', 34, ({ nameZh }) => nameZh],
  ['英文名称 Name', 34, ({ name }) => name],
  ['文件 Plan', 44, ({ plan }) => titleOf(plan).title],
  ['条款 Clause', 28, ({ clause }) => clause],
  ['数据来源 Source', 20, ({ source }) => sourceText(source)],
  ['数值 Figure', 16, ({ figure, state }) => (figure ? { number: figure } : faint(stateText(state)))],
  ['要求 Must be', 8, (line) => signOf(line)],
  ['目标 Aim', 16, ({ aim }) => ({ number: aim })],
  ['单位 Unit', 20, (line) => unitText(line)],
  ['完成 Reached, %', 14, ({ figure, reachedBp }) => (figure ? { number: hundredths(reachedBp) } : '')],
  ['评估 Verdict', 20, ({ state }) => toned([state], isYear(report))],
  ['指标标识 Identifier', 28, ({ indicatorId }) => indicatorId],
];

function aboutOf(report: IndicatorReport, { year, met, missed, unknown }: IndicatorAssessment): Sheet {
  const rows: [string, Cell][] = [
    ['期间 Period', report.period],
    ['自 From', timeText(report.from)],
    ['至（不含） Until', timeText(report.to)],
    ['数据时点 Facts of', timeText(report.asOf)],
    ['发布 Published by', report.by],
    [`${year}年目标：${stateText(AimState.MET)}`, { number: String(met) }],
    [`${year}年目标：${stateText(AimState.MISSED, isYear(report))}`, { number: String(missed) }],
    [`${year}年目标：${stateText(AimState.UNKNOWN)}`, { number: String(unknown) }],
    ['report.csv', report.figuresHash],
    ['records.csv', report.recordsHash],
    ['监测 Measured', 'Counted by the exchange 由平台计量'],
    ['登记核验 Registered', 'Summed over what providers registered and the operator verified 供给方登记、运营方核验后汇总'],
    ['申报 Declared', 'Said by the operator, with the hash of a document 运营方申报，附凭证哈希'],
    ['时间 Times', 'Asia/Shanghai'],
  ];
  return { name: '说明 About', columns: [column('项目 Item', 32), column('内容 Content', 90)], rows };
}

const column = (head: string, width: number) => ({ head, width });
const faint = (text: string): Cell => ({ text, tone: 'faint' });
const hundredths = (basisPoints: number): string => `${Math.floor(basisPoints / 100)}.${String(basisPoints % 100).padStart(2, '0')}`;
const aimOfPlan = (line: AssessmentLine): string => `${aimText(line)} (${titleOf(line.plan).name})`;

/** A line for each aim; green where all are met, red where one is not. */
function toned(states: readonly AimState[], isOver: boolean): Cell {
  if (!states.length) return '';
  const text = states.map((state) => stateText(state, isOver)).join('\n');
  if (states.includes(AimState.MISSED)) return { text, tone: 'bad' };
  return { text, tone: states.includes(AimState.UNKNOWN) ? 'faint' : 'good' };
}
