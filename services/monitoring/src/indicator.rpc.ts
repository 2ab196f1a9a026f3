import {
  type AssessYearRequest,
  type DeclareIndicatorRequest,
  type FileChunk,
  type GetIndicatorReportRequest,
  type GetIndicatorRequest,
  IndicatorPeriodKind,
  IndicatorsDefinition,
  type ListIndicatorDeclarationsRequest,
  type ListIndicatorRecordsRequest,
  type ListIndicatorReportRecordsRequest,
  type ListIndicatorReportsRequest,
  type ListIndicatorsRequest,
  type PublishIndicatorReportRequest,
} from '#contracts';
import { svgOf } from '#paper';
import { type Call, type Implementation, Rpc } from '#platform';
import { IndicatorAssessments } from './indicator.assessments.js';
import { chartOf, chartTitle } from './indicator.chart.js';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFigures } from './indicator.figures.js';
import { reportPaper } from './indicator.paper.js';
import { PublishedReports } from './indicator.published.js';
import { IndicatorReports } from './indicator.reports.js';
import { reportWorkbook } from './indicator.workbook.js';

@Rpc(IndicatorsDefinition)
export class IndicatorsRpc implements Implementation<typeof IndicatorsDefinition> {
  constructor(
    private readonly figures: IndicatorFigures,
    private readonly declarations: IndicatorDeclarations,
    private readonly reports: IndicatorReports,
    private readonly published: PublishedReports,
    private readonly assessments: IndicatorAssessments,
  ) {}

  listIndicators = (request: ListIndicatorsRequest) => this.figures.list(request);
  getIndicator = (request: GetIndicatorRequest) => this.figures.get(request);
  listIndicatorRecords = (request: ListIndicatorRecordsRequest) => this.figures.records(request);
  declareIndicator = (request: DeclareIndicatorRequest, call: Call) => this.declarations.declare(request, call);
  listIndicatorDeclarations = (request: ListIndicatorDeclarationsRequest) => this.declarations.list(request);

  publishIndicatorReport = (request: PublishIndicatorReportRequest, call: Call) => this.reports.publish(request, call);
  listIndicatorReports = (request: ListIndicatorReportsRequest) => this.published.list(request);
  getIndicatorReport = (request: GetIndicatorReportRequest) => this.published.get(request);
  listIndicatorReportRecords = (request: ListIndicatorReportRecordsRequest) => this.published.records(request);
  assessYear = (request: AssessYearRequest) => this.assessments.assess(request);

  async *exportIndicatorReport({ period, bom }: GetIndicatorReportRequest): AsyncGenerator<FileChunk> {
    const file = await this.published.figuresFile(period);
    if (bom) yield chunk(byteOrderMark);
    yield chunk(file);
  }

  async *exportIndicatorReportRecords({ period, bom }: GetIndicatorReportRequest): AsyncGenerator<FileChunk> {
    let isFirst = true;
    for await (const text of this.published.recordsFile(period)) {
      if (bom && isFirst) yield chunk(byteOrderMark);
      isFirst = false;
      yield chunk(text);
    }
  }

  async *printIndicatorReport(request: GetIndicatorReportRequest): AsyncGenerator<FileChunk> {
    const report = await this.published.get(request);
    const isYear = report.kind === IndicatorPeriodKind.YEAR;
    yield* reportPaper(report, isYear ? this.assessments.ofReport(report) : undefined);
  }

  async *tabulateIndicatorReport(request: GetIndicatorReportRequest): AsyncGenerator<FileChunk> {
    const report = await this.published.get(request);
    yield { data: reportWorkbook(report, this.assessments.ofReport(report)) };
  }

  async *drawAssessment(request: AssessYearRequest): AsyncGenerator<FileChunk> {
    const assessment = await this.assessments.assess(request);
    yield chunk(svgOf(chartOf(assessment), chartTitle(assessment.year)));
  }
}

/** By which spreadsheets know UTF-8. */
const byteOrderMark = '\uFEFF';

const chunk = (text: string): FileChunk => ({ data: Buffer.from(text) });
