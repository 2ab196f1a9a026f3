/** Times are milliseconds, slots quarters of an hour since the Unix epoch. Asia/Shanghai is UTC+8 all year, so its hours and days are plain arithmetic. */
export type Time = number;
export type Slot = number;

/** [from, to) in slots. */
export interface Window {
  readonly from: Slot;
  readonly to: Slot;
}

export const slotMs = 900_000;
export const slotsPerHour = 4;
export const slotsPerDay = 96;
const shanghaiOffsetSlots = 8 * slotsPerHour;

/** 24 bits, bit h for the hour h; 7 bits, bit 0 for Monday. */
export const everyHour = 0xff_ffff;
export const everyWeekday = 0x7f;

/** The slot that holds the instant. */
export const slotAt = (time: Time): Slot => Math.floor(time / slotMs);

/** the slot after the one that holds the time, at a boundary too. */
export const firstSellableSlot = (time: Time): Slot => slotAt(time) + 1;

export const startOfSlot = (slot: Slot): Time => slot * slotMs;

/** Days since the Unix epoch in Asia/Shanghai. */
export const shanghaiDay = (slot: Slot): number => Math.floor((slot + shanghaiOffsetSlots) / slotsPerDay);

/** First slot of such a day. */
export const startOfShanghaiDay = (day: number): Slot => day * slotsPerDay - shanghaiOffsetSlots;

/** 0 … 23. */
export const shanghaiHour = (slot: Slot): number => Math.floor((slot + shanghaiOffsetSlots) / slotsPerHour) % 24;

/** 0 is Monday … 6 Sunday. The epoch's day was a Thursday. */
export const shanghaiWeekday = (slot: Slot): number => (shanghaiDay(slot) + 3) % 7;

/** each slot is judged by its own hour and weekday. */
export const slotIsAllowed = (slot: Slot, hours: number, weekdays: number): boolean =>
  ((hours >> shanghaiHour(slot)) & 1) === 1 && ((weekdays >> shanghaiWeekday(slot)) & 1) === 1;
