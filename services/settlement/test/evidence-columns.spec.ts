// Every column of every table: sealed, followed by the audit, or left out for a reason.
import { servicesOf } from '#platform';
import { SchedulerModule } from '#scheduler';
import { SettlementModule } from '#settlement';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';
import { VoucherModule } from '#voucher';
import { followed } from './tampering.js';

const why = {
  platform: "the platform's own: what is on its way, and answers that may be asked for again",
  chain: 'the chain itself, which the audit follows link by link and holds against signed roots',
  followed: 'computed anew by the audit from rows that are sealed',
  work: 'work in hand: what it comes to is posted or recorded in rows that are sealed',
  facts: "another service's facts, kept to be looked up",
  journal: "follows from the market's journal, whose batches are chained by hashes of their own",
  told: 'what was told to somebody; nothing is decided by it',
};

const platform = ['dead_letter', 'idempotency', 'inbox', 'inbox_cursor', 'migration', 'outbox', 'outbox_source', 'service_migration'];
const chain = ['seal_blocks', 'seals', 'signed_roots', 'unsealed'];
const listed = (service: string, reason: string, names: string): [string, string][] =>
  names.split(/\s+/).map((name) => [`${service}.${name}`, reason]);

/** Tables of which nothing is sealed, and columns of those of which some are. */
const leftOut: Readonly<Record<string, string>> = Object.fromEntries([
  ...['settlement', 'voucher', 'scheduler'].flatMap((service) => [
    ...listed(service, why.platform, platform.join(' ')),
    ...listed(service, why.chain, chain.join(' ')),
  ]),
  ...listed('settlement', why.followed, 'transfers balances balances_from entries billing_periods refunds.taken refunds.subsidy_decided'),
  ...listed(
    'settlement',
    why.followed,
    'refunds.revision disputes.decide_by disputes.to_freeze disputes.frozen disputes.granted disputes.refund_id disputes.state disputes.ended_at disputes.decision withdrawals.ended_at withdrawals.refused_by',
  ),
  ...listed(
    'settlement',
    why.work,
    'buying_power debts leases lowerings overdue partner_lease_changes proceeds programme_rounds reservations subsidy_attempts unbilled unpaid',
  ),
  ...listed('settlement', why.facts, 'participants'),
  ...listed('settlement', why.told, 'notices'),
  ...listed('voucher', why.followed, 'reservations subsidised_trades.billed'),
  ...listed('voucher', why.work, 'programmes.ended subsidy_attempts untold_claims'),
  ...listed('voucher', why.facts, 'participants'),
  ...listed('voucher', why.told, 'trials trial_firms'),
  ...listed(
    'scheduler',
    why.journal,
    'answer barred_reservation bid book explanation journal journal_head journal_migration leader_lease lease market_event offer',
  ),
  ...listed('scheduler', why.journal, 'order_event piece projection reclaim_notice reserving snapshot snapshot_part trade'),
]);

describe('what stands for good', () => {
  let exchange: TestExchange;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [SettlementModule, VoucherModule, SchedulerModule] });
  });
  afterAll(() => exchange?.stop());

  it.each(['settlement', 'voucher', 'scheduler'])('of %s is every column that is not left out for a reason', async (name) => {
    const [service] = servicesOf([SettlementModule, VoucherModule, SchedulerModule]).filter((one) => one.name === name);
    const columns = await exchange.database.query<{ table: string; column: string }>(
      'select table_name as table, column_name as column from information_schema.columns where table_schema = $1 order by 1, 2',
      [name],
    );
    const sealed = new Map((service!.evidence ?? []).map((one) => [one.table, one.columns]));
    const open = columns.filter(({ table, column }) => {
      if (!sealed.has(table)) return true;
      const named = sealed.get(table);
      const isFollowed = table in followed && (followed[table]?.includes(column) ?? true);
      return named !== undefined && !named.includes(column) && !isFollowed;
    });
    const tables = new Set(open.filter(({ table }) => !sealed.has(table)).map(({ table }) => `${name}.${table}`));
    const found = [...tables, ...open.filter(({ table }) => sealed.has(table)).map(({ table, column }) => `${name}.${table}.${column}`)];
    const expected = Object.keys(leftOut).filter((one) => one.startsWith(`${name}.`));
    expect(found.sort()).toEqual(expected.sort());
  });
});
