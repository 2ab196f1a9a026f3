// R-23 and the grid's curtailment: the operator's hand on the market, through the public HTTP API.
import { firm, HttpMarket, reclaimable, rfc, type Json, type Place, type Someone } from './http-market.js';

let market: HttpMarket;
let place: Place;
let buyer: Someone;
let bookId: number;
beforeAll(async () => {
  market = await HttpMarket.open();
  place = await market.place();
  buyer = await market.buyer();
  await market.offer(place.poolId, 'FIRM', 4, '2');
  await market.offer(place.poolId, 'RECLAIMABLE', 4, '1');
  ({ bookId } = (await bookOf('FIRM')) as { bookId: number });
});
afterAll(() => market?.stop());

const bookOf = async (tier: string): Promise<Json> => {
  const { books } = await market.seen(buyer.key, '/v1/market/books');
  return (books as { book: { tier: string } }[]).find(({ book }) => book.tier === tier)!;
};
const act = (path: string, reason: string, more: Json = {}) => market.send(market.operator, `/v1/market/${path}`, { reason, ...more });

it('R-23 a halted book collects; reopened it trades what it collected; who and why are kept', async () => {
  const halted = await act(`books/${bookId}/halt`, 'a faulty feed');
  expect(halted).toMatchObject({ status: 200, body: { kind: 'HALT_BOOK', bookId, reason: 'a faulty feed' } });
  expect(await bookOf('FIRM')).toMatchObject({ state: 'HALTED', haltedBy: 'operator', haltedAt: halted.body.time });
  expect(await act(`books/${bookId}/halt`, 'again')).toMatchObject({ status: 409, body: { rule: 'book_must_be_open' } });
  const { body } = await market.bid(buyer);
  expect(body).toMatchObject({ state: 'OPEN', open: 1 });
  expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}/explanation`)).toMatchObject({
    removed: [{ obstacle: 'halted', counted: 4 }],
  });
  expect(await market.bid(buyer, { timeInForce: 'IOC' })).toMatchObject({ body: { state: 'ENDED' } });
  expect(await act(`books/${bookId}/reopen`, 'the price is right', { referencePrice: '2.5' })).toMatchObject({
    status: 200,
    body: { kind: 'REOPEN_BOOK', referencePrice: '2.5' },
  });
  expect(await bookOf('FIRM')).toMatchObject({ state: 'OPEN', referencePrice: '2.5' });
  expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`)).toMatchObject({ state: 'FILLED' });
  expect(await act(`books/${bookId}/reopen`, 'again')).toMatchObject({ status: 409, body: { rule: 'book_must_be_halted' } });
  const { actions } = await market.seen(market.regulator, `/v1/market/actions?bookId=${bookId}`);
  expect(actions).toMatchObject([
    { kind: 'REOPEN_BOOK', reason: 'the price is right' },
    { kind: 'HALT_BOOK', reason: 'a faulty feed' },
  ]);
  expect((actions as Json[]).every(({ by }) => String(by) !== '')).toBe(true);
});

it('the same key does it once, another request under it is refused', async () => {
  const halt = (reason: string) => market.send(market.operator, `/v1/market/books/${bookId}/halt`, { reason }, 'POST', 'halt-once');
  const first = await halt('once');
  expect(await halt('once')).toMatchObject({ status: 200, body: first.body });
  expect(await halt('other')).toMatchObject({ status: 409, body: { rule: 'idempotency_key_must_not_be_reused' } });
  await act(`books/${bookId}/reopen`, 'go on');
});

it('R-23 a fill outside of the band halts the book by itself', async () => {
  const book = { book: firm, referencePrice: '4', collarBp: 0, bandBp: 1000 };
  expect(await market.done(market.operator, '/v1/market/books', book, 'PUT')).toMatchObject({ bandBp: 1000, state: 'OPEN' });
  const { body } = await market.bid(buyer);
  expect(body).toMatchObject({ state: 'OPEN' });
  expect(await bookOf('FIRM')).toMatchObject({ state: 'HALTED', haltedBy: 'band' });
  const { actions } = await market.seen(market.operator, '/v1/market/actions?kind=HALT_BOOK&limit=1');
  expect(actions).toMatchObject([{ kind: 'HALT_BOOK', bookId, price: '2', referencePrice: '4' }]);
  await act(`books/${bookId}/reopen`, 'the price has moved', { referencePrice: '2' });
  expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`)).toMatchObject({ state: 'FILLED' });
});

it('R-23 a stopped market trades nothing, a started one goes on', async () => {
  expect(await market.seen(buyer.key, '/v1/market/status')).not.toHaveProperty('stopped', true);
  await act('stop', 'drill');
  expect(await market.seen(buyer.key, '/v1/market/status')).toMatchObject({ stopped: true });
  expect(await act('stop', 'twice')).toMatchObject({ status: 409, body: { rule: 'market_must_be_running' } });
  const { body } = await market.bid(buyer);
  expect(body).toMatchObject({ state: 'OPEN' });
  await act('start', 'end of the drill');
  expect(await market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`)).toMatchObject({ state: 'FILLED' });
});

it('R-17 the grid takes a site: what may be reclaimed goes, nothing of it is sold meanwhile, and lifting ends it', async () => {
  const [leaseId] = await market.leases(buyer, { books: [reclaimable], durationSlots: 16 });
  const window = { from: rfc(market.slot + 4), to: rfc(market.slot + 12) };
  const path = `/v1/market/curtailments/${place.siteId}`;
  const order = { window, reason: 'order 7' };
  expect(await market.send(market.operator, path, { ...order, window: { from: window.to, to: window.from } }, 'PUT')).toMatchObject({
    status: 400,
    body: { rule: 'curtailment_must_end_after_it_starts', field: 'window.to' },
  });
  expect(await market.send(market.operator, '/v1/market/curtailments/999', order, 'PUT')).toMatchObject({ status: 404 });
  const done = await market.done(market.operator, path, order, 'PUT');
  expect(done).toMatchObject({ kind: 'CURTAIL_SITE', siteId: place.siteId, reclaimedLeases: 1, reason: 'order 7' });
  expect(await market.seen(buyer.key, '/v1/market/curtailments')).toMatchObject({ curtailments: [{ siteId: place.siteId }] });
  const lease = await market.seen(buyer.key, `/v1/leases/${leaseId}`);
  expect(lease).toMatchObject({ reclaimedBy: 'GRID', reason: 'reclaimed' });
  expect(Date.parse((lease.delivered as { to: string }).to)).toBe(Date.parse(window.from));
  // Its undelivered slots are a bid of their own, whose id is beyond those that orders have, and find a place after the window.
  const { bids } = await market.seen(buyer.key, '/v1/bids?limit=1');
  const rest = await market.seen(buyer.key, `/v1/bids/${String((bids as Json[])[0]!.bidId)}`);
  expect(rest).toMatchObject({ state: 'FILLED', terms: { durationSlots: 12 } });
  const [{ window: later }] = rest.trades as [{ window: { from: string } }];
  expect(Date.parse(later.from)).toBeGreaterThanOrEqual(Date.parse(window.to));
  // What would have to run in the window waits until it is lifted.
  const { body: waiting } = await market.bid(buyer, { books: [reclaimable], earliest: window.from, latest: window.to });
  expect(waiting).toMatchObject({ state: 'OPEN' });
  expect(await market.send(market.operator, `${path}/lift`, { reason: 'the grid is well' })).toMatchObject({
    status: 200,
    body: { kind: 'LIFT_CURTAILMENT' },
  });
  expect(await market.seen(buyer.key, '/v1/market/curtailments')).not.toHaveProperty('curtailments.0');
  expect(await market.seen(buyer.key, `/v1/bids/${String(waiting.bidId)}`)).toMatchObject({ state: 'FILLED' });
});

it('all of it is told to those who watch', async () => {
  const told = await market.events(
    buyer.key,
    `/v1/market/events?bookId=${bookId}`,
    4,
    (event) => 'status' in event || 'curtailment' in event,
  );
  expect(told).toMatchObject([
    { status: { stopped: true } },
    { status: {} },
    { curtailment: { siteId: place.siteId } },
    { curtailment: { siteId: place.siteId } },
  ]);
  const halts = await market.events(
    buyer.key,
    `/v1/market/events?bookId=${bookId}`,
    3,
    (event) => (event.book as Json)?.state === 'HALTED',
  );
  expect(halts).toMatchObject([{ book: { haltedBy: 'operator' } }, { book: { haltedBy: 'operator' } }, { book: { haltedBy: 'band' } }]);
});

it('R-23 a participant that is suspended loses its resting orders at once, and may place none', async () => {
  const other = await market.buyer();
  const { body } = await market.bid(other, { limitPrice: '0.5' });
  expect(body).toMatchObject({ state: 'OPEN' });
  await market.done(market.operator, `/v1/participants/${other.id}/state`, { state: 'SUSPENDED', reason: 'under inquiry' });
  await market.exchange.advance();
  expect(await market.seen(market.operator, `/v1/bids/${String(body.bidId)}`)).toMatchObject({ state: 'CANCELLED', reason: 'suspended' });
  const refused = await market.bid(other);
  expect(refused.status).toBeGreaterThanOrEqual(401);
});

it('others may look, and only the operator may do', async () => {
  for (const key of [buyer.key, market.provider.key, market.regulator]) {
    expect(await market.send(key, '/v1/market/stop', { reason: 'no' })).toMatchObject({ status: 403 });
    expect((await market.get(key, '/v1/market/status')).status).toBe(200);
  }
  expect((await market.get(buyer.key, '/v1/market/actions')).status).toBe(403);
});

it('a restart leaves books and market as they were, and the journal says the same', async () => {
  const halt = () => market.send(market.operator, `/v1/market/books/${bookId}/halt`, { reason: 'before the restart' }, 'POST', 'halt-2');
  const halted = await halt();
  await act('stop', 'before the restart');
  await market.exchange.restart();
  expect(await bookOf('FIRM')).toMatchObject({ state: 'HALTED', haltedBy: 'operator', haltedAt: halted.body.time, bandBp: 1000 });
  expect(await market.seen(buyer.key, '/v1/market/status')).toMatchObject({ stopped: true });
  expect(await halt()).toMatchObject({ status: 200, body: halted.body });
  expect(await market.done(market.operator, '/v1/market/verify')).toMatchObject({ same: true });
  await act('start', 'after the restart');
  expect(await market.bid(buyer)).toMatchObject({ body: { state: 'OPEN' } });
  expect(await act(`books/${bookId}/reopen`, 'after the restart')).toMatchObject({ status: 200 });
});
