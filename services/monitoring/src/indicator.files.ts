// A report's figures and records as files, whose bytes its hashes are over: columns are never changed.
import { stringify } from 'csv-stringify/sync';
import { type Indicator, IndicatorRecordKind, IndicatorSource, type IndicatorRecord } from '#contracts';

export interface ReportedRecord extends IndicatorRecord {
  readonly indicatorId: string;
  /** From 1, over all records of a report. */
  readonly position: number;
}

const figureColumns: readonly (readonly [head: string, text: (indicator: Indicator) => string | number | bigint])[] = [
  ['indicator 指标标识', ({ definition }) => definition!.indicatorId],
  ['name 英文名称', ({ definition }) => definition!.name],
  ['name 名称', ({ definition }) => definition!.nameZh],
  ['source 数据来源', ({ definition }) => IndicatorSource[definition!.source]],
  ['unit 单位', ({ definition }) => definition!.unit],
  ['figure 数值', ({ figure }) => figure!.text],
  ['numerator 分子', ({ figure }) => figure!.numerator],
  ['denominator 分母', ({ figure }) => figure!.denominator],
  ['records 记录数', ({ figure }) => figure!.records],
  ['declared beside it 另行申报', ({ declared }) => declared?.text ?? ''],
];

const recordColumns: readonly (readonly [head: string, text: (record: ReportedRecord) => string | number | bigint])[] = [
  ['indicator 指标标识', ({ indicatorId }) => indicatorId],
  ['kind 记录类型', ({ kind }) => IndicatorRecordKind[kind]],
  ['id 编号', ({ id }) => id],
  ['name 名称', ({ name }) => name],
  ['numerator 分子', ({ numerator }) => numerator],
  ['denominator 分母', ({ denominator }) => denominator],
  ['note 说明', ({ note }) => note],
];

/** What a spreadsheet would take for a formula is written as text. */
const csvOf = <L>(
  columns: readonly (readonly [string, (line: L) => string | number | bigint])[],
  lines: readonly L[],
  hasHead: boolean,
): string =>
  stringify([...(hasHead ? [columns.map(([head]) => head)] : []), ...lines.map((line) => columns.map(([, text]) => String(text(line))))], {
    escape_formulas: true,
  });

export const figuresCsv = (indicators: readonly Indicator[]): string => csvOf(figureColumns, indicators, true);

/** @param hasHead the file's first lines */
export const recordsCsv = (records: readonly ReportedRecord[], hasHead: boolean): string => csvOf(recordColumns, records, hasHead);
