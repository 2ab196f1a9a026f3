// What a declaration must obey beyond its single fields.
import type { IndicatorDefinition } from './indicator.js';

interface Declared {
  readonly numerator: number;
  readonly denominator: number;
  readonly day: number;
}

/** The rule that it breaks: field, rule, detail. */
export function brokenDeclaration(
  { form, numeratorUnit, denominatorUnit, lessIsBetter }: IndicatorDefinition,
  { numerator, denominator, day }: Declared,
  today: number,
): [field: string, rule: string, detail: string] | undefined {
  if (day > today) return ['day', 'day_must_not_be_in_the_future', 'declare it on that day'];
  if (form === 'SUM')
    return denominator === 0 ? undefined : ['denominator', 'sum_must_declare_no_whole', `it is counted in ${numeratorUnit} alone`];
  if (denominator === 0) return ['denominator', 'ratio_must_declare_its_whole', `in ${denominatorUnit}`];
  // PUE's numerator is the greater one.
  if (numerator > denominator && !lessIsBetter) return ['numerator', 'part_must_not_exceed_its_whole', `${numerator} of ${denominator}`];
  return undefined;
}
