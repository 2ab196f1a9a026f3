import { divideHalfEven, microYuanPerFen } from '#domain';
import type { Money } from '#domain';
import type { Version } from './schedule.js';

/** Value-added tax by a published, versioned schedule. Prices include it: what a bid holds is all that its buyer pays. */
export interface TaxSchedule extends Version {
  readonly taxBp: number;
}

/** The tax that an amount includes, in whole fen, half-even; of what is given back it is negative as the amount is. @param amount whole fen or not */
export const taxIn = (amount: Money, { taxBp }: TaxSchedule): Money =>
  divideHalfEven(amount * BigInt(taxBp), BigInt(10_000 + taxBp) * microYuanPerFen) * microYuanPerFen;

/**
 * The tax that a credit note takes back: that in what was left of its line, less that in what it leaves. So the notes of a line add up to the tax in what they
 * credit together, in however many parts, and to the line's own where nothing is left.
 * @param line the line's amount
 * @param credited what earlier notes took of it
 */
export const taxCredited = (line: Money, credited: Money, amount: Money, schedule: TaxSchedule): Money =>
  taxIn(line - credited, schedule) - taxIn(line - credited - amount, schedule);
