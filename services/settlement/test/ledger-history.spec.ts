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

  it('counts all that was posted up to then, also where a posting was numbered after one whose moment was taken later', async () => {
    await deposit(3, '5.00', 'crossing-1');
    await deposit(4, '5.00', 'crossing-2');
    const at = exchange.now();
    const numbered = '(select max(posting) from settlement.postings)';
    await exchange.database.query(`update settlement.postings set made_at = made_at - 1 where posting = ${numbered}`);
    for (const participantId of [3, 4])
      expect((await balanceAt(`participant/${participantId}/money`, at)).body.movedAt).toBe(
        new Date(at - (participantId === 4 ? 1 : 0)).toISOString().replace('.000Z', 'Z'),
      );
    await exchange.database.query(`update settlement.postings set made_at = ${at} where posting = ${numbered}`);
    await exchange.advance(day);
  });

  it('is right too where a settlement of an older version, which writes no balances, posts between others', async () => {
    const money = 'participant/3/money';
    const sums = async () => Number((await balanceAt(money)).body.balance);
    await deposit(3, '1.00', 'older-1');
    await exchange.advance(60_000);
    const before = await sums();
    const at = exchange.now();
    await exchange.database.query(`with amounts as (
        update settlement.accounts set debits_posted = debits_posted + case code when 'bank' then 2000000 else 0 end, credits_posted = credits_posted + case code when 'bank' then 0 else 2000000 end
        where code in ('bank', '${money}') returning *
      ), posted as (
        insert into settlement.postings (posting, batch, first_sequence, transfers, made_at, digest, marks)
        select number, batch, number * 32768, 0, ${at}, '', '' from (select nextval('settlement.posting_numbers') as number, nextval('settlement.batch_numbers') as batch) n returning posting
      )
      insert into settlement.entries select account_id, posting, debits_pending, debits_posted, credits_pending, credits_posted from amounts, posted`);
    await exchange.advance(60_000);
    await deposit(3, '1.00', 'older-2');
    const after = exchange.now();
    await exchange.advance(60_000);
    expect([(await balanceAt(money, at)).body.balance, (await balanceAt(money, after)).body.balance]).toEqual([
      `${before + 2}`,
      `${before + 3}`,
    ]);
    expect((await balanceAt(money, at - 1)).body.balance).toBe(`${before}`);
  });

  it('is walked to from the movements around it, however many there were, and so are the transfers of an account', async () => {
    const money = 'participant/3/money';
    const [first] = await exchange.database.query<{ sum: string }>(
      `select credits_posted as sum from settlement.accounts where code = '${money}'`,
    );
    const moments = [];
    for (let nth = 1; nth <= 80; nth += 1) {
      await deposit(nth % 4 === 0 ? 4 : 3, '1.00', `walk-${nth}`);
      moments.push(exchange.now());
      await exchange.advance(60_000);
    }
    let sum = Number(first!.sum) / 1_000_000;
    for (const [nth, at] of moments.entries()) {
      if ((nth + 1) % 4 !== 0) sum += 1;
      expect([nth, (await balanceAt(money, at)).body.balance]).toEqual([nth, String(sum)]);
    }
    const all = await exchange.database.query<{ id: string }>(
      `select transfer_id as id from settlement.transfers t join settlement.postings using (batch) join settlement.accounts a on a.account_id in (t.debit, t.credit)
       where a.code = '${money}' order by first_sequence + line desc`,
    );
    const operator = exchange.call(SettlementDefinition, { participantId: 1, roles: ['operator'] });
    for (const asked of [{ account: money }, { participantId: 3 }]) {
      const listed: string[] = [];
      for (let cursor = '', isMore = true; isMore;) {
        const { transfers, page } = await operator.listTransfers({ ...asked, page: { cursor, limit: 7 } });
        listed.push(...transfers.map(({ transferId }) => transferId));
        cursor = page!.nextCursor;
        isMore = cursor !== '';
      }
      expect(listed).toEqual(all.map(({ id }) => id));
    }
  });

  it('is not counted element by element when its tables are analysed', async () => {
    const { database } = exchange;
    await database.query('analyze settlement.balances');
    expect(await database.query(`select attname from pg_stats where schemaname = 'settlement' and tablename = 'balances'`)).toEqual([
      { attname: 'batch' },
    ]);
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
