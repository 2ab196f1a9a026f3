// The other side as a seller: what its adverts promise is quoted, reserved, committed and given back, once, whatever is said how often.
import { randomUUID } from 'node:crypto';
import { type CommitDone, type ReservationMade, RemoteTerms, Unit } from '#contracts';
import { firstSellableSlot, shanghaiDay } from '#domain';
import type { Content } from '../hearer.js';
import { amountOf } from '../seller.js';
import { type Clause, NotTried, type Stage, must, mustBeSame } from '../stage.js';

const minute = 60_000;
const nodeOf: Readonly<Record<number, number>> = { [Unit.CARD]: 8, [Unit.CORE]: 64, [Unit.NODE]: 1 };

/** One node for one slot, the next but one or the advert's first, of an advert that can be bought. @throws NotTried where there is none */
async function termsOf(stage: Stage): Promise<RemoteTerms> {
  const first = firstSellableSlot(stage.now) + 1;
  const canBeBought = ({
    price,
    units,
    window,
    expiresAt,
    unitsPerNode,
    unit,
  }: typeof stage.theirs extends Map<string, infer A> ? A : never) =>
    price > 0 &&
    units >= (unitsPerNode || nodeOf[unit]!) &&
    window!.to > Math.max(first, window!.from) &&
    expiresAt > stage.now + 5 * minute;
  const advert = await stage.untilThere('it advertises nothing that can be bought: units of a whole node at a price', () =>
    [...stage.theirs.values()].find(canBeBought),
  );
  const { advertId, computeClass, model, domestic, unit, zone, region, price } = advert;
  const perNode = advert.unitsPerNode || nodeOf[unit]!;
  const from = Math.max(first, advert.window!.from);
  return RemoteTerms.create({
    advertId,
    computeClass,
    model,
    domestic,
    unit,
    zone,
    region,
    price,
    units: perNode,
    perNode,
    window: { from, to: from + 1 },
  });
}

const asked = (reservationId: string, terms: RemoteTerms, holdMs = minute): Content => ({
  reserve: { reservationId, terms, holdMs, image: '', publicKey: '' },
});
const committed = (reservationId: string, terms: RemoteTerms): Content => ({ commit: { reservationId, terms } });

interface Reserved {
  readonly reservationId: string;
  readonly terms: RemoteTerms;
  readonly made: ReservationMade;
}

async function reserve(stage: Stage, holdMs = minute): Promise<Reserved> {
  const [reservationId, terms] = [randomUUID(), await termsOf(stage)];
  stage.open.add(reservationId);
  const { reserveAnswer, refused } = await stage.speaker.say(asked(reservationId, terms, holdMs));
  must(reserveAnswer, `a reserve by the advert's own terms was refused as ${refused?.rule} (${refused?.detail})`);
  return { reservationId, terms, made: reserveAnswer };
}

async function cancel(stage: Stage, reservationId: string): Promise<void> {
  const { cancelAnswer, refused } = await stage.speaker.say({ cancel: { reservationId } });
  must(cancelAnswer, `cancel was refused as ${refused?.rule} (${refused?.detail})`);
  stage.open.delete(reservationId);
}

function mustBeWhole({ leases, amount }: CommitDone, terms: RemoteTerms): void {
  const units = leases.reduce((sum, lease) => sum + lease.units, 0);
  must(units === terms.units, `its leases have ${units} units, the terms ${terms.units}`);
  must(amount === amountOf(terms), `its amount is ${amount} micro-yuan; price × units × slots / 4 is ${amountOf(terms)}`);
}

/** What breaks the advert, in the order of the table: each is refused by this rule, in a reserve and in a quote. */
const beyond: readonly (readonly [string, (terms: RemoteTerms, stage: Stage) => Partial<RemoteTerms>])[] = [
  ['window_must_not_be_empty', ({ window }) => ({ window: { from: window!.from, to: window!.from } })],
  ['window_must_begin_in_time', (terms, { now }) => ({ window: { from: firstSellableSlot(now) - 1, to: terms.window!.to } })],
  ['advert_must_be_offered', () => ({ advertId: 'conformance-not-there' })],
  ['terms_must_be_those_of_the_advert', ({ model }) => ({ model: `${model}-other`.slice(-40) })],
  [
    'window_must_lie_in_the_adverts',
    ({ advertId, window }, { theirs }) => ({ window: { from: window!.from, to: theirs.get(advertId)!.window!.to + 1 } }),
  ],
  ['price_must_be_the_adverts', ({ price }) => ({ price: price - 100 })],
  [
    'units_must_be_advertised',
    ({ advertId, perNode }, { theirs }) => ({ units: (Math.floor(theirs.get(advertId)!.units / perNode) + 1) * perNode }),
  ],
];

export const buying: readonly Clause[] = [
  {
    clause: 'quote.units',
    name: 'a quote tells units from 0 to all that were asked for',
    run: async (stage) => {
      const terms = await termsOf(stage);
      const { quoteAnswer, refused } = await stage.speaker.say({ quote: { terms } });
      must(quoteAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
      must(quoteAnswer.units <= terms.units, `it tells ${quoteAnswer.units} units of ${terms.units}`);
    },
  },
  ...beyond.flatMap(([rule, change]): Clause[] => [
    {
      clause: `reserve.${rule}`,
      name: `a reserve, and a quote, is refused for good as ${rule}`,
      run: async (stage) => {
        const terms = await termsOf(stage);
        const wrong = { ...terms, ...change(terms, stage) };
        if (wrong.price < 100) throw new NotTried('the advert is at the least price that there is');
        await stage.mustRefuse(asked(randomUUID(), wrong), rule);
        await stage.mustRefuse({ quote: { terms: wrong } }, rule);
      },
    },
  ]),
  {
    clause: 'reserve.made',
    name: 'a reserve holds all units, until a time that is told, at the exact amount',
    run: async (stage) => {
      const { reservationId, terms, made } = await reserve(stage);
      must(made.amount === amountOf(terms), `its amount is ${made.amount} micro-yuan; price × units × slots / 4 is ${amountOf(terms)}`);
      must(made.until > stage.now, 'its until is over already');
      must(made.until <= stage.now + 6 * minute, 'it is held for longer than was asked for, and five minutes between the clocks');
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'reserve.repeated',
    name: 'a reserve said again, also three times at once, has the recorded answer',
    run: async (stage) => {
      const [reservationId, terms] = [randomUUID(), await termsOf(stage)];
      stage.open.add(reservationId);
      const message = stage.speaker.message(asked(reservationId, terms));
      const answers = await Promise.all([1, 2, 3].map(() => stage.speaker.ask(message)));
      answers.push(await stage.speaker.ask(message));
      for (const answer of answers) mustBeSame(answers[0]!, answer);
      must(answers[0]!.message.reserveAnswer, `it was refused as ${answers[0]!.message.refused?.rule}`);
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'reserve.answer_lost',
    name: 'a reserve whose answer was lost is answered when it is said again',
    run: async (stage) => {
      const [reservationId, terms] = [randomUUID(), await termsOf(stage)];
      stage.open.add(reservationId);
      const message = stage.speaker.message(asked(reservationId, terms));
      await stage.speaker.line.tellAndLeave(stage.speaker.sign(message), 20);
      const { reserveAnswer, refused } = (await stage.speaker.ask(message)).message;
      must(reserveAnswer, `it was refused as ${refused?.rule}`);
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'reserve.id_reused',
    name: 'a reservation_id that came in another message is refused for good',
    run: async (stage) => {
      const { reservationId, terms } = await reserve(stage);
      await stage.mustRefuse(asked(reservationId, terms), 'reservation_id_must_not_be_reused');
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'cancel.gives_back',
    name: 'what is cancelled is given back: as many units are quoted as before',
    run: async (stage) => {
      const terms = await termsOf(stage);
      const quoted = async (): Promise<number> => (await stage.speaker.say({ quote: { terms } })).quoteAnswer?.units ?? 0;
      const before = await quoted();
      const { reservationId } = await reserve(stage);
      await cancel(stage, reservationId);
      const after = await quoted();
      must(after >= before, `${before} units were quoted before, and ${after} afterwards`);
    },
  },
  {
    clause: 'cancel.again',
    name: 'a cancel of what is cancelled, by another message, is done',
    run: async (stage) => {
      const { reservationId } = await reserve(stage);
      await cancel(stage, reservationId);
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'cancel.overtakes',
    name: 'a cancel of an id that is not known is done, and a reserve of it that comes later is refused',
    run: async (stage) => {
      const reservationId = randomUUID();
      await cancel(stage, reservationId);
      await stage.mustRefuse(asked(reservationId, await termsOf(stage)), 'reservation_must_not_be_released');
    },
  },
  {
    clause: 'commit.cancelled',
    name: 'a commit of what was cancelled is refused for good',
    run: async (stage) => {
      const { reservationId, terms } = await reserve(stage);
      await cancel(stage, reservationId);
      await stage.mustRefuse(committed(reservationId, terms), 'reservation_must_not_be_released');
    },
  },
  {
    clause: 'commit.unknown',
    name: 'a commit of an id that is not known is refused for good',
    run: async (stage) => void (await stage.mustRefuse(committed(randomUUID(), await termsOf(stage)), 'reservation_must_be_known')),
  },
  {
    clause: 'commit.refused',
    name: 'a commit of what was refused makes no lease',
    run: async (stage) => {
      const [reservationId, terms] = [randomUUID(), { ...(await termsOf(stage)), advertId: 'conformance-not-there' }];
      await stage.mustRefuse(asked(reservationId, terms), 'advert_must_be_offered');
      const { refused } = await stage.speaker.say(committed(reservationId, terms));
      const rules = ['reservation_must_be_made', 'reservation_must_be_known'];
      must(
        refused && rules.includes(refused.rule),
        `it was ${refused ? `refused as ${refused.rule}` : 'done'}, and not refused as ${rules.join(' or ')}`,
      );
    },
  },
  {
    clause: 'commit.terms_other',
    name: 'a commit by other terms is refused for good, and the reservation stands',
    run: async (stage) => {
      const { reservationId, terms } = await reserve(stage);
      await stage.mustRefuse(committed(reservationId, { ...terms, price: terms.price + 100 }), 'terms_must_be_those_reserved');
      await cancel(stage, reservationId);
    },
  },
  {
    clause: 'commit.expired',
    name: 'a commit that comes at `until` or later is refused for good',
    run: async (stage) => {
      const { reservationId, terms, made } = await reserve(stage, 1_000);
      while (stage.now < made.until) await stage.around.pass(Math.max(50, made.until - stage.now));
      await stage.mustRefuse(committed(reservationId, terms), 'reservation_must_not_have_expired');
      stage.open.delete(reservationId);
    },
  },
  {
    clause: 'commit.made',
    name: 'a commit makes leases of all units at the exact amount; its answer was lost, and is told when it is said again',
    run: async (stage) => {
      const { reservationId, terms } = await reserve(stage);
      const message = stage.speaker.message(committed(reservationId, terms));
      await stage.speaker.line.tellAndLeave(stage.speaker.sign(message), 20);
      const first = await stage.speaker.ask(message);
      const { commitAnswer, refused } = first.message;
      must(commitAnswer, `it was refused as ${refused?.rule} (${refused?.detail})`);
      stage.open.delete(reservationId);
      const { units, window } = terms;
      stage.bought = { reservationId, leaseId: commitAnswer.leases[0]!.leaseId, units, window: window!, amount: amountOf(terms) };
      stage.books.keep(shanghaiDay(window!.to - 1), false, reservationId, amountOf(terms));
      mustBeWhole(commitAnswer, terms);
      mustBeSame(first, await stage.speaker.ask(message));
      const { commitAnswer: other, refused: not } = await stage.speaker.say(committed(reservationId, terms));
      must(other, `said in another message it was refused as ${not?.rule}; it is a lease already, and the leases are the answer`);
      const ids = (of: CommitDone): string =>
        of.leases
          .map(({ leaseId }) => leaseId)
          .sort()
          .join(', ');
      must(
        ids(other) === ids(commitAnswer),
        `said in another message it has the leases ${ids(other)}, and at first had ${ids(commitAnswer)}: it was sold twice`,
      );
    },
  },
  {
    clause: 'cancel.committed',
    name: 'a cancel of what is a lease is refused for good',
    run: async (stage) => {
      if (!stage.bought) throw new NotTried('nothing was bought (commit.made)');
      await stage.mustRefuse({ cancel: { reservationId: stage.bought.reservationId } }, 'reservation_must_not_be_committed');
    },
  },
];

/** What a clause that failed has left reserved. */
export async function giveBack(stage: Stage): Promise<void> {
  for (const reservationId of stage.open) await cancel(stage, reservationId);
}
