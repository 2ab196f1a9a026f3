import { shanghaiDay, slotMs, startOfSlot, Tier } from '#domain';
import {
  LeasingDefinition,
  LedgerDefinition,
  OrderState,
  SettlementDefinition,
  SubsidyKind,
  TimeInForce,
  VoucherDefinition,
} from '#contracts';
import { Refusal } from '#platform';
import { SettlementModule } from '#settlement';
import { Look } from '#testing';
import { VoucherModule } from '#voucher';
import { orderIdOf } from '../src/order-id.js';
import { Orders } from '../src/orders.js';
import { Subsidies } from '../src/subsidies.js';
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
    await voucher.approveProgramme({ programmeId }, { caller: { ...authority, name: 'second officer' } });
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

  it('holds nothing by a call that comes after what it would have held was given back', async () => {
    const { voucher } = market.exchange.running.get(Subsidies) as unknown as {
      voucher: Record<string, (...args: unknown[]) => Promise<unknown>>;
    };
    const reserve = voucher.reserveSubsidy!;
    let arrive!: () => Promise<unknown>;
    voucher.reserveSubsidy = async (...args) => {
      voucher.reserveSubsidy = reserve;
      arrive = () => reserve.apply(voucher, args);
      throw new Refusal('unavailable', 'service_must_be_reachable', 'vouchers are away');
    };
    const bid = { terms: oneHour({ limitPrice: yuan, latest: firstSlot + 200 }), programmeId };
    const place = () => market.scheduling(buyer).submitBid(bid, { idempotencyKey: 'late' });
    await expect(place()).rejects.toMatchObject({ kind: 'unavailable' });
    await market.slots(3);
    expect(await market.database.query('select from reserving')).toEqual([]);
    const late = { rule: 'attempt_must_be_the_newest' };
    await expect(arrive()).rejects.toMatchObject(late);
    expect(await held()).toBe(0n);
    const { bidId } = await place();
    await expect(arrive()).rejects.toMatchObject(late);
    expect(await held()).toBe(500_000n);
    await market.scheduling(buyer).cancelBid({ bidId });
    expect(await held()).toBe(0n);
    await expect(arrive()).rejects.toMatchObject(late);
    expect(await held()).toBe(0n);
    await market.slots(3);
  });

  it('leaves a bid its share that comes again while what crashes left is given back', async () => {
    const { database } = market;
    const { forsaken, again } = { forsaken: 1, again: orderIdOf(buyerId, 'again') };
    const began = market.exchange.now() - 2 * slotMs;
    await database.query('insert into reserving (order_id, began_at) values ($1, $3), ($2, $3)', [forsaken, again, began]);
    const subsidies = market.exchange.running.get(Subsidies);
    const { voucher } = subsidies as unknown as { voucher: Record<string, (...args: unknown[]) => Promise<unknown>> };
    const release = voucher.releaseSubsidy!;
    const released: number[] = [];
    voucher.releaseSubsidy = async (...args) => {
      const { orderId } = args[0] as { orderId: number };
      released.push(orderId);
      const terms = oneHour({ limitPrice: yuan, latest: firstSlot + 200 });
      if (orderId === forsaken) await market.scheduling(buyer).submitBid({ terms, programmeId }, { idempotencyKey: 'again' });
      return release.apply(voucher, args);
    };
    await subsidies.releaseForsaken(market.exchange.now()).finally(() => (voucher.releaseSubsidy = release));
    expect(released).toEqual([forsaken]);
    expect(await held()).toBe(500_000n);
    expect(await database.query('select order_id, began_at from reserving')).toEqual([
      { order_id: BigInt(again), began_at: BigInt(market.exchange.now()) },
    ]);
    await market.slots(3);
    expect(await database.query('select from reserving')).toEqual([]);
    expect(await held()).toBe(500_000n);
    await market.scheduling(buyer).cancelBid({ bidId: again });
    expect(await held()).toBe(0n);
  });

  it('knows an open bid for placed whichever call of its key was noted last', async () => {
    const terms = oneHour({ limitPrice: yuan, latest: firstSlot + 200 });
    const { bidId } = await market.scheduling(buyer).submitBid({ terms, programmeId }, { idempotencyKey: 'noted-twice' });
    await market.database.query('update reserving set began_at = began_at + 1');
    await market.slots(3);
    expect(await market.database.query('select from reserving')).toEqual([]);
    expect(await held()).toBe(500_000n);
    await market.scheduling(buyer).cancelBid({ bidId });
    expect(await held()).toBe(0n);
  });

  describe('where the ledger held it and a crash kept that from being noted', () => {
    const lose = async (key: string) => {
      const { database } = market.exchange;
      await database.query('alter table voucher.reservations add constraint crash check (false) not valid');
      const terms = oneHour({ limitPrice: yuan });
      await expect(market.scheduling(buyer).submitBid({ terms, programmeId }, { idempotencyKey: key })).rejects.toThrow();
      await database.query('alter table voucher.reservations drop constraint crash');
      expect(await held()).toBe(500_000n);
    };

    it('gives it back after a while', async () => {
      await lose('lost');
      await market.slots(3);
      expect(await held()).toBe(0n);
      expect(await market.database.query('select from reserving')).toEqual([]);
    });

    it('gives it back at once where the bid comes again and is refused', async () => {
      await lose('lost-and-refused');
      const other = { terms: oneHour({ limitPrice: yuan + 100 }), programmeId };
      const call = { idempotencyKey: 'lost-and-refused' };
      await expect(market.scheduling(buyer).submitBid(other, call)).rejects.toMatchObject({ rule: 'reservation_must_not_change' });
      expect(await held()).toBe(0n);
      expect(await market.database.query('select from reserving')).toEqual([]);
    });
  });

  it('a new leader whose tables are not told yet does not take a bid for new that the one before placed', async () => {
    const { sequencer } = market;
    const call = { idempotencyKey: 'at-a-new-leader' };
    const bid = { terms: oneHour({ limitPrice: yuan, timeInForce: TimeInForce.IOC }), programmeId };
    const keeper = new Look(market.exchange.database.url);
    await keeper.query('begin');
    await keeper.query('lock table scheduler.bid in share mode');
    const first = await market.scheduling(buyer).submitBid(bid, call);
    // What a new leader has: all of it from the journal, and no bid under way.
    (market.exchange.running.get(Orders) as unknown as { reserving: Map<number, unknown> }).reserving.clear();
    sequencer.openedAt = sequencer.market.sequence;
    const { voucher } = market.exchange.running.get(Subsidies) as unknown as {
      voucher: Record<string, (...args: unknown[]) => Promise<unknown>>;
    };
    const reserve = voucher.reserveSubsidy!;
    const passed = sequencer.projector.passed.bind(sequencer.projector);
    const again = await new Promise<unknown>((resolve, reject) => {
      // Whichever comes first, the tables or a reservation: then the tables are told, and the first reservation is closed.
      const tell = async () => {
        await keeper.query('rollback');
        await passed(sequencer.market.sequence);
        await market.exchange.advance();
      };
      voucher.reserveSubsidy = async (...args) => {
        await tell();
        return reserve.apply(voucher, args);
      };
      sequencer.projector.passed = async (sequence) => {
        sequencer.projector.passed = passed;
        await tell();
        return passed(sequence);
      };
      market.scheduling(buyer).submitBid(bid, call).then(resolve, reject);
    });
    voucher.reserveSubsidy = reserve;
    await keeper.close();
    expect(again).toEqual(first);
    expect(await held()).toBe(0n);
    await market.slots(3);
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
