// A year's figures against what plans ask for it.
import { type Aim, type IndicatorDefinition, type PlanName } from './indicator.js';

export type AimState = 'MET' | 'MISSED' | 'UNKNOWN';

export interface Assessed {
  readonly definition: IndicatorDefinition;
  readonly aim: Aim;
  readonly amount: number | undefined;
  readonly state: AimState;
  /** Figure over aim, or aim over figure where less is better, in basis points, rounded down; 0 where nothing is known. */
  readonly reachedBp: number;
}

export function stateOf({ amount: asked, isStrict }: Aim, lessIsBetter: boolean, amount: number | undefined): AimState {
  if (amount === undefined) return 'UNKNOWN';
  const beyond = lessIsBetter ? asked - amount : amount - asked;
  return beyond > 0 || (beyond === 0 && !isStrict) ? 'MET' : 'MISSED';
}

function reachedBp(asked: number, lessIsBetter: boolean, amount: number | undefined): number {
  if (amount === undefined) return 0;
  const [part, whole] = lessIsBetter ? [asked, amount] : [amount, asked];
  return whole === 0 ? 0 : Number((BigInt(part) * 10_000n) / BigInt(whole));
}

/**
 * Every aim of the year, plan by plan in the order of `plans`, indicators in their own.
 * @param figures amounts by indicator
 */
export const assess = (
  figures: readonly { readonly definition: IndicatorDefinition; readonly amount: number | undefined }[],
  year: number,
  plans: readonly PlanName[],
): Assessed[] =>
  plans.flatMap((plan) =>
    figures.flatMap(({ definition, amount }) =>
      definition.aims
        .filter((aim) => aim.plan === plan && aim.year === year)
        .map((aim) => ({
          ...{ definition, aim, amount },
          state: stateOf(aim, definition.lessIsBetter, amount),
          reachedBp: reachedBp(aim.amount, definition.lessIsBetter, amount),
        })),
    ),
  );
