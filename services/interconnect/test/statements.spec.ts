// two platforms state their days, differ item by item, work it off, and net what they agree on.
import { MessageKind, StatementsDefinition, SupplyDefinition } from '#contracts';
import { shanghaiDay } from '#domain';
import { Platform, supplyOf } from './platforms.js';
import { window } from './market.js';

const hour = 3_600_000;
const day = shanghaiDay(window.to - 1);

let buyer: Platform;
let seller: Platform;
beforeEach(async () => {
  [buyer, seller] = await Promise.all([Platform.open('Shuitu'), Platform.open('Tianfu')]);
  await buyer.register(seller, seller.port);
  await seller.register(buyer, buyer.port);
  await seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a') });
  await bothAdvance();
  await bothAdvance(60_000);
  for (const number of [501, 502, 503]) await buyer.market.take(number, 8);
  await bothAdvance();
  expect(buyer.market.decided.map(({ made }) => made)).toEqual([true, true, true]);
  await toDayAfter();
});
afterEach(() => Promise.all([buyer?.stop(), seller?.stop()]));

const both = (): Platform[] => [buyer, seller];
const statements = (platform: Platform) => platform.exchange.call(StatementsDefinition);
async function bothAdvance(ms = 0): Promise<void> {
  await Promise.all(both().map(({ exchange }) => exchange.advance(ms)));
  // What either heard last comes to its end there.
  await Promise.all(both().map(({ exchange }) => exchange.advance()));
}
/** To half past midnight of the day after the window's, in silence: two clocks that jump do not agree on the way. */
async function toDayAfter(): Promise<void> {
  const setState = (state: number) => Promise.all(both().map((one) => one.sql('update interconnect.partners set state = $1', [state])));
  await setState(2);
  await bothAdvance(48.5 * hour);
  await setState(1);
}
/** What they heard in this hour they say in the next. */
async function state(): Promise<void> {
  for (const _ of [1, 2]) {
    await bothAdvance(hour / 2);
    await bothAdvance();
    await bothAdvance(hour / 2);
    await bothAdvance();
  }
}
const itemsAt = async (platform: Platform, differing = false) => {
  const other = platform === buyer ? 'Tianfu' : 'Shuitu';
  const { items } = await statements(platform).listStatementItems({ platform: other, differing });
  return items.map(({ day: on, sold, ours, theirs, stated, nettedThrough }) => ({ day: on, sold, ours, theirs, stated, nettedThrough }));
};
const nettingsAt = async (platform: Platform) => {
  const { nettings } = await statements(platform).listNettings({ platform: platform === buyer ? 'Tianfu' : 'Shuitu' });
  return nettings.map(({ through, sold, bought, items, currency }) => ({ through, sold, bought, items, currency }));
};
/** 4.80 yuan for 8 units and two hours. */
const amount = 76_800_000n;

it('both state the same; it is netted by both to the micro-yuan, and frees the partner’s credit', async () => {
  await state();
  for (const [platform, sold] of [
    [buyer, false],
    [seller, true],
  ] as const) {
    const item = { day, sold, ours: amount, theirs: amount, stated: true, nettedThrough: 0 };
    expect(await itemsAt(platform)).toEqual([item, item, item]);
    expect(await itemsAt(platform, true)).toEqual([]);
  }
  expect(await seller.sql('select committed from interconnect.partner_talk')).toEqual([{ committed: String(3n * amount) }]);
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await bothAdvance();
  const [payable] = await nettingsAt(buyer);
  const [receivable] = await nettingsAt(seller);
  expect(payable).toEqual({ through: day, sold: 0n, bought: 3n * amount, items: 3, currency: 'CNY' });
  expect(receivable).toEqual({ through: day, sold: 3n * amount, bought: 0n, items: 3, currency: 'CNY' });
  expect(await seller.sql('select committed from interconnect.partner_talk')).toEqual([{ committed: '0' }]);
  await bothAdvance();
  const told = {
    participantId: 7,
    through: day,
    currency: 'CNY',
    items: 3,
    soldBack: 0n,
    boughtBack: 0n,
    adjustedLeaseIds: [],
    compensatedLeaseIds: [],
  };
  expect(buyer.market.netted).toEqual([{ ...told, platform: 'Tianfu', sold: 0n, bought: 3n * amount, leaseIds: [501, 502, 503] }]);
  expect(seller.market.netted).toEqual([{ ...told, platform: 'Shuitu', sold: 3n * amount, bought: 0n, leaseIds: [101, 102, 103] }]);
  await expect(statements(buyer).proposeNetting({ platform: 'Tianfu', through: day })).rejects.toMatchObject({
    rule: 'netting_must_have_items',
  });
});

it('in what they differ is listed on both sides and waits alone; accepted, it is stated anew and netted later', async () => {
  await seller.sql(
    'update interconnect.statement_items set ours = ours + 1 where reservation_id = (select min(reservation_id) from interconnect.statement_items)',
  );
  await seller.sql(
    'delete from interconnect.statement_items where reservation_id = (select max(reservation_id) from interconnect.statement_items)',
  );
  await state();
  expect((await itemsAt(buyer, true)).map(({ ours, theirs }) => [ours, theirs]).sort()).toEqual([
    [amount, 0n],
    [amount, amount + 1n],
  ]);
  expect((await itemsAt(seller, true)).map(({ ours, theirs }) => [ours, theirs]).sort()).toEqual([
    [0n, amount],
    [amount + 1n, amount],
  ]);
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await bothAdvance();
  expect(await nettingsAt(seller)).toMatchObject([{ sold: amount, items: 1 }]);
  const { items } = await statements(seller).listStatementItems({ platform: 'Shuitu', differing: true });
  for (const { reservationId } of items)
    await statements(seller).acceptStatementItem({
      platform: 'Shuitu',
      reservationId,
      sold: true,
      reason: 'the buyer has the signed answer',
    });
  const [first] = items;
  await expect(
    statements(seller).acceptStatementItem({ platform: 'Shuitu', reservationId: first!.reservationId, sold: true, reason: 'again' }),
  ).rejects.toMatchObject({ rule: 'statement_item_must_differ' });
  await state();
  expect([await itemsAt(buyer, true), await itemsAt(seller, true)]).toEqual([[], []]);
  await toDayAfter();
  await statements(seller).proposeNetting({ platform: 'Shuitu', through: day + 1 });
  await bothAdvance();
  const [payable] = await nettingsAt(buyer);
  const [receivable] = await nettingsAt(seller);
  expect(payable).toEqual({ through: day + 1, sold: 0n, bought: 2n * amount, items: 2, currency: 'CNY' });
  expect(receivable).toEqual({ through: day + 1, sold: 2n * amount, bought: 0n, items: 2, currency: 'CNY' });
});

it('a netting of other items than the partner has is refused, and the items wait for the next', async () => {
  await state();
  await seller.sql(
    'update interconnect.statement_items set theirs = theirs - 1 where reservation_id = (select min(reservation_id) from interconnect.statement_items)',
  );
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await bothAdvance();
  expect([await nettingsAt(buyer), await nettingsAt(seller)]).toEqual([[], []]);
  expect((await itemsAt(buyer)).map(({ nettedThrough }) => nettedThrough)).toEqual([0, 0, 0]);
});

it('a day of more than 5,000 items is stated in parts, each of which moves its own ids alone', async () => {
  const keep = (platform: Platform, other: string, side: number, count: number) =>
    platform.sql(
      `insert into interconnect.statement_items (platform, side, reservation_id, day, ours)
       select $1, $2, 'bulk-' || lpad(n::text, 8, '0'), $3, 1000 from generate_series(1, $4) n`,
      [other, side, day, count],
    );
  await keep(seller, 'Shuitu', 1, 10_100);
  await keep(buyer, 'Tianfu', 2, 10_101);
  await state();
  const stated = await buyer.sql<{ count: string }>(
    `select count(*) as count from interconnect.messages where direction = 1 and kind = ${MessageKind.STATEMENT}
       and number > (select max(number) from interconnect.messages where kind = ${MessageKind.COMMIT})`,
  );
  expect(Number(stated[0]!.count)).toBeGreaterThanOrEqual(3);
  for (const platform of both()) expect(await itemsAt(platform, true)).toHaveLength(1);
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await bothAdvance();
  expect(await nettingsAt(seller)).toMatchObject([{ items: 10_103, sold: 3n * amount + 10_100_000n }]);
});
