import fc from 'fast-check';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';
import { accountRule } from '../src/core/account.js';
import type { TransferOrder } from '../src/core/transfer.js';
import { Counter, LedgerModule } from './counter.js';

/** The ledger in the plainest code: sums by account, pending transfers that are open. */
class Model {
  sums = new Map<string, { pending: bigint; debits: bigint; credits: bigint; creditsPending: bigint }>();
  pending = new Map<string, { debit: string; credit: string; amount: bigint }>();

  /** Undefined where the set holds, else a word for what it broke. */
  post(orders: readonly TransferOrder[]): 'limit' | 'rule' | undefined {
    const sums = structuredClone(this.sums);
    const pending = structuredClone(this.pending);
    const fresh = new Map<string, { debit: string; credit: string; amount: bigint }>();
    const of = (code: string) => {
      if (!sums.has(code)) sums.set(code, { pending: 0n, debits: 0n, credits: 0n, creditsPending: 0n });
      return sums.get(code)!;
    };
    for (const order of orders) {
      if (order.phase === 'single') {
        of(order.debit).debits += order.amount;
        of(order.credit).credits += order.amount;
      } else if (order.phase === 'pending') {
        of(order.debit).pending += order.amount;
        of(order.credit).creditsPending += order.amount;
        fresh.set(order.id, order);
      } else {
        const held = pending.get(order.pendingId);
        if (!held) return 'rule';
        pending.delete(order.pendingId);
        of(held.debit).pending -= held.amount;
        of(held.credit).creditsPending -= held.amount;
        if (order.phase !== 'post') continue;
        const amount = order.amount ?? held.amount;
        if (amount > held.amount) return 'rule';
        of(held.debit).debits += amount;
        of(held.credit).credits += amount;
      }
    }
    for (const [code, sum] of sums) {
      const rule = accountRule(code)!;
      if (rule.debitsLimited && sum.pending + sum.debits > sum.credits) return 'limit';
      if (rule.creditsLimited && sum.creditsPending + sum.credits > sum.debits) return 'limit';
    }
    this.sums = sums;
    this.pending = new Map([...pending, ...fresh]);
    return undefined;
  }
}

const accounts = ['bank', 'fee', 'participant/1/money', 'participant/2/money', 'participant/1/receivable', 'clearing/trade'];
const account = fc.constantFrom(...accounts);
const amount = fc.bigInt(1n, 100n);
const pair = fc.tuple(account, account).filter(([debit, credit]) => debit !== credit);
type Draft =
  | { phase: 'single' | 'pending'; pair: [string, string]; amount: bigint }
  | { phase: 'post' | 'void'; which: number; amount: bigint | undefined };
const draft: fc.Arbitrary<Draft> = fc.oneof(
  fc.record({ phase: fc.constantFrom('single' as const, 'pending' as const), pair, amount }),
  fc.record({ phase: fc.constantFrom('post' as const, 'void' as const), which: fc.nat(20), amount: fc.option(amount, { nil: undefined }) }),
);
const sets = fc.array(fc.array(draft, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 25 });

describe('R-25 the ledger in PostgreSQL', () => {
  let exchange: TestExchange;
  let counter: Counter;
  let round = 0;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [LedgerModule] });
    counter = exchange.running.get(Counter);
  });
  afterAll(() => exchange.stop());

  /** Each run has participants of its own; the shared accounts have no limits. */
  const renamed = (code: string, run: number) =>
    code.replace(/^participant\/(\d)/, (_all, id: string) => `participant/${run * 10 + Number(id)}`);

  const ordersOf = (drafts: readonly Draft[], name: string, run: number, held: readonly string[]): TransferOrder[] =>
    drafts.map((one, at) => {
      const id = `${name}/${at}`;
      if ('pair' in one)
        return {
          id,
          kind: 'test',
          phase: one.phase,
          debit: renamed(one.pair[0], run),
          credit: renamed(one.pair[1], run),
          amount: one.amount,
        };
      const pendingId = held.length ? held[one.which % held.length]! : 'nothing';
      return one.phase === 'post'
        ? { id, kind: 'test', phase: 'post', pendingId, amount: one.amount }
        : { id, kind: 'test', phase: 'void', pendingId };
    });

  it('any sequence of linked sets does what the plainest ledger does: all of a set or none, each pending transfer ends once', async () => {
    await fc.assert(
      fc.asyncProperty(sets, async (sequence) => {
        const run = ++round;
        const model = new Model();
        const held: string[] = [];
        for (const [at, drafts] of sequence.entries()) {
          const name = `run${run}/${at}`;
          const orders = ordersOf(drafts, name, run, held);
          const expected = model.post(orders);
          const rule = await counter.post(name, orders);
          expect([name, rule === undefined]).toEqual([name, expected === undefined]);
          if (expected === 'limit') expect(rule).toMatch(/^(debits_must_not_exceed_credits|credits_must_not_exceed_debits)$/);
          if (rule === undefined) held.push(...orders.filter(({ phase }) => phase === 'pending').map(({ id }) => id));
        }
        const rows = await counter.db.query<{
          code: string;
          debits_pending: bigint;
          debits_posted: bigint;
          credits_posted: bigint;
          credits_pending: bigint;
        }>('SELECT * FROM accounts WHERE starts_with(code, $1) OR starts_with(code, $2)', [
          `participant/${run * 10 + 1}/`,
          `participant/${run * 10 + 2}/`,
        ]);
        for (const row of rows)
          expect(model.sums.get(row.code)).toEqual({
            pending: row.debits_pending,
            debits: row.debits_posted,
            credits: row.credits_posted,
            creditsPending: row.credits_pending,
          });
      }),
      { numRuns: 60 },
    );
  });

  it('each journal sums to zero, and every account to its transfers', async () => {
    const journals = await exchange.database.query<{ journal: string }>(
      `SELECT journal FROM (SELECT journal, amount AS leg FROM settlement.transfers UNION ALL SELECT journal, -amount FROM settlement.transfers) l GROUP BY journal HAVING sum(leg) <> 0`,
    );
    expect(journals).toEqual([]);
    const { imbalance, rows } = await counter.books.trialBalance();
    expect(imbalance).toBe(0n);
    expect(rows.reduce((sum, row) => sum + row.balance, 0n)).toBe(0n);
    await exchange.database.query(`UPDATE settlement.accounts SET debits_posted = debits_posted + 3 WHERE code = 'bank'`);
    expect((await counter.books.trialBalance()).imbalance).toBe(6n);
    await exchange.database.query(`UPDATE settlement.accounts SET debits_posted = debits_posted - 3 WHERE code = 'bank'`);
  });

  it('sets side by side never overdraw, whoever comes first', async () => {
    await counter.post('funds', [
      { id: 'funds', kind: 'test', phase: 'single', debit: 'bank', credit: 'participant/5/money', amount: 100n },
    ]);
    const spend = (at: number): TransferOrder[] => [
      {
        id: `spend/${at}/a`,
        kind: 'test',
        phase: 'single',
        debit: 'participant/5/money',
        credit: at % 2 ? 'participant/6/money' : 'fee',
        amount: 4n,
      },
      { id: `spend/${at}/b`, kind: 'test', phase: 'single', debit: 'participant/5/money', credit: 'participant/7/money', amount: 3n },
    ];
    const rules = await Promise.all(Array.from({ length: 40 }, (_, at) => counter.post(`spend/${at}`, spend(at))));
    expect(rules.filter((rule) => rule === undefined)).toHaveLength(14);
    expect(new Set(rules.filter((rule) => rule !== undefined))).toEqual(new Set(['debits_must_not_exceed_credits']));
    expect((await counter.books.trialBalance()).imbalance).toBe(0n);
  });

  it('of many who would end a pending transfer one does', async () => {
    await counter.post('hold', [{ id: 'hold', kind: 'test', phase: 'pending', debit: 'bank', credit: 'participant/8/money', amount: 9n }]);
    const ends = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        counter.post(`end/${at}`, [{ id: `end/${at}`, kind: 'test', phase: at % 2 ? 'post' : 'void', pendingId: 'hold' }]),
      ),
    );
    expect(ends.filter((rule) => rule === undefined)).toHaveLength(1);
    expect(new Set(ends.filter((rule) => rule !== undefined))).toEqual(new Set(['pending_transfer_must_not_have_ended']));
  });

  it('a set said again does nothing; with another amount it is refused', async () => {
    const order: TransferOrder = { id: 'again', kind: 'test', phase: 'single', debit: 'bank', credit: 'participant/9/money', amount: 9n };
    expect(await counter.post('again', [order])).toBeUndefined();
    expect(await counter.post('again', [order])).toBeUndefined();
    expect(await counter.post('again', [{ ...order, amount: 8n }])).toBe('transfer_id_must_not_be_reused');
    const [row] = await counter.db.query<{ credits_posted: bigint }>(
      `SELECT credits_posted FROM accounts WHERE code = 'participant/9/money'`,
    );
    expect(row!.credits_posted).toBe(9n);
  });

  it('an account opened by a set that was undone opens with the next', async () => {
    const bad: TransferOrder = {
      id: 'bad',
      kind: 'test',
      phase: 'single',
      debit: 'participant/900001/money',
      credit: 'participant/900002/money',
      amount: 1n,
    };
    expect(await counter.post('bad', [bad])).toBe('debits_must_not_exceed_credits');
    expect(await counter.post('good', [{ ...bad, id: 'good', debit: 'bank' }])).toBeUndefined();
  });

  it('locks accounts in the order of their numbers, however few there are: the settings of its function leave the index as the one way', async () => {
    const [made] = await exchange.database.query<{ config: string[] }>(
      `select proconfig as config from pg_proc where oid = 'settlement.move_accounts'::regproc`,
    );
    const off = ['enable_seqscan', 'enable_bitmapscan'];
    expect(made!.config).toEqual(expect.arrayContaining(off.map((setting) => `${setting}=off`)));
    const plan = await counter.db.transaction(async (tx) => {
      for (const setting of off) await tx.query(`SET LOCAL ${setting} = off`);
      return tx.query<Record<string, string>>(
        `EXPLAIN (COSTS off) UPDATE accounts SET moves = moves + 1 WHERE account_id = ANY('{1,2,3}') RETURNING account_id`,
      );
    });
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('Index Scan using accounts_pkey');
  });

  it('a pending transfer times out, and only then', async () => {
    const timeoutAt = exchange.now() + 900_000;
    await counter.post('timed', [
      { id: 'timed', kind: 'test', phase: 'pending', debit: 'bank', credit: 'participant/9/money', amount: 9n, timeoutAt },
    ]);
    const early: TransferOrder = { id: 'early', kind: 'test', phase: 'timeout', pendingId: 'timed' };
    expect(await counter.post('early', [early])).toBe('pending_transfer_must_have_timed_out');
    await exchange.advance(900_000);
    expect(await counter.post('late', [{ id: 'late', kind: 'test', phase: 'post', pendingId: 'timed' }])).toBe(
      'pending_transfer_must_not_have_ended',
    );
    expect((await counter.books.trialBalance()).imbalance).toBe(0n);
  });

  it.each([
    'transfers',
    'postings',
    'entries',
    'balances',
    'trades',
    'ratings',
    'usage_records',
    'bills',
    'bill_lines',
    'earnings',
    'payout_lines',
    'deposits',
    'schedules',
    'lease_ends',
    'measurements',
    'dispute_evidence',
    'dispute_steps',
  ])('the service itself cannot change or delete what stands in %s', async (table) => {
    const [column] = await exchange.database.query<{ column_name: string }>(
      `SELECT column_name FROM information_schema.columns WHERE table_schema = 'settlement' AND table_name = $1 AND is_identity = 'NO' LIMIT 1`,
      [table],
    );
    const name = column!.column_name;
    for (const sql of [`UPDATE ${table} SET ${name} = ${name}`, `DELETE FROM ${table}`, `TRUNCATE ${table}`])
      await expect(counter.db.query(sql)).rejects.toThrow('permission denied');
  });
});
