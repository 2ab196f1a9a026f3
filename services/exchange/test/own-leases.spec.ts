// what buyers do with leases of their own, and where the money goes, through the public HTTP API.
import { firm, HttpMarket, rfc, type Json, type Place, type Someone } from './http-market.js';

let market: HttpMarket;
const places: Place[] = [];
/** The last day of a month, so that its bills are not far. */
beforeAll(async () => {
  market = await HttpMarket.open({ clockStart: Date.parse('2026-01-31T00:00:00+08:00') });
});
afterAll(() => market?.stop());

/** A pool of eight cards of a model of its own, offered at a price in one tier. */
async function book(model: string, tier: string, ask: string, confirmsAtOnce = true): Promise<Json> {
  const place = await market.place({ model, confirmsAtOnce });
  places.push(place);
  await market.offer(place.poolId, tier, 8, ask);
  return { ...firm, model, tier };
}

const leaseOf = (someone: Someone, leaseId: number) => market.seen(someone.key, `/v1/leases/${leaseId}`);
const earningsOf = async (someone: Someone, tradeId: number): Promise<string[]> => {
  const { earnings = [] } = (await market.seen(someone.key, `/v1/earnings?tradeId=${tradeId}`)) as { earnings?: Json[] };
  return earnings.map(({ kind, amount }) => `${String(kind)} ${String(amount)}`).sort();
};

describe('resale', () => {
  let reseller: Someone;
  let buyer: Someone;
  let first: number;
  let sold: number;
  let h100: Json;

  it('a buyer offers a part of a lease; what it sells is a lease of its own, delivered by the pool’s provider', async () => {
    h100 = await book('H100', 'FIRM', '2');
    reseller = await market.buyer();
    buyer = await market.buyer();
    [first] = (await market.leases(reseller, { books: [h100], units: 8, durationSlots: 16 })) as [number];
    const { window } = (await leaseOf(reseller, first)) as { window: { from: string; to: string } };
    const late = { from: rfc(market.slot + 8), to: window.to };
    const offer = { units: 4, ask: '3', window: late, clientOrderId: 'half' };
    const answer = await market.send(reseller.key, `/v1/leases/${first}/resale`, offer, 'POST', 'resell-1');
    expect(answer).toMatchObject({ status: 200, body: { state: 'OPEN' } });
    expect(await market.send(reseller.key, `/v1/leases/${first}/resale`, offer, 'POST', 'resell-1')).toMatchObject({ body: answer.body });
    expect(await market.send(reseller.key, `/v1/leases/${first}/resale`, { ...offer, ask: '4' }, 'POST', 'resell-1')).toMatchObject({
      status: 409,
      body: { rule: 'idempotency_key_must_not_be_reused' },
    });
    const path = `/v1/offers/${String(answer.body.offerId)}`;
    expect(await market.seen(reseller.key, path)).toMatchObject({ leaseId: first, poolId: places[0]!.poolId, units: 4, ask: '3' });
    expect(await market.seen(reseller.key, '/v1/offers?clientOrderId=half')).toMatchObject({ offers: [{ leaseId: first }] });
    await market.done(reseller.key, path, { ask: '3.5' }, 'PATCH');
    [sold] = (await market.leases(buyer, { books: [h100], units: 4, durationSlots: 8, earliest: late.from, latest: late.to })) as [number];
    expect(await market.seen(reseller.key, `/v1/trades/${sold}`)).toMatchObject({
      providerId: reseller.id,
      price: '3.5',
      resoldLeaseId: first,
      offerId: answer.body.offerId,
    });
    expect(await leaseOf(buyer, sold)).toMatchObject({ providerId: market.provider.id, resoldLeaseId: first, buyerId: buyer.id });
    expect(await leaseOf(market.provider, sold)).toMatchObject({ providerId: market.provider.id });
    // The reseller has no part in the delivery, and nobody but the provider has in the first lease.
    expect((await market.get(reseller.key, `/v1/leases/${sold}`)).status).toBe(404);
    expect((await market.get(buyer.key, `/v1/leases/${first}`)).status).toBe(404);
  });

  it('is refused by name', async () => {
    const resell = (someone: Someone, body: Json) => market.send(someone.key, `/v1/leases/${first}/resale`, { ask: '3', ...body });
    expect(await resell(buyer, {})).toMatchObject({ status: 404, body: { rule: 'entity_must_exist' } });
    expect(await resell(market.provider, {})).toMatchObject({ status: 403 });
    expect(await market.send(reseller.key, '/v1/leases/99999/resale', { ask: '3' })).toMatchObject({ status: 404 });
    expect(await resell(reseller, { window: { from: rfc(market.slot), to: rfc(market.slot + 400) } })).toMatchObject({
      status: 400,
      body: { rule: 'resale_must_lie_within_its_lease', field: 'window' },
    });
    expect(await resell(reseller, { ask: '0' })).toMatchObject({ status: 400, body: { field: 'ask' } });
    const cheap = await book('V100', 'RECLAIMABLE', '1');
    const [lease] = await market.leases(reseller, { books: [cheap] });
    expect(await market.send(reseller.key, `/v1/leases/${lease}/resale`, { ask: '3' })).toMatchObject({
      status: 409,
      body: { rule: 'lease_must_be_firm_to_be_resold' },
    });
    // What rests may be taken back; a whole rest of a lease needs neither units nor window.
    const { body } = await resell(reseller, {});
    const path = `/v1/offers/${String(body.offerId)}`;
    expect(await market.seen(reseller.key, path)).toMatchObject({ units: 8, leaseId: first });
    expect((await market.get(buyer.key, path)).status).toBe(404);
    expect(await market.exchange.http(path, { key: reseller.key, method: 'DELETE' })).toMatchObject({
      status: 200,
      body: { state: 'CANCELLED' },
    });
  });

  it('the reseller is paid its price, and still owes its own trade', async () => {
    const start = market.slot;
    await market.slots(20);
    await market.wasUp(places[0]!.poolId, start, market.slot - 1);
    await market.slots(8);
    expect(await earningsOf(market.provider, first)).toEqual(['fee -1.92', 'income 64']);
    expect(await earningsOf(reseller, sold)).toEqual(['fee -0.84', 'income 28']);
    expect(await earningsOf(market.provider, sold)).toEqual([]);
    const balance = await market.seen(reseller.key, `/v1/participants/${reseller.id}/balance`);
    expect(balance).toMatchObject({ income: '27.16', moneyHeld: '0' });
  });
});

describe('extension', () => {
  it('buys more on the same nodes at the market, or nothing', async () => {
    const a800 = await book('A800', 'FIRM', '2');
    const buyer = await market.buyer();
    const { body: placed } = await market.send(buyer.key, '/v1/bids', {
      terms: { books: [a800], units: 4, perNode: 2, durationSlots: 4, limitPrice: '10' },
      project: 'training',
      image: 'image:1',
    });
    const [{ tradeId: lease }] = placed.trades as [{ tradeId: number }];
    const path = `/v1/leases/${lease}/extension`;
    const before = await leaseOf(buyer, lease);
    expect(await market.send(buyer.key, path, { durationSlots: 4, limitPrice: '1' })).toMatchObject({ body: { state: 'ENDED' } });
    const more = { durationSlots: 4, limitPrice: '10', clientOrderId: 'more' };
    const { body } = await market.send(buyer.key, path, more, 'POST', 'extend-1');
    expect(body).toMatchObject({ state: 'FILLED', filled: 4, trades: [{ units: 4, price: '2' }] });
    expect(await market.send(buyer.key, path, more, 'POST', 'extend-1')).toMatchObject({ status: 200, body });
    const [{ tradeId: extension }] = body.trades as [{ tradeId: number }];
    expect(await leaseOf(buyer, extension)).toMatchObject({
      nodes: before.nodes,
      extendedLeaseId: lease,
      project: 'training',
      image: 'image:1',
    });
    const [was, is] = [before, await leaseOf(buyer, extension)].map(({ window }) => window as { from: string; to: string });
    expect(is!.from).toBe(was!.to);
    expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`)).toMatchObject({
      clientOrderId: 'more',
      project: 'training',
      terms: { units: 4, perNode: 2, durationSlots: 4, timeInForce: 'FOK', placement: 'ONE_POOL', books: [a800] },
      trades: [{ tradeId: extension }],
    });
    const other = await market.buyer();
    expect(await market.send(other.key, path, more)).toMatchObject({ status: 404 });
    expect(await market.send(buyer.key, path, { durationSlots: 4, limitPrice: '0.00001' })).toMatchObject({ status: 400 });
    expect(await market.send(buyer.key, path, { durationSlots: 35040, limitPrice: '10' })).toMatchObject({
      status: 400,
      body: { rule: 'bid_window_must_end_within_the_horizon', field: 'latest' },
    });
  });
});

describe('early end', () => {
  it('FIRM pays its window; what its provider sells of it again goes first to who gave it up', async () => {
    const l40 = await book('L40', 'FIRM', '2');
    const place = places.at(-1)!;
    const [early, next] = [await market.buyer(), await market.buyer()];
    const start = market.slot;
    const [lease] = (await market.leases(early, { books: [l40], units: 8, durationSlots: 16 })) as [number];
    await market.slots(4);
    expect(await market.send(next.key, `/v1/leases/${lease}/end`)).toMatchObject({ status: 404 });
    const ended = await market.send(early.key, `/v1/leases/${lease}/end`, {}, 'POST', 'end-1');
    expect(ended).toMatchObject({ status: 200, body: { leaseId: lease, reason: 'ended_early' } });
    expect(await market.send(early.key, `/v1/leases/${lease}/end`, {}, 'POST', 'end-1')).toMatchObject({ body: ended.body });
    expect(await market.send(early.key, `/v1/leases/${lease}/end`)).toMatchObject({ status: 200 });
    const [again] = (await market.leases(next, { books: [l40], units: 4, durationSlots: 8, latest: rfc(market.slot + 8) })) as [number];
    await market.slots(3);
    await market.wasUp(place.poolId, start, market.slot - 1);
    await market.slots(9);
    await market.wasUp(place.poolId, market.slot - 10, market.slot - 1);
    await market.slots(8);
    expect(await market.send(early.key, `/v1/leases/${lease}/extension`, { durationSlots: 4, limitPrice: '10' })).toMatchObject({
      status: 409,
      body: { rule: 'lease_must_be_running_or_to_come' },
    });
    expect(await earningsOf(market.provider, lease)).toEqual(['fee -1.92', 'income 64']);
    // Four cards for two hours at two yuan, less 3 % of it.
    expect(await earningsOf(market.provider, again)).toEqual(['fee -0.48', 'income 16', 'proceeds -15.52']);
    expect(await earningsOf(early, again)).toEqual(['proceeds 15.52']);
    expect(await market.seen(early.key, `/v1/participants/${early.id}/balance`)).toMatchObject({
      moneyAvailable: '936',
      income: '15.52',
      moneyHeld: '0',
    });
  });

  it('RECLAIMABLE pays what was delivered', async () => {
    const t4 = await book('T4', 'RECLAIMABLE', '1');
    const place = places.at(-1)!;
    const buyer = await market.buyer();
    const start = market.slot;
    const [lease] = (await market.leases(buyer, { books: [t4], units: 8, durationSlots: 16 })) as [number];
    await market.slots(4);
    expect(await market.done(buyer.key, `/v1/leases/${lease}/end`)).toMatchObject({ reason: 'ended_early' });
    await market.slots(3);
    await market.wasUp(place.poolId, start, market.slot - 1);
    await market.slots(8);
    // Eight cards for an hour, until the slot after the one in which it was ended.
    expect(await market.seen(buyer.key, `/v1/participants/${buyer.id}/balance`)).toMatchObject({ moneyAvailable: '992', moneyHeld: '0' });
  });
});

describe('leases that wait for their provider', () => {
  it('are confirmed by who delivers, extended or resold; FIRM pays its window also where it was never confirmed', async () => {
    const slow = await book('MI300', 'FIRM', '2', false);
    const [buyer, next] = [await market.buyer(), await market.buyer()];
    const [lease] = (await market.leases(buyer, { books: [slow], units: 4, durationSlots: 8 })) as [number];
    const confirm = (key: string, leaseId: number) => market.send(key, `/v1/leases/${leaseId}/confirm`, { endpoint: 'ssh://node' });
    expect(await confirm(market.provider.key, lease)).toMatchObject({ status: 200, body: { state: 'CONFIRMED' } });
    const { body } = await market.send(buyer.key, `/v1/leases/${lease}/extension`, { durationSlots: 4, limitPrice: '2' });
    const [{ tradeId: more }] = body.trades as [{ tradeId: number }];
    expect(await confirm(market.provider.key, more)).toMatchObject({ status: 200, body: { extendedLeaseId: lease } });
    // The operator may act for the buyer.
    expect(await market.send(market.operator, `/v1/leases/${lease}/resale`, { ask: '2.5', units: 2 })).toMatchObject({ status: 200 });
    const [sold] = (
      await market
        .leases(next, { books: [slow], units: 6, durationSlots: 4, latest: rfc(market.slot + 4) })
        .then((all) => Promise.all(all.map((id) => leaseOf(next, id))))
    ).flatMap(({ leaseId, resoldLeaseId }) => (resoldLeaseId ? [Number(leaseId)] : [])) as [number];
    expect(await leaseOf(next, sold)).toMatchObject({ state: 'PENDING', resoldLeaseId: lease, providerId: market.provider.id });
    expect((await confirm(buyer.key, sold)).status).toBe(403);
    expect(await confirm(market.provider.key, sold)).toMatchObject({ status: 200, body: { state: 'CONFIRMED' } });
    const [given] = (await market.leases(buyer, { books: [slow], earliest: rfc(market.slot + 20), latest: rfc(market.slot + 24) })) as [
      number,
    ];
    expect(await market.done(buyer.key, `/v1/leases/${given}/end`)).toMatchObject({ state: 'CUT_SHORT', reason: 'ended_early' });
    await market.slots(12);
    expect(await earningsOf(market.provider, given)).toEqual(['fee -0.06', 'income 2']);
  });
});

it('the books balance, the month’s bills name the leases, and resellers are paid out', async () => {
  await market.slots(16);
  await market.exchange.advanceTo(Date.parse('2026-02-01T03:00:00+08:00'));
  await market.slots(1);
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
  await market.done(market.operator, '/v1/billing-periods/2026-01/close');
  const { bills } = await market.seen(market.operator, '/v1/bills?month=2026-01&limit=100');
  const lines: Json[] = [];
  for (const { billId } of bills as Json[])
    lines.push(...((await market.seen(market.operator, `/v1/bills/${String(billId)}`)).lines as Json[]));
  const computed = lines.filter(({ kind }) => kind === 'compute');
  const resold = computed.filter(({ resoldLeaseId }) => resoldLeaseId);
  expect(resold.map(({ amount }) => amount).sort()).toEqual(['28', '5']);
  for (const { providerId, deliveredById } of resold) {
    expect(deliveredById).toBe(market.provider.id);
    expect(providerId).not.toBe(market.provider.id);
  }
  expect(computed.filter(({ extendedLeaseId }) => extendedLeaseId).map(({ amount }) => amount)).toEqual(['8', '8']);
  const { payouts } = await market.done(market.operator, '/v1/payouts', { month: '2026-01' });
  const paid = (payouts as Json[]).map(({ amount }) => amount);
  expect(paid).toEqual(expect.arrayContaining(['27.16', '15.52']));
  const { clearing } = (await market.seen(market.operator, '/v1/ledger/summary')) as { clearing: { account: string; balance: string }[] };
  for (const { payoutId } of payouts as Json[])
    await market.done(market.operator, `/v1/payouts/${String(payoutId)}/confirm`, { bankReference: `paid ${String(payoutId)}` });
  expect(clearing.filter(({ account }) => account === 'clearing/trade')).toMatchObject([{ balance: '0' }]);
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0', held: '0' });
});
