// how many units of a reservation a buyer's platform takes for left, by what its seller told.
import { type LeaseTold, spread, unitsLeft } from '../src/core/loss.js';

const state = { isOver: false, from: 100, to: 108, unitSlots: 64 };
const lease = { committed: 8, state: undefined, units: undefined };

it.each<[string, LeaseTold[], number]>([
  ['nothing is told', [lease, lease], 16],
  ['it goes on as it was', [{ ...lease, state }], 8],
  ['some of it is lost', [{ ...lease, state, units: 5 }], 5],
  ['it is over', [{ ...lease, state: { ...state, isOver: true }, units: 5 }], 0],
  [
    'it is lost and placed anew',
    [
      { ...lease, state: { ...state, isOver: true } },
      { ...lease, committed: undefined, state, units: 8 },
    ],
    8,
  ],
  ['what places it anew tells no units', [{ ...lease, committed: undefined, state: { ...state, from: 104, unitSlots: 20 } }], 5],
  ['it has no slot', [{ ...lease, committed: undefined, state: { ...state, to: 100 } }], 0],
  ['only what it used is told', [{ ...lease, committed: undefined }], 0],
])('%s', (_, leases, left) => expect(unitsLeft(leases)).toBe(left));

it.each([
  [16, [8, 8]],
  [11, [8, 3]],
  [5, [5, 0]],
  [0, [0, 0]],
  [40, [8, 8]],
])('%i are kept by the first of two trades', (left, kept) => expect(spread(left, [8, 8])).toEqual(kept));
