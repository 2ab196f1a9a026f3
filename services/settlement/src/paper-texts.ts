// Amounts and slots as documents show them.
import { microYuanPerFen, startOfSlot } from '#domain';
import type { Money, Slot } from '#domain';
import { timeText } from '#paper';

/** "1,234.50": yuan of an amount of whole fen. */
export function fenText(amount: Money): string {
  const magnitude = (amount < 0n ? -amount : amount) / microYuanPerFen;
  const whole = (magnitude / 100n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0n ? '-' : ''}${whole}.${(magnitude % 100n).toString().padStart(2, '0')}`;
}

/** "1,234.567800": yuan to the micro-yuan. */
export function exactText(amount: Money): string {
  const magnitude = amount < 0n ? -amount : amount;
  const whole = (magnitude / 1_000_000n).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0n ? '-' : ''}${whole}.${(magnitude % 1_000_000n).toString().padStart(6, '0')}`;
}

/** Amounts of one column: to the fen, or all with as many decimals as the finest of them has. */
export function amountTexts(amounts: readonly Money[]): string[] {
  const isWholeFen = amounts.every((amount) => amount % microYuanPerFen === 0n);
  if (isWholeFen) return amounts.map(fenText);
  const texts = amounts.map(exactText);
  const spare = Math.min(...texts.map((text) => /0*$/.exec(text)![0].length), 4);
  return texts.map((text) => text.slice(0, text.length - spare));
}

/** Named amounts of one column. */
export function amountRows(rows: readonly (readonly [name: string, amount: Money])[]): [name: string, amount: string][] {
  const texts = amountTexts(rows.map(([, amount]) => amount));
  return rows.map(([name], at) => [name, texts[at]!]);
}

export const slotText = (slot: Slot): string => timeText(startOfSlot(slot));
