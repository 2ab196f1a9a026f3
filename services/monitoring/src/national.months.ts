import { Injectable } from '@nestjs/common';
import { IndicatorPeriodKind, IndicatorReport, IndicatorSource, NationalKind } from '#contracts';
import { At, Config, Database, type Tx } from '#platform';
import { type NewItem, writeItems } from './national.items.js';
import { NationalSender } from './national.sender.js';

const hour = 3_600_000;

/** The figures of a month are reported as they were published, once they are. */
@Injectable()
export class NationalMonths {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly sender: NationalSender,
  ) {}

  /** Months that ended before reporting began are the concern of nobody. */
  @At('report national months', hour)
  async report(_now: number): Promise<void> {
    if (!this.config.nationalUrl) return;
    const published = await this.database.query<{ period: string; report: Buffer }>(
      `select r.period, r.report from indicator_reports r where r.kind = $1
         and not exists (select from national_months m where m.period = r.period) order by r.period`,
      [IndicatorPeriodKind.MONTH],
    );
    for (const { period, report } of published)
      await this.database.transaction((tx) => this.write(tx, period, IndicatorReport.decode(report)));
  }

  private async write(tx: Tx, period: string, report: IndicatorReport): Promise<void> {
    const [first] = await tx.query('insert into national_months (period) values ($1) on conflict do nothing returning period', [period]);
    const [node] = await tx.query<{ opened_at: bigint | null }>('select opened_at from national_node');
    if (!first || node!.opened_at === null || report.to <= Number(node!.opened_at)) return;
    const items = itemsOf(report);
    if (items.length) await writeItems(tx, items);
    tx.onceCommitted(() => this.sender.wake());
  }
}

/** Of what nothing is known nothing is said. */
const itemsOf = ({ period: month, from, to, indicators }: IndicatorReport): NewItem[] =>
  indicators
    .filter(({ figure }) => figure!.known)
    .map(({ definition, figure }) => {
      const { indicatorId: code, unit, source } = definition!;
      const indicator = { month, code, value: figure!.text, unit, declared: source === IndicatorSource.DECLARED };
      return {
        ...{ kind: NationalKind.INDICATOR, itemId: `${code}/${month}`, identifier: '', needs: '' },
        ...{ content: { indicator }, causedAt: to, periodFrom: from },
      };
    });
