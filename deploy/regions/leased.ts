import { slotMs } from '#demo';
import type { Json } from '#demo';

/** Units times slots, as the leases were traded. */
export const leasedUnitSlots = (leases: readonly Json[]): number =>
  leases.reduce((sum, { window, units }) => {
    const { from, to } = window as { from: string; to: string };
    return sum + (Number(units) * (Date.parse(to) - Date.parse(from))) / slotMs;
  }, 0);
