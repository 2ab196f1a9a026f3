// R-35 on the seller's side: what a partner reserves, commits and cancels, said in any order, late, or again. The partner is made by hand.
import { type PartnerMessage, RemoteTerms, ResidencyZone, SupplyDefinition } from '#contracts';
import type { MarketByHand } from './market.js';
import { window } from './market.js';
import { HandMade, Platform, supplyOf } from './platforms.js';

const minute = 60_000;
const nowhere = 9;

let here: Platform;
let market: MarketByHand;
let tianfu: HandMade;
beforeEach(async () => {
  here = await Platform.open('Shuitu');
  market = here.market;
  tianfu = new HandMade('Tianfu', here);
  await here.register(tianfu, nowhere);
  await here.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a') });
});
afterEach(() => here?.stop());

const terms = (change: Partial<RemoteTerms> = {}): RemoteTerms => {
  const { advertId, computeClass, model, domestic, unit, zone, region, price } = supplyOf('a');
  return { advertId, computeClass, model, domestic, unit, zone, region, price, units: 16, window, perNode: 8, ...change };
};
const id = 'reservation-1';
const reserve = (reservationId = id, change: Partial<RemoteTerms> = {}) => ({
  reserve: { reservationId, terms: terms(change), holdMs: minute, image: '', publicKey: '' },
});
const commit = (reservationId = id) => ({ commit: { reservationId, terms: terms() } });
const cancel = (reservationId = id) => ({ cancel: { reservationId } });
const ruleOf = (answer: PartnerMessage): string | undefined => answer.refused?.rule;
/** 4.80 yuan for 16 units and two hours. */
const amount = 153_600_000n;

it('reserved, and committed: a lease, and what is owed for it; each said again is answered alike and done once', async () => {
  const [asked, committed] = [tianfu.message(reserve()), tianfu.message(commit())];
  const until = here.exchange.now() + minute;
  const first = await tianfu.tell(tianfu.signed(asked));
  expect(first.reserveAnswer).toEqual({ reservationId: id, until, amount });
  expect(market.units).toBe(48);
  const second = await tianfu.tell(tianfu.signed(committed));
  expect(second.commitAnswer).toEqual({ reservationId: id, leases: [{ leaseId: 101, units: 16 }], amount });
  await here.exchange.advance(5 * minute);
  expect(await tianfu.tell(tianfu.signed(asked))).toEqual(first);
  expect(await tianfu.tell(tianfu.signed(committed))).toEqual(second);
  expect({ units: market.units, made: market.made }).toEqual({ units: 48, made: [id] });
});

it('a cancel that overtakes its reserve on the way to the market leaves nothing reserved', async () => {
  let cancelled: PartnerMessage | undefined;
  market.reserving = async () => {
    market.reserving = () => Promise.resolve();
    cancelled = await tianfu.say(cancel());
  };
  expect(ruleOf(await tianfu.say(reserve()))).toBe('reservation_must_not_be_released');
  expect(cancelled?.cancelAnswer).toEqual({ reservationId: id });
  await here.exchange.advance();
  expect(market.units).toBe(64);
});

it('said three times at once it is done once, and answered by the same bytes', async () => {
  const asked = tianfu.message(reserve());
  const answers = await Promise.all([1, 2, 3].map(() => tianfu.tellRaw(tianfu.signed(asked))));
  expect(new Set(answers.map(({ message }) => Buffer.from(message).toString('hex'))).size).toBe(1);
  expect(market.units).toBe(48);
});

it('R-36: of several messages that come at once under one id one is heard, and the others are refused, whatever they are about', async () => {
  const ids = ['reservation-1', 'reservation-2', 'reservation-3'];
  const answers = await Promise.all(ids.map((one) => tianfu.say({ ...reserve(one), id: 'one-id-of-several' })));
  expect(answers.map(ruleOf)).toEqual([undefined, 'message_id_must_not_be_reused', 'message_id_must_not_be_reused']);
  expect(market.units).toBe(48);
  const committed = await Promise.all(ids.map((one) => tianfu.say({ ...commit(one), id: 'another-id-of-several' })));
  expect(committed.map(ruleOf)).toEqual([undefined, 'message_id_must_not_be_reused', 'message_id_must_not_be_reused']);
  expect(market.made).toEqual(ids.slice(0, 1));
});

it.each(['before', 'after'] as const)(
  'the market ends %s it has done it: no answer, and the message said again finds or does it',
  async (fault) => {
    const [asked, committed] = [tianfu.message(reserve()), tianfu.message(commit())];
    for (const message of [asked, committed]) {
      market.fault = fault;
      await expect(tianfu.tell(tianfu.signed(message))).rejects.toThrow();
      expect((await tianfu.tell(tianfu.signed(message))).refused).toBeUndefined();
    }
    expect({ units: market.units, made: market.made }).toEqual({ units: 48, made: [id] });
  },
);

it('a commit whose record was lost is told as done, though it is said again after its time and by a suspended partner', async () => {
  await tianfu.say(reserve());
  const committed = tianfu.message(commit());
  market.fault = 'after';
  await expect(tianfu.tell(tianfu.signed(committed))).rejects.toThrow();
  await here.partners.suspendPartner({ platform: 'Tianfu', reason: 'audit' });
  await here.exchange.advance(120 * minute);
  expect((await tianfu.tell(tianfu.signed(committed))).commitAnswer?.leases).toHaveLength(1);
  expect(market.made).toEqual([id]);
});

it('a commit that was never done and comes after its time is refused for good, and its reservation given back', async () => {
  const hour = 60 * minute;
  const committed = tianfu.message({ ...commit(), validUntil: here.exchange.now() + minute / 2 });
  await tianfu.say(reserve());
  await here.exchange.advance(minute / 2 + 1);
  const refused = await tianfu.tell(tianfu.signed(committed));
  expect(refused.refused).toMatchObject({ rule: 'message_must_be_said_in_time', again: false });
  expect(market.units).toBe(64);
  await here.exchange.advance(hour);
  expect(await tianfu.tell(tianfu.signed(committed))).toEqual(refused);
  expect(ruleOf(await tianfu.say(commit()))).toBe('reservation_must_not_be_released');
});

it.each<[string, () => Promise<void>, string]>([
  ['after the reservation has expired', () => here.exchange.advance(2 * minute), 'reservation_must_not_have_expired'],
  ['after it was cancelled', async () => void (await tianfu.say(cancel())), 'reservation_must_not_be_released'],
  ['where the market is restored from before it', async () => market.forget(), 'reservation_must_be_known'],
])('a commit %s', async (_name, between, rule) => {
  await tianfu.say(reserve());
  await between();
  expect(ruleOf(await tianfu.say(commit()))).toBe(rule);
  expect(market.made).toEqual([]);
});

it('where this side is restored from before the reservation and its market is not, a commit still finds it', async () => {
  await tianfu.say(reserve());
  for (const table of ['waiting', 'answers', 'messages', 'reservations']) await here.sql(`delete from interconnect.${table}`);
  expect((await tianfu.say(commit())).commitAnswer?.amount).toBe(amount);
});

it('a commit of what was never reserved', async () => {
  expect(ruleOf(await tianfu.say(commit()))).toBe('reservation_must_be_known');
  expect(ruleOf(await tianfu.say({ commit: { reservationId: id, terms: terms({ units: 8 }) } }))).toBe('reservation_must_be_known');
});

it('cancelled it is given back, again without effect; cancelled before it is asked for it is never made', async () => {
  await tianfu.say(reserve());
  expect((await tianfu.say(cancel())).cancelAnswer).toEqual({ reservationId: id });
  expect((await tianfu.say(cancel())).cancelAnswer).toEqual({ reservationId: id });
  expect((await tianfu.say(cancel('reservation-2'))).cancelAnswer).toEqual({ reservationId: 'reservation-2' });
  expect(ruleOf(await tianfu.say(reserve('reservation-2')))).toBe('reservation_must_not_be_released');
  expect(market.units).toBe(64);
  await tianfu.say(reserve('reservation-3'));
  await tianfu.say(commit('reservation-3'));
  expect(ruleOf(await tianfu.say(cancel('reservation-3')))).toBe('reservation_must_not_be_committed');
});

it.each<[string, Partial<RemoteTerms>, string]>([
  ['more than the market has', { units: 72 }, 'supply_must_be_there'],
  ['below the advertised price', { price: 4_700_000 }, 'price_must_be_the_adverts'],
  ['a zone without a grant', { zone: ResidencyZone.ABROAD }, 'terms_must_be_those_of_the_advert'],
  ['an advert that is not there', { advertId: 'z' }, 'advert_must_be_offered'],
])('%s: refused for good, and nothing is held', async (_name, change, rule) => {
  expect((await tianfu.say(reserve(id, change))).refused).toMatchObject({ rule, again: false });
  expect(market.units).toBe(64);
});

it('R-35: by several reservations a partner has no more than the advert, in any slot; the refusal says what is left', async () => {
  await here.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf('a', { units: 24 }) });
  const [{ from, to }, later] = [window, { from: window.from + 4, to: window.to + 4 }];
  await tianfu.say(reserve('reservation-1'));
  await tianfu.say(commit('reservation-1'));
  const answers = await Promise.all(['reservation-2', 'reservation-3'].map((one) => tianfu.say(reserve(one, { units: 8 }))));
  expect(answers.map(ruleOf)).toEqual([undefined, 'supply_must_be_there']);
  expect(answers[1]!.refused!.left).toEqual({ ranges: [] });
  expect((await tianfu.say({ quote: { terms: terms({ window: later }) } })).quoteAnswer!.units).toBe(0);
  const { refused } = await tianfu.say(reserve('reservation-4', { window: later }));
  expect(refused).toMatchObject({ rule: 'supply_must_be_there', left: { ranges: [{ window: { from: to, to: to + 4 }, units: 24 }] } });
  expect(market.units).toBe(40);
  await here.exchange.advance(2 * minute);
  expect((await tianfu.say(reserve('reservation-5', { units: 8, window: { from, to } }))).refused).toBeUndefined();
});

it.each<[string, Partial<RemoteTerms>, string]>([
  ['an advert that is not there', { advertId: 'z' }, 'advert_must_be_offered'],
  ['a model that is not advertised', { model: 'G9' }, 'terms_must_be_those_of_the_advert'],
  ['below the advertised price', { price: 100 }, 'price_must_be_the_adverts'],
])('a quote of %s is refused as a reserve is', async (_name, change, rule) => {
  expect(ruleOf(await tianfu.say({ quote: { terms: terms(change) } }))).toBe(rule);
});

it('an id that was reserved is not reserved anew, by these terms or others', async () => {
  await tianfu.say(reserve());
  expect(ruleOf(await tianfu.say(reserve()))).toBe('reservation_id_must_not_be_reused');
  expect(ruleOf(await tianfu.say(reserve(id, { units: 8 })))).toBe('reservation_id_must_not_be_reused');
  expect(ruleOf(await tianfu.say({ commit: { reservationId: id, terms: terms({ units: 8 }) } }))).toBe('terms_must_be_those_reserved');
});

it('R-36: what is reserved and committed stays within the credit limit; what lapses or is cancelled is free again', async () => {
  await here.partners.amendPartner({ platform: 'Tianfu', details: { ...limited(2n * amount) }, reason: 'test' });
  await tianfu.say(reserve('reservation-1'));
  await tianfu.say(commit('reservation-1'));
  await tianfu.say(reserve('reservation-2'));
  const credit = 'credit_limit_must_cover_the_reservation';
  expect(ruleOf(await tianfu.say(reserve('reservation-3')))).toBe(credit);
  await tianfu.say(cancel('reservation-2'));
  expect(ruleOf(await tianfu.say(reserve('reservation-4')))).toBeUndefined();
  expect(ruleOf(await tianfu.say(reserve('reservation-5')))).toBe(credit);
  await here.exchange.advance(2 * minute);
  expect(ruleOf(await tianfu.say(reserve('reservation-6')))).toBeUndefined();
  const both = ['reservation-7', 'reservation-8'].map((one) => tianfu.say(reserve(one)));
  expect((await Promise.all(both)).map(ruleOf)).toEqual([credit, credit]);
});

const limited = (creditLimit: bigint) => ({
  ...{ participantId: 7, address: `127.0.0.1:${nowhere}`, tls: false, ca: '', creditLimit, ratePerSecond: 1_000 },
  ...{ classes: [supplyOf('a').computeClass], zones: [ResidencyZone.DOMESTIC] },
});
