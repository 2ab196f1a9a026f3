import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { IndicatorPeriodKind, IndicatorReport, type PublishIndicatorReportRequest } from '#contracts';
import {
  At,
  type Call,
  Clock,
  Cryptography,
  Database,
  type Tx,
  conflict,
  int4Array,
  int8Array,
  invalid,
  numberArray,
  textArray,
} from '#platform';
import { indicatorDefinitions } from './core/indicator-definitions.js';
import { type Period, type PeriodKind, periodBefore, periodOf } from './core/indicator-period.js';
import { type ReportedRecord, figuresCsv, recordsCsv } from './indicator.files.js';
import { IndicatorFigures, indicatorAt, recordOf } from './indicator.figures.js';

/** A report that is ready to be written. */
interface Taken {
  readonly report: IndicatorReport;
  readonly figuresFile: string;
  readonly records: readonly ReportedRecord[];
}

/** Leases that ended last are measured an hour after their end. */
const waitMs = 2 * 3_600_000;
const hourMs = 3_600_000;
const kinds: readonly PeriodKind[] = ['MONTH', 'QUARTER', 'YEAR'];

/** Publishes reports: figures and records of a period, kept as they are then. */
@Injectable()
export class IndicatorReports {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly cryptography: Cryptography,
    private readonly figures: IndicatorFigures,
  ) {}

  async publish({ period: text }: PublishIndicatorReportRequest, call: Call): Promise<IndicatorReport> {
    const period = periodOf(text)!;
    const taken = await this.take(period, this.clock.now(), call.caller.name);
    return this.database.once(call, IndicatorReport, async (tx) => {
      const last = periodBefore(period.kind, this.clock.now());
      if (last.text !== text) throw invalid('period', 'published_period_must_be_the_last', `the last that is over is ${last.text}`);
      if (!(await write(tx, taken))) throw conflict('period_must_be_published_once', `${text} is published`, 'period');
      return taken.report;
    });
  }

  /** Of periods in which the exchange was open and whose report nobody published. */
  @At('indicator reports', hourMs)
  async publishLast(now: number): Promise<void> {
    for (const period of kinds.map((kind) => periodBefore(kind, now - waitMs))) {
      const [due] = await this.database.query(
        'select from indicator_opening where opened_at < $1 and not exists (select from indicator_reports where period = $2)',
        [period.to, period.text],
      );
      if (!due) continue;
      const taken = await this.take(period, now, 'exchange');
      await this.database.transaction((tx) => write(tx, taken));
    }
  }

  /** All that a report holds, as things stand. A hub of 100,000 pools has a million records: others go on between some and the next. */
  private async take(period: Period, now: number, by: string): Promise<Taken> {
    const counted = await this.figures.at(indicatorDefinitions, now, period);
    const indicators = counted.map((one) => indicatorAt(one, now));
    const records: ReportedRecord[] = [];
    const file = [Buffer.from(recordsCsv([], true))];
    for (const { definition, shares } of counted)
      for (const some of chunksOf(shares)) {
        const of = some.map((share, at) => ({ ...recordOf(share), indicatorId: definition.id, position: records.length + at + 1 }));
        records.push(...of);
        file.push(Buffer.from(recordsCsv(of, false)));
        await setImmediate();
      }
    const figuresFile = figuresCsv(indicators);
    const { text, kind, from, to } = period;
    const report = IndicatorReport.create({
      ...{ period: text, kind: IndicatorPeriodKind[kind], from, to, asOf: now, by, indicators, records: records.length },
      figuresHash: this.hashOf(figuresFile),
      recordsHash: this.hashOf(Buffer.concat(file)),
    });
    return { report, figuresFile, records };
  }

  /** Names the algorithm, so that anybody can do it again. */
  private hashOf(file: string | Uint8Array): string {
    const algorithm = this.cryptography.suite === 'national' ? 'sm3' : 'sha256';
    return `${algorithm}:${this.cryptography.digest(file).subarray(1).toString('hex')}`;
  }
}

/** False where the period is published already. */
async function write(tx: Tx, { report, figuresFile, records }: Taken): Promise<boolean> {
  const { period, kind } = report;
  const bytes = IndicatorReport.encode(report).finish();
  const [first] = await tx.query(
    'insert into indicator_reports (period, kind, report, figures_csv) values ($1, $2, $3, $4) on conflict do nothing returning period',
    [period, kind, bytes, figuresFile],
  );
  if (!first) return false;
  for (const some of chunksOf(records)) await writeRecords(tx, period, some);
  return true;
}

async function writeRecords(tx: Tx, period: string, records: readonly ReportedRecord[]): Promise<void> {
  await tx.query(
    `insert into indicator_report_records (period, indicator_id, position, kind, id, name, numerator, denominator, note, note_zh)
     select $1, * from unnest($2::text[], $3::int4[], $4::int4[], $5::int8[], $6::text[], $7::int8[], $8::int8[], $9::text[], $10::text[])`,
    [
      period,
      textArray(records.map(({ indicatorId }) => indicatorId)),
      int4Array(records.map(({ position }) => position)),
      int4Array(records.map((record) => record.kind)),
      numberArray(records.map(({ id }) => id)),
      textArray(records.map(({ name }) => name)),
      int8Array(records.map(({ numerator }) => numerator)),
      int8Array(records.map(({ denominator }) => denominator)),
      textArray(records.map(({ note }) => note)),
      textArray(records.map(({ noteZh }) => noteZh)),
    ],
  );
}

const recordsOfAChunk = 2_000;

function* chunksOf<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += recordsOfAChunk) yield all.slice(from, from + recordsOfAChunk);
}
