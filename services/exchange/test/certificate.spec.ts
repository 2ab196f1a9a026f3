// R-20: why a bid did not match then, from the journal, and a certificate that a second replay confirms; through the public HTTP API.
import { HttpMarket, rfc, type Json, type Place, type Someone } from './http-market.js';

let market: HttpMarket;
let place: Place;
let buyer: Someone;
beforeAll(async () => {
  market = await HttpMarket.open();
  place = await market.place();
  buyer = await market.buyer();
  await market.offer(place.poolId, 'FIRM', 4, '5');
});
afterAll(() => market?.stop());

const explanation = (bidId: unknown): Promise<Json> => market.seen(buyer.key, `/v1/bids/${String(bidId)}/explanation`);
const certificate = (bidId: unknown, at = ''): Promise<Json> =>
  market.seen(buyer.key, `/v1/bids/${String(bidId)}/certificate${at && `?at=${encodeURIComponent(at)}`}`);
const verify = (one: Json) => market.done(buyer.key, '/v1/certificates/verify', { certificate: one });
const place8 = async (terms: Json): Promise<Json> => (await market.bid(buyer, { units: 8, ...terms })).body;

let open: Json;
let thenSaid: Json;

it('says of a past bid what was said of it then, whatever the market did since', async () => {
  open = await place8({ latest: rfc(market.slot + 400), limitPrice: '4' });
  thenSaid = await explanation(open.bidId);
  expect(thenSaid).toMatchObject({ rest: 8, removed: [{ obstacle: 'limit', counted: 4 }], left: 0 });
  const ended = await place8({ timeInForce: 'IOC', allOrNone: true });
  const endedSaid = await explanation(ended.bidId);
  expect(endedSaid).toMatchObject({ rest: 8, free: 4 });

  await market.slots(20);
  await market.offer(place.poolId, 'FIRM', 8, '6');
  await market.leases(buyer, { units: 2 });
  expect(await explanation(open.bidId)).not.toEqual(thenSaid);
  for (const [bid, said] of [
    [open, thenSaid],
    [ended, endedSaid],
  ] as const)
    expect((await certificate(bid.bidId)).explanation).toEqual(said);
});

it('is confirmed by a second replay from the first command, and betrays what was changed', async () => {
  const one = await certificate(open.bidId);
  expect(one).toMatchObject({ bidId: open.bidId, sequence: open.sequence, batchHash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
  expect(one.stateHashBefore).toMatch(/^[0-9a-f]{32}$/);
  expect(await verify(one)).toMatchObject({ same: true, commands: open.sequence });
  const better = { ...one, explanation: { ...thenSaid, free: 9 }, batchHash: '00' };
  expect(await verify(better)).toMatchObject({ same: false, differs: ['batchHash', 'explanation'] });
  expect(await verify({ ...one, sequence: Number(one.sequence) + 1 })).not.toHaveProperty('same', true);
});

it('answers for any instant since the bid, and for no other and nobody else', async () => {
  const now = rfc(market.slot - 1);
  const later = await certificate(open.bidId, now);
  expect(later.explanation).toEqual({ ...(await explanation(open.bidId)), time: later.time });
  expect(Number(later.sequence)).toBeGreaterThan(Number(open.sequence));
  expect(await verify(later)).toMatchObject({ same: true });
  const path = `/v1/bids/${String(open.bidId)}/certificate`;
  const early = await market.get(buyer.key, `${path}?at=${encodeURIComponent(rfc(10_000))}`);
  expect(early).toMatchObject({ status: 400, body: { rule: 'explanation_must_not_precede_its_bid', field: 'at' } });
  const other = await market.buyer();
  expect(await market.get(other.key, path)).toMatchObject({ status: 404 });
  expect(await market.send(other.key, '/v1/certificates/verify', { certificate: await certificate(open.bidId) })).toMatchObject({
    status: 404,
  });
});
