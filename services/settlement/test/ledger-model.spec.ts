// Random sequences of the ledger's commands against a model of it. SEQUENCES=10000 tries more.
import { Injectable, Module } from '@nestjs/common';
import fc from 'fast-check';
import { type Clock, Cryptography, Database, Refusal, service } from '#platform';
import { operator, testExchange } from '#testing';
import type { TestExchange } from '#testing';
import type { TransferOrder } from '../src/core/transfer.js';
import { History } from '../src/history.js';
import { Ledger } from '../src/ledger.js';
import { Postings } from '../src/postings.js';
import { LedgerModel } from './ledger-model.js';

const sequences = Number(process.env.SEQUENCES ?? 100);
const call = { caller: { ...operator, name: 'test' }, method: '', idempotencyKey: undefined };

@Injectable()
class Parts {
  constructor(
    readonly db: Database,
    readonly cryptography: Cryptography,
  ) {}
}

@Module({ imports: [service({ name: 'settlement', migrations: new URL('../migrations/', import.meta.url) })], providers: [Parts] })
class LedgerModule {}

const accounts = [
  'bank',
  'fee',
  'participant/1/money',
  'participant/2/money',
  'participant/1/receivable',
  'programme/1/available',
  'programme/1/held',
];
const account = fc.constantFrom(...accounts);
const amount = fc.bigInt(1n, 100n);
const which = fc.nat(30);

/** A command in the making; what it refers to is chosen among what there is by then. */
type Draft =
  | { do: 'move' | 'hold'; debit: string; credit: string; amount: bigint; patience?: number | undefined }
  | { do: 'post' | 'void' | 'timeout'; which: number; amount?: bigint | undefined }
  | { do: 'again'; which: number; differs: boolean };
const move = fc.record({
  do: fc.constantFrom('move' as const, 'hold' as const),
  debit: account,
  credit: account,
  amount,
  patience: fc.option(fc.nat(20), { nil: undefined }),
});
const end = fc.record({
  do: fc.constantFrom('post' as const, 'post' as const, 'void' as const, 'timeout' as const),
  which,
  amount: fc.option(amount, { nil: undefined }),
});
const again = fc.record({ do: fc.constant('again' as const), which, differs: fc.boolean() });
const draft: fc.Arbitrary<Draft> = fc.oneof({ weight: 5, arbitrary: move }, { weight: 4, arbitrary: end }, { weight: 1, arbitrary: again });
const step = fc.record({ passes: fc.nat(6), drafts: fc.array(draft, { minLength: 1, maxLength: 5 }) });

describe('R-25 the ledger against its model', () => {
  let exchange: TestExchange;
  let ledger: Ledger;
  let history: History;
  let db: Database;
  let now = 1_000_000;
  let runs = 0;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [LedgerModule] });
    const parts = exchange.running.get(Parts);
    const clock = { now: () => now } as Clock;
    db = parts.db;
    ledger = new Ledger(clock, new Postings(parts.cryptography));
    history = new History(db, clock);
  });
  afterAll(() => exchange.stop());

  /** Each sequence has participants and programmes of its own; the shared accounts have no limits. */
  const own = (code: string, run: number): string =>
    code.replace(/^(participant|programme)\/(\d)/, (_all, kind: string, id: string) => `${kind}/${run * 10 + Number(id)}`);

  const orderOf = (of: Draft, id: string, run: number, said: readonly TransferOrder[], holds: readonly string[]): TransferOrder => {
    if ('debit' in of) {
      const legs = { debit: own(of.debit, run), credit: own(of.credit, run), amount: of.amount };
      const timeout = of.patience === undefined ? {} : { timeoutAt: now + of.patience };
      return of.do === 'move'
        ? { id, kind: 'test', phase: 'single', ...legs }
        : { id, kind: 'test', phase: 'pending', ...legs, ...timeout };
    }
    if (of.do === 'again') {
      const before = said[of.which % Math.max(1, said.length)] ?? { id, kind: 'test', phase: 'void', pendingId: 'nothing' };
      return of.differs ? { ...before, kind: 'other' } : before;
    }
    const pendingId = holds[of.which % Math.max(1, holds.length)] ?? 'nothing';
    return of.do === 'post'
      ? { id, kind: 'test', phase: 'post', pendingId, ...(of.amount !== undefined && { amount: of.amount }) }
      : { id, kind: 'test', phase: of.do, pendingId };
  };

  const post = async (journal: string, orders: readonly TransferOrder[]): Promise<string | undefined> => {
    try {
      await db.transaction((tx) => ledger.post(tx, { journal, cause: 'test', orders }));
      return undefined;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return /^(debits|credits)_must_not_exceed/.test(error.rule) ? 'a limit' : error.rule;
    }
  };

  it(`does in ${sequences} sequences what the model does: every rule by name, every sum, every balance of the past`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 15 }), async (steps) => {
        const run = (runs += 1);
        const model = new LedgerModel();
        const [said, holds, moments]: [TransferOrder[], string[], number[]] = [[], [], []];
        for (const [nth, { passes, drafts }] of steps.entries()) {
          now += passes;
          const orders = drafts.map((of, at) => orderOf(of, `run/${run}/${nth}/${at}`, run, said, holds));
          const expected = model.post(orders, now);
          expect([nth, await post(`run/${run}/${nth}`, orders)]).toEqual([nth, expected]);
          if (expected !== undefined) continue;
          moments.push(now);
          for (const order of orders) {
            said.push(order);
            if (order.phase === 'pending') holds.push(order.id);
          }
        }
        for (const code of [...model.past.keys()].filter((of) => /\d/.test(of)))
          for (const at of new Set([...moments, now])) {
            const sums = model.at(code, at);
            if (sums) expect(await history.balance({ code, at }, call)).toMatchObject(sums);
          }
        now += 1;
      }),
      { numRuns: sequences },
    );
    const stray = await exchange.database.query(
      'select a.code from settlement.accounts a join lateral settlement.entries_of(a.account_id, 9223372036854775807, 1) e on true where (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted) <> (e.debits_pending, e.debits_posted, e.credits_pending, e.credits_posted)',
    );
    expect(stray).toEqual([]);
  }, 7_200_000);
});
