// What the ledger tells of its past: balances at any moment, and what was recorded before there were postings.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettlementDefinition } from '#contracts';
import { GatewayModule } from '#gateway';
import { RegistryModule } from '#registry';
import { SettlementModule } from '#settlement';
import { isDigestOf } from '#platform';
import { testDatabase, testExchange } from '#testing';
import type { TestExchange } from '#testing';
import { lineOf } from '../src/core/line.js';
import type { Transfer } from '../src/core/transfer.js';

const day = 86_400_000;

describe('R-25 the balance of an account at a moment', () => {
  let exchange: TestExchange;
  let key: string;
  beforeAll(async () => {
    exchange = await testExchange({ modules: [RegistryModule, SettlementModule, GatewayModule] });
    await exchange.database.query('INSERT INTO settlement.participants VALUES (3), (4)');
    key = exchange.running.get(GatewayModule).firstOperatorKey()!;
  });
  afterAll(() => exchange.stop());

  const deposit = (participantId: number, amount: string, bankReference: string) =>
    exchange.http('/v1/deposits', { key, body: { participantId, amount, bankReference } });
  const balanceAt = (code: string, at?: number) =>
    exchange.http<Record<string, string>>(
      `/v1/accounts/${encodeURIComponent(code)}/balance${at === undefined ? '' : `?at=${encodeURIComponent(new Date(at).toISOString())}`}`,
      { key },
    );

  it('is what its postings up to then left, is told to its owner, and to nobody else', async () => {
    const moments = [];
    for (const nth of [1, 2, 3]) {
      await deposit(3, '10.00', `R-${nth}`);
      await deposit(4, '1.00', `S-${nth}`);
      moments.push(exchange.now());
      await exchange.advance(day);
    }
    const money = 'participant/3/money';
    for (const [nth, at] of moments.entries()) {
      const { status, body } = await balanceAt(money, at);
      expect([status, body.balance, body.movedAt]).toEqual([200, `${10 * (nth + 1)}`, new Date(at).toISOString().replace('.000Z', 'Z')]);
      expect((await balanceAt('bank', at + day - 1)).body.debitsPosted).toBe(`${11 * (nth + 1)}`);
    }
    expect((await balanceAt(money)).body.balance).toBe('30');
    const owner = exchange.call(SettlementDefinition, { participantId: 3, roles: ['buyer'] });
    expect(await owner.getAccountBalance({ code: money, at: moments[0]! })).toMatchObject({ balance: 10_000_000n });
    for (const code of ['participant/4/money', 'bank'])
      await expect(owner.getAccountBalance({ code, at: moments[0]! })).rejects.toMatchObject({ kind: 'absent' });
    expect((await balanceAt('participant/5/money')).status).toBe(404);
    expect((await balanceAt(money, moments[0]! - 1)).status).toBe(404);
    expect((await balanceAt(money, exchange.now() + 1)).body).toMatchObject({ rule: 'time_must_not_be_ahead' });
  });
});

it('R-25 what was recorded before there were postings keeps its sequence, its moment and its order, and every balance of its past', async () => {
  const folder = join(import.meta.dirname, '../migrations');
  const [first, ...others] = readdirSync(folder).sort();
  const older = others.filter((name) => name.startsWith('0002'));
  const sqlOf = (name: string) => readFileSync(join(folder, name), 'utf8');
  const database = await testDatabase();
  try {
    // Three moments; the second and the third transfer share one. A hold that is posted in part.
    const rows = `('a', 'a', 'deposit', 'single', 'bank', 'participant/1/money', 100, null, 10), ('b/1', 'b', 'hold', 'pending', 'participant/1/money', 'fee', 40, null, 20),
      ('b/2', 'b', 'deposit', 'single', 'bank', 'participant/2/money', 7, null, 20), ('c', 'c', 'paid', 'post', 'participant/1/money', 'fee', 30, 'b/1', 30)`;
    await database.query(`CREATE SCHEMA before; SET search_path = before; ${[first!, ...older].map(sqlOf).join('\n')}
      INSERT INTO transfers (transfer_id, journal, kind, phase, debit_account, credit_account, amount, pending_id, cause, made_at)
        SELECT id, journal, kind, phase, debit, credit, amount, pending, 'test', made_at FROM (VALUES ${rows}) AS t (id, journal, kind, phase, debit, credit, amount, pending, made_at);
      INSERT INTO accounts (code, kind, currency, debits_limited, credits_limited, debits_pending, debits_posted, credits_pending, credits_posted, opened_at) VALUES
        ('bank', 'bank', 'CNY', false, false, 0, 107, 0, 0, 10), ('fee', 'fee', 'CNY', false, false, 0, 0, 0, 30, 20),
        ('participant/1/money', 'participant/*/money', 'CNY', true, false, 0, 30, 0, 100, 10), ('participant/2/money', 'participant/*/money', 'CNY', true, false, 0, 0, 0, 7, 20);
      BEGIN; ${sqlOf('0003_postings.sql')} COMMIT;`);
    const transfers = await database.query(
      `SELECT first_sequence + line AS sequence, transfer_id AS id, journal, phase, d.code AS debit, c.code AS credit, amount, pending_id, made_at
       FROM before.transfers t JOIN before.postings USING (batch) JOIN before.accounts d ON d.account_id = debit JOIN before.accounts c ON c.account_id = credit ORDER BY 1`,
    );
    const [money, other] = ['participant/1/money', 'participant/2/money'];
    const plain = { pending_id: null };
    expect(transfers).toEqual([
      { sequence: '1', id: 'a', journal: 'a', phase: 'single', debit: 'bank', credit: money, amount: '100', ...plain, made_at: '10' },
      { sequence: '2', id: 'b/1', journal: 'b', phase: 'pending', debit: money, credit: 'fee', amount: '40', ...plain, made_at: '20' },
      { sequence: '3', id: 'b/2', journal: 'b', phase: 'single', debit: 'bank', credit: other, amount: '7', ...plain, made_at: '20' },
      { sequence: '4', id: 'c', journal: 'c', phase: 'post', debit: money, credit: 'fee', amount: '30', pending_id: 'b/1', made_at: '30' },
    ]);
    const recorded = await database.query<
      { batch: string; digest: Buffer; id: string; debit: number; credit: number; amount: string; pending_id: string | null } & Pick<
        Transfer,
        'kind' | 'phase'
      > & { journal: string; cause: string }
    >(
      'SELECT batch, digest, transfer_id AS id, debit, credit, amount, pending_id, kind, phase, journal, cause FROM before.transfers JOIN before.postings USING (batch) ORDER BY batch, line',
    );
    for (const [, rows] of Map.groupBy(recorded, ({ batch }) => batch)) {
      const lines = rows.map((row) =>
        lineOf(
          {
            id: row.id,
            kind: row.kind,
            phase: row.phase,
            debit: '',
            credit: '',
            amount: BigInt(row.amount),
            ...(row.pending_id !== null && { pendingId: row.pending_id }),
          },
          row,
        ),
      );
      expect([rows[0]!.batch, isDigestOf(rows[0]!.digest, lines.join(''))]).toEqual([rows[0]!.batch, true]);
    }
    const entries = await database.query(
      `SELECT made_at, debits_pending AS held, debits_posted AS debits, credits_posted AS credits FROM before.entries JOIN before.accounts a USING (account_id) JOIN before.postings USING (posting)
       WHERE code = '${money}' ORDER BY posting`.replace(/debits_pending|debits_posted|credits_posted/g, 'before.entries.$&'),
    );
    expect(entries).toEqual([
      { made_at: '10', held: '0', debits: '0', credits: '100' },
      { made_at: '20', held: '40', debits: '0', credits: '100' },
      { made_at: '30', held: '0', debits: '30', credits: '100' },
    ]);
  } finally {
    await database.drop();
  }
});
