// what a partner may state of a day, so that what it states without end, or wrongly, is refused and takes no room.
import type { Broken } from './reservation.js';
import type { Side } from './statement.js';

/** So long may a debt be claimed (Civil Code of China, article 188: three years), leap day included. */
export const statedDaysMax = 1_096;
/** Of 5,000 items each: a million items a day. */
export const partsMax = 200;
/** Items that the partner alone has: twenty messages full, more than what is lost with any restore, and some ten megabytes. */
export const aloneMax = 100_000;

interface Stated {
  readonly day: number;
  readonly fromId: string;
  readonly toId: string;
  readonly lines: readonly { readonly side: Side; readonly wireId: string }[];
}

/** The first rule that a statement breaks by itself; undefined: none. @param today by this platform's clock, and as far ahead as a clock may be */
export function brokenByStatement({ day, fromId, toId, lines }: Stated, today: number): Broken | undefined {
  if (day > today) return { rule: 'statement_day_must_have_begun', detail: `it is ${day - today} days ahead` };
  if (day <= today - statedDaysMax)
    return { rule: 'statement_day_must_be_within_three_years', detail: `it is ${today - day} days ago, of ${statedDaysMax - 1} at most` };
  if (toId !== '' && toId <= fromId) return { rule: 'statement_part_must_not_be_empty', detail: `no id is beyond ${fromId} up to ${toId}` };
  const seen = new Set<string>();
  for (const { side, wireId } of lines) {
    const name = `${side} ${wireId}`;
    if (seen.has(name)) return { rule: 'item_must_be_stated_once', detail: `${wireId} stands twice in one list` };
    seen.add(name);
  }
  return undefined;
}

interface Room {
  /** Parts that were heard of the day, but for those that lie in this one. */
  readonly parts: number;
  /** Items that the partner alone has, with those of this message. */
  readonly alone: number;
}

/** The same with what the partner has stated before. */
export function brokenByRoom({ parts, alone }: Room): Broken | undefined {
  if (parts >= partsMax)
    return { rule: `statement_parts_must_not_exceed_${partsMax}`, detail: 'of one day, that no newer revision covers' };
  if (alone > aloneMax)
    return {
      rule: `items_stated_alone_must_not_exceed_${aloneMax}`,
      detail: `with these there would be ${alone} that this platform has not`,
    };
  return undefined;
}
