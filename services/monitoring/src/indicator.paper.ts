// A report for people: its figures and, for a year, what plans asked of it.
import { type FileChunk, type Indicator, type IndicatorAssessment, type IndicatorReport, IndicatorSource } from '#contracts';
import { type Column, Paper, timeText } from '#paper';
import { aimText, chartsOf, shortText, titleOf, wordOf } from './indicator.chart.js';

const sources: Readonly<Record<number, string>> = {
  [IndicatorSource.MEASURED]: 'measured 监测',
  [IndicatorSource.REGISTERED]: 'registered 登记核验',
  [IndicatorSource.DECLARED]: 'declared 申报',
};

const figureColumns: readonly Column[] = [
  { head: 'Indicator 指标', width: 205 },
  { head: 'Source 数据来源', width: 80 },
  { head: 'Figure 数值', width: 75, align: 'right' },
  { head: 'Unit 单位', width: 65 },
  { head: 'Declared 另行申报', width: 55, align: 'right' },
  { head: 'Records 记录', width: 35, align: 'right' },
];

const aimColumns: readonly Column[] = [
  { head: 'Indicator 指标', width: 175 },
  { head: 'Plan, clause 文件、条款', width: 130 },
  { head: 'Figure 数值', width: 65, align: 'right' },
  { head: 'Aim 目标', width: 75, align: 'right' },
  { head: 'State 评估', width: 70 },
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
    const { met, missed, unknown } = assessment;
    paper.heading(
      `Against the aims of plans for ${assessment.year} 年度目标评估: ${met} met 达标, ${missed} missed 未达标, ${unknown} without a figure 无数据`,
    );
    for (const chart of chartsOf(assessment.lines)) paper.draw(chart);
    paper.heading('Aims by clause 目标与条款');
    await paper.table(aimColumns, assessment.lines.map(aimRow));
  }
  yield* paper.chunks();
}

const figureRow = ({ definition, figure, declared }: Indicator): string[] => [
  `${definition!.nameZh} ${definition!.name}`,
  sources[definition!.source] ?? '',
  figure!.known ? shortText(figure!.text) : '–',
  definition!.unit,
  declared ? shortText(declared.text) : '',
  String(figure!.records),
];

const aimRow = (line: IndicatorAssessment['lines'][number]): string[] => [
  `${line.nameZh} ${line.name}`,
  `${titleOf(line.plan).name}, ${line.clause}`,
  line.figure ? shortText(line.figure) : '–',
  aimText(line),
  wordOf(line.state),
];
