// Bids as most are: their way into the journal's row and, where the tables are behind, out of it again.
import fc from 'fast-check';
import { everyHour, everyWeekday, Placement, Preference, TimeInForce } from '#domain';
import { noConstraints, type BidTerms } from '#matching-engine';
import { decode, encode } from '../src/codec/batch.js';
import type { BidEntry, Step } from '../src/entry.js';
import { StepQueue } from '../src/step-queue.js';

const id = fc.integer({ min: 0, max: 2 ** 52 });
const small = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const text = fc.string({ maxLength: 70, unit: 'binary' });
/** Now and then it says more than a plain one. */
const terms: fc.Arbitrary<BidTerms> = fc.record({
  books: fc.array(small, { maxLength: 3 }),
  floor: fc.constant(null),
  units: small,
  precision: fc.constant(null),
  perNode: fc.constant(1),
  durationSlots: small,
  earliest: small,
  latest: small,
  hours: fc.constantFrom(everyHour, everyHour, everyHour, 3),
  weekdays: fc.constant(everyWeekday),
  limitPrice: id,
  timeInForce: fc.constantFrom(TimeInForce.GTC, TimeInForce.GTC, TimeInForce.IOC),
  goodTill: fc.constantFrom(null, null, null, 7),
  allOrNone: fc.constantFrom(false, false, false, true),
  minUnits: fc.constant(0),
  placement: fc.constant(Placement.ANYWHERE),
  together: fc.constant(false),
  constraints: fc.constant(noConstraints),
  standby: fc.constant(null),
  preference: fc.constant(Preference.CHEAPEST),
  demandRegion: fc.constant(0),
  dataGb: fc.constant(0),
  noticeSlots: fc.constantFrom(0, 0, 0, 4),
});
const entry: fc.Arbitrary<BidEntry> = fc.record({
  command: fc.record({ kind: fc.constant('SubmitBid' as const), orderId: id, participantId: small, sessionId: small, terms }),
  asked: fc.record({ participantId: small, key: text, hash: text }),
  label: fc.record({ clientOrderId: text, project: text, image: text, publicKey: text, programmeId: small }),
});

it('a bid is read from the journal as it was written', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 20 }), (entries) => {
      expect(decode(encode({ time: 9, entries }))).toEqual({ time: 9, entries });
    }),
    { numRuns: 300, seed: 7 },
  );
});

it('steps that wait come out whole and in order, however many wait', () => {
  const queue = new StepQueue();
  const all: Step[] = [];
  const samples = fc.sample(entry, { numRuns: 9_000, seed: 8 });
  for (let at = 0; at < samples.length; at += 300) {
    const entries = samples.slice(at, at + 300);
    const firstSequence = at + 1;
    const steps = entries.map((of, index): Step => {
      const outcome = { events: [], promised: new Map<never, never>(), explanations: new Map<never, never>() };
      return { shard: 0, sequence: firstSequence + index, time: at, entry: of, ...outcome };
    });
    all.push(...steps);
    // The first of a row may be in the tables already.
    const told = at === 600 ? 100 : 0;
    all.splice(600, told);
    queue.push({ firstSequence, payload: encode({ time: at, entries }) }, steps.slice(told));
  }
  expect(queue.length).toBe(8_900);
  for (let taken = 0; taken < all.length; taken += 700) {
    const first = queue.first(700);
    expect(first).toEqual(all.slice(taken, taken + 700));
    // What could not be written is asked for again.
    expect(queue.first(700)).toEqual(first);
    queue.drop(first.length);
  }
  expect(queue.length).toBe(0);
});
