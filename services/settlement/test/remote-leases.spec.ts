// a lease on a partner's platform is rated by what the partner tells of it; what either owes the other is posted by what both agree on.
import { LeaseChanged, LeaseState, PartnerNetted, RemoteLeaseMeasured } from '#contracts';
import type { TradeMade } from '#contracts';
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
