// Whatever happens in whatever order: the engine's copy of buying power is what the ledger says, and once all is settled nothing is held, nothing is
// uncleared, the books balance, and every hand has of each trade what its newest rating says, less the refunds that stand.
import fc from 'fast-check';
import { buyers, guaranteeing, late, Play, reimbursing, step } from './history.js';
import { Desk, linkOwner, nothing, provider, yuan } from './market.js';

/** Of each trade: its price and transfer by the newest rating less refunds, and what each hand had of it. */
async function checkHands(desk: Desk): Promise<void> {
  const trades = await desk.exchange.database.query<Record<string, string>>(
    `SELECT t.trade_id, t.buyer_id, t.provider_id, t.link_owner_id, lost.delivered_by_id AS loser_id,
         greatest(0, r.compute - r.credit - f.price) AS price, r.transfer - f.transfer AS transfer,
         (SELECT sum(compute_change + transfer_change - credit_change) FROM settlement.ratings WHERE trade_id = t.trade_id) - f.price - f.transfer AS paid,
         t.owed_amount * r.unit_slots / (t.units * (t.to_slot - t.from_slot)) AS compensation,
         coalesce((SELECT amount FROM settlement.proceeds WHERE trade_id = t.trade_id), 0)
           * (SELECT unit_slots FROM settlement.ratings WHERE trade_id = t.trade_id AND revision = 1) / (t.units * (t.to_slot - t.from_slot)) AS shared
       FROM settlement.trades t LEFT JOIN settlement.trades lost ON lost.trade_id = t.replaces_trade_id
       JOIN LATERAL (SELECT * FROM settlement.ratings WHERE trade_id = t.trade_id ORDER BY revision DESC LIMIT 1) r ON true
       JOIN LATERAL (SELECT coalesce(sum(exact) FILTER (WHERE kind <> 'transfer'), 0) AS price, coalesce(sum(exact) FILTER (WHERE kind = 'transfer'), 0) AS transfer
         FROM (SELECT f.exact, b.kind FROM settlement.refunds f JOIN settlement.bill_lines b USING (bill_id, line) WHERE f.trade_id = t.trade_id) f) f ON true
       ORDER BY 1`,
  );
  const had = await desk.exchange.database.query<{ trade_id: bigint; participant_id: number; amount: string }>(
    'SELECT trade_id, participant_id, sum(amount) AS amount FROM settlement.earnings WHERE trade_id > 0 GROUP BY 1, 2 HAVING sum(amount) <> 0 ORDER BY 1, 2',
  );
  const due = new Map<string, bigint>();
  const add = (trade: string, hand: string, of: bigint) => due.set(`${trade}/${hand}`, (due.get(`${trade}/${hand}`) ?? 0n) + of);
  let fees = 0n;
  for (const trade of trades) {
    const [price, transfer, compensation] = [BigInt(trade.price!), BigInt(trade.transfer!), BigInt(trade.compensation!)];
    expect(BigInt(trade.paid!)).toBe(price + transfer);
    const fee = (price * 300n) / 10_000n;
    fees += fee;
    add(trade.trade_id!, trade.provider_id!, price - fee + compensation);
    add(trade.trade_id!, trade.loser_id!, -compensation);
    const shared = BigInt(trade.shared!);
    const proceeds = shared - (shared * 300n) / 10_000n;
    add(trade.trade_id!, trade.provider_id!, -proceeds);
    add(trade.trade_id!, String(linkOwner.participantId), proceeds);
    add(trade.trade_id!, trade.link_owner_id!, transfer);
  }
  expect(had.map((of) => [`${of.trade_id}/${of.participant_id}`, BigInt(of.amount)]).sort()).toEqual(
    [...due].filter(([, of]) => of !== 0n).sort(),
  );
  expect(await desk.balanceOf('fee')).toBe(fees);
  for (const participantId of buyers) await checkBuyer(desk, participantId, trades);
}

/** What came by bank, less what it pays for its trades and for rounding, plus what programmes pay of that. */
async function checkBuyer(desk: Desk, participantId: number, trades: readonly Record<string, string>[]): Promise<void> {
  const [row] = await desk.exchange.database.query<{ other: string }>(
    `SELECT (SELECT coalesce(sum(amount), 0) FROM settlement.deposits WHERE participant_id = $1)
         - (SELECT coalesce(sum(amount), 0) FROM settlement.withdrawals WHERE participant_id = $1 AND state = 2)
         - (SELECT coalesce(sum(rounding), 0) FROM settlement.bills WHERE buyer_id = $1)
         + (SELECT coalesce(sum(amount - exact), 0) FROM settlement.refunds WHERE buyer_id = $1)
         + (SELECT coalesce(sum(granted), 0) FROM settlement.subsidy_decisions WHERE buyer_id = $1)
         - (SELECT coalesce(sum(amount), 0) FROM settlement.earnings WHERE participant_id = $1 AND kind = 'paid_back')
         - (SELECT coalesce(sum(t.amount), 0) FROM settlement.transfers t JOIN settlement.refunds f ON t.transfer_id = 'refund/' || f.refund_id || '/clawed-back/available'
            WHERE f.buyer_id = $1) AS other`,
    [participantId],
  );
  const paid = trades.filter((trade) => Number(trade.buyer_id) === participantId).reduce((sum, trade) => sum + BigInt(trade.paid!), 0n);
  expect(await desk.balanceOf(`participant/${participantId}/money`)).toBe(BigInt(row!.other) - paid);
}

/** the engine's copy of buying power is the money posted, and what it leaves free is what the ledger has available. */
async function checkBuyingPower(desk: Desk): Promise<void> {
  for (const participantId of buyers) {
    const [row] = await desk.exchange.database.query<{ has: string; available: string }>(
      `SELECT coalesce(sum(credits_posted - debits_posted), 0) AS has, coalesce(sum(credits_posted - debits_posted - debits_pending), 0) AS available
       FROM settlement.accounts WHERE code = 'participant/' || $1 || '/money'`,
      [String(participantId)],
    );
    expect([BigInt(row!.has), BigInt(row!.available)]).toEqual([desk.market.has(participantId), desk.market.free(participantId)]);
  }
}

/** Earnings that are not paid out: what income and receivable together say. */
async function unpaidOf(desk: Desk, participantId: number): Promise<bigint> {
  const [row] = await desk.exchange.database.query<{ unpaid: string }>(
    'SELECT coalesce(sum(amount), 0) AS unpaid FROM settlement.unpaid WHERE participant_id = $1',
    [participantId],
  );
  const unpaid = BigInt(row!.unpaid);
  const [income, owed] = [
    await desk.balanceOf(`participant/${participantId}/income`),
    await desk.balanceOf(`participant/${participantId}/receivable`),
  ];
  expect(income + owed).toBe(unpaid);
  return unpaid;
}

describe('conservation', () => {
  it('R-24 to R-28, R-32, R-33 any history ends with nothing held, nothing uncleared, buying power equal to money, and each hand its part', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 15, maxLength: 30 }),
        fc.array(late, { minLength: 10, maxLength: 20 }),
        fc.array(
          late.filter((one) => one.do !== 'correct'),
          { minLength: 4, maxLength: 10 },
        ),
        async (steps, lates, later) => {
          const desk = await Desk.open();
          try {
            for (const programmeId of [guaranteeing, reimbursing])
              await desk.ledger.fundProgramme({ programmeId, transferId: 'approved', amount: yuan(10_000) });
            for (const participantId of buyers) await desk.deposit(participantId, yuan(30));
            const play = new Play(desk);
            for (const one of steps) {
              await play.take(one);
              await checkBuyingPower(desk);
            }
            await play.bill();
            for (const one of lates) {
              await play.takeLate(one);
              await checkBuyingPower(desk);
            }
            await play.billAgain();
            for (const one of later) {
              await play.takeLate(one);
              await checkBuyingPower(desk);
            }
            await play.finish();
            await checkBuyingPower(desk);
            await checkHands(desk);
            expect(await desk.leftOver()).toEqual(nothing);
            expect((await desk.recounted()).findings).toEqual([]);
            for (const participantId of buyers) {
              const balance = await desk.settlement().getBalance({ participantId });
              expect(balance).toMatchObject({
                moneyHeld: 0n,
                subsidyReserved: 0n,
                subsidyHeld: 0n,
                moneyAvailable: desk.market.free(participantId),
              });
            }
            for (const programmeId of [guaranteeing, reimbursing]) {
              const { issued, available, held, redeemed } = await desk.ledger.getProgrammeBalances({ programmeId });
              expect([issued, held]).toEqual([available + redeemed, 0n]);
            }
            // Whoever is owed is paid, but for less than a fen; whoever was paid too much owes it, and that alone. Who has money owes nothing that earnings do not cover.
            for (const { participantId } of [provider, linkOwner]) expect(await unpaidOf(desk, participantId)).toBeLessThan(10_000n);
            for (const participantId of buyers) expect(await unpaidOf(desk, participantId)).toBeGreaterThanOrEqual(0n);
          } finally {
            await desk.stop();
          }
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  }, 240_000);
});
