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

export const slotText = (slot: Slot): string => timeText(startOfSlot(slot));
