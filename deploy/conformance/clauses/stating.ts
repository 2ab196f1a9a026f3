// What each side thinks that it sold and bought, day by day, and what both net of it.
import { createHash, randomBytes } from 'node:crypto';
import type { DayHeard, DayStated, NettingProposed } from '#contracts';
import { shanghaiDay, slotAt, startOfShanghaiDay, startOfSlot } from '#domain';
import { type Clause, NotTried, type Stage, must } from '../stage.js';

const hour = 3_600_000;
const clockMsMax = 300_000;

const today = (stage: Stage): number => shanghaiDay(slotAt(stage.now));

/** A lease is of a day; it must have begun to be stated. @throws NotTried */
function dealDay(stage: Stage): number {
  const { days } = stage.books;
  if (!days.length) throw new NotTried('nothing was bought or sold (commit.made, sell.commit)');
  if (days[0]! > today(stage)) throw new NotTried('the leases are of a day that has not begun');
  return days[0]!;
}

/** Higher than any before, of this run or another: the seconds of eleven days around the day. */
let revisions = 0;
const revisionOf = (stage: Stage, day: number): number =>
  Math.floor((stage.now - startOfSlot(startOfShanghaiDay(day)) + 120 * hour) / 1_000) + (revisions += 1);

async function stated(stage: Stage, statement: DayStated): Promise<DayHeard> {
  const { statementAnswer, refused } = await stage.speaker.say({ statement });
  must(statementAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
  return statementAnswer;
}

/** What of this run's items differs. */
const differing = (stage: Stage, { day, differences }: DayHeard) =>
  differences.filter(({ reservationId }) => stage.books.ofDay(day).some(({ id }) => id === reservationId));

function mustAgree(stage: Stage, heard: DayHeard): void {
  const [first] = differing(stage, heard);
  must(!first, `${first?.reservationId} differs: stated ${first?.stated} micro-yuan, known ${first?.known}`);
}

const proposal = (change: Partial<NettingProposed>): NettingProposed => ({
  ...{ through: 1, currency: 'CNY', sold: 1n, bought: 0n, items: 1, digest: randomBytes(32) },
  ...change,
});

export const stating: readonly Clause[] = [
  {
    clause: 'statement.agrees',
    name: 'a statement of the day with what was sold and bought, at the amounts of the commits, differs in nothing',
    run: async (stage) => {
      const day = dealDay(stage);
      mustAgree(stage, await stated(stage, stage.books.state(day, revisionOf(stage, day))));
    },
  },
  {
    clause: 'statement.differs',
    name: 'an item of which another amount is stated is listed, with what is stated and what is known',
    run: async (stage) => {
      const day = dealDay(stage);
      const { id, ours, sold } = stage.books.ofDay(day)[0]!;
      const heard = await stated(stage, stage.books.state(day, revisionOf(stage, day), new Map([[id, ours + 100n]])));
      const listed = differing(stage, heard).find(({ reservationId }) => reservationId === id);
      must(listed, 'it is not listed');
      must(listed.sold === sold, `it is listed as ${listed.sold ? 'sold' : 'bought'} by who stated it`);
      must(
        listed.stated === ours + 100n && listed.known === ours,
        `it is listed as stated ${listed.stated}, known ${listed.known}; they are ${ours + 100n} and ${ours}`,
      );
      mustAgree(stage, await stated(stage, stage.books.state(day, revisionOf(stage, day))));
    },
  },
  {
    clause: 'statement.old',
    name: 'a revision that is not higher than the last changes nothing',
    run: async (stage) => {
      const day = dealDay(stage);
      const revision = revisionOf(stage, day);
      const { id, ours } = stage.books.ofDay(day)[0]!;
      await stated(stage, stage.books.state(day, revision));
      const old = await stated(stage, stage.books.state(day, revision - 1, new Map([[id, ours + 100n]])));
      stage.books.state(day, revision);
      mustAgree(stage, old);
    },
  },
  {
    clause: 'statement.once',
    name: 'an id twice in one list is refused for good',
    run: async (stage) => {
      const day = today(stage);
      const item = { reservationId: 'conformance-twice', amount: 100n };
      const statement = { ...stage.books.state(day, revisionOf(stage, day)), sold: [item, item] };
      await stage.mustRefuse({ statement }, 'item_must_be_stated_once');
    },
  },
  {
    clause: 'statement.begun',
    name: 'a statement of a day that has not begun is refused for good',
    run: async (stage) =>
      void (await stage.mustRefuse({ statement: stage.books.state(today(stage) + 2, 1) }, 'statement_day_must_have_begun')),
  },
  {
    clause: 'netting.empty',
    name: 'a proposal of no items is refused for good',
    run: async (stage) => {
      const netting = proposal({ through: today(stage) - 1, items: 0, sold: 0n, digest: createHash('sha256').digest() });
      await stage.mustRefuse({ netting }, 'netting_must_have_items');
    },
  },
  {
    clause: 'netting.over',
    name: 'a proposal through a day that is not over is refused for good',
    run: async (stage) => void (await stage.mustRefuse({ netting: proposal({ through: today(stage) + 1 }) }, 'day_must_be_over')),
  },
  {
    clause: 'netting.unlike',
    name: 'a proposal of other items than are agreed on is refused for good',
    run: async (stage) => void (await stage.mustRefuse({ netting: proposal({ through: today(stage) - 2 }) }, 'nettings_must_be_alike')),
  },
];

/** What is so only once the leases' day is over. */
export const netting: readonly Clause[] = [
  {
    clause: 'statement.told',
    name: 'once a day is over it is stated, with what was sold and bought; what both state alike is netted, and agreed to again when it is proposed again',
    run: async (stage) => {
      const day = dealDay(stage);
      const end = startOfSlot(startOfShanghaiDay(day + 1)) + clockMsMax;
      const waitMs = Math.max(0, end - stage.now) + 3 * hour;
      await stage.untilThere(
        'the day of the leases is not over and stated',
        () => (stage.books.heardOf(day) > 0 && stage.now > end ? true : undefined),
        waitMs,
      );
      await stated(stage, stage.books.state(day, revisionOf(stage, day)));
      const netting = stage.books.propose(day);
      must(
        netting,
        `none of the items is stated alike: ${stage.books
          .ofDay(day)
          .map(({ id, ours, theirs }) => `${id} ${ours} here, ${theirs} there`)
          .join('; ')}`,
      );
      for (const _ of [1, 2]) {
        const { nettingAnswer, refused } = await stage.speaker.say({ netting });
        must(nettingAnswer?.through === day, `it was refused as ${refused?.rule} (${refused?.detail})`);
      }
      stage.books.net(netting);
    },
  },
];
