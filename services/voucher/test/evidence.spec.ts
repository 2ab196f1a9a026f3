// What `npm run audit` says of programmes and claims that somebody changed in the database: each by name, and nothing where nothing was done.
import { Exhaustion, SubsidyKind } from '#contracts';
import { auditServices, databaseAddress, servicesOf } from '#platform';
import type { Finding } from '#platform';
import { SettlementModule } from '#settlement';
import { VoucherModule } from '#voucher';
import { World, buyer, officer, yuan } from './world.js';

const services = servicesOf([VoucherModule, SettlementModule]);
const day = 86_400_000;
let world: World;
/** Granted and taken back in part; granted by two officers; shared pro rata; refused. */
let claimIds: { refunded: number; approved: number; shared: number; refused: number };
let programmeId: number;

async function audit(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const nothing = () => undefined;
  await auditServices(
    databaseAddress(world.exchange.database.url),
    services,
    { keys: [], roots: [] },
    (one) => findings.push(one),
    nothing,
  );
  return findings;
}

/** By the database's owner, for as long as `look` takes. */
async function tampered(sql: string, look: () => Promise<void>): Promise<void> {
  const { database } = world.exchange;
  const tables = ['claims', 'claim_trades', 'claim_decisions', 'claw_backs', 'programmes', 'programme_issues', 'claim_approvals', 'audit'];
  const owned = (one: string) => database.query(`begin; set local session_replication_role = replica; ${one}; commit`);
  await owned(tables.map((table) => `create table public.kept_${table} as table voucher.${table}`).join('; '));
  try {
    await owned(sql);
    await look();
  } finally {
    await owned(
      tables
        .map(
          (table) =>
            `delete from voucher.${table}; insert into voucher.${table} overriding system value table public.kept_${table}; drop table public.kept_${table}`,
        )
        .join('; '),
    );
  }
}

async function claimOf(part: Parameters<World['programme']>[0], price = 100): Promise<number> {
  const { programmeId: of } = await world.programme({ kind: SubsidyKind.REIMBURSEMENT, ...part });
  programmeId = of;
  const bid = world.bid(of, { worstCase: yuan(price) });
  await world.reserve(bid);
  await world.deliver(bid);
  await world.closeMonth();
  const { claims } = await world.voucher().listClaims({ programmeId: of });
  return claims[0]!.claimId;
}

beforeAll(async () => {
  world = await World.open();
  await world.deposit(buyer.participantId, yuan(10_000));
  const refunded = await claimOf({});
  const { billId } = world.others.bills.at(-1)!;
  await world.settlement.refundBill({ billId, line: 1, amount: yuan(25), reason: 'a quarter was unusable' });
  const approved = await claimOf({ officersFrom: yuan(1), kind: SubsidyKind.GUARANTEE });
  for (const key of ['first', 'second']) await world.voucher().approveClaim({ claimId: approved }, officer(key));
  const shared = await claimOf({ exhaustion: Exhaustion.PRO_RATA, budget: yuan(5), lastDay: world.today + 40 });
  await world.exchange.advance(41 * day);
  const refused = await claimOf({ officersFrom: yuan(1) });
  await world.voucher().refuseClaim({ claimId: refused, reason: 'the contract was split' });
  claimIds = { refunded, approved, shared, refused };
  await world.exchange.advance(day);
}, 60_000);
afterAll(() => world?.exchange.stop());

it('nothing is wrong where nothing was done', async () => {
  expect(await audit()).toEqual([]);
  const [counted] = await world.exchange.database.query<{ decisions: number; back: number; issues: number }>(
    `select (select count(*)::int4 from voucher.claim_decisions) as decisions, (select count(*)::int4 from voucher.claw_backs) as back,
       (select count(*)::int4 from voucher.programme_issues) as issues`,
  );
  // Of the second, third and fourth claim two each.
  expect(counted).toEqual({ decisions: 7, back: 1, issues: 4 });
});

const refunded = () => claimIds.refunded;
const cases: [what: string, sql: () => string, table: string, row: () => number | string][] = [
  ['an amount', () => `update voucher.claims set amount = amount + 1 where claim_id = ${refunded()}`, 'claims', refunded],
  ['a part taken back', () => `update voucher.claims set clawed_back = 0 where claim_id = ${refunded()}`, 'claims', refunded],
  ['findings', () => `update voucher.claims set findings = '["x"]' where claim_id = ${refunded()}`, 'claims', refunded],
  ['clauses', () => `update voucher.claims set clauses = '[]' where claim_id = ${claimIds.shared}`, 'claims', () => claimIds.shared],
  ['what was billed', () => `update voucher.claims set base = base + 1 where claim_id = ${refunded()}`, 'claims', refunded],
  ['a refusal', () => `update voucher.claims set state = 2 where claim_id = ${claimIds.refused}`, 'claims', () => claimIds.refused],
  ['a claim that is gone', () => `delete from voucher.claims where claim_id = ${claimIds.approved}`, 'claims', () => claimIds.approved],
  [
    'a claim that is gone with all that was known of it',
    () =>
      ['claim_approvals', 'claim_decisions', 'claim_trades', 'claims']
        .map((table) => `delete from voucher.${table} where claim_id = ${claimIds.approved}`)
        .join('; '),
    'claims',
    () => claimIds.approved,
  ],
  [
    'a part of a trade',
    () => `update voucher.claim_trades set refunded = refunded - 1 where claim_id = ${refunded()}`,
    'claim_trades',
    () => `${refunded()}, `,
  ],
  [
    'the document that was approved',
    () =>
      `update voucher.programmes set terms = (select terms from voucher.programmes where programme_id = 1) where programme_id = ${programmeId}`,
    'programmes',
    () => programmeId,
  ],
  [
    'the document, wherever it stands',
    () =>
      `update voucher.programme_issues set terms = '' where programme_id = 1; update voucher.programmes set terms = '' where programme_id = 1`,
    'programme_issues',
    () => 1,
  ],
  ['whose it is', () => `update voucher.programmes set authority_id = 3 where programme_id = 1`, 'programmes', () => 1],
  ['a budget a year', () => `update voucher.programmes set budget_per_year = 1 where programme_id = 1`, 'programmes', () => 1],
  ['a programme that was never closed', () => `update voucher.programmes set state = 6 where programme_id = 1`, 'programmes', () => 1],
];
it.each(cases)('names %s', async (_what, sql, table, row) => {
  await tampered(sql(), async () => {
    const found = (await audit()).filter((one) => one.service === 'voucher' && one.table === table);
    expect(found.map((one) => one.row)).toContainEqual(expect.stringMatching(new RegExp(`^${row()}`)));
  });
  expect(await audit()).toEqual([]);
});

it('names a claim whose rows agree with one another, and not with what was paid', async () => {
  const [claimId, amount] = [claimIds.refunded, 'amount = amount + 1'];
  const sql = `update voucher.claims set ${amount} where claim_id = ${claimId}; update voucher.claim_trades set ${amount} where claim_id = ${claimId};
    update voucher.claim_decisions set ${amount}, amounts = array[amounts[1] + 1] where claim_id = ${claimId};
    update voucher.claw_backs set clawed_back = clawed_back + 1 where claim_id = ${claimId}`;
  await tampered(sql, async () => {
    const paid = (await audit()).filter(({ detail }) => detail.includes('settlement posted otherwise'));
    expect(paid.map(({ table }) => table)).toEqual(['claims', 'claim_trades', 'claw_backs']);
  });
});
