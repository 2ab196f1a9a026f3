// The four programmes again, now by real bids, trades, leases and bills over the real ledger: the figures are those worked by hand in four-programmes.spec.ts.
import { ClaimState, ComputeClass, OverdueChanged, type SubsidyForBid, type TradeMade } from '#contracts';
import { formatYuan, parseYuan } from '#domain';
import { termsOf } from './documents.js';
import { World, officer } from './world.js';

const yuan = (text: string) => parseYuan(text)!;

/** What a firm buys, and what comes of it; of a bid that the programme refuses, its clause alone. */
interface Bought {
  readonly firm: number;
  readonly base: string;
  readonly bid?: Partial<SubsidyForBid>;
  readonly trade?: Partial<TradeMade>;
  readonly amount?: string;
  readonly broken?: readonly string[];
  readonly refused?: string;
}

let world: World;
let firms = 1_000;
/** Who is registered and has no money yet. */
const poor: { participantId: number; amount: bigint; bankReference: string }[] = [];

beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world?.exchange.stop());

/** A document in force, and its firms, by their numbers in the rows. */
class Programme {
  private readonly ids = new Map<number, number>();

  private constructor(
    readonly id: number,
    private readonly region: number,
  ) {}

  static async open(name: string, region: number): Promise<Programme> {
    return new Programme((await world.programme(termsOf(name))).programmeId, region);
  }

  /** Its money comes before the month's bids; it is more than its contracts cost, unless told otherwise. */
  async firm(of: number, part: { region?: number; industry?: string; group?: number } = {}, money = '90000000'): Promise<number> {
    const known = this.ids.get(of);
    if (known !== undefined) return known;
    const id = ++firms;
    this.ids.set(of, id);
    await world.participant(id, part.group ?? id, { region: part.region ?? this.region, industry: part.industry ?? 'I' });
    poor.push({ participantId: id, amount: yuan(money), bankReference: `receipt of ${id}` });
    return id;
  }

  /** In one month, which is then billed. What the exchange grants is compared row by row. */
  async month(rows: readonly Bought[]): Promise<void> {
    for (const { firm } of rows) await this.firm(firm);
    await world.exchange.advance();
    for (const deposit of poor.splice(0)) await world.settlement.recordDeposit(deposit);
    await world.exchange.advance();
    const made: { bid: SubsidyForBid; part: Partial<TradeMade> }[] = [];
    const held = new Map<number, Bought>();
    for (const row of rows) {
      const bid = world.bid(this.id, { buyerId: await this.firm(row.firm), worstCase: yuan(row.base), ...row.bid });
      if (row.refused) {
        await expect(world.reserve(bid)).rejects.toMatchObject({ rule: row.refused });
        continue;
      }
      await world.reserve(bid);
      made.push({ bid, part: row.trade ?? {} });
      held.set(bid.orderId, row);
    }
    await world.deliverAll(made);
    await world.closeMonth();
    const { month } = world.others.bills.at(-1)!;
    const { claims } = await world.voucher().listClaims({ programmeId: this.id, page: { limit: 200 } });
    const found = claims.filter((claim) => claim.month === month && held.has(claim.bidId));
    const told = found.map(({ bidId, amount, clauses }) => {
      const broken = clauses.filter(({ passed }) => !passed).map(({ rule }) => rule);
      return [bidId, formatYuan(amount), broken] as const;
    });
    const due = [...held].map(([bidId, row]) => [bidId, row.amount!, row.broken ?? []] as const);
    const inOrder = <T extends readonly [number, ...unknown[]]>(some: T[]) => some.sort(([one], [other]) => one - other);
    expect(inOrder(told)).toEqual(inOrder(due));
  }

  async approveAll(): Promise<void> {
    const { claims } = await world.voucher().listClaims({ programmeId: this.id, state: ClaimState.WAITING, page: { limit: 200 } });
    for (const { claimId } of claims) for (const key of ['one', 'two']) await world.voucher().approveClaim({ claimId }, officer(key));
    await world.exchange.advance();
  }
}

let hangzhou: Programme;
let henan: Programme;
let yangzhou: Programme;
let chengdu: Programme;

it('Chengdu guarantees: 30 % are money at the trade, within 3,000,000 or 1,500,000 a firm and 10,000,000 a year', async () => {
  chengdu = await Programme.open('chengdu', 510104);
  // 6,000,000 less 1,800,000 and 5,000,000 less 1,200,000: with the voucher 8,000,000 pay for both.
  const first = await chengdu.firm(1, {}, '8000000');
  await chengdu.firm(2, { industry: 'P' });
  await chengdu.firm(3, { industry: 'M' });
  await chengdu.firm(7, { region: 510700 });
  const cut = ['subsidy_must_fit_the_reservation'];
  await chengdu.month([
    { firm: 1, base: '6000000', amount: '1800000' },
    { firm: 1, base: '5000000', amount: '1200000', broken: cut },
    { firm: 2, base: '6000000', amount: '1500000', broken: cut },
    { firm: 3, base: '1000000', amount: '300000' },
    { firm: 4, base: '10000000', amount: '3000000' },
    // 10,000,000 − 7,800,000 = 2,200,000 are left of the year.
    { firm: 5, base: '10000000', amount: '2200000', broken: cut },
    { firm: 6, base: '100', bid: { classes: [ComputeClass.GENERAL] }, refused: 'bid_must_keep_to_covered_classes' },
    { firm: 7, base: '100', refused: 'buyer_must_be_registered_in_the_region' },
  ]);
  const bid = await world.reserve(world.bid(chengdu.id, { buyerId: await chengdu.firm(6) }));
  expect(bid.amount).toBe(0n);
  expect(bid.clauses.filter(({ passed }) => !passed).map(({ rule }) => rule)).toEqual(['subsidy_must_fit_the_budget_a_year']);
  // But for the institute's all are large enough to wait for officers.
  expect(await world.balances(chengdu.id)).toMatchObject({ held: yuan('9700000'), redeemed: yuan('300000') });
  await chengdu.approveAll();
  expect(await world.balances(chengdu.id)).toMatchObject({ held: 0n, redeemed: yuan('10000000'), available: yuan('20000000') });
  expect(await world.settlement.getBalance({ participantId: first })).toMatchObject({ moneyAvailable: 0n, moneyHeld: 0n });
});

it('Hangzhou: a pool of 250,000,000, and 8,000,000 a firm a year', async () => {
  const pool = await Programme.open('hangzhou', 330106);
  await pool.month([
    ...Array.from({ length: 31 }, (_, firm) => ({ firm, base: '40000000', amount: '8000000' })),
    { firm: 40, base: '10000000', trade: { domestic: true }, amount: '2000000', broken: ['subsidy_must_fit_the_budget'] },
    { firm: 41, base: '10000000', amount: '0', broken: ['subsidy_must_fit_the_budget'] },
  ]);
  await pool.approveAll();
  expect(await world.balances(pool.id)).toMatchObject({ available: 0n, redeemed: yuan('250000000') });

  hangzhou = await Programme.open('hangzhou', 330106);
  await hangzhou.firm(3, { region: 330200 });
  await hangzhou.month([
    { firm: 1, base: '10000000', trade: { domestic: true }, amount: '3000000' },
    { firm: 2, base: '0.33', trade: { domestic: true }, amount: '0.099' },
    { firm: 3, base: '1000', refused: 'buyer_must_be_registered_in_the_region' },
  ]);
  await hangzhou.month([{ firm: 1, base: '12345678.90', amount: '2469135.78' }]);
  const cap = ['subsidy_must_fit_the_cap_a_firm_a_year'];
  await hangzhou.month([{ firm: 1, base: '10000000', trade: { domestic: true }, amount: '2530864.22', broken: cap }]);
  await hangzhou.month([{ firm: 1, base: '500', amount: '0', broken: cap }]);
});

it('Henan: 1,000,000 a user and 50,000,000 in all, each a year; province and city pay half each', async () => {
  henan = await Programme.open('henan', 410100);
  await henan.firm(103, { region: 130100 });
  await henan.month([
    { firm: 1, base: '1234567.89', amount: '246913.578' },
    { firm: 103, base: '100', refused: 'buyer_must_be_registered_in_the_region' },
  ]);
  const [cap, pool] = [['subsidy_must_fit_the_cap_a_firm_a_year'], ['subsidy_must_fit_the_budget_a_year']];
  await henan.month([
    { firm: 1, base: '4000000', amount: '753086.422', broken: cap },
    ...Array.from({ length: 48 }, (_, user) => ({ firm: 10 + user, base: '5000000', amount: '1000000' })),
    { firm: 100, base: '3500000', amount: '700000' },
    { firm: 101, base: '5000000', amount: '300000', broken: pool },
    { firm: 102, base: '100', amount: '0', broken: pool },
  ]);
  await henan.approveAll();
  expect((await world.voucher().getFunding({ programmeId: henan.id })).funded.map(({ amount }) => amount)).toEqual([
    yuan('25000000'),
    yuan('25000000'),
  ]);
});

it('Yangzhou: the fee is paid, buyer and provider are not related, one subsidy a contract', async () => {
  yangzhou = await Programme.open('yangzhou', 321003);
  const owing = await yangzhou.firm(2);
  const own = await yangzhou.firm(3, { group: 7_777 });
  await world.participant(own + 5_000, 7_777);
  await yangzhou.firm(6, { region: 320100 });
  await world.others.tell(OverdueChanged, { participantId: owing, overdue: true });
  await world.exchange.advance();
  await yangzhou.month([
    { firm: 1, base: '250000', amount: '50000' },
    { firm: 2, base: '250000', amount: '0', broken: ['fee_must_have_been_paid'] },
    { firm: 3, base: '250000', trade: { providerId: own + 5_000 }, amount: '0', broken: ['buyer_and_provider_must_not_be_related'] },
    { firm: 5, base: '1200000', amount: '200000', broken: ['subsidy_must_fit_the_cap_a_bill'] },
    { firm: 6, base: '250000', refused: 'buyer_must_be_registered_in_the_region' },
  ]);
  // The first contract's second lease, a month later.
  const { claims } = await world.voucher().listClaims({ programmeId: yangzhou.id, buyerId: await yangzhou.firm(1) });
  const { bidId: orderId } = claims[0]!;
  await world.deliverAll([{ bid: world.bid(yangzhou.id, { orderId, buyerId: await yangzhou.firm(1), worstCase: yuan('250000') }) }]);
  await world.closeMonth();
  const [second] = (await world.voucher().listClaims({ programmeId: yangzhou.id })).claims;
  expect(second).toMatchObject({ bidId: orderId, state: ClaimState.REFUSED, amount: 0n });
  expect(second!.clauses.filter(({ passed }) => !passed).map(({ rule }) => rule)).toEqual(['contract_must_be_subsidised_once']);
});

it('a new year begins anew for caps and pools of a year', async () => {
  // Named on Hangzhou's last day, served and billed in the new year.
  await world.exchange.advanceTo(Date.parse('2026-12-31T12:00:00+08:00'));
  const from = Date.parse('2027-01-01T08:00:00+08:00') / 900_000;
  await hangzhou.month([{ firm: 1, base: '1000', trade: { window: { from, to: from + 4 } }, amount: '200' }]);
  await henan.month([{ firm: 102, base: '100', amount: '20' }]);
  // 3,000,000 − 2,200,000 = 800,000 are left of the firm's cap.
  await chengdu.month([{ firm: 5, base: '10000000', amount: '800000', broken: ['subsidy_must_fit_the_reservation'] }]);
  const { imbalance, clearing } = await world.settlement.getTrialBalance({});
  expect([imbalance, clearing.filter(({ balance }) => balance !== 0n)]).toEqual([0n, []]);
  expect(await world.deadLetters()).toEqual([]);
});
