// green energy: certificates are used once, in order, and what they leave short of the promise is compensated.
import { GreenEnergyDefinition, ScheduleKind } from '#contracts';
import type { TradeMade } from '#contracts';
import type { TestCaller } from '#testing';
import { compensationOf, cover, promisedWh } from '../src/core/green.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, regulator, yuan } from './market.js';

const dayOf = (text: string) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;

describe('the rules of green energy', () => {
  const of = (...wh: number[]) =>
    wh.map((one, at) => ({ tradeId: BigInt(at + 1), certificateId: BigInt(at + 1), wh: BigInt(one), leftWh: BigInt(one) }));
  it.each([
    ['one covers two', [3, 4], [10], '1:1=3 1:2=4'],
    ['two cover one', [10], [4, 9], '1:1=4 2:1=6'],
    ['short', [5, 5], [7], '1:1=5 1:2=2'],
    ['used up ones are passed over', [5], [0, 5], '2:1=5'],
    ['none', [5], [], ''],
    ['nothing promised', [0, 5], [5], '1:2=5'],
  ])('R-30 %s', (_name, promised, certificates, uses) => {
    const got = cover(of(...promised), of(...certificates)).map(({ certificateId, tradeId, wh }) => `${certificateId}:${tradeId}=${wh}`);
    expect(got.join(' ')).toBe(uses);
  });

  it('R-30 promises and compensations are rounded down', () => {
    expect(promisedWh(9_999n, 5_001)).toBe(5_000n);
    expect(compensationOf(1_999n, { version: 1, effectiveFrom: 0, shortfallPerKwh: 50_000n })).toBe(99_950n);
    expect(compensationOf(1n, { version: 1, effectiveFrom: 0, shortfallPerKwh: 999n })).toBe(0n);
  });
});

describe('green energy', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    for (const { participantId } of [buyer, otherBuyer, linkOwner]) await desk.deposit(participantId, yuan(100));
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    await desk.stop();
  });

  const green = (caller?: TestCaller) => desk.exchange.call(GreenEnergyDefinition, caller);
  const register = (serial: string, kwh: number, [from, to] = ['2026-01-01', '2026-01-31'], participantId = provider.participantId) =>
    green().registerCertificate({ participantId, issuer: 'GEC', serial, kwh, firstDay: dayOf(from), lastDay: dayOf(to) });
  /** Half of its energy is promised green; with a PUE of 1.25 ten kilowatt-hours are twelve and a half. */
  const delivered = async (given: Partial<TradeMade> & { tradeId: number }, energyWh = 10_000) => {
    const trade = await desk.trade({ greenShareBp: 5_000, pueMilli: 1_250, ...given });
    await desk.settle(trade, { energyWh });
  };

  it('R-30 a certificate is registered once, by the operator, and seen by its provider', async () => {
    await register('A-1', 5);
    await expect(register(' a-1', 5)).rejects.toMatchObject({ rule: 'certificate_must_be_registered_once', field: 'serial' });
    await expect(register('A-2', 5, ['2026-02-01', '2026-01-31'])).rejects.toMatchObject({ rule: 'certificate_must_end_after_it_begins' });
    expect((await green(provider).listCertificates({})).certificates).toMatchObject([{ serial: 'A-1', kwh: 5, usedWh: 0 }]);
    expect((await green(linkOwner).listCertificates({})).certificates).toEqual([]);
    await expect(green(provider).closeGreenPeriod({ month: '2026-01' })).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('R-30 certificates cover the month’s promises in order; what is short the deliverer pays the buyer, once', async () => {
    await delivered({ tradeId: 1 });
    await delivered({ tradeId: 2, buyerId: otherBuyer.participantId });
    await delivered({ tradeId: 3, greenShareBp: 0 });
    // Of the link owner's lease four of ten kilowatt-hours were resold, and used by the other.
    await delivered({ tradeId: 5, buyerId: linkOwner.participantId });
    const resale = { providerId: linkOwner.participantId, resoldLeaseId: 5, deliveredById: provider.participantId };
    await delivered({ tradeId: 6, buyerId: otherBuyer.participantId, ...resale }, 4_000);
    // Of another, of another month, and one that the month does not use up.
    await register('other', 100, undefined, linkOwner.participantId);
    await register('later', 100, ['2026-02-01', '2026-02-28']);
    await register('short', 8);
    await expect(green().closeGreenPeriod({ month: '2026-01' })).rejects.toMatchObject({ rule: 'billing_period_must_be_closed' });
    await desk.closeMonth();
    const before = await desk.balanceOf(`participant/${provider.participantId}/income`);
    const period = await green().closeGreenPeriod({ month: '2026-01' });
    await desk.exchange.advance();
    // Twice 6.25, 3.75 and 2.5 kWh were promised, 8 are covered: of 10.75 at 0.05 yuan that are short the second lease has 4.5.
    expect(period).toMatchObject({ leases: 4, promisedWh: 18_750, coveredWh: 8_000, compensated: yuan(0.5375) });
    expect(await green().closeGreenPeriod({ month: '2026-01' })).toEqual(period);
    expect(await desk.balanceOf(`participant/${provider.participantId}/income`)).toBe(before - yuan(0.5375));
    expect(desk.market.free(otherBuyer.participantId)).toBe(yuan(84) + yuan(0.35));
    expect(desk.market.free(linkOwner.participantId)).toBe(yuan(92) + yuan(0.1875));
    expect(desk.market.free(buyer.participantId)).toBe(yuan(84));
    const energyOf = async (caller: TestCaller) => {
      const { bills } = await desk.settlement(caller).listBills({});
      return (await desk.settlement(caller).getBill({ billId: bills[0]!.billId })).lines.map(({ energy }) => energy);
    };
    expect(await energyOf(buyer)).toEqual([
      { wh: 12_500, promisedGreenWh: 6_250, settled: true, coveredGreenWh: 6_250, compensation: 0n, carbonMg: 3_316_250, carbonVersion: 1 },
      { wh: 12_500, promisedGreenWh: 0, settled: false, coveredGreenWh: 0, compensation: 0n, carbonMg: 6_632_500, carbonVersion: 1 },
    ]);
    expect(await energyOf(otherBuyer)).toEqual([
      {
        wh: 12_500,
        promisedGreenWh: 6_250,
        settled: true,
        coveredGreenWh: 1_750,
        compensation: yuan(0.225),
        ...{ carbonMg: 3_316_250, carbonVersion: 1 },
      },
      {
        wh: 5_000,
        promisedGreenWh: 2_500,
        settled: true,
        coveredGreenWh: 0,
        compensation: yuan(0.125),
        carbonMg: 1_326_500,
        carbonVersion: 1,
      },
    ]);
    expect(await energyOf(linkOwner)).toMatchObject([
      { wh: 7_500, promisedGreenWh: 3_750, compensation: yuan(0.1875), carbonMg: 1_989_750 },
    ]);
    const { earnings } = await desk.settlement(provider).listEarnings({ tradeId: 2 });
    expect(earnings.map(({ kind, amount }) => [kind, amount])).toContainEqual(['green_shortfall', -yuan(0.225)]);
    expect((await green(regulator).listGreenPeriods({})).periods).toEqual([period]);

    // What the month used no later one uses again.
    await delivered({ tradeId: 4 });
    await desk.passFebruary();
    await desk.settlement().closeBillingPeriod({ month: '2026-02' });
    expect(await green().closeGreenPeriod({ month: '2026-02' })).toMatchObject({ leases: 1, coveredWh: 6_250, compensated: 0n });
    const used = (await green(provider).listCertificates({})).certificates.map(({ serial, usedWh }) => [serial, usedWh]);
    expect(used).toEqual([
      ['SHORT', 8_000],
      ['LATER', 6_250],
    ]);
    await desk.exchange.advance();
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-30 what was settled before a fall stays, and who says it again settles the rest, once', async () => {
    await delivered({ tradeId: 1 });
    await delivered({ tradeId: 2, providerId: linkOwner.participantId });
    await register('short', 1);
    await desk.closeMonth();
    const { database } = desk.exchange;
    await database.query(`CREATE FUNCTION settlement.fall() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'it fell'; END $$;
      CREATE TRIGGER fall BEFORE INSERT ON settlement.green_leases FOR EACH ROW WHEN (new.trade_id = 2) EXECUTE FUNCTION settlement.fall()`);
    const close = () => green().closeGreenPeriod({ month: '2026-01' }, { idempotencyKey: 'green', requestHash: 'r' });
    await expect(close()).rejects.toThrow('the exchange failed');
    const settled = () => database.query('SELECT trade_id, covered_wh FROM settlement.green_leases ORDER BY trade_id');
    expect(await settled()).toMatchObject([{ trade_id: '1', covered_wh: '1000' }]);
    expect((await green().listGreenPeriods({})).periods).toEqual([]);
    await database.query('DROP TRIGGER fall ON settlement.green_leases');
    // 5.25 kWh of the one and 6.25 of the other, at 0.05 yuan.
    expect(await close()).toMatchObject({ leases: 2, promisedWh: 12_500, coveredWh: 1_000, compensated: yuan(0.575) });
    expect(await close()).toMatchObject({ leases: 2, compensated: yuan(0.575) });
    await desk.exchange.advance();
    expect(await settled()).toHaveLength(2);
    expect(desk.market.free(buyer.participantId)).toBe(yuan(84) + yuan(0.575));
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('R-30 a shortfall costs what the table in force said when the trade was made, also after the payout', async () => {
    await delivered({ tradeId: 1 });
    await desk
      .settlement()
      .publishSchedule({ kind: ScheduleKind.SHORTFALL, effectiveFrom: desk.exchange.now() + 1, shortfallPerKwh: yuan(1) });
    await desk.exchange.advance(1);
    await delivered({ tradeId: 2 });
    await desk.closeMonth();
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-01' });
    await desk.settlement().confirmPayout({ payoutId: payouts[0]!.payoutId, bankReference: 'B' });
    expect(await green().closeGreenPeriod({ month: '2026-01' })).toMatchObject({ compensated: yuan(0.3125) + yuan(6.25) });
    await desk.exchange.advance();
    expect(await desk.balanceOf(`participant/${provider.participantId}/receivable`)).toBe(-yuan(6.5625));
    expect(desk.market.free(buyer.participantId)).toBe(yuan(84) + yuan(6.5625));
    expect(await desk.leftOver()).toEqual(nothing);
  });
});
