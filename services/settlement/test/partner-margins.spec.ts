// what a platform gained or lost with a partner stands in an account of its own; `bought` and `sold` hold what no netting has settled.
import { GreenEnergyDefinition, LeaseChanged, LeaseState, PartnerNetted, PartnerPaymentsDefinition, RemoteLeaseMeasured } from '#contracts';
import type { TradeMade } from '#contracts';
import { marginOf, marginOrders } from '../src/core/partner-netting.js';
import { buyer, Desk, nothing, quarterHour, yuan } from './market.js';

const partnerId = 5;

describe('core', () => {
  const netted = (sold: number, bought: number, soldBack = 0, boughtBack = 0) => ({
    ...{ partnerId, currency: 'CNY', sold: yuan(sold), bought: yuan(bought), soldBack: yuan(soldBack), boughtBack: yuan(boughtBack) },
  });
  it.each([
    ['bought and sold at what they cost', netted(10, 20), [20, 10], [0, 0]],
    ['buyers paid more than is owed', netted(0, 20), [23, 0], [3, 0]],
    ['buyers paid less', netted(0, 20), [18, 0], [-2, 0]],
    ['sold above what it cost', netted(10, 0), [0, 8], [0, 2]],
    ['sold below', netted(10, 0), [0, 11], [0, -1]],
    ['one won, the other lost', netted(10, 20), [23, 11], [3, -1]],
    ['less was sold than was netted before', netted(0, 4, 4), [0, -3], [0, -1]],
    ['less was bought', netted(4, 0, 0, 4), [-5, 0], [-1, 0]],
    ['an adjustment either way, and items of its own', netted(14, 23, 3, 4), [17, 8], [1, -1]],
    ['nobody has rated them yet', netted(10, 20), [0, 0], [-20, 10]],
  ] as const)('%s', (_, items, [bought, sold], [ofBought, ofSold]) =>
    expect(marginOf(items, { bought: yuan(bought), sold: yuan(sold) })).toEqual({ bought: yuan(ofBought), sold: yuan(ofSold) }),
  );

  it('moves what was gained out of where it arose, and puts what was lost into it', () => {
    const margin = { bought: yuan(3), sold: -yuan(1) };
    expect(marginOrders({ ...netted(1, 1), currency: 'EUR' }, margin, 'j')).toEqual([
      {
        ...{ id: 'j/gained/bought', kind: 'partner_margin', phase: 'single' },
        ...{ debit: 'partner/5/bought@EUR', credit: 'partner/5/margin@EUR', amount: yuan(3) },
      },
      {
        ...{ id: 'j/lost/sold', kind: 'partner_margin', phase: 'single' },
        ...{ debit: 'partner/5/margin@EUR', credit: 'partner/5/sold@EUR', amount: yuan(1) },
      },
    ]);
  });
});

describe('booked', () => {
  let desk: Desk;
  let leases = 0;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.deposit(buyer.participantId, yuan(1_000));
    await desk.deposit(partnerId, yuan(1_000));
  });
  afterEach(async () => {
    expect((await desk.recounted()).findings).toEqual([]);
    expect(await desk.leftOver()).toEqual(nothing);
    await desk.stop();
  });

  /** Eight cards for an hour at 8 yuan. */
  const sold = (given: Partial<TradeMade> = {}) =>
    desk.trade({ tradeId: (leases += 1), units: 8, buyerId: partnerId, reservationId: leases, ...given });
  const bought = (given: Partial<TradeMade> = {}) =>
    desk.trade({
      tradeId: (leases += 1),
      units: 8,
      providerId: partnerId,
      poolId: 1_000_000_000,
      platformId: partnerId,
      reservationId: leases,
      ...given,
    });
  async function told({ tradeId }: TradeMade, version: number, unitSlotsUp: number, energyWh = 0): Promise<void> {
    const measure = { tradeId, version, unitSlots: 32, unitSlotsDue: 32, unitSlotsUp, energyWh, energyMeasured: true };
    await desk.tellInterconnect(RemoteLeaseMeasured, measure);
    await desk.exchange.advance(4 * quarterHour);
  }
  async function ended(trade: TradeMade): Promise<TradeMade> {
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
    return trade;
  }
  const net = (
    through: number,
    sums: Partial<PartnerNetted>,
    of: readonly TradeMade[],
    adjusted: readonly TradeMade[] = [],
    compensated: readonly TradeMade[] = [],
  ) =>
    desk.tellInterconnect(
      PartnerNetted,
      PartnerNetted.create({
        ...{ participantId: partnerId, platform: 'Tianfu', through, currency: 'CNY', items: 1, ...sums },
        ...{ leaseIds: of.map(({ tradeId }) => tradeId), adjustedLeaseIds: adjusted.map(({ tradeId }) => tradeId) },
        compensatedLeaseIds: compensated.map(({ tradeId }) => tradeId),
      }),
    );
  const accounts = () =>
    Promise.all(['bought', 'sold', 'margin'].map(async (part) => Number(await desk.balanceOf(`partner/${partnerId}/${part}`)) / 1e6));
  const margins = async () => {
    const { nettings } = await desk.exchange.call(PartnerPaymentsDefinition).listPartnerNettings({});
    return nettings.map(({ margin }) => Number(margin) / 1e6);
  };

  it('of what is netted; what is not stays', async () => {
    const [first, second] = [await sold(), await sold()];
    const [third, fourth] = [await bought(), await bought()];
    for (const trade of [first, second]) await desk.settle(trade);
    for (const trade of [third, fourth]) await told(await ended(trade), 1, 32);
    expect(await accounts()).toEqual([128, -128, 0]);
    await net(20_000, { sold: yuan(70), bought: yuan(60) }, [first, third]);
    expect(await accounts()).toEqual([64, -64, 10]);
    await net(20_031, { sold: yuan(62), bought: yuan(64) }, [second, fourth]);
    expect(await accounts()).toEqual([0, 0, 8]);
    expect(await margins()).toEqual([-2, 10]);
  });

  it('R-24: for a lease that it lost the partner owes by statement what its new place costs more; its participant pays nothing', async () => {
    const lost = await bought();
    await desk.lose(lost, 4);
    const anew = await desk.trade({ tradeId: (leases += 1), units: 4, replacesTradeId: lost.tradeId, owedAmount: yuan(6) });
    const end = { leaseId: lost.tradeId, state: LeaseState.ENDED, delivered: lost.window, units: 4, unitSlots: 16, held: yuan(32) };
    await desk.market.tell(LeaseChanged, LeaseChanged.create({ ...end, reason: 'lost' }));
    const measure = { tradeId: lost.tradeId, version: 1, unitSlots: 16, unitSlotsDue: 16, unitSlotsUp: 16 };
    await desk.tellInterconnect(RemoteLeaseMeasured, RemoteLeaseMeasured.create(measure));
    const of = async (participantId: number) => (await desk.settlement().listEarnings({ participantId })).earnings;
    await desk.settle(anew);
    expect(await accounts()).toEqual([32 - 6, 0, 0]);
    expect((await of(anew.providerId)).filter(({ kind }) => kind === 'compensation')).toMatchObject([{ amount: yuan(6) }]);
    expect(await of(partnerId)).toEqual([]);
    expect(await desk.balanceOf(`participant/${partnerId}/money`)).toBe(yuan(1_000));
    expect(desk.market.compensated).toEqual([{ tradeId: lost.tradeId, partnerId, sold: false, amount: yuan(6) }]);
    // The price is netted while the partner has yet to take the compensation; of that it takes half in the end.
    await net(20_000, { bought: yuan(32) }, [lost], [], [lost]);
    expect([await accounts(), await margins()]).toEqual([[-6, 0, 0], [0]]);
    const other = await ended(await bought());
    await told(other, 1, 32);
    await net(20_031, { bought: yuan(64) }, [other], [], [lost]);
    expect([await accounts(), await margins()]).toEqual([
      [-6, 0, 0],
      [0, 0],
    ]);
    await net(20_062, { sold: yuan(3), boughtBack: yuan(3) }, [lost]);
    expect([await accounts(), await margins()]).toEqual([
      [0, 0, -3],
      [-3, 0, 0],
    ]);
  });

  it('what is rated, corrected or refunded after its netting is settled by the next, but for what an adjustment waits for', async () => {
    const [late, corrected, waits] = [await ended(await bought()), await ended(await bought()), await ended(await bought())];
    for (const trade of [corrected, waits]) await told(trade, 1, 32);
    await net(20_000, { bought: yuan(192) }, [late, corrected, waits]);
    expect(await accounts()).toEqual([0, 0, -64]);
    await told(late, 1, 32);
    // 31 of 32 are credited by a quarter.
    for (const trade of [corrected, waits]) await told(trade, 2, 31);
    expect(await accounts()).toEqual([32, 0, -64]);
    const [bill] = await desk.closeMonth();
    const line = bill!.lines.findIndex(({ kind, tradeId }) => kind === 'compute' && tradeId === late.tradeId) + 1;
    await desk.settlement().refundBill({ billId: bill!.billId, line, amount: yuan(4), reason: 'goodwill' });
    await desk.exchange.advance();
    // A netting of another lease, and of the adjustment of one of the two.
    const other = await ended(await bought());
    await told(other, 1, 32);
    await net(20_031, { sold: yuan(16), boughtBack: yuan(16), bought: yuan(60) }, [other, corrected], [waits]);
    expect(await accounts()).toEqual([-16, 0, 0]);
    await net(20_062, { sold: yuan(16), boughtBack: yuan(16) }, [waits]);
    expect(await accounts()).toEqual([0, 0, 0]);
    expect(await margins()).toEqual([0, 64, -64]);
  });

  it('a netting looks at what has changed since the one before, and at nothing else', async () => {
    const queued = async () => {
      const rows = await desk.exchange.database.query<{ trade_id: string }>(
        'select distinct trade_id from settlement.partner_lease_changes order by trade_id',
      );
      return rows.map((row) => Number(row.trade_id));
    };
    const [first, second, third, fourth] = [
      await ended(await bought()),
      await ended(await bought()),
      await ended(await bought()),
      await bought(),
    ];
    for (const trade of [first, second, third]) await told(trade, 1, 32);
    expect(await queued()).toEqual([first, second, third].map(({ tradeId }) => tradeId));
    await net(20_000, { bought: yuan(128) }, [first, second]);
    // What is not netted stays until it is.
    expect(await queued()).toEqual([third.tradeId]);
    await told(second, 2, 31);
    expect(await queued()).toEqual([second.tradeId, third.tradeId]);
    await told(await ended(fourth), 1, 32);
    await net(20_031, { bought: yuan(64) }, [fourth], [second]);
    expect(await queued()).toEqual([second.tradeId, third.tradeId]);
    await net(20_062, { sold: yuan(16), boughtBack: yuan(16), bought: yuan(64) }, [third]);
    expect(await queued()).toEqual([]);
    expect(await accounts()).toEqual([0, 0, 0]);
  });

  it('a netting that comes again, after a restore of who speaks with partners, is posted once; another through its day is not posted', async () => {
    const lease = await ended(await bought());
    await told(lease, 1, 32);
    for (const _ of [1, 2]) await net(20_000, { bought: yuan(60) }, [lease]);
    await net(20_000, { bought: yuan(61) }, [lease]);
    expect(await accounts()).toEqual([0, 0, 4]);
    expect(await margins()).toEqual([4]);
    // What comes after is heard.
    const other = await ended(await bought());
    await told(other, 1, 32);
    await net(20_031, { bought: yuan(60) }, [other]);
    expect(await margins()).toEqual([4, 4]);
  });

  it('what was netted before leases were told is carried over, once they are', async () => {
    const [mine, theirs] = [await ended(await bought()), await sold()];
    await told(mine, 1, 32);
    await desk.settle(theirs);
    await net(20_000, { sold: yuan(70), bought: yuan(60) }, []);
    expect(await accounts()).toEqual([4, 6, 0]);
    expect((await desk.recounted()).findings).toEqual([]);
    await net(20_000, { sold: yuan(70), bought: yuan(60) }, [mine, theirs]);
    expect(await accounts()).toEqual([0, 0, 10]);
  });

  it('R-30: what a broken promise costs is owed by statement either way, moves no money or income of the partner, and is told', async () => {
    const green = { greenShareBp: 5_000, pueMilli: 1_250 };
    const [mine, theirs] = [await ended(await bought(green)), await sold(green)];
    await told(mine, 1, 32, 40_000);
    await desk.settle(theirs, { energyWh: 80_000 });
    await net(20_000, { sold: yuan(64), bought: yuan(64) }, [mine, theirs]);
    expect(await accounts()).toEqual([0, 0, 0]);
    await desk.closeMonth();
    const participants = [`participant/${partnerId}/money`, `participant/${partnerId}/income`, `participant/${partnerId}/receivable`];
    const before = await Promise.all(participants.map((code) => desk.balanceOf(code)));
    const [money, income] = [
      await desk.balanceOf(`participant/${buyer.participantId}/money`),
      await desk.balanceOf('participant/2/income'),
    ];
    // 25 kWh of 50 were promised with the one, 50 of 100 with the other, at 0.05 yuan.
    const period = await desk.exchange.call(GreenEnergyDefinition).closeGreenPeriod({ month: '2026-01' });
    await desk.exchange.advance();
    expect(period).toMatchObject({ leases: 2, compensated: yuan(3.75) });
    expect((await desk.balanceOf(`participant/${buyer.participantId}/money`)) - money).toBe(yuan(1.25));
    expect((await desk.balanceOf('participant/2/income')) - income).toBe(-yuan(2.5));
    expect(await Promise.all(participants.map((code) => desk.balanceOf(code)))).toEqual(before);
    expect(desk.market.free(partnerId)).toBe(yuan(1_000));
    expect(desk.market.compensated).toEqual([
      { tradeId: theirs.tradeId, partnerId, sold: true, amount: yuan(2.5) },
      { tradeId: mine.tradeId, partnerId, sold: false, amount: yuan(1.25) },
    ]);
    expect(await accounts()).toEqual([-1.25, 2.5, 0]);
    // The partner pays a yuan of it, and is paid what was taken of the provider.
    await net(20_031, { sold: yuan(1), boughtBack: yuan(1), bought: yuan(2.5), soldBack: yuan(2.5) }, [mine, theirs]);
    expect(await accounts()).toEqual([0, 0, -0.25]);
  });

  it('the audit finds a margin that leases and nettings do not come to, and a lease that none has settled', async () => {
    const lease = await ended(await bought());
    await told(lease, 1, 32);
    await net(20_000, { bought: yuan(60) }, [lease]);
    const found = async (change: string) => {
      await desk.exchange.database.query(change);
      return (await desk.recounted()).findings.map(({ table, row }) => `${table} ${row}`);
    };
    expect(await found('update settlement.partner_margins set of_bought = of_bought + 1')).toEqual([`partner_margins ${partnerId}, CNY`]);
    expect(await found('update settlement.partner_margins set of_bought = of_bought - 1')).toEqual([]);
    expect(await found('update settlement.partner_netted_leases set revision = 0')).toEqual([
      `accounts partner/${partnerId}/bought`,
      `accounts partner/${partnerId}/margin`,
      `partner_margins ${partnerId}, CNY`,
    ]);
    expect(await found('update settlement.partner_netted_leases set revision = 1')).toEqual([]);
  });
});
