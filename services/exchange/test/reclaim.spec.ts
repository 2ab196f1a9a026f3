// who is reclaimed is told, durably and live, and says that it read it, through the public HTTP API.
import { HttpMarket, reclaimable, rfc, type Json, type Place, type Someone } from './http-market.js';

let market: HttpMarket;
let place: Place;
let cheap: Someone;
let sure: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  place = await market.place();
  cheap = await market.buyer();
  sure = await market.buyer();
  await market.offer(place.poolId, 'RECLAIMABLE', 8, '1');
  await market.offer(place.poolId, 'FIRM', 8, '3');
});
afterAll(() => market?.stop());

const noticesOf = async (someone: Someone, query = ''): Promise<Json[]> =>
  ((await market.seen(someone.key, `/v1/reclaim-notices${query}`)).notices as Json[] | undefined) ?? [];

it('R-17 a FIRM bid reclaims after the notice that the lease accepted; its buyer is told how it goes on', async () => {
  const [whole] = await market.leases(cheap, { books: [reclaimable], units: 8, durationSlots: 16, noticeSlots: 4 });
  await market.slots(2);
  // A start before the notice ends finds nothing.
  const soon = { units: 4, durationSlots: 4, earliest: rfc(market.slot), latest: rfc(market.slot + 4) };
  expect(await market.bid(sure, { ...soon, timeInForce: 'IOC' })).toMatchObject({ body: { state: 'ENDED' } });
  const from = market.slot + 4;
  expect(await market.bid(sure, { units: 4, durationSlots: 4, earliest: rfc(from), latest: rfc(from + 4) })).toMatchObject({
    body: { state: 'FILLED' },
  });
  const [notice] = await noticesOf(cheap, '?unacknowledged=true');
  expect(notice).toMatchObject({ noticeId: 1, leaseId: whole, buyerId: cheap.id, reclaimedBy: 'FIRM_BID' });
  expect(Date.parse(String(notice!.from))).toBe(Date.parse(rfc(from)));
  expect(notice).not.toHaveProperty('acknowledgedAt');
  const lease = await market.seen(cheap.key, `/v1/leases/${whole}`);
  expect(lease).toMatchObject({ reclaimedBy: 'FIRM_BID' });
  expect(Date.parse((lease.delivered as { to: string }).to)).toBe(Date.parse(rfc(from)));
  // Who took it is told to nobody.
  expect(JSON.stringify([notice, lease])).not.toContain(`:${sure.id},`);
  const rest = await market.seen(cheap.key, `/v1/bids/${String(notice!.restBidId)}`);
  expect(rest).toMatchObject({ participantId: cheap.id, terms: { units: 8, noticeSlots: 4, timeInForce: 'GTC' } });
});

it('a bid and the rests of what it reclaimed, which have one place in time, all come page by page', async () => {
  const idsOf = ({ bids }: Json) => (bids as Json[]).map(({ bidId }) => bidId);
  const all = idsOf(await market.seen(market.operator, '/v1/bids'));
  expect(all.length).toBeGreaterThanOrEqual(4);
  const found: unknown[] = [];
  for (let query = '?limit=1'; query;) {
    const page = await market.seen(market.operator, `/v1/bids${query}`);
    found.push(...idsOf(page));
    const { nextCursor } = page.page as { nextCursor?: string };
    query = nextCursor ? `?limit=1&cursor=${nextCursor}` : '';
  }
  expect(found).toEqual(all);
});

it('the notice waits until its buyer acknowledges it, and nobody else can', async () => {
  const [notice] = await noticesOf(cheap);
  const path = `/v1/reclaim-notices/${String(notice!.noticeId)}/acknowledge`;
  expect(await noticesOf(sure)).toEqual([]);
  expect(await market.send(sure.key, path)).toMatchObject({ status: 404, body: { rule: 'entity_must_exist' } });
  expect(await market.send(market.provider.key, path)).toMatchObject({ status: 403 });
  const read = await market.done(cheap.key, path);
  expect(read).toMatchObject({ noticeId: notice!.noticeId, acknowledgedAt: expect.any(String) as string });
  expect(await market.done(cheap.key, path)).toEqual(read);
  expect(await noticesOf(cheap, '?unacknowledged=true')).toEqual([]);
  expect(await noticesOf(cheap)).toEqual([read]);
});

it('notices come page by page, by lease, and live', async () => {
  const curtailed = await market.leases(cheap, {
    books: [reclaimable],
    units: 1,
    durationSlots: 4,
    earliest: rfc(market.slot + 200),
    latest: rfc(market.slot + 204),
  });
  const window = { from: rfc(market.slot + 200), to: rfc(market.slot + 300) };
  await market.done(market.operator, `/v1/market/curtailments/${place.siteId}`, { window, reason: 'order 8' }, 'PUT');
  const first = await market.seen(cheap.key, '/v1/reclaim-notices?limit=1');
  expect(first.notices).toMatchObject([{ noticeId: 2, leaseId: curtailed[0], reclaimedBy: 'GRID' }]);
  const { nextCursor } = first.page as { nextCursor: string };
  expect(await noticesOf(cheap, `?limit=1&cursor=${nextCursor}`)).toMatchObject([{ noticeId: 1 }]);
  expect(await noticesOf(cheap, `?leaseId=${curtailed[0]}`)).toHaveLength(1);
  expect(await noticesOf({ id: 0, key: market.regulator })).toHaveLength(2);
  const told = await market.events(cheap.key, '/v1/orders/events', 2, (event) => 'notice' in event);
  expect(told).toMatchObject([{ notice: { noticeId: 1 } }, { notice: { noticeId: 2, reclaimedBy: 'GRID' } }]);
});

it('R-17 what ended early is billed for what was delivered alone', async () => {
  await market.slots(5);
  await market.wasUp(place.poolId, market.slot - 8, market.slot - 1);
  await market.slots(8);
  const { leases } = await market.seen(cheap.key, '/v1/leases?limit=1000');
  const [lease] = (leases as Json[]).filter(({ reclaimedBy }) => reclaimedBy === 'FIRM_BID');
  expect(lease).toMatchObject({ state: 'CUT_SHORT', reason: 'reclaimed' });
  const { transfers } = await market.seen(cheap.key, `/v1/transfers?journal=trade/${String(lease!.leaseId)}/rating/1`);
  // Eight cards for six of sixteen slots at one yuan an hour.
  expect((transfers as Json[]).filter(({ kind }) => kind === 'paid')).toMatchObject([{ amount: '12' }]);
  expect(await market.seen(market.operator, '/v1/ledger/trial-balance')).toMatchObject({ imbalance: '0' });
});
