import type { CarbonFactor, LeaseEnergy } from '#contracts';
import type { Paper } from '#paper';
import { amountTexts } from './paper-texts.js';

/** What a bill's leases took together, added up line by line. */
export class EnergySums {
  private readonly wh = { used: 0, promised: 0, covered: 0 };
  private compensation = 0n;
  private carbonMg = 0;
  private readonly versions = new Set<number>();

  add(energy: LeaseEnergy): void {
    this.wh.used += energy.wh;
    this.wh.promised += energy.promisedGreenWh;
    this.wh.covered += energy.coveredGreenWh;
    this.compensation += energy.compensation;
    this.carbonMg += energy.carbonMg;
    this.versions.add(energy.carbonVersion);
  }

  /** Nothing where no line's energy is known. */
  set(paper: Paper, carbonFactors: (versions: Iterable<number>) => readonly CarbonFactor[]): void {
    if (this.versions.size === 0) return;
    const kwh = (wh: number): string => (wh / 1000).toFixed(3);
    paper.heading('Energy 能耗');
    paper.totals([
      ['Energy with PUE 用电量, kWh', kwh(this.wh.used)],
      ['Promised green 承诺绿电, kWh', kwh(this.wh.promised)],
      ['Covered by certificates so far 绿证已覆盖, kWh', kwh(this.wh.covered)],
      ['Compensated for the rest 缺口补偿, CNY', amountTexts([this.compensation])[0]!],
      ['Carbon 碳排放, kg CO2e', (this.carbonMg / 1_000_000).toFixed(3)],
    ]);
    for (const { version, mgPerKwh, source } of carbonFactors(this.versions))
      paper.line(
        `Carbon of the grid 电网排放因子: ${mgPerKwh / 1_000_000} kg CO2e/kWh${source ? `, ${source}` : ''} (version 版本 ${version})`,
      );
  }
}
