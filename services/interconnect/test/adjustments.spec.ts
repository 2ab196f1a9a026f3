// what changes of a lease after its item was netted is an adjustment: stated by both sides, agreed on like any item, and netted in the next netting. What who sold
// it owes for a broken green promise is an item of its own too.
import { LeaseChanged, LeaseMeasured, LeaseState, StatementsDefinition, SupplyDefinition, TradeMade } from '#contracts';
import { shanghaiDay } from '#domain';
import { OwnPlatform } from '../src/own-platform.js';
import { SettlementByHand, SettlementByHandModule, window } from './market.js';
import { HandMade, Platform, partnerParticipant, supplyOf } from './platforms.js';

const minute = 60_000;
const hour = 60 * minute;
const day = shanghaiDay(window.to - 1);
const leaseId = 101;
/** Of 16 units for two hours at 4.80 yuan. */
const amount = 153_600_000n;
const credited = amount / 10n;

let buyer: Platform;
let seller: Platform;
beforeEach(async () => {
  [buyer, seller] = (await Promise.all(['Shuitu', 'Tianfu'].map((name) => Platform.open(name, undefined, [SettlementByHandModule])))) as [
    Platform,
    Platform,
  ];
  await buyer.register(seller, seller.port);
  await seller.register(buyer, buyer.port);
  await seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a') });
  await bothAdvance();
  await bothAdvance(minute);
  await buyer.market.take(501, 16);
  await bothAdvance();
  await seller.market.tell(TradeMade, TradeMade.create({ tradeId: leaseId, buyerId: partnerParticipant }));
  const ended = { leaseId, state: LeaseState.ENDED, buyerId: partnerParticipant, delivered: window, unitSlots: 128 };
  await seller.market.tell(LeaseChanged, LeaseChanged.create(ended));
  await measured(128);
  for (const _ of [1, 2]) await daysPass();
  await state();
});
afterEach(() => Promise.all([buyer?.stop(), seller?.stop()]));

const both = (): Platform[] => [buyer, seller];
const otherOf = (platform: Platform) => (platform === buyer ? 'Tianfu' : 'Shuitu');
const statements = (platform: Platform) => platform.exchange.call(StatementsDefinition);
async function bothAdvance(ms = 0): Promise<void> {
  await Promise.all(both().map(({ exchange }) => exchange.advance(ms)));
  await Promise.all(both().map(({ exchange }) => exchange.advance()));
}
/** In silence: two clocks that jump do not agree on the way. */
async function daysPass(): Promise<void> {
  const setState = (to: number) => Promise.all(both().map((one) => one.sql('update interconnect.partners set state = $1', [to])));
  await setState(2);
  await bothAdvance(48.5 * hour);
  await setState(1);
}
/** What they heard in this hour they say in the next. */
async function state(): Promise<void> {
  for (const _ of [1, 2, 3, 4]) {
    await bothAdvance(hour / 2);
    await bothAdvance();
  }
}
const measured = (unitSlotsUp: number) =>
  seller.monitoring.tell(
    LeaseMeasured.create({ leaseId, unitSlotsDue: 128, unitSlotsUp, energyWh: 1_000, energyMeasured: true, buyerId: partnerParticipant }),
  );
const net = async (through: number) => {
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through });
  await bothAdvance();
};
const itemsAt = async (platform: Platform) => {
  const { items } = await statements(platform).listStatementItems({ platform: otherOf(platform) });
  return items.map(({ adjustment, day: on, ours, theirs, nettedThrough }) => [adjustment, on, ours, theirs, nettedThrough]);
};
const nettingsAt = async (platform: Platform) => {
  const { nettings } = await statements(platform).listNettings({ platform: otherOf(platform) });
  return nettings.map(({ through, sold, bought, soldBack, boughtBack, items }) => [through, sold, bought, soldBack, boughtBack, items]);
};
const committed = async () => (await seller.sql<{ committed: string }>('select committed from interconnect.partner_talk'))[0]!.committed;
const versions = () => buyer.market.measured.map(({ version, unitSlotsUp }) => [version, unitSlotsUp]);

it('less: the difference is stated by both, netted the other way round, and corrected again', async () => {
  await net(day);
  expect(await nettingsAt(seller)).toEqual([[day, amount, 0n, 0n, 0n, 1]]);
  await measured(127);
  await state();
  const base = [0, day, amount, amount, day];
  for (const platform of both()) expect(await itemsAt(platform)).toEqual([base, [1, day, -credited, -credited, 0]]);
  expect(versions()).toEqual([
    [1, 128],
    [2, 127],
  ]);
  await net(day + 1);
  expect(await nettingsAt(buyer)).toEqual([
    [day + 1, credited, 0n, 0n, credited, 1],
    [day, 0n, amount, 0n, 0n, 1],
  ]);
  expect(await nettingsAt(seller)).toEqual([
    [day + 1, 0n, credited, credited, 0n, 1],
    [day, amount, 0n, 0n, 0n, 1],
  ]);
  await bothAdvance();
  expect(seller.market.netted.at(-1)).toMatchObject({ through: day + 1, sold: 0n, bought: credited, soldBack: credited, boughtBack: 0n });
  expect(buyer.market.netted.at(-1)).toMatchObject({ through: day + 1, sold: credited, bought: 0n, soldBack: 0n, boughtBack: credited });
  // Each of its own leases: an adjustment is of those of its item.
  for (const [{ market }, id] of [
    [buyer, 501],
    [seller, leaseId],
  ] as const)
    expect(market.netted.map(({ leaseIds, adjustedLeaseIds }) => [leaseIds, adjustedLeaseIds])).toEqual([
      [[id], []],
      [[id], []],
    ]);
  expect(await committed()).toBe('0');
  // All of it stood after all: owed again, and counted against the credit limit.
  await measured(128);
  await state();
  const adjusted = [1, day, -credited, -credited, day + 1];
  for (const platform of both()) expect(await itemsAt(platform)).toEqual([base, adjusted, [2, day, credited, credited, 0]]);
  expect(await committed()).toBe(String(credited));
  await net(day + 2);
  expect((await nettingsAt(seller))[0]).toEqual([day + 2, credited, 0n, 0n, 0n, 1]);
  expect(await committed()).toBe('0');
});

it('what is corrected back before it was netted is no item any more', async () => {
  await net(day);
  await measured(127);
  await state();
  await measured(128);
  await state();
  for (const platform of both()) expect(await itemsAt(platform)).toEqual([[0, day, amount, amount, day]]);
  await expect(net(day + 1)).rejects.toMatchObject({ rule: 'netting_must_have_items' });
});

it('settlement is told of the leases of nettings: of those before it was, of those in which an adjustment waits, and of those that came to nothing', async () => {
  await net(day);
  await bothAdvance();
  await measured(127);
  await state();
  await seller.sql('update interconnect.nettings set leases_told = false');
  await seller.sql(
    `insert into interconnect.statement_items (platform, side, reservation_id, day) values ('Shuitu', 1, 'came-to-nothing', $1)`,
    [day],
  );
  await seller.sql(`insert into interconnect.reservations (platform, reservation_id, participant_id, state, terms, asked_at, until, amount)
    values ('Shuitu', 'came-to-nothing', 7, 3, '', 0, 0, 0)`);
  await seller.sql(`insert into interconnect.reservation_leases values (777, 'Shuitu', 'came-to-nothing', 1)`);
  await state();
  const told = seller.market.netted.map(({ through, sold, items, leaseIds, adjustedLeaseIds }) => [
    through,
    sold,
    items,
    leaseIds,
    adjustedLeaseIds,
  ]);
  expect(told).toEqual([
    [day, amount, 1, [leaseId], []],
    [day, amount, 1, [leaseId, 777], [leaseId]],
  ]);
  // What came to nothing is told once.
  await net(day + 1);
  await bothAdvance();
  expect(seller.market.netted.at(-1)).toMatchObject({ through: day + 1, leaseIds: [leaseId] });
});

it('one side’s adjustment differs, waits alone, and is worked off by taking the other’s', async () => {
  await net(day);
  await buyer.sql(
    `insert into interconnect.statement_items (platform, side, reservation_id, day, ours)
     select platform, side, reservation_id || '~1', day, -5 from interconnect.statement_items`,
  );
  await buyer.sql('update interconnect.stated_days set is_stale = true where day = $1', [day]);
  await state();
  expect(await itemsAt(seller)).toEqual([
    [0, day, amount, amount, day],
    [1, day, 0n, -5n, 0],
  ]);
  await expect(net(day + 1)).rejects.toMatchObject({ rule: 'netting_must_have_items' });
  const { items } = await statements(seller).listStatementItems({ platform: 'Shuitu', differing: true });
  const { reservationId, adjustment } = items[0]!;
  const accepted = await statements(seller).acceptStatementItem({
    ...{ platform: 'Shuitu', reservationId, adjustment, sold: true, reason: 'it was down' },
  });
  expect(accepted).toMatchObject({ reservationId, adjustment: 1, ours: -5n, differs: false });
  await state();
  await net(day + 1);
  expect((await nettingsAt(seller))[0]).toEqual([day + 1, 0n, 5n, 5n, 0n, 1]);
  // Told again, and counted as before: what the seller took of the buyer stays.
  await seller.sql('update interconnect.sold_leases set is_due = true, usage_said = false');
  await state();
  expect(await itemsAt(seller)).toEqual([
    [0, day, amount, amount, day],
    [1, day, -5n, -5n, day + 1],
  ]);
});

it('a netting that is refused takes back what was adjusted while it waited', async () => {
  await seller.sql('update interconnect.statement_items set theirs = theirs - 1');
  // Nobody answers yet.
  await buyer.sql("update interconnect.partners set address = '127.0.0.1:1'");
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await measured(127);
  await seller.exchange.advance(5 * minute);
  await bothAdvance(5 * minute);
  expect((await itemsAt(buyer)).map(([adjustment, , ours]) => [adjustment, ours])).toEqual([
    [0, amount],
    [1, -credited],
  ]);
  await buyer.sql('update interconnect.partners set address = $1', [`127.0.0.1:${seller.port}`]);
  await bothAdvance(5 * minute);
  await bothAdvance(minute);
  expect((await itemsAt(buyer)).map(([adjustment, , ours, , nettedThrough]) => [adjustment, ours, nettedThrough])).toEqual([
    [0, amount - credited, 0],
  ]);
});

const compensated = (platform: Platform, compensation: bigint) =>
  platform.exchange.running.get(SettlementByHand).tell({
    ...{ partnerId: partnerParticipant, amount: compensation },
    ...(platform === seller ? { tradeId: leaseId, sold: true } : { tradeId: 501, sold: false }),
  });

it('R-30: what is owed for a broken promise both state as an item of its own, and net the other way round; it differs alone', async () => {
  for (const platform of both()) await compensated(platform, 500n);
  await state();
  const linesAt = async (platform: Platform) => {
    const { items } = await statements(platform).listStatementItems({ platform: otherOf(platform) });
    return items.map(({ compensation, ours, theirs, nettedThrough }) => [compensation, ours, theirs, nettedThrough]);
  };
  for (const platform of both())
    expect(await linesAt(platform)).toEqual([
      [0, amount, amount, 0],
      [1, -500n, -500n, 0],
    ]);
  await net(day);
  expect(await nettingsAt(seller)).toEqual([[day, amount, 500n, 500n, 0n, 2]]);
  expect(await committed()).toBe('0');
  // More, of another trade of the reservation; by the buyer's count alone.
  await compensated(buyer, 70n);
  await state();
  expect(await linesAt(seller)).toEqual([
    [0, amount, amount, day],
    [1, -500n, -500n, day],
    [2, 0n, -70n, 0],
  ]);
  await expect(net(day + 1)).rejects.toMatchObject({ rule: 'netting_must_have_items' });
  const { items } = await statements(seller).listStatementItems({ platform: 'Shuitu', differing: true });
  const { reservationId, compensation } = items[0]!;
  const accepted = await statements(seller).acceptStatementItem({
    ...{ platform: 'Shuitu', reservationId, compensation, sold: true, reason: 'no certificate' },
  });
  expect(accepted).toMatchObject({ compensation: 2, ours: -70n, differs: false });
  await state();
  await net(day + 1);
  expect((await nettingsAt(buyer))[0]).toEqual([day + 1, 70n, 0n, 0n, 70n, 1]);
});

it('R-24: a price is netted while what the partner owes for the lease beside it waits, and settlement is told which does', async () => {
  await compensated(buyer, 70n);
  await state();
  await net(day);
  const [base] = await statements(buyer)
    .listStatementItems({ platform: 'Tianfu' })
    .then(({ items }) => items);
  expect(base).toMatchObject({ compensation: 0, nettedThrough: day });
  expect(buyer.market.netted.at(-1)).toMatchObject({ leaseIds: [501], adjustedLeaseIds: [], compensatedLeaseIds: [501] });
  expect(seller.market.netted.at(-1)).toMatchObject({ leaseIds: [leaseId], adjustedLeaseIds: [], compensatedLeaseIds: [] });
});

it('R-30: of a lease that is not known here it waits, is listed, and is placed by an operator, or once the lease is heard of', async () => {
  const tell = (platform: Platform, tradeId: number, of: bigint) =>
    platform.exchange.running.get(SettlementByHand).tell({ partnerId: partnerParticipant, tradeId, sold: platform === seller, amount: of });
  await tell(seller, 888, 300n);
  await tell(seller, 888, 40n);
  await tell(seller, 889, 7n);
  await bothAdvance();
  const waiting = async () => {
    const { compensations } = await statements(seller).listUnplacedCompensations({});
    return compensations.map(({ leaseId: id, partnerId, sold, amount: of }) => [id, partnerId, sold, of]);
  };
  const of = (id: number, ...amounts: bigint[]) => amounts.map((one) => [id, partnerParticipant, true, one]);
  expect(await waiting()).toEqual([...of(888, 300n, 40n), ...of(889, 7n)]);
  const { items } = await statements(seller).listStatementItems({ platform: 'Shuitu' });
  const asked = {
    platform: 'Shuitu',
    leaseId: 888,
    sold: true,
    reservationId: items[0]!.reservationId,
    reason: 'the commit in the journal',
  };
  for (const [change, rule] of [
    [{ leaseId: 890 }, 'entity_must_exist'],
    [{ reservationId: 'reservation-9' }, 'entity_must_exist'],
    [{ sold: false }, 'entity_must_exist'],
  ] as const)
    await expect(statements(seller).placeLease({ ...asked, ...change })).rejects.toMatchObject({ rule });
  expect(await statements(seller).placeLease(asked)).toMatchObject({ leaseId: 888, amount: 340n });
  expect(await waiting()).toEqual(of(889, 7n));
  await seller.sql(
    `insert into interconnect.reservation_leases (lease_id, platform, reservation_id, units) values (889, 'Shuitu', $1, 8)`,
    [items[0]!.reservationId],
  );
  await state();
  expect(await waiting()).toEqual([]);
  // Of one that is placed it is known from then on.
  await tell(seller, 888, 5n);
  await compensated(buyer, 352n);
  await state();
  for (const platform of both()) {
    const { items: stated } = await statements(platform).listStatementItems({ platform: otherOf(platform) });
    expect(stated.map(({ compensation, ours, theirs }) => [compensation, ours, theirs])).toEqual([
      [0, amount, amount],
      [1, -352n, -352n],
    ]);
  }
  await net(day);
  await bothAdvance();
  expect(seller.market.netted.at(-1)?.leaseIds).toEqual([leaseId, 888, 889]);
});

it('R-30: a netting that is refused takes back what was compensated while it waited', async () => {
  for (const platform of both()) await compensated(platform, 500n);
  await state();
  await seller.sql('update interconnect.statement_items set theirs = theirs - 1');
  await buyer.sql("update interconnect.partners set address = '127.0.0.1:1'");
  await statements(buyer).proposeNetting({ platform: 'Tianfu', through: day });
  await compensated(buyer, 70n);
  await bothAdvance();
  const oursAt = async () =>
    (await statements(buyer).listStatementItems({ platform: 'Tianfu' })).items.map(({ compensation, ours }) => [compensation, ours]);
  expect(await oursAt()).toEqual([
    [0, amount],
    [1, -500n],
    [2, -70n],
  ]);
  await buyer.sql('update interconnect.partners set address = $1', [`127.0.0.1:${seller.port}`]);
  await bothAdvance(5 * minute);
  await bothAdvance(minute);
  expect(await oursAt()).toEqual([
    [0, amount],
    [1, -570n],
  ]);
});

it('an older partner says nothing of adjustments: the difference is shown, and waits', async () => {
  await net(day);
  const partner = new HandMade('Jialing', buyer);
  await buyer.sql('insert into interconnect.participants values (8, 3, true)');
  await buyer.register(partner, 1, { participantId: 8 });
  await buyer.sql(`insert into interconnect.statement_items (platform, side, reservation_id, day, ours, theirs, netted_through)
    values ('Jialing', 2, 'reservation-1', ${day}, 70, 70, ${day}), ('Jialing', 2, 'reservation-1~1', ${day}, -7, 0, null)`);
  const { statementAnswer } = await partner.say({
    statement: {
      ...{
        day,
        revision: 1,
        fromId: '',
        toId: '',
        bought: [],
        soldAdjustments: [],
        boughtAdjustments: [],
        soldCompensations: [],
        boughtCompensations: [],
      },
      sold: [{ reservationId: 'reservation-1', amount: 70n }],
    },
  });
  expect(statementAnswer).toMatchObject({
    differences: [],
    adjustmentDifferences: [{ reservationId: 'reservation-1', number: 1, sold: true, stated: 0n, known: -7n }],
  });
  const { items } = await statements(buyer).listStatementItems({ platform: 'Jialing', differing: true });
  expect(items).toMatchObject([{ reservationId: 'reservation-1', adjustment: 1, ours: -7n, theirs: 0n }]);
});

describe('to a partner of a version before there were adjustments', () => {
  const firstKinds = 9;
  beforeEach(async () => {
    buyer.exchange.running.get(OwnPlatform).capabilities.splice(firstKinds);
    await bothAdvance(10 * minute);
    await net(day);
  });
  const itemOf = async (platform: Platform) => {
    const { items } = await statements(platform).listStatementItems({ platform: otherOf(platform), differing: true });
    return items[0];
  };

  it('one is told as a plain item under an id of its own; once both agree on it, both net it', async () => {
    await buyer.sql('create function interconnect.keep_none() returns trigger language plpgsql as $$ begin return null; end $$');
    await buyer.sql(`create trigger older before insert on interconnect.statement_items for each row
      when (new.reservation_id like '%~%') execute function interconnect.keep_none()`);
    await measured(127);
    await state();
    const here = (await itemOf(seller))!;
    const saidAs = `${here.reservationId}-a1`;
    expect(here).toMatchObject({ adjustment: 1, sold: true, ours: -credited, theirs: 0n, saidAs });
    // What the seller gives back the buyer has sold, as it sees it.
    expect(await itemOf(buyer)).toMatchObject({ reservationId: saidAs, adjustment: 0, sold: true, ours: 0n, theirs: credited });
    await expect(net(day + 1)).rejects.toMatchObject({ rule: 'netting_must_have_items' });
    await statements(buyer).acceptStatementItem({ platform: 'Tianfu', reservationId: saidAs, sold: true, reason: 'it was down' });
    await state();
    expect(await itemOf(seller)).toBeUndefined();
    await net(day + 1);
    expect((await nettingsAt(seller))[0]).toEqual([day + 1, 0n, credited, credited, 0n, 1]);
    expect((await nettingsAt(buyer))[0]).toEqual([day + 1, credited, 0n, 0n, 0n, 1]);
    await measured(128);
    await state();
    expect(await itemOf(buyer)).toMatchObject({ reservationId: `${here.reservationId}-a2`, sold: false, ours: 0n, theirs: credited });
  });

  it('it is told as what it is once the partner has stated one itself', async () => {
    await measured(127);
    for (const _ of [1, 2]) await state();
    // What it had stated before that was noted is known all the same.
    await seller.sql(`update interconnect.partner_talk set known_lines = '{}'`);
    await state();
    for (const platform of both()) {
      const { items } = await statements(platform).listStatementItems({ platform: otherOf(platform) });
      expect(items.map(({ adjustment, ours, theirs, saidAs }) => [adjustment, ours, theirs, saidAs])).toEqual([
        [0, amount, amount, ''],
        [1, -credited, -credited, ''],
      ]);
    }
  });
});
