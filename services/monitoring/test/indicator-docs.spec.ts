// docs/indicators.md holds the table of definitions as the code has it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indicatorDefinitions } from '../src/core/indicator-definitions.js';
import { plans } from '../src/core/indicator-plans.js';
import { type IndicatorDefinition, type PlanName, amountText } from '../src/core/indicator.js';
import { shortText } from '../src/indicator.words.js';

const text = readFileSync(join(import.meta.dirname, '../../../docs/indicators.md'), 'utf8');

function aimsOf({ aims, decimals, lessIsBetter }: IndicatorDefinition): string {
  const clauses = Map.groupBy(aims, ({ plan, clause }) => `${plans[plan].name}, ${clause}`);
  return [...clauses]
    .map(([clause, of]) => {
      const sign = lessIsBetter ? '≤' : of[0]!.isStrict ? '>' : '≥';
      return `${clause}: ${of.map(({ year, amount }) => `${year} ${sign} ${shortText(amountText(amount, decimals))}`).join(', ')}`;
    })
    .join('; ');
}

const rowOf = (definition: IndicatorDefinition): string => {
  const { id, nameZh, source, span, unit, formula } = definition;
  const cells = [
    `\`${id}\``,
    nameZh,
    source.toLowerCase(),
    `${unit || '–'}${span === 'PERIOD' ? ', of a period' : ''}`,
    formula,
    aimsOf(definition),
  ];
  return `| ${cells.join(' | ')} |`.replace(/ +\|$/, ' |');
};

it('has a row for each indicator, and none besides', () => {
  const [, table = ''] = text.split('| indicator | 指标 | source | unit | formula | aims |\n| --- | --- | --- | --- | --- | --- |\n');
  expect(table.split('\n\n')[0]!.trimEnd().split('\n')).toEqual(indicatorDefinitions.map(rowOf));
});

it('names every plan by its title', () => {
  const rows = Object.values(plans).map(({ name, title }) => `| ${name} | ${title} |`);
  expect(rows.filter((row) => !text.includes(row))).toEqual([]);
  expect(Object.keys(plans) satisfies string[] as PlanName[]).toHaveLength(5);
});
