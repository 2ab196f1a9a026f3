// R-35 through the public API: what the service that speaks with partners tells and hears, over the real bus.
import { slotMs, TimeInForce, Unit } from '#domain';
import {
  BidTerms,
  BuyingPowerRaised,
  LeaseState,
  OrderClosed,
  OrderState,
  ParticipantChanged,
  LeaseChanged,
  PieceReserved,
  RemoteLeasesLost,
  RemotePieceDecided,
  RemoteSupplyChanged,
  ReservationEnded,
  ReservationState,
  TradeMade,
} from '#contracts';
import type { TestCaller } from '#testing';
import { nodesOf, type RemotePool } from '../src/remote.js';
import { book, buyer, buyerId, firstSlot, oneHour, participant, raise, testMarket, yuan, type TestMarket } from './market.js';

const partnerId = 9;
const interconnect: TestCaller = { participantId: 0, roles: ['service'] };
const partner: TestCaller = { participantId: partnerId, roles: ['partner'] };
const remotePoolId = 1_000_000_007;

let market: TestMarket;
beforeEach(async () => {
  market = await testMarket({}, ['interconnect']);
  await market.tell(ParticipantChanged, participant(partnerId));
  await market.tell(BuyingPowerRaised, raise(partnerId));
});
afterEach(() => market.exchange.stop());

const supply = (change: Partial<RemoteSupplyChanged> = {}): RemoteSupplyChanged =>
  RemoteSupplyChanged.create({
    participantId: partnerId,
    remoteSiteId: 1_000_000_003,
    remotePoolId,
    computeClass: book.computeClass,
    model: book.model,
    unit: book.unit,
    zone: 1,
    region: 650_500,
    window: { from: firstSlot + 1, to: firstSlot + 97 },
    units: 16,
    price: yuan,
    greenShareBp: 9_000,
    pueMilli: 1_100,
    expiresAt: (firstSlot + 40) * slotMs,
    ...change,
  });

const bidFor = (units: number, terms: Partial<BidTerms> = {}) =>
  market
    .scheduling(buyer)
    .submitBid({ terms: oneHour({ units, latest: 0, ...terms }), project: 'training', image: 'image', publicKey: 'key' });
const bid = (bidId: number) => market.scheduling(buyer).getBid({ bidId });
const offers = async () => (await market.scheduling(partner).listOffers({})).offers;
const decide = (tradeId: number, made: boolean, supplyStillThere = false) =>
  market.tell(RemotePieceDecided, RemotePieceDecided.create({ tradeId, made, supplyStillThere }));

describe('supply of a partner (R-35)', () => {
  it('is offered as it was told last, marked with its platform, until it expires or is withdrawn', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    await market.tell(RemoteSupplyChanged, supply({ units: 8, price: 2 * yuan }));
    expect(await offers()).toMatchObject([
      { state: OrderState.OPEN, units: 8, ask: 2 * yuan, poolId: remotePoolId, platformId: partnerId },
      { state: OrderState.CANCELLED, units: 16 },
    ]);
    await market.tell(RemoteSupplyChanged, supply({ withdrawn: true }));
    expect(await offers()).toMatchObject([{ state: OrderState.CANCELLED }, {}]);
    await market.tell(RemoteSupplyChanged, supply());
    await market.slots(41);
    expect((await offers())[0]).toMatchObject({ state: OrderState.EXPIRED });
  });

  it.each<[string, Partial<RemotePool>, number]>([
    ['what is advertised', { units: 16, poolUnits: 16 }, 2],
    ['what was bought of it too', { units: 12, poolUnits: 24 }, 3],
    ['all of it was bought', { units: 0, poolUnits: 24 }, 3],
    ['not told', { units: 12 }, 2],
    ['nodes of another size', { units: 12, poolUnits: 24, unitsPerNode: 4 }, 6],
    ['cores', { units: 65, poolUnits: 65, unit: Unit.CORE }, 2],
    ['part of a node', { units: 1, poolUnits: 9 }, 2],
  ])('has nodes for %s', (_, pool, nodes) =>
    expect(nodesOf({ unit: Unit.CARD, unitsPerNode: 0, units: 0, poolUnits: 0, ...pool })).toBe(nodes),
  );

  it('grown or shrunk, all that is advertised is sold and no more, whatever was bought of it before', async () => {
    await market.tell(RemoteSupplyChanged, supply({ poolUnits: 16 }));
    const reserved = async (units: number) => (await bidFor(units, { timeInForce: TimeInForce.IOC })).reserved;
    expect(await reserved(12)).toBe(12);
    await market.tell(RemoteSupplyChanged, supply({ units: 12, poolUnits: 24 }));
    expect(await reserved(16)).toBe(12);
    await market.tell(RemoteSupplyChanged, supply({ units: 2, poolUnits: 26 }));
    expect(await reserved(16)).toBe(2);
  });

  it('is no pool that anybody offers by a call', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    const window = { from: firstSlot + 1, to: firstSlot + 9 };
    const offered = market.scheduling(partner).submitOffer({ poolId: remotePoolId, tier: 1, units: 1, window, ask: yuan });
    await expect(offered).rejects.toMatchObject({ kind: 'absent', rule: 'pool_must_be_known' });
  });

  it('is taken by a bid, asked for, and a lease on the partner’s platform once the partner commits', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    const answer = await bidFor(4);
    expect(answer).toMatchObject({
      state: OrderState.OPEN,
      filled: 0,
      open: 0,
      reserved: 4,
      trades: [{ platformId: partnerId, reserved: true }],
    });
    const { tradeId } = answer.trades[0]!;
    await market.exchange.advance();
    expect(market.told(PieceReserved)).toMatchObject([
      {
        piece: {
          tradeId,
          buyerId,
          providerId: partnerId,
          poolId: remotePoolId,
          units: 4,
          price: yuan,
          project: 'training',
          greenShareBp: 9_000,
        },
        ...{ platformId: partnerId, reservationId: tradeId, pieces: 1, until: 0, image: 'image', publicKey: 'key' },
      },
    ]);
    expect(await bid(answer.bidId)).toMatchObject({
      state: OrderState.OPEN,
      reserved: 4,
      filled: 0,
      trades: [{ tradeId, reserved: true }],
    });
    expect(market.told(TradeMade)).toEqual([]);
    await decide(tradeId, true);
    expect(market.told(TradeMade)).toMatchObject([
      { tradeId, platformId: partnerId, reservationId: tradeId, computeAmount: BigInt(4 * yuan) },
    ]);
    expect(await bid(answer.bidId)).toMatchObject({
      state: OrderState.FILLED,
      reserved: 0,
      filled: 4,
      trades: [{ tradeId, reserved: false }],
    });
    expect(await market.scheduling(buyer).getLease({ leaseId: tradeId })).toMatchObject({
      state: LeaseState.CONFIRMED,
      platformId: partnerId,
      image: 'image',
    });
    expect(await market.scheduling(buyer).getTrade({ tradeId })).toMatchObject({ platformId: partnerId });
  });

  it('comes back to its bid where the partner does not commit, and is offered so much less', async () => {
    await market.tell(RemoteSupplyChanged, supply({ units: 6 }));
    const { bidId, trades } = await bidFor(4);
    await decide(trades[0]!.tradeId, false);
    expect(await bid(bidId)).toMatchObject({ state: OrderState.OPEN, filled: 0, open: 2, reserved: 2 });
    expect(market.told(ReservationEnded)).toMatchObject([
      { bidId, buyerId, platformId: partnerId, tradeIds: [trades[0]!.tradeId], reason: 'returned' },
    ]);
    expect((await offers())[0]).toMatchObject({ state: OrderState.OPEN, units: 2 });
    await decide(trades[0]!.tradeId, true);
    expect(market.told(TradeMade)).toEqual([]);
  });

  it('of a bid that was cancelled meanwhile is still what the partner says; only then what it reserved is free', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    const [first, second] = [await bidFor(4), await bidFor(2)];
    for (const { bidId } of [first, second]) await market.scheduling(buyer).cancelBid({ bidId });
    await market.exchange.advance();
    expect(market.told(OrderClosed).filter(({ isBid }) => isBid)).toEqual([]);
    await decide(first.trades[0]!.tradeId, true);
    await decide(second.trades[0]!.tradeId, false);
    expect(await bid(first.bidId)).toMatchObject({ state: OrderState.CANCELLED, filled: 4, reserved: 0 });
    expect(market.told(OrderClosed).filter(({ isBid }) => isBid)).toMatchObject([
      { orderId: first.bidId, reason: 'cancelled', filledUnits: 4 },
      { orderId: second.bidId, reason: 'cancelled', filledUnits: 0 },
    ]);
  });

  it('is left alone by a bid that stays here, and quoted as what it is', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    expect(await bidFor(1, { localOnly: true })).toMatchObject({ open: 1, reserved: 0, trades: [] });
    const quote = await market.scheduling(buyer).quoteBid({ terms: oneHour({ units: 3 }) });
    expect(quote.fills).toMatchObject([{ units: 3, platformId: partnerId }]);
  });

  it('survives a restart of the market', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    const { bidId, trades } = await bidFor(4);
    const before = await market.hash();
    await market.exchange.restart();
    expect(await market.hash()).toBe(before);
    await decide(trades[0]!.tradeId, true);
    expect(await bid(bidId)).toMatchObject({ state: OrderState.FILLED });
    expect(await market.market().verifyMarket({})).toMatchObject({ same: true });
  });
});

describe('what a partner lost (R-24)', () => {
  const lose = (tradeId: number, unitsLeft: number) =>
    market.tell(RemoteLeasesLost, RemoteLeasesLost.create({ leases: [{ tradeId, unitsLeft }] }));

  it('is placed anew here and paid at the old price, what the partner owes is told, and said again nothing happens', async () => {
    await market.tell(RemoteSupplyChanged, supply());
    const { bidId, trades } = await bidFor(4);
    const lost = trades[0]!.tradeId;
    await decide(lost, true);
    await market.offer(3, 2 * yuan);
    for (let said = 0; said < 2; said++) await lose(lost, 1);
    expect(market.told(TradeMade)).toMatchObject([
      { tradeId: lost },
      { units: 3, platformId: 0, price: yuan, replacesTradeId: lost, owedAmount: BigInt(3 * yuan), project: 'training' },
    ]);
    const leaseOf = (leaseId: number) => market.scheduling(buyer).getLease({ leaseId });
    expect(await leaseOf(lost)).toMatchObject({ state: LeaseState.CONFIRMED, units: 1, reason: 'lost' });
    await lose(lost, 0);
    expect(await leaseOf(lost)).toMatchObject({ state: LeaseState.CUT_SHORT, reason: 'lost', platformId: partnerId });
    expect(
      market
        .told(LeaseChanged)
        .filter(({ leaseId }) => leaseId === lost)
        .at(-1),
    ).toMatchObject({ held: 0n, unitSlots: 0 });
    expect((await bid(bidId)).trades).toMatchObject([{ tradeId: lost }, { units: 3, platformId: 0 }]);
    expect(await market.market().verifyMarket({})).toMatchObject({ same: true });
  });
});

describe('what a partner reserves here (R-35)', () => {
  const until = (firstSlot + 2) * slotMs;
  const name = { participantId: partnerId, reservationId: 'r-1' };
  const reserve = (units = 4, reservationId = 'r-1') =>
    market.reservations(interconnect).reserve({ ...name, reservationId, terms: oneHour({ units, latest: 0 }), until });

  it('is held, and asked again under its name is the same', async () => {
    await market.offer(8);
    const held = await reserve();
    expect(held).toMatchObject({ state: ReservationState.OPEN, until, pieces: [{ units: 4, platformId: 0, reserved: true }] });
    expect(await reserve()).toEqual(held);
    expect(await market.reservations(interconnect).getReservation(name)).toEqual(held);
    await expect(market.reservations(buyer).getReservation(name)).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await bidFor(8)).trades).toMatchObject([{ units: 4 }]);
  });

  it('is a trade once committed, and given back once released; each decided once', async () => {
    await market.offer(8);
    await reserve();
    const made = await market.reservations(interconnect).decideReservation({ ...name, commit: true });
    expect(made).toMatchObject({ state: ReservationState.MADE, pieces: [{ units: 4, reserved: false }] });
    expect(await market.reservations(interconnect).decideReservation({ ...name, commit: true })).toEqual(made);
    const released = market.reservations(interconnect).decideReservation({ ...name, commit: false });
    await expect(released).rejects.toMatchObject({ kind: 'conflict', rule: 'reservation_must_be_open' });
    await market.exchange.advance();
    expect(market.told(TradeMade)).toMatchObject([{ buyerId: partnerId, platformId: 0 }]);
    await reserve(4, 'r-2');
    expect(await market.reservations(interconnect).decideReservation({ ...name, reservationId: 'r-2', commit: false })).toMatchObject({
      state: ReservationState.RELEASED,
    });
    expect((await bidFor(4)).trades).toMatchObject([{ units: 4 }]);
  });

  it('lapses at its time, and is then neither', async () => {
    await market.offer(8);
    await reserve();
    await market.slots(3);
    expect(await market.reservations(interconnect).getReservation(name)).toMatchObject({ state: ReservationState.LAPSED });
    for (const commit of [true, false])
      await expect(market.reservations(interconnect).decideReservation({ ...name, commit })).rejects.toMatchObject({
        rule: 'reservation_must_be_open',
      });
    expect(market.told(ReservationEnded)).toMatchObject([{ reason: 'lapsed', platformId: 0, buyerId: partnerId }]);
  });

  it('is all or nothing, and says why it is not', async () => {
    await market.offer(2);
    expect(await reserve()).toMatchObject({ state: ReservationState.UNFILLED, pieces: [] });
    await market.tell(ParticipantChanged, participant(partnerId, { orderValueCap: 1n }));
    expect(await reserve(1, 'r-2')).toMatchObject({ state: ReservationState.REFUSED, refusal: 'order_value_must_be_within_the_cap' });
  });

  it('is never of another partner’s supply', async () => {
    await market.tell(RemoteSupplyChanged, supply({ participantId: buyerId }));
    expect(await reserve()).toMatchObject({ state: ReservationState.UNFILLED });
  });

  it('released before it was asked for is barred', async () => {
    await market.offer(8);
    await expect(market.reservations(interconnect).decideReservation({ ...name, commit: true })).rejects.toMatchObject({ kind: 'absent' });
    expect(await market.reservations(interconnect).decideReservation({ ...name, commit: false })).toMatchObject({
      state: ReservationState.RELEASED,
    });
    expect(await reserve()).toMatchObject({ state: ReservationState.RELEASED, pieces: [] });
  });
});
