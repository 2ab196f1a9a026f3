// What one platform has sold and bought, what it and the other have stated of it, and what both have netted (docs/interconnection.md, statements of the day).
import { createHash } from 'node:crypto';
import type { DayStated, NettingProposed } from '#contracts';
import { shanghaiDay, slotAt } from '#domain';
import { type Content, refusal } from './hearer.js';

/** By so much clocks may differ. */
const clockMsMax = 300_000;

export interface Item {
  readonly id: string;
  readonly day: number;
  /** To the other; else bought of it. */
  readonly sold: boolean;
  /** Micro-yuan by these books, by what was stated of them last, and by the other's last statement; 0: not there. */
  ours: bigint;
  stated: bigint;
  theirs: bigint;
}

export class Books {
  private readonly items = new Map<string, Item>();
  private readonly heard = new Map<number, number>();
  private readonly netted = new Map<number, string>();

  constructor(private readonly now: () => number) {}

  get days(): number[] {
    return [...new Set([...this.items.values()].map(({ day }) => day))];
  }

  keep(day: number, sold: boolean, id: string, amount: bigint): void {
    this.item(day, sold, id).ours = amount;
  }

  ofDay(day: number): Item[] {
    return [...this.items.values()].filter((item) => item.day === day);
  }

  /** Revision of the day's statement that the other has said; 0: none. */
  heardOf(day: number): number {
    return this.heard.get(day) ?? 0;
  }

  /** The day as these books have it. @param change amounts to state instead, by id */
  state(day: number, revision: number, change: ReadonlyMap<string, bigint> = new Map()): DayStated {
    const items = this.ofDay(day).map((item) => ({ ...item, said: change.get(item.id) ?? item.ours }));
    for (const { sold, id, said } of items) this.item(day, sold, id).stated = said;
    const side = (wanted: boolean) =>
      items.filter(({ sold, said }) => sold === wanted && said > 0n).map(({ id, said }) => ({ reservationId: id, amount: said }));
    return {
      ...{ day, revision, sold: side(true), bought: side(false), fromId: '', toId: '' },
      ...{ soldAdjustments: [], boughtAdjustments: [], soldCompensations: [], boughtCompensations: [] },
    };
  }

  /** A statement in one part, without lines of other kinds: hello names none. */
  hear({ day, revision, sold, bought }: DayStated): Content {
    if (day > shanghaiDay(slotAt(this.now() + clockMsMax))) return refusal('statement_day_must_have_begun', 'it has not', this.now());
    for (const side of [sold, bought])
      if (new Set(side.map(({ reservationId }) => reservationId)).size < side.length)
        return refusal('item_must_be_stated_once', 'an id is there twice', this.now());
    if (revision > this.heardOf(day)) {
      this.heard.set(day, revision);
      for (const item of this.ofDay(day)) item.theirs = 0n;
      // What the other sold is bought here.
      for (const { reservationId, amount } of sold) this.item(day, false, reservationId).theirs += amount;
      for (const { reservationId, amount } of bought) this.item(day, true, reservationId).theirs += amount;
    }
    const differences = this.ofDay(day)
      .filter(({ ours, theirs }) => ours !== theirs)
      .map(({ id, sold: isSold, ours, theirs }) => ({ reservationId: id, sold: !isSold, stated: theirs, known: ours }));
    return { statementAnswer: { day, revision, differences, adjustmentDifferences: [], compensationDifferences: [] } };
  }

  /** Of all that both have stated alike up to the day; undefined: nothing is. */
  propose(through: number): NettingProposed | undefined {
    const agreed = this.agreed(through);
    return agreed.length ? proposalOf(through, agreed) : undefined;
  }

  /** It is netted, whoever proposed it. */
  net(proposal: NettingProposed): void {
    const agreed = this.agreed(proposal.through);
    this.netted.set(proposal.through, hex(proposal.digest));
    for (const item of agreed) this.items.delete(keyOf(item.day, item.sold, item.id));
  }

  hearNetting(proposed: NettingProposed): Content {
    if (proposed.items === 0) return refusal('netting_must_have_items', 'it has none', this.now());
    if (proposed.through >= shanghaiDay(slotAt(this.now() + clockMsMax))) return refusal('day_must_be_over', 'it is not', this.now());
    const { through, currency, sold, bought, items, digest } = proposed;
    if (this.netted.get(through) === hex(digest)) return { nettingAnswer: { through } };
    const own = this.propose(through);
    const isAlike =
      own && currency === 'CNY' && sold === own.bought && bought === own.sold && items === own.items && hex(digest) === hex(own.digest);
    if (!isAlike || this.netted.has(through)) return refusal('nettings_must_be_alike', 'other items are agreed on here', this.now());
    this.net(proposed);
    return { nettingAnswer: { through } };
  }

  private agreed(through: number): Item[] {
    return [...this.items.values()]
      .filter(({ day, stated, theirs }) => day <= through && stated > 0n && stated === theirs)
      .sort((one, other) => Buffer.compare(Buffer.from(one.id), Buffer.from(other.id)));
  }

  private item(day: number, sold: boolean, id: string): Item {
    return this.items.getOrInsertComputed(keyOf(day, sold, id), () => ({ id, day, sold, ours: 0n, stated: 0n, theirs: 0n }));
  }
}

function proposalOf(through: number, items: readonly Item[]): NettingProposed {
  const sum = (wanted: boolean): bigint => items.filter(({ sold }) => sold === wanted).reduce((all, { stated }) => all + stated, 0n);
  const digest = createHash('sha256')
    .update(items.map(({ id }) => `${id}\n`).join(''))
    .digest();
  return { through, currency: 'CNY', sold: sum(true), bought: sum(false), items: items.length, digest };
}

const keyOf = (day: number, sold: boolean, id: string): string => `${day}/${sold}/${id}`;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
