/**
 * Days from the Unix epoch to the first of a month of the proleptic Gregorian calendar.
 * @param month 1 is January; 13 is the next year's
 */
export function firstDayOfMonth(year: number, month: number): number {
  if (month > 12) return firstDayOfMonth(year + 1, month - 12);
  // Years begin in March here, so that the leap day is a year's last.
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5);
  const leapDays = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400);
  return shifted * 365 + leapDays + dayOfYear - 719_468;
}
