// Where payouts go, changed by two people alone; the bank's file of them; and what comes back.
import {
  ParticipantChanged,
  PayoutAccountsDefinition,
  PayoutAccountState,
  PayoutBatchesDefinition,
  PayoutState,
  SpendingDefinition,
  NoticeKind,
} from '#contracts';
import { sha256Hex } from '#platform';
import { Look } from '#testing';
import type { TestCaller } from '#testing';
import { brokenByApproval } from '../src/core/payout-account.js';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, regulator, yuan } from './market.js';

const operator: TestCaller = { participantId: 1, roles: ['operator'] };
/** Another officer of the operator: a key is a person. */
const another = { caller: { ...operator, name: 'test/another' } };
const account = { holder: '水土算力有限公司', number: '6222020200112233', bankName: '工商银行重庆分行', bankCode: '102653000013' };
const day = 86_400_000;

it.each([
  [undefined, { isProposed: true, proposedBy: 'a', approver: 'b' }],
  ['payout_account_must_be_proposed', { isProposed: false, proposedBy: 'a', approver: 'a' }],
  ['payout_account_must_be_approved_by_another', { isProposed: true, proposedBy: 'a', approver: 'a' }],
])('%s', (rule, approval) => {
  expect(brokenByApproval(approval)).toBe(rule);
});

describe('payouts', () => {
  let desk: Desk;
  beforeEach(async () => {
    desk = await Desk.open();
    await desk.tellRegistry(ParticipantChanged.create({ participantId: operator.participantId }));
  });
  afterEach(() => desk.stop());

  const accounts = (caller?: TestCaller) => desk.exchange.call(PayoutAccountsDefinition, caller);
  const batches = (caller?: TestCaller) => desk.exchange.call(PayoutBatchesDefinition, caller);
  const propose = (caller: TestCaller, number = account.number, participantId = caller.participantId) =>
    accounts(caller).proposePayoutAccount({ participantId, account: { ...account, number } });
  const hasAccount = async (caller: TestCaller, number?: string): Promise<number> => {
    const { payoutAccountId } = await propose(caller, number);
    await accounts().approvePayoutAccount({ payoutAccountId }, another);
    return payoutAccountId;
  };
  const statesOf = async (caller: TestCaller) =>
    (await accounts(caller).listPayoutAccounts({})).accounts.map(({ version, state, account: of }) => [version, state, of!.number]);
  /** January's payouts: the provider's 7.76 yuan and the link owner's 2 yuan. */
  const instructed = async () => {
    await desk.deposit(buyer.participantId, yuan(100));
    await desk.settle(await desk.trade({ tradeId: 1, transferAmount: yuan(2), linkOwnerId: linkOwner.participantId }));
    await desk.closeMonth();
    return (await desk.settlement().createPayouts({ month: '2026-01' })).payouts;
  };
  const today = () => Math.floor((desk.exchange.now() + 8 * 3_600_000) / day);

  it('whose payouts go there is told who proposed, approved and rejected what, and nobody else is', async () => {
    const notices = async (caller: TestCaller) =>
      (await desk.exchange.call(SpendingDefinition, caller).listNotices({})).notices
        .toReversed()
        .map(({ kind, payoutAccountId, proposedBy, decidedBy }) => [NoticeKind[kind], payoutAccountId, proposedBy, decidedBy]);
    const first = await propose(operator, '777777', provider.participantId);
    const proposedBy = 'test/1';
    await expect(accounts(operator).approvePayoutAccount(first)).rejects.toMatchObject({
      detail: `version 1 was proposed by ${proposedBy}`,
    });
    await accounts().approvePayoutAccount(first, another);
    const second = await propose(operator, '888888', provider.participantId);
    await accounts(provider).rejectPayoutAccount({ payoutAccountId: second.payoutAccountId, reason: 'it is not ours' });
    expect(await notices(provider)).toEqual([
      ['PAYOUT_ACCOUNT_PROPOSED', first.payoutAccountId, proposedBy, ''],
      ['PAYOUT_ACCOUNT_IN_FORCE', first.payoutAccountId, proposedBy, 'test/another'],
      ['PAYOUT_ACCOUNT_PROPOSED', second.payoutAccountId, proposedBy, ''],
      ['PAYOUT_ACCOUNT_REJECTED', second.payoutAccountId, proposedBy, 'test/2'],
    ]);
    expect(await notices(buyer)).toEqual([]);
    expect((await accounts(provider).listPayoutAccounts({})).accounts).toMatchObject([
      { proposedBy, decidedBy: 'test/2' },
      { proposedBy, decidedBy: 'test/another', state: PayoutAccountState.IN_FORCE },
    ]);
  });

  it('an account counts when another person approved it, and stays until the next is', async () => {
    const first = await propose(provider);
    expect(first).toMatchObject({ version: 1, state: PayoutAccountState.PROPOSED, account, proposedBy: 'test/2', decidedBy: '' });
    await expect(propose(provider, '999999')).rejects.toMatchObject({ rule: 'payout_account_must_await_one_approval_at_a_time' });
    await expect(accounts(provider).approvePayoutAccount(first)).rejects.toMatchObject({ kind: 'forbidden' });
    await accounts().approvePayoutAccount(first);
    await expect(accounts().approvePayoutAccount(first)).rejects.toMatchObject({ rule: 'payout_account_must_be_proposed' });

    // The operator may propose for others, and then another of its officers approves.
    const second = await propose(operator, '777777', provider.participantId);
    expect(second.proposedBy).toBe('test/1');
    await expect(accounts().approvePayoutAccount(second)).rejects.toMatchObject({
      rule: 'payout_account_must_be_approved_by_another',
      field: 'payoutAccountId',
    });
    const rows = () => statesOf(provider);
    const inForce = [1, PayoutAccountState.IN_FORCE, account.number];
    expect(await rows()).toEqual([[2, PayoutAccountState.PROPOSED, '777777'], inForce]);
    await accounts(provider).rejectPayoutAccount({ payoutAccountId: second.payoutAccountId, reason: 'not ours' });
    expect(await rows()).toEqual([[2, PayoutAccountState.REJECTED, '777777'], inForce]);
    const third = await propose(provider, '888888');
    await accounts().approvePayoutAccount(third, another);
    expect((await rows()).map(([version, state]) => [version, state])).toEqual([
      [3, PayoutAccountState.IN_FORCE],
      [2, PayoutAccountState.REJECTED],
      [1, PayoutAccountState.REPLACED],
    ]);
    const { accounts: seen } = await accounts(regulator).listPayoutAccounts({ state: PayoutAccountState.IN_FORCE });
    expect(seen).toMatchObject([{ version: 3, proposedBy: 'test/2', decidedBy: 'test/another' }]);
    expect(await statesOf(otherBuyer)).toEqual([]);
    await expect(propose(otherBuyer, '1234567', provider.participantId)).rejects.toMatchObject({ kind: 'absent' });
    await expect(accounts(otherBuyer).rejectPayoutAccount({ payoutAccountId: third.payoutAccountId, reason: 'x' })).rejects.toMatchObject({
      kind: 'absent',
    });
  });

  it('a batch tells the bank once of all that have an account; its file stays as it was', async () => {
    const payouts = await instructed();
    const make = (month = '') => batches().createPayoutBatch({ month, executionDay: today() + 1 });
    await hasAccount(provider);
    await expect(make()).rejects.toMatchObject({ rule: 'operator_must_have_a_payout_account' });
    const payer = await hasAccount(operator, '3100023009200');
    await expect(batches().createPayoutBatch({ executionDay: today() - 1 })).rejects.toMatchObject({
      rule: 'execution_day_must_not_have_passed',
      field: 'executionDay',
    });
    await expect(make('2025-12')).rejects.toMatchObject({ rule: 'batch_must_hold_payouts' });

    const key = 'said-twice';
    const once = () => batches().createPayoutBatch({ executionDay: today() + 1 }, { idempotencyKey: key, requestHash: 'r' });
    const batch = await once();
    expect(await once()).toEqual(batch);
    expect(batch).toMatchObject({
      ...{ messageId: 'CX-20260201-1', format: 'pain.001.001.09', payoutsCount: 1, total: yuan(7.76), payerAccountId: payer },
      withoutAccount: [linkOwner.participantId],
      payouts: [{ payoutId: payouts[0]!.payoutId, amount: yuan(7.76), endToEndId: `CX-P${payouts[0]!.payoutId}` }],
    });
    const fileOf = async (batchId: number) => {
      const chunks: Uint8Array[] = [];
      for await (const { data } of batches().exportPayoutBatch({ batchId })) chunks.push(data);
      return Buffer.concat(chunks).toString();
    };
    const file = await fileOf(batch.batchId);
    expect(sha256Hex(file)).toBe(batch.sha256);
    expect(file).toContain(`<EndToEndId>CX-P${payouts[0]!.payoutId}</EndToEndId>`);
    expect(file).toContain('<InstdAmt Ccy="CNY">7.76</InstdAmt>');

    // A later account changes neither the file nor where it pays.
    await hasAccount(provider, '999999');
    expect(await fileOf(batch.batchId)).toBe(file);
    await expect(make()).rejects.toMatchObject({ rule: 'batch_must_hold_payouts' });
    await hasAccount(linkOwner);
    const second = await make('2026-01');
    expect(second).toMatchObject({ messageId: 'CX-20260201-2', total: yuan(2), withoutAccount: [] });
    expect((await batches(regulator).listPayoutBatches({})).batches.map(({ batchId }) => batchId)).toEqual([second.batchId, batch.batchId]);
    expect(await batches(regulator).getPayoutBatch(batch)).toMatchObject({ payouts: batch.payouts, withoutAccount: [] });
    await expect(batches(provider).listPayoutBatches({})).rejects.toMatchObject({ kind: 'forbidden' });
  });

  it('what the bank sends back is income again, whether it was confirmed before or not, once', async () => {
    const [first, second] = await instructed();
    const back = ({ payoutId }: { payoutId: number }) => desk.settlement().returnPayout({ payoutId, reason: 'account closed' });
    await desk.settlement().confirmPayout({ payoutId: first!.payoutId, bankReference: 'B1' });
    const bank = await desk.balanceOf('bank');
    await back(second!);
    expect(await desk.balanceOf('bank')).toBe(bank);
    expect(await back(first!)).toMatchObject({ state: PayoutState.RETURNED, bankReference: 'B1', returnedBecause: 'account closed' });
    expect(await desk.balanceOf('bank')).toBe(bank - yuan(7.76));
    await expect(back(first!)).rejects.toMatchObject({ rule: 'payout_must_not_be_returned_twice' });
    await expect(desk.settlement().confirmPayout({ payoutId: first!.payoutId, bankReference: 'B' })).rejects.toMatchObject({
      rule: 'payout_must_be_instructed',
    });
    expect((await desk.settlement().getLedgerSummary({})).paidOut).toBe(0n);
    await desk.passFebruary();
    const again = await desk.settlement().createPayouts({ month: '2026-02' });
    expect(again.payouts.map(({ participantId, amount }) => [participantId, amount])).toEqual([
      [provider.participantId, yuan(7.76)],
      [linkOwner.participantId, yuan(2)],
    ]);
    for (const { payoutId } of again.payouts) await desk.settlement().confirmPayout({ payoutId, bankReference: `C${payoutId}` });
    expect(await desk.leftOver()).toEqual(nothing);
  });

  it('ten thousand payouts that wait for an account keep nobody else’s from the file', async () => {
    await desk.exchange.database.query(
      `INSERT INTO settlement.payouts (participant_id, month, state, amount, line_count, instructed_at)
       SELECT 1000 + n % 1500, '2025-12', ${PayoutState.INSTRUCTED}, 10000, 1, 0 FROM generate_series(1, 10000) n`,
    );
    const [payout] = await instructed();
    await hasAccount(operator, '3100023009200');
    await hasAccount(provider);
    const batch = await batches().createPayoutBatch({ executionDay: today() });
    expect(batch).toMatchObject({ payoutsCount: 1, payouts: [{ payoutId: payout!.payoutId }] });
    // The link owner is not among the first thousand.
    expect(batch.withoutAccount).toHaveLength(1000);
    expect(batch.withoutAccount.slice(0, 3)).toEqual([linkOwner.participantId, 1000, 1001]);
  });

  it('a batch that is asked for again after its day is answered as the first time', async () => {
    await instructed();
    await hasAccount(operator, '3100023009200');
    await hasAccount(provider);
    const executionDay = today();
    const ask = () => batches().createPayoutBatch({ executionDay }, { idempotencyKey: 'again', requestHash: 'r' });
    const batch = await ask();
    await desk.exchange.advance(day);
    expect(await ask()).toEqual(batch);
    await expect(batches().createPayoutBatch({ executionDay })).rejects.toMatchObject({ rule: 'execution_day_must_not_have_passed' });
  });

  it('what comes back goes out with the next payout of its month, not only after the month in which it came', async () => {
    const [first] = await instructed();
    await desk.settlement().returnPayout({ payoutId: first!.payoutId, reason: 'account closed' });
    const again = async (month: string) =>
      (await desk.settlement().createPayouts({ month, participantId: provider.participantId })).payouts;
    expect(await again('2025-12')).toEqual([]);
    expect(await again('2026-01')).toMatchObject([{ participantId: provider.participantId, amount: yuan(7.76) }]);
    expect(await again('2026-01')).toEqual([]);
    // It stands in the statement of the month in which it came back, as the bank's does.
    const { earnings } = await desk.settlement(provider).listEarnings({ month: '2026-02' });
    expect(earnings.map(({ kind, amount }) => [kind, amount])).toEqual([['returned_payout', yuan(7.76)]]);
  });

  it('a payout that comes back while a file is made is in no file', async () => {
    const [first] = await instructed();
    await hasAccount(operator, '3100023009200');
    await hasAccount(provider);
    const look = new Look(desk.exchange.database.url);
    const waiting = async (): Promise<number> => {
      const [row] = await look.query<{ count: string }>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return Number(row!.count);
    };
    // The return has marked its payout and waits for the payee's income, of which another has the lock.
    await look.query('BEGIN');
    await look.query(`SELECT 1 FROM settlement.accounts WHERE code = 'participant/${provider.participantId}/income' FOR UPDATE`);
    const returned = desk.settlement().returnPayout({ payoutId: first!.payoutId, reason: 'account closed' });
    while ((await waiting()) < 1);
    let isMade = false;
    const made = batches()
      .createPayoutBatch({ executionDay: today() })
      .catch((error: unknown) => error)
      .finally(() => (isMade = true));
    // With the payout in its file it would be done; it waits for what becomes of it.
    while (!isMade && (await waiting()) < 2);
    await look.query('COMMIT');
    expect(await returned).toMatchObject({ state: PayoutState.RETURNED });
    expect(await made).toMatchObject({ rule: 'batch_must_hold_payouts' });
    await look.close();
  });
});
