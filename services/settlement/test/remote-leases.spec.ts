// a lease on a partner's platform is rated by what the partner tells of it; what either owes the other is posted by what both agree on.
import { DisputesDefinition, LeaseChanged, LeaseState, PartnerNetted, RemoteLeaseMeasured, Tier } from '#contracts';
import type { TradeMade } from '#contracts';
import { Look } from '#testing';
import { buyer, Desk, nothing, provider, quarterHour, yuan } from './market.js';

const P = buyer.participantId;
const partnerId = 5;
const remotePool = 1_000_000_000;

let desk: Desk;
let trades = 0;
beforeAll(async () => {
  desk = await Desk.open();
  await desk.deposit(P, yuan(1_000));
});
afterAll(() => desk?.stop());
afterEach(async () => {
  expect((await desk.recounted()).findings).toEqual([]);
  expect(await desk.leftOver()).toEqual(nothing);
});

/** Eight cards for an hour at 8 yuan, on the partner's platform. */
const remote = () =>
  desk.trade({ tradeId: (trades += 1), units: 8, providerId: partnerId, poolId: remotePool, platformId: partnerId, reservationId: trades });
async function ends(trade: TradeMade): Promise<void> {
  const end = {
    leaseId: trade.tradeId,
    state: LeaseState.ENDED,
    delivered: trade.window,
    units: 8,
    unitSlots: 32,
    held: trade.computeAmount,
  };
  await desk.market.tell(LeaseChanged, LeaseChanged.create(end));
  await desk.passWindow(trade);
}
async function told({ tradeId }: TradeMade, version: number, unitSlots: number, unitSlotsUp = unitSlots): Promise<void> {
  const measure = { tradeId, version, unitSlots, unitSlotsDue: unitSlots, unitSlotsUp, energyWh: 4_000, energyMeasured: true };
  await desk.tellInterconnect(RemoteLeaseMeasured, measure);
  await desk.exchange.advance(quarterHour);
}
const costOf = ({ tradeId }: TradeMade) => desk.market.settled.find((settled) => settled.tradeId === tradeId)?.cost;

it('waits for what the partner tells, and costs what stood less the credit for what was down', async () => {
  const [whole, down, lost] = [await remote(), await remote(), await remote()];
  for (const trade of [whole, down, lost]) await ends(trade);
  expect(costOf(whole)).toBeUndefined();
  await told(whole, 1, 32);
  await told(down, 1, 32, 31);
  await told(lost, 1, 24);
  expect([whole, down, lost].map(costOf)).toEqual([yuan(64), yuan(48), yuan(48)]);
});

it('told before it has ended here it is rated then', async () => {
  const trade = await remote();
  await told(trade, 1, 32);
  expect(costOf(trade)).toBeUndefined();
  await ends(trade);
  expect(costOf(trade)).toBe(yuan(64));
});

it('R-28: corrected late, the difference is given back, or owed', async () => {
  const trade = await remote();
  await ends(trade);
  await told(trade, 1, 32);
  const before = await desk.balanceOf(`participant/${P}/money`);
  await told(trade, 2, 32, 31);
  expect((await desk.balanceOf(`participant/${P}/money`)) - before).toBe(yuan(16));
  await told(trade, 3, 32);
  await desk.exchange.advance(4 * quarterHour);
  expect(await desk.balanceOf(`participant/${P}/money`)).toBe(before);
});

it('R-28: what is told while it is being rated is rated anew', async () => {
  const trade = await remote();
  await ends(trade);
  const { database } = desk.exchange;
  // As a rating does, which has read what was told so far.
  const rating = new Look(database.url);
  await rating.query('BEGIN');
  await rating.query(`UPDATE settlement.leases SET rated = true, due = false WHERE trade_id = $1`, [trade.tradeId]);
  const telling = desk.tellInterconnect(
    RemoteLeaseMeasured,
    RemoteLeaseMeasured.create({ tradeId: trade.tradeId, version: 1, unitSlots: 32 }),
  );
  const met = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%leases%'
    UNION ALL SELECT FROM settlement.remote_measurements WHERE trade_id = $1`;
  while ((await database.query(met, [trade.tradeId])).length === 0);
  await rating.query('COMMIT');
  await rating.close();
  await telling;
  const [lease] = await database.query('SELECT due FROM settlement.leases WHERE trade_id = $1', [trade.tradeId]);
  expect(lease).toEqual({ due: true });
  await database.query('UPDATE settlement.leases SET rated = false WHERE trade_id = $1', [trade.tradeId]);
  await desk.exchange.advance(quarterHour);
});

const accounts = async () =>
  Promise.all(['bought', 'sold', 'payable', 'receivable'].map((part) => desk.balanceOf(`partner/${partnerId}/${part}`)));

it('R-27: what a buyer pays for it is owed to the partner, without a fee; it is nobody’s income here', async () => {
  const [before] = await accounts();
  const trade = await remote();
  await ends(trade);
  await told(trade, 1, 32, 31);
  expect((await accounts())[0]! - before!).toBe(yuan(48));
  expect(await desk.balanceOf(`participant/${partnerId}/income`)).toBe(0n);
  const { earnings } = await desk.settlement().listEarnings({ participantId: partnerId });
  expect(earnings).toEqual([]);
});

it('what a partner buys here pays provider and fee, and leaves its money as it was: it is owed by statement', async () => {
  const before = {
    money: 0n,
    income: await desk.balanceOf(`participant/${provider.participantId}/income`),
    fee: await desk.balanceOf('fee'),
  };
  await desk.deposit(partnerId, yuan(100));
  const sold = await desk.trade({ tradeId: (trades += 1), units: 8, buyerId: partnerId, reservationId: trades });
  await desk.lose(sold, 4);
  const anew = await desk.trade({ tradeId: (trades += 1), units: 4, buyerId: partnerId, replacesTradeId: sold.tradeId });
  await desk.end(sold, { units: 4 });
  await desk.settle(anew);
  expect(await desk.balanceOf(`participant/${partnerId}/money`)).toBe(yuan(100));
  expect(desk.market.free(partnerId)).toBe(yuan(100));
  expect((await accounts())[1]).toBe(-yuan(64));
  expect((await desk.balanceOf(`participant/${provider.participantId}/income`)) - before.income).toBe(yuan(62.08));
  expect((await desk.balanceOf('fee')) - before.fee).toBe(yuan(1.92));
});

it('R-28: what a partner bought here and is corrected late is owed by statement too, and moves none of its money', async () => {
  const book = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };
  const metered = await desk.trade({ tradeId: (trades += 1), units: 8, book, buyerId: partnerId, reservationId: trades });
  await desk.passWindow(metered);
  const [{ window }, of] = [metered, `participant/${provider.participantId}/income`];
  const [[, before], income] = [await accounts(), await desk.balanceOf(of)];
  for (const [version, unitSlots, costs] of [
    [1, 16, 32],
    [2, 32, 64],
    [3, 8, 16],
  ] as const) {
    const record = { recordId: `of ${metered.tradeId}`, version, leaseId: metered.tradeId, meterSequence: 1, window, unitSlots };
    await desk.settlement(provider).reportUsage({ records: [record] });
    if (version === 1) await desk.settle(metered);
    await desk.exchange.advance(4 * quarterHour);
    expect((await accounts())[1]! - before!).toBe(-yuan(costs));
    expect((await desk.balanceOf(of)) - income).toBe(yuan(costs * 0.97));
    expect(await desk.balanceOf(`participant/${partnerId}/money`)).toBe(yuan(100));
    expect(await desk.balanceOf(`participant/${partnerId}/receivable`)).toBe(0n);
    expect(desk.market.free(partnerId)).toBe(yuan(100));
  }
});

it('netted, one side is left: payable or receivable', async () => {
  const net = (through: number, sold: number, bought: number) =>
    desk.tellInterconnect(
      PartnerNetted,
      PartnerNetted.create({
        participantId: partnerId,
        platform: 'Tianfu',
        through,
        currency: 'CNY',
        sold: yuan(sold),
        bought: yuan(bought),
        items: 2,
      }),
    );
  const [bought, sold] = await accounts();
  await net(20_000, 65, 48);
  expect(await accounts()).toEqual([bought! - yuan(48), sold! + yuan(65), 0n, -yuan(17)]);
  await net(20_031, 0, 30);
  expect(await accounts()).toEqual([bought! - yuan(78), sold! + yuan(65), yuan(30), -yuan(17)]);
});

it('what adjustments give back comes out of where it went, and is owed the other way round', async () => {
  const [bought, sold, payable, receivable] = await accounts();
  const netting = { participantId: partnerId, platform: 'Tianfu', through: 20_062, currency: 'CNY', items: 4 };
  const sums = { sold: yuan(10), bought: yuan(4), soldBack: yuan(3), boughtBack: yuan(2) };
  await desk.tellInterconnect(PartnerNetted, PartnerNetted.create({ ...netting, ...sums }));
  expect(await accounts()).toEqual([bought! + yuan(1), sold! + yuan(5), payable!, receivable! - yuan(6)]);
});

it('R-33: a line of it is refunded by what the partner is owed; a line of the partner’s own is not', async () => {
  const bills = await desk.closeMonth();
  const ofBuyer = bills.find(({ buyerId }) => buyerId === P)!;
  const [before] = await accounts();
  const line = ofBuyer.lines.findIndex(({ kind, amount }) => kind === 'compute' && amount === yuan(64)) + 1;
  await desk.settlement().refundBill({ billId: ofBuyer.billId, line, amount: yuan(10), reason: 'goodwill' });
  expect((await accounts())[0]! - before!).toBe(-yuan(10));
  const ofPartner = bills.find(({ buyerId }) => buyerId === partnerId)!;
  const refused = desk.settlement().refundBill({ billId: ofPartner.billId, line: 1, amount: yuan(1), reason: 'goodwill' });
  await expect(refused).rejects.toMatchObject({ rule: 'line_must_not_be_of_a_partner' });
});

it('R-29: a dispute about it freezes nothing that the partner has earned here otherwise', async () => {
  const linked = await desk.trade({ tradeId: (trades += 1), transferAmount: yuan(10), linkOwnerId: partnerId });
  await desk.settle(linked);
  const earned = () => desk.balanceOf(`participant/${partnerId}/income`);
  const before = await earned();
  expect(before).toBe(yuan(10));
  const ofBuyer = desk.market.bills.find(({ buyerId }) => buyerId === P)!;
  const line = ofBuyer.lines.findLastIndex(({ kind, amount }) => kind === 'compute' && amount === yuan(64)) + 1;
  const disputes = (caller?: typeof buyer) => desk.exchange.call(DisputesDefinition, caller);
  const { disputeId } = await disputes(buyer).openDispute({ billId: ofBuyer.billId, line, amount: yuan(5), reason: 'unreachable' });
  expect(await earned()).toBe(before);
  const [bought] = await accounts();
  await disputes().decideDispute({ disputeId, granted: yuan(5), reason: 'so it was' });
  expect(await earned()).toBe(before);
  expect((await accounts())[0]! - bought!).toBe(-yuan(5));
});
