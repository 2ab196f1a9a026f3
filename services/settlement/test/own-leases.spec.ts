// resold leases, and what is sold again of those that were given up, as settlement is told of them.
import { Tier } from '#contracts';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, yuan } from './market.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  for (const { participantId } of [buyer, otherBuyer]) await desk.deposit(participantId, yuan(1000));
});
afterAll(() => desk?.exchange.stop());

const earningsOf = async (tradeId: number): Promise<string[]> => {
  const { earnings } = await desk.settlement().listEarnings({ tradeId });
  return earnings.map(({ participantId, kind, amount }) => `${participantId} ${kind} ${Number(amount) / 1e6}`).sort();
};
const reclaimable = { computeClass: 2, model: 'A100', unit: 1, tier: Tier.RECLAIMABLE };

it('R-18 the reseller has the price and pays the credit, the one who delivers reports the usage', async () => {
  const resold = await desk.trade({
    tradeId: 1,
    buyerId: otherBuyer.participantId,
    providerId: buyer.participantId,
    deliveredById: provider.participantId,
    resoldLeaseId: 7,
    units: 10,
    price: 10_000_000,
  });
  const record = { recordId: 'r1', version: 1, leaseId: 1, meterSequence: 1, window: resold.window, unitSlots: 40 };
  const asReseller = { ...provider, participantId: buyer.participantId };
  await expect(desk.settlement(asReseller).reportUsage({ records: [record] })).rejects.toMatchObject({ kind: 'absent' });
  await desk.exchange.advanceTo(desk.exchange.now() + 5 * 900_000);
  expect(await desk.settlement(provider).reportUsage({ records: [record] })).toMatchObject({ recorded: 1 });
  // 100 yuan, of which 95 % was up: a quarter is credited.
  await desk.settle(resold, { up: 0.95 });
  expect(await earningsOf(1)).toEqual(['3 fee -2.25', '3 income 100', '3 sla_credit -25']);
});

it('R-24 who delivered a resold lease compensates for its loss, not the reseller', async () => {
  const resold = await desk.trade({
    tradeId: 2,
    buyerId: otherBuyer.participantId,
    providerId: buyer.participantId,
    deliveredById: provider.participantId,
    resoldLeaseId: 7,
    units: 2,
  });
  await desk.lose(resold, 1);
  const anew = await desk.trade({
    ...{ tradeId: 3, bidId: resold.bidId, buyerId: otherBuyer.participantId, window: resold.window, replacesTradeId: 2 },
    ...{ providerId: linkOwner.participantId, owedAmount: yuan(4) },
  });
  await desk.settle(resold, { units: 1 });
  await desk.settle(anew);
  expect(await earningsOf(3)).toEqual(['2 compensation -4', '5 compensation 4', '5 fee -0.24', '5 income 8']);
});

it('R-18 proceeds follow what is paid for with the first rating, and stand when a correction comes', async () => {
  const sold = await desk.trade({
    ...{ tradeId: 4, buyerId: otherBuyer.participantId, units: 4, book: reclaimable },
    proceeds: [
      { leaseId: 8, participantId: buyer.participantId, amount: yuan(16) },
      { leaseId: 9, participantId: linkOwner.participantId, amount: yuan(8) },
      // Its own buyer's or its own provider's are nobody else's.
      { leaseId: 10, participantId: provider.participantId, amount: yuan(4) },
    ],
  });
  const usage = (version: number, unitSlots: number) =>
    desk.settlement(provider).reportUsage({
      records: [{ recordId: 'r4', version, leaseId: 4, meterSequence: 1, window: sold.window, unitSlots }],
    });
  await desk.exchange.advanceTo(desk.exchange.now() + 5 * 900_000);
  await usage(1, 8);
  await desk.settle(sold);
  // A half was used: 16 of 32 yuan; of the shares a half, less 3 %.
  const first = ['2 fee -0.48', '2 income 16', '2 proceeds -3.88', '2 proceeds -7.76', '3 proceeds 7.76', '5 proceeds 3.88'];
  expect(await earningsOf(4)).toEqual(first);
  await usage(2, 4);
  await desk.exchange.advance(2 * 900_000);
  expect(await earningsOf(4)).toEqual(['2 adjustment -7.76', ...first].sort());
  const { transfers } = await desk.settlement().listTransfers({ journal: 'trade/4/proceeds/8' });
  expect(transfers.map(({ kind, debitAccount, creditAccount }) => `${kind} ${debitAccount} ${creditAccount}`).sort()).toEqual([
    'proceeds clearing/trade participant/3/income',
    'proceeds participant/2/income clearing/trade',
  ]);
});

it('R-28 a reseller that has to give back what it was paid out pays it from its money, and is paid out as before', async () => {
  const resale = {
    buyerId: otherBuyer.participantId,
    providerId: buyer.participantId,
    deliveredById: provider.participantId,
    resoldLeaseId: 7,
  };
  const bills = await desk.closeMonth();
  const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
  for (const { payoutId } of payouts) await desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
  const [bill] = bills.filter(({ buyerId }) => buyerId === otherBuyer.participantId);
  const line = bill!.lines.findIndex(({ tradeId, kind }) => tradeId === 1 && kind === 'compute') + 1;
  const before = await desk.settlement().getBalance({ participantId: buyer.participantId });
  await desk.settlement().refundBill({ billId: bill!.billId, line, amount: yuan(50), reason: 'poor' });
  await desk.exchange.advance();
  expect(await desk.settlement().getBalance({ participantId: buyer.participantId })).toMatchObject({ receivable: yuan(48.5), income: 0n });
  await desk.exchange.advance(4 * 900_000);
  const after = await desk.settlement().getBalance({ participantId: buyer.participantId });
  expect(after).toMatchObject({ receivable: 0n, moneyAvailable: before.moneyAvailable - yuan(48.5) });
  expect(desk.market.free(buyer.participantId)).toBe(after.moneyAvailable);
  const sold = await desk.trade({ tradeId: 5, ...resale });
  await desk.settle(sold);
  await desk.exchange.advance(8 * 900_000);
  expect(await desk.settlement().getBalance({ participantId: buyer.participantId })).toMatchObject({ receivable: 0n, income: yuan(7.76) });
  await desk.exchange.advanceTo(Date.parse('2026-03-01T00:00:00+08:00'));
  const { payouts: next } = await desk.settlement().createPayouts({ month: '2026-02' });
  expect(next.filter(({ participantId }) => participantId === buyer.participantId)).toMatchObject([{ amount: yuan(7.76) }]);
  for (const { payoutId } of next) await desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
});

it('the books balance, and each bill and statement is what its records make of it', async () => {
  expect((await desk.recounted()).findings).toEqual([]);
  expect(await desk.leftOver()).toEqual(nothing);
});
