// R-35 between two exchanges: a piece of a bid here is asked for, reserved and committed there, whatever is lost in between.
import { ResidencyZone, SupplyDefinition } from '#contracts';
import { Door } from '#testing';
import { Platform, partnerParticipant, supplyOf, usual } from './platforms.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const patienceMs = 30_000;

let buyer: Platform;
let seller: Platform;
/** On the way to the seller. */
let door: Door;
beforeEach(async () => {
  [buyer, seller] = await Promise.all([Platform.open('Shuitu'), Platform.open('Tianfu', 'national')]);
  door = await Door.open(seller.port);
  await buyer.register(seller, door.port);
  await seller.register(buyer, buyer.port);
  await offer('a');
  await bothAdvance();
  await bothAdvance(minute);
});
afterEach(async () => {
  await Promise.all([buyer?.stop(), seller?.stop()]);
  await door?.close();
});

const offer = (advertId: string, change = {}) => seller.exchange.call(SupplyDefinition).offerSupply({ supply: supplyOf(advertId, change) });

async function bothAdvance(ms = 0): Promise<void> {
  await Promise.all([buyer.exchange.advance(ms), seller.exchange.advance(ms)]);
  // What either heard last comes to its end there.
  await Promise.all([buyer.exchange.advance(), seller.exchange.advance()]);
}
async function becomes(is: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = Date.now() + patienceMs; !(await is());) {
    if (Date.now() > deadline) throw new Error('it_must_come_to_that_in_time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
function endsOnce(): void {
  seller.market.deciding = () => undefined;
  throw new Error('the market has ended');
}
const decisions = () => buyer.market.decided.map(({ tradeId, made, supplyStillThere }) => [tradeId, made, supplyStillThere]);

it('supply that a partner advertises is told to the market under an id of its own; changed, withdrawn, and back as it was', async () => {
  const [told] = buyer.market.supply;
  expect(told).toMatchObject({
    participantId: partnerParticipant,
    units: 640,
    price: 4_800_000,
    withdrawn: false,
    region: 500_000,
    model: 'G2',
  });
  expect(told!.remotePoolId).toBeGreaterThanOrEqual(1_000_000_000);
  expect(told!.remoteSiteId).toBeGreaterThanOrEqual(1_000_000_000);
  await offer('a', { units: 320 });
  await bothAdvance();
  await buyer.partners.suspendPartner({ platform: 'Tianfu', reason: 'audit' });
  await bothAdvance();
  await buyer.partners.resumePartner({ platform: 'Tianfu', reason: 'audit passed' });
  await bothAdvance();
  await buyer.partners.leavePartner({ platform: 'Tianfu', reason: 'contract ended' });
  await bothAdvance();
  const { remotePoolId } = told!;
  expect(buyer.market.supply.slice(1).map((one) => [one.remotePoolId, one.units, one.withdrawn])).toEqual([
    [remotePoolId, 320, false],
    [remotePoolId, 320, true],
    [remotePoolId, 320, false],
    [remotePoolId, 320, true],
  ]);
});

it('an advert under a new name has the pool of one that is gone, unless something of that is bought; the market forgets no pool', async () => {
  const poolsOf = async (advertId: string) => {
    await offer(advertId);
    await bothAdvance();
    const { remotePoolId } = buyer.market.supply.at(-1)!;
    await seller.exchange.call(SupplyDefinition).withdrawSupply({ advertId });
    await bothAdvance();
    expect(buyer.market.supply.at(-1)).toMatchObject({ remotePoolId, withdrawn: true });
    return remotePoolId;
  };
  const first = await poolsOf('a');
  expect(await poolsOf('b')).toBe(first);
  await offer('b');
  await bothAdvance();
  await buyer.market.take(501, 16);
  await bothAdvance();
  expect(decisions()).toEqual([[501, true, true]]);
  await seller.exchange.call(SupplyDefinition).withdrawSupply({ advertId: 'b' });
  await bothAdvance();
  expect(await poolsOf('c')).not.toBe(first);
  expect(await poolsOf('b')).toBe(first);
});

it('a piece is reserved, committed, and made; what is bought of an advert is less of it when it is told anew', async () => {
  await buyer.market.take(501, 16);
  await bothAdvance();
  expect(decisions()).toEqual([[501, true, true]]);
  expect(seller.market.made).toHaveLength(1);
  expect(await buyer.sql('select state, amount from interconnect.pieces')).toEqual([{ state: 4, amount: '153600000' }]);
  await offer('a', { price: 5_000_000 });
  await bothAdvance();
  expect(buyer.market.supply.at(-1)).toMatchObject({ units: 624, poolUnits: 640, price: 5_000_000 });
});

it('what the partner does not have is returned, and no more is expected of it', async () => {
  await buyer.market.take(501, 72);
  await bothAdvance();
  expect(decisions()).toEqual([[501, false, false]]);
  expect(seller.market.units).toBe(64);
});

it('pieces of one fill that are alike are asked for as one; those that are not cannot be', async () => {
  await buyer.market.take(501, 8, { pieces: 2 });
  await bothAdvance();
  expect(decisions()).toEqual([]);
  await buyer.market.take(502, 8, { pieces: 2, reservationId: 501 });
  await bothAdvance();
  expect(decisions()).toEqual([[501, true, true]]);
  expect(seller.market.units).toBe(48);
});

it('no answer is not a no: a lost request is said again, and after its time the partner says that it was not done', async () => {
  door.shut();
  await buyer.market.take(501, 16);
  await bothAdvance(10 * minute);
  expect(decisions()).toEqual([]);
  door.unshut();
  await bothAdvance(2 * minute);
  expect(decisions()).toEqual([[501, false, true]]);
  expect(seller.market).toMatchObject({ units: 64, made: [] });
});

it('pieces are asked for side by side, thirty-two at most; all are made once, whatever answers are lost', async () => {
  const trades = Array.from({ length: 34 }, (_, nth) => 501 + nth);
  door.hold();
  for (const trade of trades) await buyer.market.take(trade, 1, { perNode: 1 });
  const under = bothAdvance();
  const heard = () => seller.sql('select 1 from interconnect.messages where direction = 2 and kind = 4');
  await becomes(async () => (await heard()).length >= 32);
  const asked = 'select 1 from interconnect.waiting where kind = 4 and attempts > 0';
  expect([await heard(), await buyer.sql(asked)].map(({ length }) => length)).toEqual([32, 32]);
  door.shut();
  door.unshut();
  await under;
  for (const _ of [1, 2, 3]) await bothAdvance(5 * second);
  expect(decisions().sort()).toEqual(trades.map((trade) => [trade, true, true]));
  expect(seller.market.units).toBe(30);
});

it.each(['before', 'after'] as const)(
  'the partner ends %s its market has reserved, and committed: asked again, made once',
  async (fault) => {
    seller.market.fault = fault;
    seller.market.decisionFault = fault;
    await buyer.market.take(501, 16);
    await bothAdvance();
    expect(decisions()).toEqual([]);
    await bothAdvance(5 * second);
    await bothAdvance(5 * second);
    expect(decisions()).toEqual([[501, true, true]]);
    expect(seller.market).toMatchObject({ units: 48, made: [expect.any(String)] });
  },
);

it('a lost answer to a commit is asked for, and made once', async () => {
  seller.market.deciding = () => door.hold();
  await buyer.market.take(501, 16);
  const asked = buyer.exchange.advance();
  await becomes(() => seller.market.made.length === 1);
  door.shut();
  await asked;
  expect(decisions()).toEqual([]);
  door.unshut();
  await bothAdvance(minute);
  expect(decisions()).toEqual([[501, true, true]]);
  expect(seller.market).toMatchObject({ units: 48, made: [expect.any(String)] });
});

it('a partner that is restored from before the reservation refuses the commit, and the piece is returned', async () => {
  seller.market.deciding = endsOnce;
  await buyer.market.take(501, 16);
  await bothAdvance();
  expect(decisions()).toEqual([]);
  seller.market.forget();
  for (const table of ['waiting', 'answers', 'messages', 'reservations']) await seller.sql(`delete from interconnect.${table}`);
  await bothAdvance(minute);
  expect(decisions()).toEqual([[501, false, true]]);
});

it('a commit that is heard after the partner’s expiry is refused, and the piece is returned', async () => {
  seller.market.deciding = endsOnce;
  await buyer.market.take(501, 16);
  await bothAdvance();
  door.shut();
  await bothAdvance(5 * minute);
  door.unshut();
  await bothAdvance(minute);
  expect(decisions()).toEqual([[501, false, true]]);
  const [row] = await buyer.sql<{ rule: string }>('select rule from interconnect.pieces');
  expect(row!.rule).toBe('reservation_must_not_have_expired');
});

it('a bid that does not want the piece any more cancels it: nothing stays reserved', async () => {
  door.shut();
  await buyer.market.take(501, 16);
  await buyer.exchange.advance();
  await buyer.market.end(501, partnerParticipant);
  await buyer.exchange.advance();
  door.unshut();
  await bothAdvance(minute);
  await bothAdvance(minute);
  expect(seller.market).toMatchObject({ units: 64, made: [] });
  expect(decisions()).toEqual([[501, false, true]]);
});

it('a suspended partner is asked for nothing new; what it was asked it still answers; it does not leave before', async () => {
  seller.market.fault = 'before';
  await buyer.market.take(501, 16);
  await buyer.exchange.advance();
  await buyer.partners.suspendPartner({ platform: 'Tianfu', reason: 'audit' });
  await expect(buyer.partners.leavePartner({ platform: 'Tianfu', reason: 'ended' })).rejects.toMatchObject({
    rule: 'pieces_must_be_decided',
  });
  await buyer.market.take(502, 16);
  await bothAdvance(5 * second);
  await bothAdvance(minute);
  expect(decisions()).toEqual([
    [502, false, false],
    [501, true, true],
  ]);
  await buyer.partners.leavePartner({ platform: 'Tianfu', reason: 'ended' });
});

it('R-37: what is not granted is neither advertised nor bought', async () => {
  await offer('abroad', { zone: ResidencyZone.ABROAD });
  await bothAdvance();
  expect(buyer.market.supply.map(({ zone }) => zone)).toEqual([ResidencyZone.DOMESTIC]);
  await seller.partners.amendPartner({ platform: 'Shuitu', details: { ...usual(buyer.port), creditLimit: 0n }, reason: 'test' });
  await bothAdvance(hour / 60);
  await buyer.market.take(501, 16);
  await bothAdvance();
  expect(decisions()).toEqual([[501, false, false]]);
});
