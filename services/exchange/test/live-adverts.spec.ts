// R-35 between two whole exchanges: what one advertises follows its market, by slot, without its operator's act.
import { slotMs } from '#domain';
import type { Json, Someone } from './http-market.js';
import { bothAdvance, Side } from './side.js';

/** Within so long what was sold at home is told. */
const minute = 60_000;

let shuitu: Side;
let tianfu: Side;
let buyer: Someone;
let atHome: Someone;
/** The first of the advert's day. */
let slot: number;
beforeEach(async () => {
  [shuitu, tianfu] = await Promise.all([Side.open('Shuitu'), Side.open('Tianfu')]);
  await both(0);
  await shuitu.knows(tianfu);
  await tianfu.knows(shuitu);
  await both(minute);
  [buyer, atHome] = await Promise.all([shuitu.market.buyer(), tianfu.market.buyer()]);
  await offerEight();
  await tianfu.market.done(tianfu.market.operator, '/v1/deposits', {
    ...{ participantId: tianfu.partner.id, amount: '1000', bankReference: 'from Shuitu' },
  });
  ({ slot } = tianfu.market);
  await tianfu.advertise(5_000_000);
  await both(minute);
}, 180_000);
afterEach(() => Promise.all([shuitu?.stop(), tianfu?.stop()]));

const both = (ms: number): Promise<void> => bothAdvance(shuitu, tianfu, ms);
/** Of a node of its own. */
async function offerEight(): Promise<void> {
  const { poolId } = await tianfu.market.place();
  await tianfu.market.offer(poolId, 'FIRM', 8, '4');
}
/** What is looked at in this minute the other hears, and its market with its next turn. */
async function told(): Promise<void> {
  await both(minute);
  await both(0);
}
const from = (window: unknown) => (Date.parse((window as { from: string }).from) - slot * slotMs) / slotMs;
const to = (window: unknown) => (Date.parse((window as { to: string }).to) - slot * slotMs) / slotMs;
/** What Shuitu's market offers of it, as units@first-end of the advert's slots. */
async function offered(): Promise<string[]> {
  const { offers } = await shuitu.market.seen(shuitu.partner.key, '/v1/offers?state=OPEN');
  return (offers as Json[]).map(({ units, window }) => `${String(units)}@${from(window)}-${to(window)}`).sort();
}
/** What it has heard of it. */
async function heard(): Promise<string[]> {
  const { advertisements } = await shuitu.market.seen(shuitu.market.operator, '/v1/interconnect/advertisements');
  return (advertisements as { supply: { units: number; unitsBySlot?: { ranges: Json[] } } }[]).flatMap(({ supply }) =>
    supply.unitsBySlot
      ? supply.unitsBySlot.ranges.map(({ units, window }) => `${String(units)}@${from(window)}-${to(window)}`)
      : `${supply.units}`,
  );
}
/** One hour from the advert's slot on. */
const hourFrom = (first: number) => {
  const rfc = (of: number) => new Date((slot + of) * slotMs).toISOString();
  return { earliest: rfc(first), latest: rfc(first + 4) };
};
const refusedReserves = async () =>
  (await shuitu.market.seen(shuitu.market.operator, '/v1/interconnect/messages?kind=RESERVE&outcome=REFUSED')).messages as Json[];

it('what is sold at home the partner is told, in its slots; what is offered beside grows again, to what was entered at most', async () => {
  expect(await heard()).toEqual(['8']);
  await tianfu.market.leases(atHome, { units: 3, ...hourFrom(20) });
  await told();
  expect(await heard()).toEqual(['8@0-20', '5@20-24', '8@24-96']);
  expect(await offered()).toEqual(['3@0-20', '3@24-96', '5@0-96']);
  await offerEight();
  await told();
  expect(await heard()).toEqual(['12']);
  expect(await offered()).toEqual(['12@0-96']);
});

it('what the partner itself has bought stays among it; what is withdrawn does not', async () => {
  await shuitu.market.bid(buyer, { units: 6, ...hourFrom(20) });
  await told();
  await told();
  expect(await heard()).toEqual(['8']);
  const [offer] = (await tianfu.market.seen(tianfu.market.provider.key, '/v1/offers')).offers as Json[];
  await tianfu.market.exchange.http(`/v1/offers/${String(offer!.offerId)}`, { key: tianfu.market.provider.key, method: 'DELETE' });
  await told();
  expect(await heard()).toEqual(['6@20-24']);
  expect(await offered()).toEqual([]);
});

it('sold before it was told, a piece is refused with what is left: the bid asks for that at once, and for no more', async () => {
  await tianfu.market.leases(atHome, { units: 5, ...hourFrom(20) });
  const { body } = await shuitu.market.bid(buyer, { units: 8, ...hourFrom(20) });
  expect(body).toMatchObject({ reserved: 8 });
  for (let turn = 0; turn < 3; turn += 1) await both(0);
  expect(await refusedReserves()).toMatchObject([{ rule: 'supply_must_be_there' }]);
  expect(await shuitu.market.seen(buyer.key, `/v1/bids/${String(body.bidId)}`)).toMatchObject({ state: 'OPEN', filled: 3, open: 5 });
  await told();
  expect(await heard()).toEqual(['8@0-20', '3@20-24', '8@24-96']);
  expect(await refusedReserves()).toHaveLength(1);
});
