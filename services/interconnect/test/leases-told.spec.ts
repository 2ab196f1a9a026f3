// R-36 between two exchanges: what became of a lease, and what it got, is told by the seller's platform, and measures the lease of the buyer's.
import {
  LeaseChanged,
  LeaseMeasured,
  LeaseState,
  MessageDirection,
  MessageKind,
  StatementsDefinition,
  SupplyDefinition,
  TradeMade,
} from '#contracts';
import { Door } from '#testing';
import { window } from './market.js';
import { Platform, partnerParticipant, supplyOf } from './platforms.js';

const minute = 60_000;
const hour = 60 * minute;

let buyer: Platform;
let seller: Platform;
/** On the way to the buyer. */
let door: Door;
beforeAll(async () => {
  [buyer, seller] = await Promise.all([Platform.open('Shuitu'), Platform.open('Tianfu')]);
  door = await Door.open(buyer.port);
  await buyer.register(seller, seller.port);
  await seller.register(buyer, door.port, { creditLimit: 10_000_000_000n });
  seller.market.units = 640;
  await seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a') });
  await bothAdvance();
  await bothAdvance(minute);
});
afterAll(async () => {
  await Promise.all([buyer?.stop(), seller?.stop()]);
  await door?.close();
});

async function bothAdvance(ms = 0): Promise<void> {
  await Promise.all([buyer.exchange.advance(ms), seller.exchange.advance(ms)]);
  // What either heard last comes to its end there.
  await Promise.all([buyer.exchange.advance(), seller.exchange.advance()]);
}

/** What is due to be told is told, said again after a minute at the most. */
async function told(): Promise<void> {
  await bothAdvance(5 * minute);
  await bothAdvance(minute);
}
/** In silence: two clocks that jump do not agree on the way. */
async function pass(ms: number): Promise<void> {
  const setState = (state: number) =>
    Promise.all([buyer, seller].map((one) => one.sql('update interconnect.partners set state = $1', [state])));
  await setState(2);
  await bothAdvance(ms);
  await setState(1);
}

let bought = 500;
let sold = 100;
/** Two hours, by pieces of so many units each, made together. */
async function buy(...units: number[]): Promise<{ trades: number[]; leaseId: number; reservationId: string }> {
  const trades = units.map(() => (bought += 1));
  for (const [at, id] of trades.entries()) await buyer.market.take(id, units[at]!, { pieces: units.length, reservationId: trades[0]! });
  await bothAdvance();
  const [{ reservation_id: reservationId }] = (await buyer.sql(
    'select reservation_id from interconnect.pieces order by number desc limit 1',
  )) as [{ reservation_id: string }];
  const leaseId = (sold += 1);
  await made(leaseId);
  return { trades, leaseId, reservationId };
}

const made = (tradeId: number, replacesTradeId = 0) =>
  seller.market.tell(TradeMade, TradeMade.create({ tradeId, replacesTradeId, buyerId: partnerParticipant }));
const changed = (leaseId: number, state: LeaseState, unitSlots: number, to = window.to, reason = '', from = window.from, units = 0) =>
  seller.market.tell(
    LeaseChanged,
    LeaseChanged.create({ leaseId, state, buyerId: partnerParticipant, delivered: { from, to }, unitSlots, reason, units }),
  );
const measured = (leaseId: number, unitSlotsDue: number, unitSlotsUp: number) =>
  seller.monitoring.tell(
    LeaseMeasured.create({ leaseId, unitSlotsDue, unitSlotsUp, energyWh: 1_000, energyMeasured: true, buyerId: partnerParticipant }),
  );

const measuredAtBuyers = (...trades: number[]) =>
  buyer.market.measured
    .filter(({ tradeId }) => trades.includes(tradeId))
    .map(({ tradeId, version, unitSlots, unitSlotsDue, unitSlotsUp, energyWh }) => [
      tradeId,
      version,
      unitSlots,
      unitSlotsDue,
      unitSlotsUp,
      energyWh,
    ]);
const lostOf = (...trades: number[]) => buyer.market.lost.map(({ leases }) => leases).filter(([first]) => trades.includes(first!.tradeId));
const heard = (reservationId: string) =>
  buyer.sql(
    'select lease_id, serial, state, unit_slots, version, due, up from interconnect.heard_leases where reservation_id = $1 order by lease_id',
    [reservationId],
  );
const oursOf = async (platform: Platform, reservationId: string) => {
  const { items } = await platform.exchange
    .call(StatementsDefinition)
    .listStatementItems({ platform: platform === buyer ? 'Tianfu' : 'Shuitu', differing: false });
  return items.find((item) => item.reservationId === reservationId)!.ours;
};
/** Of 16 units for two hours at 4.80 yuan. */
const amount = 153_600_000n;

it('started, ended and measured at the seller’s: the newest state is told, and all of the buyer’s trades are measured by it', async () => {
  const { trades, leaseId, reservationId } = await buy(8, 8);
  await changed(leaseId, LeaseState.CONFIRMED, 128);
  await told();
  await changed(leaseId, LeaseState.ACTIVE, 128);
  await told();
  expect(await heard(reservationId)).toMatchObject([{ lease_id: String(leaseId), serial: '2', state: LeaseState.ACTIVE, version: 0 }]);
  expect(measuredAtBuyers(...trades)).toEqual([]);
  await changed(leaseId, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 128);
  await told();
  expect(measuredAtBuyers(...trades)).toEqual(trades.map((id) => [id, 1, 64, 64, 64, 500]));
  expect([await oursOf(buyer, reservationId), await oursOf(seller, reservationId)]).toEqual([amount, amount]);
});

it('R-29: what was down is credited by both platforms alike, and is not owed', async () => {
  const { trades, leaseId, reservationId } = await buy(16);
  await changed(leaseId, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 127);
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 127, 1_000]]);
  const owed = (amount * 9n) / 10n;
  expect([await oursOf(buyer, reservationId), await oursOf(seller, reservationId)]).toEqual([owed, owed]);
});

it('R-24: units that were lost and are not placed anew are not owed; the last trade has them', async () => {
  const { trades, leaseId, reservationId } = await buy(8, 8);
  await changed(leaseId, LeaseState.ACTIVE, 96, window.to, 'lost');
  await changed(leaseId, LeaseState.ENDED, 96, window.to, 'lost');
  await measured(leaseId, 96, 96);
  await told();
  expect(measuredAtBuyers(...trades).map(([id, , ...of]) => [id, ...of])).toEqual([
    [trades[0], 64, 64, 64, 666],
    [trades[1], 32, 32, 32, 334],
  ]);
  expect([await oursOf(buyer, reservationId), await oursOf(seller, reservationId)]).toEqual([(amount * 3n) / 4n, (amount * 3n) / 4n]);
});

it('R-24: what the seller has placed anew is of the same reservation, and nothing is measured before that is over', async () => {
  const { trades, leaseId, reservationId } = await buy(16);
  const anew = 1_000;
  await changed(leaseId, LeaseState.CUT_SHORT, 32, window.from + 2, 'lost');
  await made(anew, leaseId);
  await changed(anew, LeaseState.ACTIVE, 96, window.to, '', window.from + 2);
  await measured(leaseId, 32, 32);
  await told();
  expect(await heard(reservationId)).toHaveLength(2);
  expect(measuredAtBuyers(...trades)).toEqual([]);
  await changed(anew, LeaseState.ENDED, 96, window.to, '', window.from + 2);
  await measured(anew, 96, 96);
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 128, 2_000]]);
  expect(await oursOf(seller, reservationId)).toBe(amount);
  expect(lostOf(...trades)).toEqual([]);
});

it('R-24: what the seller lost and did not place anew the market here is told once, the last trade first, and what is told beyond is not owed', async () => {
  const { trades, leaseId, reservationId } = await buy(8, 8);
  await changed(leaseId, LeaseState.ACTIVE, 128 - 4 * 6, window.to, 'lost', window.from, 12);
  await told();
  const once = [trades.map((tradeId, at) => ({ tradeId, unitsLeft: [8, 4][at]! }))];
  expect(lostOf(...trades)).toEqual(once);
  await changed(leaseId, LeaseState.ACTIVE, 128 - 4 * 6, window.to, 'lost', window.from, 12);
  await told();
  expect(lostOf(...trades)).toEqual(once);
  const late = 3_000;
  await made(late, leaseId);
  await changed(late, LeaseState.ACTIVE, 4 * 5, window.to, '', window.from + 3, 4);
  await changed(leaseId, LeaseState.CUT_SHORT, 16 * 2 + 12 * 2, window.from + 4, 'lost', window.from, 12);
  await told();
  expect(lostOf(...trades)).toEqual([...once, trades.map((tradeId, at) => ({ tradeId, unitsLeft: [4, 0][at]! }))]);
  await changed(late, LeaseState.ENDED, 4 * 5, window.to, '', window.from + 3, 4);
  for (const [id, slots] of [
    [leaseId, 56],
    [late, 20],
  ] as const)
    await measured(id, slots, slots);
  await told();
  const [{ lost }] = (await buyer.sql('select sum(lost_unit_slots) as lost from interconnect.piece_trades where reservation_id = $1', [
    reservationId,
  ])) as [{ lost: string }];
  const owed = measuredAtBuyers(...trades).reduce((sum, [, , stood]) => sum + stood!, 0);
  expect(owed).toBe(Math.min(76, 128 - Number(lost)));
});

it('R-24: what stood before all was lost is of each trade, as it ended here', async () => {
  const { trades, leaseId, reservationId } = await buy(8, 8);
  await changed(leaseId, LeaseState.CUT_SHORT, 16 * 4, window.from + 4, 'lost');
  await measured(leaseId, 64, 64);
  await told();
  expect(lostOf(...trades)).toEqual([trades.map((tradeId) => ({ tradeId, unitsLeft: 0 }))]);
  expect(measuredAtBuyers(...trades)).toEqual(trades.map((id) => [id, 1, 32, 32, 32, 500]));
  expect(await oursOf(buyer, reservationId)).toBe(amount / 2n);
});

it('R-24: a partner that leaves without a word on usage is owed nothing for what it said that it lost', async () => {
  const { trades, leaseId, reservationId } = await buy(8, 8);
  await changed(leaseId, LeaseState.ACTIVE, 8 * 8, window.to, 'lost', window.from, 8);
  await told();
  await buyer.sql('update interconnect.pieces set from_slot = from_slot - 192, to_slot = to_slot - 192 where reservation_id = $1', [
    reservationId,
  ]);
  await buyer.sql('update interconnect.partners set state = 3');
  await buyer.exchange.advance(hour);
  await seller.exchange.advance(hour);
  await buyer.sql('update interconnect.partners set state = 1');
  expect(measuredAtBuyers(...trades).map(([id, , ...of]) => [id, ...of])).toEqual([
    [trades[0], 64, 64, 64, 0],
    [trades[1], 0, 0, 0, 0],
  ]);
  expect(await oursOf(buyer, reservationId)).toBe(amount / 2n);
});

it('R-24: leases that are told beyond what was bought are not owed, and what was down of them is', async () => {
  const { trades, leaseId, reservationId } = await buy(16);
  const beyond = 2_000;
  await made(beyond, leaseId);
  await changed(leaseId, LeaseState.ENDED, 128);
  await changed(beyond, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 127);
  await measured(beyond, 128, 128);
  await told();
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 127, 2_000]]);
  expect(await oursOf(buyer, reservationId)).toBe((amount * 9n) / 10n);
});

it('what telemetry and market tell comes in any order, before the reservation’s own record too', async () => {
  const leaseId = sold + 1;
  await measured(leaseId, 128, 128);
  await changed(leaseId, LeaseState.ENDED, 128);
  await told();
  const { trades } = await buy(16);
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 128, 1_000]]);
});

it('a lost request is said again; a lost answer is asked for, and nothing is counted twice', async () => {
  const { trades, leaseId, reservationId } = await buy(16);
  door.shut();
  await changed(leaseId, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 128);
  await told();
  expect(await heard(reservationId)).toEqual([]);
  door.unshut();
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 128, 1_000]]);
  // The buyer heard it, and its answer was lost.
  await seller.sql(
    `insert into interconnect.waiting (number, platform, kind, made_at, next_at) select number, platform, kind, at, 0 from interconnect.messages
     where direction = 1 and kind in (${MessageKind.LEASE_STATE}, ${MessageKind.USAGE}) and number > (select max(number) - 2 from interconnect.messages)`,
  );
  await seller.sql('delete from interconnect.answers where number in (select number from interconnect.waiting)');
  await told();
  expect((await seller.sql('select from interconnect.waiting')).length).toBe(0);
  expect(measuredAtBuyers(...trades)).toHaveLength(1);
});

it('a lease that a commit named is of no other reservation, whatever is told of it', async () => {
  const [one, other] = [await buy(16), await buy(16)];
  const say = (leaseId: number, reservationId: string) =>
    seller.sql('update interconnect.reservation_leases set reservation_id = $2 where lease_id = $1', [leaseId, reservationId]);
  await say(one.leaseId, other.reservationId);
  await changed(one.leaseId, LeaseState.ENDED, 128);
  await measured(one.leaseId, 128, 128);
  await told();
  const rulesOf = async (kind: MessageKind) =>
    (await buyer.partners.listPartnerMessages({ direction: MessageDirection.HEARD, kind, page: { limit: 1 } })).messages.map(
      ({ rule }) => rule,
    );
  expect(await rulesOf(MessageKind.LEASE_STATE)).toEqual(['lease_must_keep_its_reservation']);
  expect(await rulesOf(MessageKind.USAGE)).toEqual(['lease_must_keep_its_reservation']);
  expect(await heard(other.reservationId)).toEqual([]);
});

it('what is refused for its time alone is said anew', async () => {
  const { trades, leaseId } = await buy(16);
  await buyer.partners.suspendPartner({ platform: 'Tianfu', reason: 'audit' });
  await changed(leaseId, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 128);
  await told();
  const [refused] = (await seller.partners.listPartnerMessages({ direction: MessageDirection.SAID, kind: MessageKind.USAGE })).messages;
  expect(refused).toMatchObject({ rule: 'partner_must_not_be_suspended' });
  await buyer.partners.resumePartner({ platform: 'Tianfu', reason: 'audit passed' });
  await pass(hour);
  await told();
  expect(measuredAtBuyers(...trades)).toEqual([[trades[0], 1, 128, 128, 128, 1_000]]);
});

it('what the buyer’s platform has forgotten it is told again once the statements differ', async () => {
  const { trades, leaseId, reservationId } = await buy(16);
  await changed(leaseId, LeaseState.ENDED, 128);
  await measured(leaseId, 128, 120);
  await told();
  const before = await oursOf(seller, reservationId);
  await buyer.sql('delete from interconnect.heard_leases where reservation_id = $1', [reservationId]);
  await buyer.sql('update interconnect.pieces set measure_version = 0, unit_slots = null where reservation_id = $1', [reservationId]);
  await buyer.sql('update interconnect.statement_items set ours = $2 where reservation_id = $1', [reservationId, amount]);
  await pass(46 * hour);
  for (const _ of [1, 2]) {
    await bothAdvance(hour / 2);
    await bothAdvance(hour / 2);
  }
  await told();
  expect(await oursOf(buyer, reservationId)).toBe(before);
  expect(measuredAtBuyers(...trades).at(-1)).toEqual([trades[0], 1, 128, 128, 120, 1_000]);
});
