import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import {
  type GetIndicatorRequest,
  Indicator,
  IndicatorDefinition,
  IndicatorFigure,
  IndicatorForm,
  IndicatorRecord,
  IndicatorRecordKind,
  IndicatorSource,
  IndicatorSpan,
  type ListIndicatorRecordsRequest,
  type ListIndicatorRecordsResponse,
  type ListIndicatorsRequest,
  type ListIndicatorsResponse,
  Plan,
} from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { Clock, absent, nextPage, numberAfter, pageOf } from '#platform';
import { indicatorDefinitions, indicatorOf } from './core/indicator-definitions.js';
import { measure } from './core/indicator-measures.js';
import { periodAt } from './core/indicator-period.js';
import { unitZhOf } from './core/indicator-units.js';
import { type Figure, type IndicatorDefinition as Defined, type Share, amountText, figureOf } from './core/indicator.js';
import { IndicatorDeclarations } from './indicator.declarations.js';
import { IndicatorFacts } from './indicator.facts.js';

/** An indicator's parts at an instant. */
export interface Counted {
  readonly definition: Defined;
  /** What its figure is made of: measured parts, or declared ones where nothing is measured. */
  readonly shares: readonly Share[];
  /** What was declared of a measured one. */
  readonly declared: readonly Share[];
}

/** Figures as they stand, and what they are made of. */
@Injectable()
export class IndicatorFigures {
  constructor(
    private readonly clock: Clock,
    private readonly facts: IndicatorFacts,
    private readonly declarations: IndicatorDeclarations,
  ) {}

  async list(request: ListIndicatorsRequest): Promise<ListIndicatorsResponse> {
    const asked = pageOf(request.page);
    const after = numberAfter(asked, 0);
    const wanted = indicatorDefinitions
      .map((definition, at) => ({ definition, place: at + 1 }))
      .filter(({ definition: { source } }) => !request.source || IndicatorSource[source] === request.source)
      .filter(({ definition: { aims } }) => !request.plan || aims.some(({ plan }) => Plan[plan] === request.plan))
      .filter(({ place }) => place > after);
    const { rows, page } = nextPage(wanted, asked.limit, ({ place }) => [place]);
    const now = this.clock.now();
    const counted = await this.now(rows.map(({ definition }) => definition));
    return { indicators: counted.map((one) => indicatorAt(one, now)), page };
  }

  async get({ indicatorId }: GetIndicatorRequest): Promise<Indicator> {
    const now = this.clock.now();
    const [counted] = await this.now([mustExist(indicatorId)]);
    return indicatorAt(counted!, now);
  }

  /** By kind and id. */
  async records(request: ListIndicatorRecordsRequest): Promise<ListIndicatorRecordsResponse> {
    const asked = pageOf(request.page);
    const after = numberAfter(asked, 0);
    const definition = mustExist(request.indicatorId);
    const asOf = this.clock.now();
    const [counted] = await this.now([definition]);
    const shares = request.declared ? counted!.declared : counted!.shares;
    const found = shares.filter(({ id }) => id > after).slice(0, asked.limit + 1);
    const { rows, page } = nextPage(found, asked.limit, ({ id }) => [id]);
    return { records: rows.map(recordOf), figure: figureMessage(definition, figureOf(definition, shares)), asOf, page };
  }

  /** As it stands now; of a period, of the month that runs. */
  async now(definitions: readonly Defined[]): Promise<Counted[]> {
    const now = this.clock.now();
    return this.at(definitions, now, periodAt('MONTH', now));
  }

  /** By the facts of now, with the leases of [from, to) and the declarations that hold, or held at its end. */
  async at(definitions: readonly Defined[], now: number, period: { readonly from: number; readonly to: number }): Promise<Counted[]> {
    const isMeasured = definitions.some(({ source }) => source !== 'DECLARED');
    const facts = isMeasured ? await this.facts.read(now, period) : undefined;
    const declared = await this.declarations.standing(shanghaiDay(slotAt(Math.min(now, period.to - 1))));
    const counted: Counted[] = [];
    for (const definition of definitions) {
      const said = declared.get(definition.id) ?? [];
      const measured = facts && measure(definition.id, facts);
      counted.push({ definition, shares: measured ?? said, declared: measured ? said : [] });
      // Of a great hub each takes a tenth of a second; others go on in between.
      await setImmediate();
    }
    return counted;
  }
}

function mustExist(indicatorId: string): Defined {
  const definition = indicatorOf(indicatorId);
  if (!definition) throw absent(`indicator ${indicatorId}`);
  return definition;
}

export const definitionMessage = (definition: Defined): IndicatorDefinition => ({
  ...definition,
  indicatorId: definition.id,
  unitZh: unitZhOf(definition.unit),
  numeratorUnitZh: unitZhOf(definition.numeratorUnit),
  denominatorUnitZh: unitZhOf(definition.denominatorUnit),
  source: IndicatorSource[definition.source],
  form: IndicatorForm[definition.form],
  span: IndicatorSpan[definition.span],
  aims: definition.aims.map(({ plan, clause, year, amount, isStrict }) => ({
    ...{ plan: Plan[plan], clause, year, amount, strict: isStrict },
    text: amountText(amount, definition.decimals),
  })),
});

export const figureMessage = ({ decimals }: Defined, { amount, numerator, denominator, records }: Figure): IndicatorFigure => ({
  known: amount !== undefined,
  amount: Number(amount ?? 0n),
  text: amount === undefined ? '' : amountText(amount, decimals),
  ...{ numerator, denominator, records },
});

export const recordOf = ({ kind, ...share }: Share): IndicatorRecord => ({ ...share, kind: IndicatorRecordKind[kind] });

export const indicatorAt = ({ definition, shares, declared }: Counted, asOf: number): Indicator => ({
  definition: definitionMessage(definition),
  figure: figureMessage(definition, figureOf(definition, shares)),
  declared: declared.length ? figureMessage(definition, figureOf(definition, declared)) : undefined,
  asOf,
});
