import { Injectable } from '@nestjs/common';
import { AimState, type AssessYearRequest, IndicatorAssessment, type IndicatorReport, IndicatorSource, Plan } from '#contracts';
import { Clock, invalid } from '#platform';
import { type Assessed, assess } from './core/indicator-assessment.js';
import { indicatorDefinitions } from './core/indicator-definitions.js';
import { periodAt } from './core/indicator-period.js';
import { plans } from './core/indicator-plans.js';
import { unitZhOf } from './core/indicator-units.js';
import { type IndicatorDefinition, type PlanName, amountText, figureOf } from './core/indicator.js';
import { IndicatorFigures } from './indicator.figures.js';
import { PublishedReports } from './indicator.published.js';

interface Figures {
  readonly asOf: number;
  readonly report: string;
  readonly of: { readonly definition: IndicatorDefinition; readonly amount: number | undefined }[];
}

/** A year's figures against the aims of the plans. */
@Injectable()
export class IndicatorAssessments {
  constructor(
    private readonly clock: Clock,
    private readonly figures: IndicatorFigures,
    private readonly published: PublishedReports,
  ) {}

  /** Throws absent where the year is over and has no report. */
  async assess({ year, plan }: AssessYearRequest): Promise<IndicatorAssessment> {
    const thisYear = Number(periodAt('YEAR', this.clock.now()).text);
    if (year > thisYear) throw invalid('year', 'year_must_have_begun', `it is ${thisYear}`);
    if (year === thisYear) return assessed(await this.running(), year, plan);
    return assessed(figuresOf(await this.published.get({ period: String(year) })), year, plan);
  }

  /** A report's figures against what is asked by the end of the year in which its period lies. */
  ofReport(report: IndicatorReport): IndicatorAssessment {
    return assessed(figuresOf(report), Number(report.period.slice(0, 4)), Plan.UNSPECIFIED);
  }

  private async running(): Promise<Figures> {
    const asOf = this.clock.now();
    const counted = await this.figures.now(indicatorDefinitions);
    const of = counted.map(({ definition, shares }) => {
      const { amount } = figureOf(definition, shares);
      return { definition, amount: amount === undefined ? undefined : Number(amount) };
    });
    return { asOf, report: '', of };
  }
}

/** By the figures that were published; an indicator that there was not then has none. */
function figuresOf({ period, asOf, indicators }: IndicatorReport): Figures {
  const known = new Map(
    indicators.map(({ definition, figure }) => [definition!.indicatorId, { decimals: definition!.decimals, figure: figure! }]),
  );
  const of = indicatorDefinitions.map((definition) => {
    const then = known.get(definition.id);
    return { definition, amount: then?.figure.known && then.decimals === definition.decimals ? then.figure.amount : undefined };
  });
  return { asOf, report: period, of };
}

/** @param plan of all plans where it is unspecified */
function assessed({ asOf, report, of }: Figures, year: number, plan: Plan): IndicatorAssessment {
  const asked = (Object.keys(plans) as PlanName[]).filter((name) => !plan || Plan[name] === plan);
  const lines = assess(of, year, asked);
  const count = (state: Assessed['state']): number => lines.filter((line) => line.state === state).length;
  return { year, asOf, report, lines: lines.map(lineOf), met: count('MET'), missed: count('MISSED'), unknown: count('UNKNOWN') };
}

const lineOf = ({ definition, aim, amount, state, reachedBp }: Assessed): IndicatorAssessment['lines'][number] => ({
  ...{ plan: Plan[aim.plan], clause: aim.clause, indicatorId: definition.id, name: definition.name, nameZh: definition.nameZh },
  ...{ source: IndicatorSource[definition.source], strict: aim.isStrict, lessIsBetter: definition.lessIsBetter },
  ...{ unit: definition.unit, unitZh: unitZhOf(definition.unit), decimals: definition.decimals },
  figure: amount === undefined ? '' : amountText(amount, definition.decimals),
  aim: amountText(aim.amount, definition.decimals),
  ...{ state: AimState[state], reachedBp },
});
