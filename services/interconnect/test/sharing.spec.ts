// R-35 between one seller and two buyers: what one has of an advert the other is not told of.
import { SupplyDefinition } from '#contracts';
import { firstMoment } from '#testing';
import { Platform, supplyOf } from './platforms.js';
import { window } from './market.js';

const minute = 60_000;
const slot = 15 * minute;
const hour = 60 * minute;

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
  expect(told(hongyan).at(-1)).toBe(56);
  await allAdvance(window.to * slot - seller.exchange.now() + 11 * minute);
  expect(told(hongyan).at(-1)).toBe(64);
});
