import { shanghaiDay, startOfSlot, Tier } from '#domain';
import {
  LeasingDefinition,
  LedgerDefinition,
  OrderState,
  SettlementDefinition,
  SubsidyKind,
  TimeInForce,
  VoucherDefinition,
} from '#contracts';
import { SettlementModule } from '#settlement';
import { VoucherModule } from '#voucher';
import { orderIdOf } from '../src/order-id.js';
import { buyer, buyerId, firstSlot, oneHour, openMarket, poolId, provider, yuan, type TestMarket } from './market.js';

describe('R-31: a bid with a programme, with the real ledger and vouchers beside the market', () => {
  const authority = { participantId: 7, roles: ['authority'] } as const;
  let market: TestMarket;
  let programmeId: number;
  beforeAll(async () => {
    market = await openMarket(['registry', 'monitoring'], [SettlementModule, VoucherModule]);
    await market.exchange
      .call(SettlementDefinition)
      .recordDeposit({ participantId: buyerId, amount: 8_000_000n, bankReference: 'receipt' });
    await market.exchange.advance();
    const voucher = market.exchange.call(VoucherDefinition, authority);
    const tier = { sizes: [], rateBp: 5_000, domesticExtraBp: 0, greenExtraBp: 0, greenFromBp: 0, capPerBill: 0n, capPerFirmYear: 0n };
    const firstDay = shanghaiDay(firstSlot);
    const terms = { name: 'half', budget: 100_000_000n, firstDay, lastDay: firstDay + 30, kind: SubsidyKind.GUARANTEE, tiers: [tier] };
    ({ programmeId } = await voucher.createProgramme({ terms }));
    await voucher.submitProgramme({ programmeId });
    await voucher.approveProgramme({ programmeId });
    await market.exchange.call(VoucherDefinition).approveProgramme({ programmeId });
    await market.offer(8);
  });
  afterAll(() => market.exchange.stop());
  const held = async () => {
    await market.exchange.advance();
    const ledger = market.exchange.call(LedgerDefinition, { participantId: 0, roles: ['service'] });
    return (await ledger.getProgrammeBalances({ programmeId })).held;
  };
  const power = () => market.sequencer.market.engine.buyingPower(buyerId)!;

  it('holds money for what the reservation does not pay, and for nothing else', async () => {
    const terms = oneHour({ limitPrice: 10 * yuan });
    await expect(market.scheduling(buyer).submitBid({ terms })).rejects.toMatchObject({ rule: 'buying_power_must_cover_the_worst_case' });
    const { bidId, state } = await market.scheduling(buyer).submitBid({ terms: { ...terms, limitPrice: 1_500_000 }, programmeId });
    expect(state).toBe(OrderState.OPEN);
    expect(await held()).toBe(750_000n);
    expect(power()).toMatchObject({ total: 8_000_000, reserved: 750_000 });
    const whole = oneHour({ limitPrice: 7_250_100 });
    await expect(market.scheduling(buyer).submitBid({ terms: whole })).rejects.toMatchObject({
      rule: 'buying_power_must_cover_the_worst_case',
    });
    expect(await market.scheduling(buyer).getBid({ bidId })).toMatchObject({ programmeId });
    await market.scheduling(buyer).cancelBid({ bidId });
    expect(await held()).toBe(0n);
    expect(power()).toMatchObject({ total: 8_000_000, reserved: 0 });
  });

  it('reserves once for its key, and not again once the bid is over', async () => {
    const call = { idempotencyKey: 'subsidised' };
    const bid = { terms: oneHour({ limitPrice: yuan, timeInForce: TimeInForce.IOC }), programmeId };
    const answers = await Promise.all([1, 2, 3].map(() => market.scheduling(buyer).submitBid(bid, call)));
    expect(answers[0]).toMatchObject({ state: OrderState.ENDED });
    expect(answers[1]).toEqual(answers[0]);
    expect(await held()).toBe(0n);
    expect(await market.scheduling(buyer).submitBid(bid, call)).toEqual(answers[0]);
    expect(await held()).toBe(0n);
    expect(power().total).toBe(8_000_000);
  });

  it('gives the reservation back where the market refuses the bid', async () => {
    const bid = { terms: oneHour({ limitPrice: 100 * yuan }), programmeId };
    await expect(market.scheduling(buyer).submitBid(bid)).rejects.toMatchObject({ rule: 'buying_power_must_cover_the_worst_case' });
    expect(await held()).toBe(0n);
    expect(power()).toMatchObject({ total: 8_000_000, reserved: 0 });
  });

  it('gives the reservation back where the same key placed another bid meanwhile', async () => {
    const call = { idempotencyKey: 'raced' };
    const terms = oneHour({ limitPrice: yuan, timeInForce: TimeInForce.IOC });
    const answers = await Promise.allSettled([
      market.scheduling(buyer).submitBid({ terms, programmeId }, call),
      market.scheduling(buyer).submitBid({ terms }, call),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await held()).toBe(0n);
  });

  it('gives back what a crash left between reservation and bid', async () => {
    const orderId = orderIdOf(buyerId, 'crashed');
    const { database } = market;
    await database.query('insert into reserving (order_id, began_at) values ($1, $2)', [orderId, market.exchange.now()]);
    await market.exchange.call(VoucherDefinition, { participantId: 0, roles: ['service'] }).reserveSubsidy({
      orderId,
      programmeId,
      buyerId,
      worstCase: 4_000_000n,
      classes: [2],
    });
    expect(await held()).toBe(2_000_000n);
    await market.slots(3);
    expect(await held()).toBe(0n);
    expect(await database.query('select from reserving')).toEqual([]);
  });

  it('refuses a programme that does not cover the bid, and holds nothing', async () => {
    await expect(market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: yuan }), programmeId: 99 })).rejects.toMatchObject({
      name: 'Refusal',
    });
    expect(await market.database.query('select from reserving')).toEqual([]);
    expect(await held()).toBe(0n);
  });

  it('reserves anew for a key whose bid closed 24 hours ago (R-10a)', async () => {
    const call = { idempotencyKey: 'used-again' };
    const bid = { terms: oneHour({ limitPrice: yuan, latest: firstSlot + 200 }), programmeId };
    const place = () => market.scheduling(buyer).submitBid(bid, call);
    const { bidId } = await place();
    expect(await held()).toBe(500_000n);
    await market.scheduling(buyer).cancelBid({ bidId });
    await market.slots(1);
    expect(await held()).toBe(0n);
    await market.slots(97);
    expect(await place()).toMatchObject({ bidId, state: OrderState.OPEN });
    expect(await held()).toBe(500_000n);
    await market.scheduling(buyer).cancelBid({ bidId });
    await market.slots(1);
    expect(await held()).toBe(0n);
  });

  it('R-33 a lease that a programme pays a part of is not resold', async () => {
    const window = { from: firstSlot + 401, to: firstSlot + 497 };
    await market.exchange.advanceTo(startOfSlot(firstSlot + 400));
    await market.scheduling(provider).submitOffer({ poolId, tier: Tier.FIRM, units: 1, window, ask: 2 * yuan });
    const { trades } = await market.scheduling(buyer).submitBid({ terms: oneHour({ limitPrice: 8 * yuan, latest: 0 }), programmeId });
    expect(trades).toHaveLength(1);
    const resale = market.exchange.call(LeasingDefinition, buyer).resellLease({ leaseId: trades[0]!.tradeId, ask: 9 * yuan });
    await expect(resale).rejects.toMatchObject({ rule: 'lease_must_be_without_programme_to_be_resold' });
  });
});
