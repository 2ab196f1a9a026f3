// R-35 between one seller and two buyers: what one has of an advert the other is not told of.
import { bytesOf, Greeting, RemoteSupply, SupplyDefinition } from '#contracts';
import { lesserOf, levelsOf, levelsWithin, levelsWithout, slotAt, type UnitRange } from '#domain';
import { firstMoment } from '#testing';
import { Platform, supplyOf } from './platforms.js';
import { levelsOfSupply } from '../src/shares.js';
import { window } from './market.js';

const minute = 60_000;
const slot = 15 * minute;
const hour = 60 * minute;
/** Three platforms by a long history. */
const longMs = 300_000;

let seller: Platform;
let shuitu: Platform;
let hongyan: Platform;
beforeEach(async () => {
  [seller, shuitu, hongyan] = await Promise.all([Platform.open('Tianfu'), Platform.open('Shuitu'), Platform.open('Hongyan')]);
  await seller.sql('insert into interconnect.participants values (8, 3, true)');
  await seller.register(shuitu, shuitu.port);
  await seller.register(hongyan, hongyan.port, { participantId: 8 });
  for (const buyer of [shuitu, hongyan]) await buyer.register(seller, seller.port);
  await offer(64);
  await allAdvance();
  await allAdvance(minute);
});
afterEach(() => Promise.all([seller?.stop(), shuitu?.stop(), hongyan?.stop()]));

/** Good for longer than what is taken of it. */
const expiresAt = firstMoment + 40 * hour;
const offer = (units: number) => seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a', { units, expiresAt }) });
/** The sellers' answers come to their end, and what they tell of it theirs. */
async function allAdvance(ms = 0): Promise<void> {
  for (const later of [ms, 0, 0]) await Promise.all([seller, shuitu, hongyan].map(({ exchange }) => exchange.advance(later)));
}
const told = ({ market }: Platform) => market.supply.map(({ units, withdrawn }) => (withdrawn ? 0 : units));

it('what one reserves the other is told to have less, at once; nobody less than what it has itself', async () => {
  await shuitu.market.take(501, 16);
  await allAdvance();
  expect([told(shuitu), told(hongyan)]).toEqual([[64], [64, 48]]);
  await hongyan.market.take(502, 48);
  await allAdvance();
  expect(hongyan.market.decided).toMatchObject([{ tradeId: 502, made: true }]);
  expect([told(shuitu), told(hongyan)]).toEqual([
    [64, 0],
    [64, 48],
  ]);
  await offer(80);
  await allAdvance();
  expect([told(shuitu), told(hongyan)]).toEqual([
    [64, 0, 16],
    [64, 48, 16],
  ]);
});

it('of an advert all together have no more than was entered, though both ask for it before either is told', async () => {
  seller.market.units = 640;
  await Promise.all([shuitu.market.take(501, 48), hongyan.market.take(502, 48)]);
  await allAdvance();
  const made = [...shuitu.market.decided, ...hongyan.market.decided].map((decided) => decided.made);
  expect(made.sort()).toEqual([false, true]);
  const [{ units }] = (await seller.sql(`select sum(units)::int4 as units from interconnect.reservations where state in (2, 3)`)) as [
    { units: number },
  ];
  expect(units).toBe(48);
});

it('what one gives back, and what is over, the other is told to have more', async () => {
  seller.market.deciding = () => {
    throw new Error('the market has ended');
  };
  await shuitu.market.take(501, 16);
  await allAdvance();
  expect(told(hongyan)).toEqual([64, 48]);
  // Held for a minute, and not committed in time.
  await allAdvance(11 * minute);
  expect(told(hongyan)).toEqual([64, 48, 64]);
  seller.market.deciding = () => undefined;
  await shuitu.market.take(502, 8);
  await allAdvance(minute);
  // Of the slots behind it 64 were told already: once it is over there is nothing to tell.
  const last = hongyan.market.supply.at(-1)!;
  expect(last.unitsBySlot!.ranges).toMatchObject([
    { window, units: 56 },
    { window: { from: window.to }, units: 64 },
  ]);
  await allAdvance(window.to * slot - seller.exchange.now() + 11 * minute);
  expect(hongyan.market.supply.at(-1)).toBe(last);
});

describe('an advert follows the market', () => {
  const { from, to } = { from: slotAt(firstMoment) + 96, to: slotAt(firstMoment) + 192 };
  const cut = { from, to: from + 8 };
  const sell = (...levels: UnitRange[]) => (seller.market.onSale = levelsOf([{ from: 0, to: 10_000_000, units: 64 }, ...levels]));
  const said = async () => {
    const [row] = await seller.sql<{ n: number }>('select count(*)::int4 as n from interconnect.messages where kind = 2 and direction = 1');
    return row!.n;
  };
  /** What a platform has heard, as units@first-end of the advert's slots. */
  const heard = async ({ exchange }: Platform): Promise<string[]> => {
    const { advertisements } = await exchange.call(SupplyDefinition).listAdvertisements({});
    return advertisements.flatMap(({ supply }) =>
      levelsOfSupply(supply!).map((range) => `${range.units}@${range.from - from}-${range.to - from}`),
    );
  };

  it('sold at home, it is told by slot within a minute, to all, in one message each; freed, it is told again', async () => {
    const before = await said();
    sell({ ...cut, units: -24 });
    await allAdvance();
    expect(await said()).toBe(before);
    await allAdvance(minute);
    expect([await heard(shuitu), await heard(hongyan)]).toEqual([
      ['40@0-8', '64@8-96'],
      ['40@0-8', '64@8-96'],
    ]);
    expect(await said()).toBe(before + 2);
    expect(shuitu.market.supply.at(-1)).toMatchObject({
      units: 40,
      poolUnits: 64,
      unitsBySlot: { ranges: [{ units: 40 }, { units: 64 }] },
    });
    for (let minutes = 0; minutes < 3; minutes += 1) await allAdvance(minute);
    expect(await said()).toBe(before + 2);
    sell();
    await allAdvance(minute);
    expect(await heard(hongyan)).toEqual(['64@0-96']);
  });

  it('what a partner has stays among what it is told, and is taken from the others, in its slots alone', async () => {
    sell({ ...cut, units: -24 });
    await allAdvance(minute);
    await shuitu.market.take(501, 16);
    sell({ ...cut, units: -40 });
    await allAdvance();
    await allAdvance(minute);
    expect(await heard(shuitu)).toEqual(['40@0-8', '64@8-96']);
    expect(await heard(hongyan)).toEqual(['24@0-8', '64@8-96']);
    expect(told(hongyan).at(-1)).toBe(24);
  });

  it('a partner that knows one number is told of the slots that have the most together, and of no other', async () => {
    await hongyan.sql('update interconnect.partners set state = 2');
    await seller.sql(`update interconnect.partner_talk set greeting = $1 where platform = 'Hongyan'`, [
      bytesOf(Greeting, Greeting.create({ versions: [1], capabilities: ['advertise'], time: firstMoment })),
    ]);
    await hongyan.sql('update interconnect.partners set state = 1');
    sell({ ...cut, units: -24 });
    await allAdvance(minute);
    expect(await heard(hongyan)).toEqual(['64@8-96']);
    expect(await heard(shuitu)).toEqual(['40@0-8', '64@8-96']);
  });

  it('nothing of it is left: it is withdrawn, and comes back', async () => {
    seller.market.onSale = [];
    await allAdvance(minute);
    expect(await heard(shuitu)).toEqual([]);
    expect(shuitu.market.supply.at(-1)).toMatchObject({ withdrawn: true });
    sell();
    await allAdvance(minute);
    expect(await heard(shuitu)).toEqual(['64@0-96']);
  });

  it('of a kind that its market has no pool of, and given away, it is told as entered', async () => {
    await seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('b', { price: 0, units: 7 }) });
    seller.market.onSale = [];
    await allAdvance(minute);
    expect(await heard(shuitu)).toEqual(['7@0-96']);
    seller.market.onSale = undefined;
    await allAdvance(minute);
    expect(await heard(shuitu)).toEqual(['64@0-96', '7@0-96']);
  });

  it('refused with what is left, that is all that is offered, for ten minutes at most', async () => {
    sell();
    await allAdvance(minute);
    seller.market.units = 5;
    // For a moment: when the seller looks anew there is as much as it had told, so that it tells nothing.
    sell({ ...cut, units: -59 });
    seller.market.looked = () => void sell();
    const before = await said();
    await shuitu.market.take(501, 16);
    await allAdvance();
    expect(shuitu.market.decided).toMatchObject([{ tradeId: 501, made: false }]);
    const last = () => shuitu.market.supply.at(-1)!.unitsBySlot!.ranges.map(({ units }) => units);
    expect(last()).toEqual([5, 64]);
    await allAdvance(9 * minute);
    expect(last()).toEqual([5, 64]);
    await allAdvance(2 * minute);
    expect([last(), await said()]).toEqual([[64], before]);
  });

  it(
    'whatever is sold, freed, bought, lost on the way and ended, in the end each partner has heard what there is for it',
    async () => {
      const dice = diceOf(20_261_123);
      const buyers = [shuitu, hongyan];
      let number = 600;
      const steps: (() => unknown)[] = [
        () => sell(...Array.from({ length: dice(4) }, () => sold(dice))),
        () => sell(...Array.from({ length: dice(4) }, () => sold(dice))),
        () => {
          seller.market.units = 8 * dice(9);
          return buyers[dice(2)]!.market.take((number += 1), 8 * (1 + dice(3)));
        },
        () => allAdvance(minute),
        () => allAdvance(12 * minute),
        // What was said and not heard is lost, as in a restore of the seller's.
        () => seller.sql('delete from interconnect.waiting where kind = 2'),
        // As in a restore of the buyer's.
        () => buyers[dice(2)]!.sql('update interconnect.partner_talk set heard_serial = greatest(0, heard_serial - 1)'),
        () => seller.sql(`update interconnect.partner_talk set said_serial = greatest(0, said_serial - 1) where platform = 'Shuitu'`),
      ];
      for (let step = 0; step < 24; step += 1) await steps[dice(steps.length)]!();
      for (let turn = 0; turn < 3; turn += 1) await allAdvance(12 * minute);
      const now = seller.exchange.now();
      const held = await seller.sql<UnitRange & { platform: string }>(
        `select platform, units, from_slot as "from", to_slot as "to" from interconnect.reservations where state = 3 or state = 2 and until >= $1`,
        [now],
      );
      for (const buyer of buyers) {
        const others = held.filter(({ platform }) => platform !== buyer.name);
        const entered = levelsOf([{ from, to, units: 64 }]);
        const there = levelsWithout(lesserOf(entered, levelsOf([...seller.market.onSale!, ...held])), others);
        const picture = await buyer.sql<{ supply: Buffer }>('select supply from interconnect.remote_supply');
        const ahead = { from: slotAt(now) + 1, to };
        expect(picture.flatMap(({ supply }) => levelsWithin(levelsOfSupply(RemoteSupply.decode(supply)), ahead))).toEqual(
          levelsWithin(there, ahead),
        );
      }
    },
    longMs,
  );

  function sold(dice: (sides: number) => number): UnitRange {
    const first = from + dice(90);
    return { from: first, to: first + 1 + dice(20), units: -8 * (1 + dice(4)) };
  }
});

/** The same rolls each time. */
function diceOf(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
