// R-24 over a border, by the public APIs of two whole exchanges: a lease that a partner loses in the midst of it goes on at home, and the partner owes what that costs more.
import { slotAt, slotMs } from '#domain';
import { type Json, type Someone } from './http-market.js';
import { bothAdvance, Side } from './side.js';

const minute = 60_000;

let shuitu: Side;
let tianfu: Side;
let buyer: Someone;
let home: number;
let abroad: number;
beforeAll(async () => {
  [shuitu, tianfu] = await Promise.all([Side.open('Shuitu'), Side.open('Tianfu')]);
  await both(0);
  await shuitu.knows(tianfu);
  await tianfu.knows(shuitu);
  await both(minute);
  buyer = await shuitu.market.buyer();
  ({ poolId: home } = await shuitu.market.place());
  ({ poolId: abroad } = await tianfu.market.place());
  await shuitu.market.offer(home, 'FIRM', 8, '6');
  await tianfu.market.offer(abroad, 'FIRM', 8, '5');
  await tianfu.market.done(tianfu.market.operator, '/v1/deposits', {
    ...{ participantId: tianfu.partner.id, amount: '1000', bankReference: 'from Shuitu' },
  });
  await tianfu.advertise(5_000_000);
  await both(minute);
}, 180_000);
afterAll(() => Promise.all([shuitu?.stop(), tianfu?.stop()]));

const both = (ms: number): Promise<void> => bothAdvance(shuitu, tianfu, ms);
const dayOf = (slot: number): string => new Date((slot + 32) * slotMs).toISOString().slice(0, 10);
async function slots(count: number): Promise<void> {
  for (let slot = 0; slot < count; slot += 1) await both(slotMs);
}

/** So many hours on, and what was said while the clocks did not agree is said again. */
async function later(hours: number): Promise<void> {
  for (const { market } of [shuitu, tianfu]) await market.exchange.advance(4 * hours * slotMs);
  for (const _ of [1, 2, 3]) await both(minute);
}

const leases = async (): Promise<Json[]> => (await shuitu.market.seen(buyer.key, '/v1/leases')).leases as Json[];
const slotOf = (time: unknown): number => slotAt(Date.parse(String(time)));
const windowOf = ({ delivered }: Json) => {
  const { from, to } = delivered as { from: string; to: string };
  return { from: slotOf(from), to: slotOf(to) };
};
it('a lease that the partner loses is cut short and goes on at home, at the old price', async () => {
  const { body } = await shuitu.market.bid(buyer, { units: 6, durationSlots: 12, perNode: 6 });
  expect(body).toMatchObject({ reserved: 6, trades: [{ platformId: shuitu.partner.id }] });
  await both(minute);
  const [lease] = await leases();
  const { from, to } = windowOf(lease!);
  while (slotAt(tianfu.market.exchange.now()) < from + 3) await slots(1);
  await tianfu.market.wasUp(abroad, from, from + 3);
  await tianfu.market.done(tianfu.market.operator, `/v1/pools/${abroad}/health`, { health: 'LOST', reason: 'power is out' });
  await slots(2);
  await tianfu.market.wasUp(abroad, from + 3, from + 4);
  const [anew, lost] = await leases();
  expect(lost).toMatchObject({ leaseId: lease!.leaseId, state: 'CUT_SHORT', reason: 'lost', platformId: shuitu.partner.id });
  expect(anew).toMatchObject({ units: 6, platformId: 0, poolId: home });
  expect(windowOf(anew!)).toEqual({ from: windowOf(lost!).to, to });
}, 180_000);

it('each part is billed for what it delivered; the difference is the partner’s debt, and the provider at home has its whole ask', async () => {
  const [anew, lost] = await leases();
  const { from, to } = windowOf(anew!);
  while (slotAt(shuitu.market.exchange.now()) < to) await slots(1);
  await shuitu.market.wasUp(home, from, to);
  await slots(8);
  const [there] = (await tianfu.market.seen(tianfu.partner.key, '/v1/leases')).leases as Json[];
  const stood = windowOf(there!).to - windowOf(lost!).from;
  const yuan = (slotsOf: number, price: number): number => (6 * slotsOf * price) / 4;
  const owed = yuan(to - from, 1);
  const { items } = await shuitu.market.seen(shuitu.market.operator, '/v1/interconnect/partners/Tianfu/statement-items');
  const [price, compensation] = items as [Json, Json];
  expect(compensation).toMatchObject({ compensation: 1, ours: String(-owed) });
  expect(price).toMatchObject({ compensation: 0, ours: String(yuan(stood, 5)) });
  const balance = await shuitu.market.seen(buyer.key, `/v1/participants/${buyer.id}/balance`);
  expect(balance).toMatchObject({ moneyHeld: '0', moneyAvailable: String(1000 - yuan(stood + to - from, 5)) });
  const provider = shuitu.market.provider;
  const { income } = await shuitu.market.seen(provider.key, `/v1/participants/${provider.id}/balance`);
  expect(Number(income)).toBeCloseTo(yuan(to - from, 5) * 0.97 + owed, 6);
}, 180_000);

it('stated by both, the partner’s operator takes the debt, and netted it leaves nothing open and every account even', async () => {
  await later(26);
  const itemsOf = async ({ market }: Side, other: Side) =>
    (await market.seen(market.operator, `/v1/interconnect/partners/${other.name}/statement-items`)).items as Json[];
  const [price, debt] = (await itemsOf(tianfu, shuitu)) as [Json, Json];
  expect(price.ours).toBe(price.theirs);
  expect(debt).toMatchObject({ compensation: 1, sold: true, ours: '0' });
  await tianfu.market.done(
    tianfu.market.operator,
    `/v1/interconnect/partners/Shuitu/statement-items/${String(debt.reservationId)}/accept`,
    { sold: true, compensation: 1, reason: 'node lost' },
  );
  await later(2);
  for (const [side, other] of [
    [shuitu, tianfu],
    [tianfu, shuitu],
  ] as const)
    for (const { ours, theirs } of await itemsOf(side, other)) expect(ours).toBe(theirs);
  const through = dayOf(slotAt(shuitu.market.exchange.now()) - 96);
  await shuitu.market.done(shuitu.market.operator, '/v1/interconnect/partners/Tianfu/nettings', { through });
  await both(minute);
  const open = String(Math.abs(Number(price.ours) + Number(debt.theirs)));
  for (const { market, partner } of [shuitu, tianfu]) {
    const { nettings } = await market.seen(market.operator, '/v1/partner-nettings');
    expect(nettings).toMatchObject([{ amount: open }]);
    const { accounts } = await market.seen(market.operator, `/v1/accounts?prefix=partner/${partner.id}`);
    const left = (accounts as Json[]).filter(({ code }) => /(bought|sold)$/.test(String(code)));
    expect(left.map(({ balance }) => balance)).toEqual(left.map(() => '0'));
    const clearing = (await market.seen(market.operator, '/v1/accounts?prefix=clearing/')).accounts as Json[];
    expect(clearing.map(({ balance }) => balance)).toEqual(clearing.map(() => '0'));
    expect(await market.done(market.operator, '/v1/market/verify')).toMatchObject({ same: true });
  }
}, 180_000);
