// A report for people: its figures and, for a year, what plans asked of it.
import type { FileChunk, Indicator, IndicatorAssessment, IndicatorReport } from '#contracts';
import { type Column, Paper, timeText } from '#paper';
import { chartTitle, countsText, plansOf } from './indicator.chart.js';
import { aimText, amountWithUnit, shortText, sourceText, stateText, titleOf, unitText } from './indicator.words.js';

const figureColumns: readonly Column[] = [
  { head: 'Indicator 指标', width: 195 },
  { head: 'Source 数据来源', width: 80 },
  { head: 'Figure 数值', width: 65, align: 'right' },
  { head: 'Unit 单位', width: 85 },
  { head: 'Declared 申报', width: 55, align: 'right' },
  { head: 'Records 记录', width: 35, align: 'right' },
];

const aimColumns: readonly Column[] = [
  { head: 'Indicator 指标', width: 133 },
  { head: 'Plan, clause 文件、条款', width: 105 },
  { head: 'Source 数据来源', width: 75 },
  { head: 'Figure 数值', width: 65, align: 'right' },
  { head: 'Aim 目标', width: 73, align: 'right' },
  { head: 'State 评估', width: 64 },
];

/** @param assessment of a year */
export async function* reportPaper(report: IndicatorReport, assessment?: IndicatorAssessment): AsyncGenerator<FileChunk> {
  const paper = new Paper(`Indicators 算力指标报告 ${report.period}`, report.asOf);
  paper.line(`Facts of 数据时点 ${timeText(report.asOf)}    published by 发布 ${report.by}`);
  paper.line(`report.csv ${report.figuresHash}`);
  paper.line(`records.csv ${report.recordsHash}, ${report.records} records 条记录`);
  paper.heading('Figures 指标数值');
  await paper.table(figureColumns, report.indicators.map(figureRow));
  if (assessment) {
    paper.heading(`${chartTitle(assessment.year)}: ${countsText(assessment)}`);
    for (const chart of plansOf(assessment)) paper.draw(chart);
    paper.heading('Aims by clause 目标与条款');
    await paper.table(aimColumns, assessment.lines.map(aimRow));
  }
  yield* paper.chunks();
}

const figureRow = ({ definition, figure, declared }: Indicator): string[] => [
  `${definition!.nameZh} ${definition!.name}`,
  sourceText(definition!.source),
  figure!.known ? shortText(figure!.text) : '–',
  unitText(definition!),
  declared ? shortText(declared.text) : '',
  String(figure!.records),
];

const aimRow = (line: IndicatorAssessment['lines'][number]): string[] => [
  `${line.nameZh} ${line.name}`,
  `${titleOf(line.plan).name}, ${line.clause}`,
  sourceText(line.source),
  line.figure ? amountWithUnit(line.figure, line) : '–',
  aimText(line),
  stateText(line.state),
];
