import { OrganisationSize } from '#contracts';
import { World, buyer, market, yuan } from './world.js';

let world: World;

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.exchange.stop());

describe('R-31: a bid under a programme', () => {
  it('has its share held and counted as buying power, once however often it asks', async () => {
    const { programmeId } = await world.programme();
    const bid = world.bid(programmeId);
    const answer = await world.reserve(bid);
    expect(answer).toMatchObject({ amount: yuan(20), rateBp: 2_000 });
    expect(answer.clauses.every((clause) => clause.passed)).toBe(true);
    expect(await world.reserve(bid)).toEqual(answer);
    const again = await Promise.all([1, 2, 3, 4].map(() => world.reserve(bid)));
    expect(again).toEqual([answer, answer, answer, answer]);
    expect(await world.balances(programmeId)).toMatchObject({ issued: yuan(1_000), available: yuan(980), held: yuan(20) });
  });

  it('gives it back when the market refused it, and may ask anew', async () => {
    const { programmeId } = await world.programme();
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    await world.voucher(market).releaseSubsidy({ orderId: bid.orderId });
    await world.voucher(market).releaseSubsidy({ orderId: bid.orderId });
    await world.exchange.advance();
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), held: 0n });
    expect(await world.reserve({ ...bid, worstCase: yuan(50) })).toMatchObject({ amount: yuan(10) });
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(990), held: yuan(10) });
  });

  it('gives back what the ledger held when a crash kept it from being noted here', async () => {
    const { programmeId } = await world.programme();
    const bid = world.bid(programmeId);
    // What is written here fails as the ledger's part is done.
    await world.exchange.database.query('alter table voucher.reservations add constraint crash check (false) not valid');
    await expect(world.reserve(bid)).rejects.toThrow();
    await world.exchange.database.query('alter table voucher.reservations drop constraint crash');
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(980), held: yuan(20) });
    await world.voucher(market).releaseSubsidy({ orderId: bid.orderId });
    expect(await world.balances(programmeId)).toMatchObject({ available: yuan(1_000), held: 0n });
  });

  it('is one of a new firm where no other programme granted or promised it anything', async () => {
    const eligibility = { regions: [], industries: [], sizes: [], firstTime: true };
    const buyerId = buyer.participantId + 7;
    const programmeIds: number[] = [];
    for (let each = 0; each < 3; each++) programmeIds.push((await world.programme({ eligibility })).programmeId);
    const bids = programmeIds.map((programmeId) => world.bid(programmeId, { buyerId }));
    const answers = await Promise.allSettled(bids.map((bid) => world.reserve(bid)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ rule: 'buyer_must_be_new' });
    const first = answers.findIndex(({ status }) => status === 'fulfilled');
    expect(await world.reserve(world.bid(programmeIds[first]!, { buyerId }))).toMatchObject({ amount: yuan(20) });
    // What came to nothing makes nobody old: once both bids are over another programme may be the first.
    const open = await world.exchange.database.query<{ order_id: bigint }>(
      'select order_id from voucher.reservations where buyer_id = $1',
      [buyerId],
    );
    for (const { order_id: orderId } of open) await world.close({ ...bids[first]!, orderId: Number(orderId) });
    expect(await world.reserve(world.bid(programmeIds[(first + 1) % 3]!, { buyerId }))).toMatchObject({ amount: yuan(20) });
  });

  it('may not change while its share is held', async () => {
    const { programmeId } = await world.programme();
    const bid = world.bid(programmeId);
    await world.reserve(bid);
    await expect(world.reserve({ ...bid, worstCase: yuan(200) })).rejects.toMatchObject({ rule: 'reservation_must_not_change' });
    expect(await world.balances(programmeId)).toMatchObject({ held: yuan(20) });
  });

  it('gets what the budget has left, down to nothing, and is told so', async () => {
    const { programmeId } = await world.programme({ budget: yuan(25) });
    await world.reserve(world.bid(programmeId));
    const second = await world.reserve(world.bid(programmeId));
    expect(second.amount).toBe(yuan(5));
    const third = await world.reserve(world.bid(programmeId));
    expect(third).toMatchObject({ amount: 0n });
    expect(third.clauses.at(-1)).toMatchObject({ rule: 'subsidy_must_fit_the_budget', passed: false });
    expect(await world.balances(programmeId)).toMatchObject({ available: 0n, held: yuan(25) });
  });

  it('is refused by the clause that it or its buyer breaks', async () => {
    const small = await world.programme({
      eligibility: { regions: [500000], industries: ['I'], sizes: [OrganisationSize.LARGE], firstTime: false },
    });
    await expect(world.reserve(world.bid(small.programmeId))).rejects.toMatchObject({
      rule: 'buyer_must_be_of_the_size',
      kind: 'conflict',
    });
    const domestic = await world.programme({
      coverage: { classes: [], providerIds: [], domesticOnly: true, services: [], platformIds: [] },
    });
    await expect(world.reserve(world.bid(domestic.programmeId))).rejects.toMatchObject({ rule: 'bid_must_keep_to_domestic_units' });
    expect(await world.reserve(world.bid(domestic.programmeId, { domesticOnly: true }))).toMatchObject({ amount: yuan(20) });
    await expect(world.reserve(world.bid(99_999))).rejects.toMatchObject({ kind: 'absent' });
    await expect(world.reserve(world.bid(domestic.programmeId, { buyerId: 77 }))).rejects.toMatchObject({
      rule: 'buyer_must_be_registered',
    });
    await expect(world.reserve(world.bid(domestic.programmeId, { worstCase: 0n }))).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('counts what other bids of the firm were promised against its cap a year', async () => {
    const { programmeId } = await world.programme({ tiers: [world.tier({ capPerFirmYear: yuan(50) })] });
    const bids = Array.from({ length: 8 }, () => world.bid(programmeId));
    const answers = await Promise.all(bids.map((bid) => world.reserve(bid)));
    expect(answers.reduce((sum, answer) => sum + answer.amount, 0n)).toBe(yuan(50));
    expect(await world.reserve(world.bid(programmeId, { buyerId: buyer.participantId + 1 }))).toMatchObject({ amount: yuan(20) });

    // A bid that closes without a trade promises nothing any more.
    await world.close(bids[answers.findIndex((answer) => answer.amount === yuan(20))]!);
    expect(await world.reserve(world.bid(programmeId))).toMatchObject({ amount: yuan(20) });
  });
});

describe('R-32', () => {
  it('64 bids at once over one budget never hold more than it, and all of it', async () => {
    const { programmeId } = await world.programme({ budget: yuan(100) });
    const bids = Array.from({ length: 64 }, (_, index) =>
      world.bid(programmeId, { buyerId: buyer.participantId + (index % 8), worstCase: yuan(15) + BigInt(index) }),
    );
    // Each asks twice at the same time.
    const answers = await Promise.all([...bids, ...bids].map((bid) => world.reserve(bid)));
    const firsts = answers.slice(0, 64).map((answer) => answer.amount);
    const held = firsts.reduce((sum, amount) => sum + amount, 0n);
    expect(held).toBe(yuan(100));
    // Who came when the budget was empty may have found something the second time: nothing is released here, so nobody has.
    expect(answers.slice(64).map((answer) => answer.amount)).toEqual(firsts);
    expect(await world.balances(programmeId)).toEqual({
      programmeId,
      issued: yuan(100),
      available: 0n,
      held: yuan(100),
      redeemed: 0n,
      expired: 0n,
      revoked: 0n,
    });
  });
});
