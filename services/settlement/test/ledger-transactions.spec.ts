import type { Tx } from '#platform';
import { testExchange } from '#testing';
import type { TestExchange } from '#testing';
import type { TransferOrder } from '../src/core/transfer.js';
import { Counter, LedgerModule } from './counter.js';

describe('R-25 sets that one transaction posts', () => {
  let exchange: TestExchange;
  let counter: Counter;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [LedgerModule] });
    counter = exchange.running.get(Counter);
  });
  afterAll(() => exchange.stop());

  const paid = (id: string, to: number, amount = 1n) =>
    ({ id, kind: 'test', phase: 'single', debit: `participant/${to}/receivable`, credit: `participant/${to}/money`, amount }) as const;
  const post = (tx: Tx, ...orders: TransferOrder[]) => counter.ledger.post(tx, { journal: orders[0]!.id, cause: 'test', orders });

  it('move their accounts together, so that two who name the same ones in another order never wait for each other', async () => {
    for (const id of [1, 2]) await counter.post(`open/${id}`, [paid(`open/${id}`, id)]);
    let [tries, posted] = [0, 0];
    let bothPosted!: () => void;
    const met = new Promise<void>((resolve) => (bothPosted = resolve));
    const crossed = (name: string, first: number, second: number) =>
      counter.db.transaction(async (tx) => {
        tries += 1;
        await post(tx, paid(`${name}/first`, first));
        // All that it sent has arrived.
        await tx.query('SELECT 1');
        if (++posted === 2) bothPosted();
        await met;
        await post(tx, paid(`${name}/second`, second));
      });
    await Promise.all([crossed('one', 1, 2), crossed('other', 2, 1)]);
    expect(tries).toBe(2);
    const rows = await counter.db.query<{ credits_posted: bigint; moves: number }>(
      `SELECT credits_posted, moves::int4 FROM accounts WHERE code IN ('participant/1/money', 'participant/2/money')`,
    );
    // What opened it, and once for each of the two.
    expect(rows).toEqual([
      { credits_posted: 3n, moves: 3 },
      { credits_posted: 3n, moves: 3 },
    ]);
  });

  it('of many accounts, that others move at the same time, come one after the other, each behind what the one before left', async () => {
    const owners = Array.from({ length: 600 }, (_, nth) => 1_000 + nth);
    let tries = 0;
    const all = (name: string) =>
      counter.db.transaction(async (tx) => {
        tries += 1;
        await post(tx, ...owners.map((to) => paid(`${name}/${to}`, to)));
      });
    await all('many/0');
    await Promise.all([1, 2, 3, 4].map((nth) => all(`many/${nth}`)));
    expect(tries).toBe(5);
    const rows = await counter.db.query(
      `SELECT a.credits_posted, a.moves::int4, e.sums, count(*)::int4 AS accounts FROM accounts a CROSS JOIN LATERAL
         (SELECT array_agg(credits_posted ORDER BY posting) AS sums FROM entries_of(a.account_id, 9223372036854775807, 10)) e
       WHERE code = ANY($1) GROUP BY 1, 2, 3`,
      [owners.map((to) => `participant/${to}/money`)],
    );
    expect(rows).toEqual([{ credits_posted: 5n, moves: 5, sums: [1n, 2n, 3n, 4n, 5n], accounts: 600 }]);
  });

  it('see each other: what the first holds the second ends, and may not end again', async () => {
    const hold: TransferOrder = { ...paid('seen', 3, 5n), phase: 'pending' };
    const end = (id: string, pendingId = 'seen'): TransferOrder => ({ id, kind: 'test', phase: 'post', pendingId, amount: 2n });
    await counter.db.transaction(async (tx) => {
      await post(tx, hold);
      expect(await post(tx, hold)).toEqual([]);
      await post(tx, end('seen/ended'));
    });
    const [row] = await counter.db.query(`SELECT credits_posted, credits_pending FROM accounts WHERE code = 'participant/3/money'`);
    expect(row).toEqual({ credits_posted: 2n, credits_pending: 0n });
    const twice = counter.db.transaction(async (tx) => {
      await post(tx, { ...hold, id: 'seen-too' });
      for (const nth of [1, 2]) await post(tx, end(`seen-too/${nth}`, 'seen-too'));
    });
    await expect(twice).rejects.toThrow('pending_transfer_must_not_have_ended');
  });

  it('count at once for what an account may spend, and stand in tables when they are flushed', async () => {
    const code = 'participant/4/money';
    const posted = (tx: Tx) => tx.query<{ credits_posted: bigint }>('SELECT credits_posted FROM accounts WHERE code = $1', [code]);
    await counter.db.transaction(async (tx) => {
      await post(tx, paid('spent', 4, 7n), { id: 'spent/held', kind: 'test', phase: 'pending', debit: code, credit: 'fee', amount: 2n });
      expect(await counter.ledger.lockAvailable(tx, [code])).toEqual(new Map([[code, 5n]]));
      expect(await posted(tx)).toEqual([]);
      await counter.ledger.flush(tx);
      expect(await posted(tx)).toEqual([{ credits_posted: 7n }]);
      expect(await counter.ledger.lockAvailable(tx, [code])).toEqual(new Map([[code, 5n]]));
      await post(tx, paid('spent/more', 4));
    });
    const [row] = await counter.db.query<{ credits_posted: bigint }>('SELECT credits_posted FROM accounts WHERE code = $1', [code]);
    expect(row).toEqual({ credits_posted: 8n });
  });
});
