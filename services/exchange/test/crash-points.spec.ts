// Every point between the market's journal, the ledger and the outboxes at which the process may die, one after the other: nothing is lost, nothing is done twice.
import type { FailPoint } from './fail-points.js';
import { FailPoints } from './fail-points.js';
import { firm, HttpMarket, rfc } from './http-market.js';
import type { Someone } from './http-market.js';

/** One in so many points; CRASH_POINTS=1 visits each. */
const every = Number(process.env.CRASH_POINTS ?? 4);
const cost = 2_000_000n;

describe('a crash at each point from the journal to the ledger and back', () => {
  let market: HttpMarket;
  let points: FailPoints;
  let buyer: Someone;
  let placed = 0;

  beforeAll(async () => {
    points = new FailPoints(/^(scheduler|settlement|bus)$/);
    // Who dies cannot give the lead away: the next waits for its term.
    market = await HttpMarket.open({ drainSeconds: 0, logLevel: 'silent', leaseTermMs: 2_000 });
    const { poolId } = await market.place();
    await market.offer(poolId, 'FIRM', 8, '1.00');
    buyer = await market.buyer(1_000_000);
    await market.exchange.advance();
  }, 120_000);
  afterAll(async () => {
    points.restore();
    await market.stop();
  });

  /** Two card-hours that fill at once, and money that comes. */
  const place = async (nth: number): Promise<void> => {
    const earliest = market.slot + 8 + (nth % 40) * 8;
    const terms = {
      books: [firm],
      units: 2,
      durationSlots: 4,
      earliest: rfc(earliest),
      latest: rfc(earliest + 4),
      limitPrice: '1.00',
      timeInForce: 'FOK',
      placement: 'ONE_POOL',
    };
    const bid = await market.send(buyer.key, '/v1/bids', { terms, project: 'p', clientOrderId: `bid-${nth}` }, 'POST', `bid-${nth}`);
    if (bid.status !== 200) throw new Error(JSON.stringify(bid.body));
    const deposit = { participantId: buyer.id, amount: '1.00', bankReference: `crash ${nth}` };
    const { status, body } = await market.send(market.operator, '/v1/deposits', deposit, 'POST', `deposit-${nth}`);
    if (status !== 200) throw new Error(JSON.stringify(body));
    await market.exchange.advance();
  };

  it('loses and doubles nothing', async () => {
    // What opens with the first alone is passed by.
    await place((placed += 1));
    const passed = await points.collect(() => place((placed += 1)));
    for (const part of [
      'scheduler: with head as',
      'scheduler: with counted as',
      'bus: ',
      'settlement: COPY transfers',
      'settlement: SELECT move_accounts',
      'settlement: with cursor',
      'settlement: commit',
    ])
      expect(passed.map((at) => at.toLowerCase())).toContainEqual(expect.stringContaining(part.toLowerCase()));
    const visits = passed.flatMap((at): FailPoint[] => [
      { at, when: 'before' },
      { at, when: 'after' },
    ]);
    const wrong: string[] = [];
    for (const [index, point] of visits.entries()) {
      if (index % every !== 0) continue;
      placed += 1;
      const dead = points.dieAt(point);
      const first = place(placed).then(
        () => 'done',
        () => 'failed',
      );
      const how = await Promise.race([dead, first]);
      // Its connections are cut: what it cannot say at its end is what this is about.
      await market.exchange.running.stop().catch(() => undefined);
      await first;
      points.revive();
      await market.exchange.restart();
      // Who had no answer asks again, with the same keys.
      await place(placed);
      const found = await differences(placed);
      if (how !== 'dead') found.push('nobody came by');
      if (found.length > 0) wrong.push(`${point.when} ${point.at}: ${found.join('; ')}`);
    }
    expect(wrong).toEqual([]);
  }, 1_800_000);

  /** What is not as it is where nobody ever dies. */
  async function differences(trades: number): Promise<string[]> {
    const query = async (sql: string): Promise<string> => JSON.stringify(await market.exchange.database.query(sql));
    const expected: [sql: string, rows: unknown[]][] = [
      ['select count(*) as n from scheduler.trade', [{ n: String(trades) }]],
      [
        `select count(*) as n, sum(amount) as of from settlement.transfers where kind = 'hold'`,
        [{ n: String(trades), of: String(cost * BigInt(trades)) }],
      ],
      [`select count(*) as n from settlement.deposits where bank_reference like 'crash %'`, [{ n: String(trades) }]],
      [
        `select debits_pending as held, credits_posted as paid from settlement.accounts where code = 'participant/${buyer.id}/money'`,
        [{ held: String(cost * BigInt(trades)), paid: String(1_000_000_000_000n + BigInt(trades) * 1_000_000n) }],
      ],
      [
        'select (select count(*) from scheduler.outbox) + (select count(*) from settlement.outbox) + (select count(*) from settlement.dead_letter) as n',
        [{ n: '0' }],
      ],
      ['select count(*) as n from (select 1 from bus.log group by source, sequence having count(*) > 1) d', [{ n: '0' }]],
    ];
    const found: string[] = [];
    for (const [sql, rows] of expected) {
      const got = await query(sql);
      if (got !== JSON.stringify(rows)) found.push(`${got} for ${sql}`);
    }
    const { imbalance } = await market.seen(market.operator, '/v1/ledger/trial-balance');
    if (imbalance !== '0') found.push(`imbalance ${String(imbalance)}`);
    return found;
  }
});
