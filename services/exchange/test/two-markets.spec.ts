// R-35 between two whole exchanges, each with its own market: a bid here is filled by cards there, by the word of the one to the other alone.
import { ComputeClass, ResidencyZone, Unit } from '#contracts';
import { slotAt, slotMs } from '#domain';
import { firm, rfc, type Json, type Someone } from './http-market.js';
import { bothAdvance, Side } from './side.js';

const minute = 60_000;

let shuitu: Side;
let tianfu: Side;
let buyer: Someone;
let poolId: number;
/** That the bid below took there: four slots. */
let from: number;
beforeAll(async () => {
  [shuitu, tianfu] = await Promise.all([Side.open('Shuitu'), Side.open('Tianfu')]);
  await both(0);
  await shuitu.knows(tianfu);
  await tianfu.knows(shuitu);
  await both(minute);
  buyer = await shuitu.market.buyer();
  ({ poolId } = await tianfu.market.place({ greenShareBp: 5_000 }));
  await tianfu.market.offer(poolId, 'FIRM', 8, '4');
  await tianfu.market.done(tianfu.market.operator, '/v1/deposits', {
    ...{ participantId: tianfu.partner.id, amount: '1000', bankReference: 'from Shuitu' },
  });
  await tianfu.advertise(5_000_000);
  await both(minute);
});
afterAll(() => Promise.all([shuitu?.stop(), tianfu?.stop()]));

const dayOf = (slot: number): string => new Date((slot + 32) * slotMs).toISOString().slice(0, 10);

const both = (ms: number): Promise<void> => bothAdvance(shuitu, tianfu, ms);

const bid = async (id: unknown): Promise<Json> => shuitu.market.seen(buyer.key, `/v1/bids/${String(id)}`);
const at = (units: number, more: Json = {}) => shuitu.market.bid(buyer, { units, ...more });

it('a partner’s supply is offered here, marked with its platform, as far as its market has it', async () => {
  const { offers } = await shuitu.market.seen(shuitu.partner.key, '/v1/offers');
  expect(offers).toMatchObject([{ units: 8, ask: '5', platformId: shuitu.partner.id, state: 'OPEN' }]);
});

it('a quote is what the market there would give of what it advertises, and holds nothing', async () => {
  const { slot } = tianfu.market;
  const terms = {
    ...{ advertId: 'a100', computeClass: ComputeClass.INTELLIGENT, model: firm.model, domestic: false, unit: Unit.CARD },
    ...{ zone: ResidencyZone.DOMESTIC, region: 500_000, units: 12, window: { from: slot + 1, to: slot + 5 }, price: 5_000_000, perNode: 1 },
  };
  for (const units of [8, 8]) expect((await shuitu.ask(tianfu, { quote: { terms } })).quoteAnswer).toEqual({ units });
});

it('a bid waits for the partner, and is a lease on both platforms when it has committed', async () => {
  const { body } = await at(6);
  expect(body).toMatchObject({ state: 'OPEN', filled: 0, reserved: 6, trades: [{ platformId: shuitu.partner.id, reserved: true }] });
  await both(minute);
  expect(await bid(body.bidId)).toMatchObject({ state: 'FILLED', filled: 6, reserved: 0 });
  const [lease] = (await shuitu.market.seen(buyer.key, '/v1/leases')).leases as Json[];
  expect(lease).toMatchObject({ units: 6, platformId: shuitu.partner.id, state: 'CONFIRMED' });
  const [there] = (await tianfu.market.seen(tianfu.partner.key, '/v1/leases')).leases as Json[];
  expect(there).toMatchObject({ units: 6, platformId: 0, window: lease!.window });
  from = slotAt(Date.parse((lease!.window as { from: string }).from));
  const { offers } = await shuitu.market.seen(shuitu.partner.key, '/v1/offers');
  expect(offers).toMatchObject([{ units: 8, soldUnitSlots: 24, state: 'OPEN' }]);
});

it('of what the partner’s market has no more nothing is asked', async () => {
  expect((await at(4, { allOrNone: true })).body).toMatchObject({ state: 'OPEN', filled: 0, reserved: 0, open: 4 });
  await both(minute);
  const { offers } = await shuitu.market.seen(shuitu.partner.key, '/v1/offers');
  expect(offers).toMatchObject([{ units: 8, soldUnitSlots: 24, state: 'OPEN' }]);
  expect(((await tianfu.market.seen(tianfu.partner.key, '/v1/leases')).leases as Json[]).length).toBe(1);
});

it('a bid that stays here takes nothing of it', async () => {
  expect((await at(1, { localOnly: true })).body).toMatchObject({ state: 'OPEN', reserved: 0, trades: [] });
});

it('what telemetry there says that it got is what it costs here, and what both state of the day', async () => {
  const { market } = tianfu;
  for (let slot = 0; slot < 5; slot += 1) await both(slotMs);
  await market.wasUp(poolId, from, from + 3);
  const last = { poolId, node: 0, from: rfc(from + 3), to: rfc(from + 4), unitsUp: 5, utilisationBp: 5000, powerWatts: 2000 };
  await market.done(market.provider.key, '/v1/telemetry', { sequence: 100, samples: [last] });
  for (let slot = 0; slot < 7; slot += 1) await both(slotMs);
  // 30 yuan, of which a quarter is credited: 23 of 24 card-slots were up.
  expect(await shuitu.market.seen(buyer.key, `/v1/participants/${buyer.id}/balance`)).toMatchObject({
    moneyHeld: '0',
    moneyAvailable: '977.5',
  });
  for (const [side, name] of [
    [shuitu, 'Tianfu'],
    [tianfu, 'Shuitu'],
  ] as const) {
    const { items } = await side.market.seen(side.market.operator, `/v1/interconnect/partners/${name}/statement-items`);
    expect(items).toMatchObject([{ sold: side === tianfu, ours: '22.5' }]);
  }
});

it('R-36: netted, it is payable here and receivable there, and the provider there has its income', async () => {
  const account = async ({ market, partner }: Side, part: string) => {
    const { accounts } = await market.seen(market.operator, `/v1/accounts?prefix=partner/${partner.id}/${part}`);
    return (accounts as Json[])[0]?.balance ?? '0';
  };
  for (let hours = 0; hours < 26; hours += 1) await both(4 * slotMs);
  // Whose clock is ahead of the other's is not heard: what was said then is said again.
  for (const _ of [1, 2]) await both(minute);
  await shuitu.market.done(shuitu.market.operator, '/v1/interconnect/partners/Tianfu/nettings', { through: dayOf(from) });
  await both(minute);
  expect([await account(shuitu, 'bought'), await account(shuitu, 'payable')]).toEqual(['0', '22.5']);
  // Sold at 5 yuan here, at 4 there: with the same credit of a quarter the platform keeps 4.5 yuan.
  expect([await account(tianfu, 'sold'), await account(tianfu, 'receivable'), await account(tianfu, 'margin')]).toEqual([
    '0',
    '-22.5',
    '4.5',
  ]);
  expect(await account(shuitu, 'margin')).toBe('0');
  const { nettings } = await tianfu.market.seen(tianfu.market.operator, '/v1/partner-nettings');
  expect(nettings).toMatchObject([{ amount: '22.5', margin: '4.5' }]);
  const { market, partner } = tianfu;
  expect(await market.seen(partner.key, `/v1/participants/${partner.id}/balance`)).toMatchObject({ moneyAvailable: '1000' });
  expect(await market.seen(market.provider.key, `/v1/participants/${market.provider.id}/balance`)).toMatchObject({ income: '17.46' });
});

it('R-36: what the netting left is paid by bank, in two parts, and recorded on both sides', async () => {
  const today = dayOf(slotAt(shuitu.market.exchange.now()));
  const pay = ({ market, partner }: Side, amount: string, bankReference: string) =>
    market.done(market.operator, '/v1/partner-payments', {
      ...{ participantId: partner.id, through: dayOf(from), amount, bankReference, valueDate: today },
    });
  const open = async ({ market }: Side) => (await market.seen(market.operator, '/v1/partner-nettings?open=true')).nettings;
  const netting = { through: dayOf(from), amount: '22.5', ageDays: 0 };
  expect(await pay(shuitu, '10', 'Shuitu 1')).toMatchObject({ received: false, amount: '10' });
  expect(await open(shuitu)).toMatchObject([{ ...netting, receivable: false, paid: '10', left: '12.5' }]);
  expect(await open(tianfu)).toMatchObject([{ ...netting, receivable: true, paid: '0', left: '22.5' }]);
  await pay(tianfu, '10', 'Shuitu 1');
  for (const side of [shuitu, tianfu]) {
    await pay(side, '12.5', 'Shuitu 2');
    expect(await open(side)).toEqual([]);
    const account = `partner/${side.partner.id}/${side === shuitu ? 'payable' : 'receivable'}`;
    expect(await side.market.seen(side.market.operator, `/v1/accounts?prefix=${account}`)).toMatchObject({ accounts: [{ balance: '0' }] });
  }
});

it('R-30: what both miss of the promised green energy both state, and net it the other way round', async () => {
  const ahead = Date.parse('2026-02-01T02:00:00Z') - shuitu.market.exchange.now();
  for (const { market } of [shuitu, tianfu]) await market.exchange.advance(ahead);
  await both(minute);
  for (const { market } of [shuitu, tianfu]) {
    await market.done(market.operator, '/v1/billing-periods/2026-01/close', {});
    await market.done(market.operator, '/v1/green-periods/2026-01/close', {});
  }
  for (let hours = 0; hours < 3; hours += 1) await both(4 * slotMs);
  for (const _ of [1, 2]) await both(minute);
  const linesOf = async ({ market }: Side, other: Side) => {
    const { items } = await market.seen(market.operator, `/v1/interconnect/partners/${other.name}/statement-items`);
    return (items as Json[]).map(({ compensation = 0, ours, theirs }) => ({ compensation, ours, theirs }));
  };
  const [, missed] = await linesOf(shuitu, tianfu);
  expect(missed).toMatchObject({ compensation: 1, ours: missed!.theirs });
  expect(String(missed!.ours)).toMatch(/^-0\.0\d+$/);
  expect((await linesOf(tianfu, shuitu))[1]).toEqual(missed);
  const through = dayOf(slotAt(shuitu.market.exchange.now()) - 96);
  await shuitu.market.done(shuitu.market.operator, '/v1/interconnect/partners/Tianfu/nettings', { through });
  await both(minute);
  for (const { market, partner } of [shuitu, tianfu]) {
    const { nettings } = await market.seen(market.operator, '/v1/partner-nettings');
    expect((nettings as Json[])[0]).toMatchObject({
      amount: String(missed!.ours).slice(1),
      margin: '0',
      receivable: market === shuitu.market,
    });
    const { accounts } = await market.seen(market.operator, `/v1/accounts?prefix=partner/${partner.id}`);
    const left = (accounts as Json[]).filter(({ code }) => /(bought|sold)$/.test(String(code)));
    expect(left.map(({ balance }) => balance)).toEqual(left.map(() => '0'));
  }
});
