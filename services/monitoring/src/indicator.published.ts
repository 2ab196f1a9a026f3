import { Injectable } from '@nestjs/common';
import {
  type GetIndicatorReportRequest,
  IndicatorReport,
  type ListIndicatorReportRecordsRequest,
  type ListIndicatorReportRecordsResponse,
  type ListIndicatorReportsRequest,
  type ListIndicatorReportsResponse,
} from '#contracts';
import { Database, absent, nextPage, numberAfter, pageOf } from '#platform';
import { type ReportedRecord, recordsCsv } from './indicator.files.js';

interface ReportRow {
  readonly number: bigint;
  readonly report: Buffer;
  readonly figures_csv: string;
}

interface RecordRow {
  readonly indicator_id: string;
  readonly position: number;
  readonly kind: number;
  readonly id: bigint;
  readonly name: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
  readonly note: string;
  readonly note_zh: string;
}

const recordsOfAChunk = 2_000;

/** Reports as they were published. */
@Injectable()
export class PublishedReports {
  constructor(private readonly database: Database) {}

  /** Newest first, without their figures. */
  async list(request: ListIndicatorReportsRequest): Promise<ListIndicatorReportsResponse> {
    const asked = pageOf(request.page);
    const found = await this.database.query<ReportRow>(
      'select number, report from indicator_reports where ($1 = 0 or kind = $1) and number < $2 order by number desc limit $3',
      [request.kind, numberAfter(asked, Number.MAX_SAFE_INTEGER), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, ({ number }) => [number]);
    return { reports: rows.map(({ report }) => ({ ...IndicatorReport.decode(report), indicators: [] })), page };
  }

  async get({ period }: Pick<GetIndicatorReportRequest, 'period'>): Promise<IndicatorReport> {
    return IndicatorReport.decode((await this.row(period)).report);
  }

  async records(request: ListIndicatorReportRecordsRequest): Promise<ListIndicatorReportRecordsResponse> {
    const asked = pageOf(request.page);
    await this.row(request.period);
    const found = await this.database.query<RecordRow>(
      'select * from indicator_report_records where period = $1 and indicator_id = $2 and position > $3 order by position limit $4',
      [request.period, request.indicatorId, numberAfter(asked, 0), asked.limit + 1],
    );
    const { rows, page } = nextPage(found, asked.limit, ({ position }) => [position]);
    return { records: rows.map(recordOf), page };
  }

  /** The file of its figures, as it was hashed. */
  async figuresFile(period: string): Promise<string> {
    return (await this.row(period)).figures_csv;
  }

  /** That of its records, chunk by chunk. */
  async *recordsFile(period: string): AsyncGenerator<string> {
    await this.row(period);
    yield recordsCsv([], true);
    for (let last: number | undefined = 0; last !== undefined;) {
      const rows: RecordRow[] = await this.database.query<RecordRow>(
        'select * from indicator_report_records where period = $1 and position > $2 order by position limit $3',
        [period, last, recordsOfAChunk],
      );
      yield recordsCsv(rows.map(recordOf), false);
      last = rows.length === recordsOfAChunk ? rows.at(-1)!.position : undefined;
    }
  }

  private async row(period: string): Promise<ReportRow> {
    const [row] = await this.database.query<ReportRow>('select * from indicator_reports where period = $1', [period]);
    if (!row) throw absent(`report of ${period}`);
    return row;
  }
}

const recordOf = ({ indicator_id: indicatorId, note_zh: noteZh, id, ...row }: RecordRow): ReportedRecord => ({
  ...{ ...row, indicatorId, noteZh },
  id: Number(id),
});
