// Whatever happens in whatever order: the engine's copy of buying power is what the ledger says, and once all is settled nothing is held, nothing is
// uncleared and the books balance.
import fc from 'fast-check';
import { Tier } from '#contracts';
import type { TradeMade } from '#contracts';
import { startOfSlot } from '#domain';
import { buyer, Desk, linkOwner, nothing, otherBuyer, provider, quarterHour, yuan } from './market.js';

const buyers = [buyer.participantId, otherBuyer.participantId];
const who = fc.constantFrom(...buyers);

type Step =
  | { do: 'deposit'; who: number; amount: bigint }
  | { do: 'withdraw'; who: number; amount: bigint }
  | { do: 'reserve'; who: number; amount: bigint; rateBp: number }
  | { do: 'trade'; who: number; order: number; units: number; price: number; slots: number; gb: bigint; reclaimable: boolean }
  | { do: 'lose'; which: number; dearer: number }
  | { do: 'end'; which: number; cut: number; up: number; used: number | undefined }
  | { do: 'close'; which: number };

const amount = fc.bigInt(1n, 40_000_000n);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deposit' as const), who, amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('withdraw' as const), who, amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reserve' as const), who, amount, rateBp: fc.integer({ min: 1, max: 10_000 }) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('trade' as const),
      who,
      order: fc.nat(5),
      units: fc.integer({ min: 1, max: 4 }),
      price: fc.integer({ min: 1, max: 60_000 }).map((ticks) => ticks * 100),
      slots: fc.integer({ min: 1, max: 8 }),
      gb: fc.bigInt(0n, 900_000n),
      reclaimable: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      which: fc.nat(9),
      cut: fc.nat(8),
      up: fc.double({ min: 0.85, max: 1, noNaN: true }),
      used: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lose' as const), which: fc.nat(9), dearer: fc.integer({ min: -50, max: 50 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('close' as const), which: fc.nat(9) }) },
);

/** One history, played step by step. */
class Play {
  private readonly open: { trade: TradeMade; units: number }[] = [];
  private readonly orders: { id: number; who: number; programmeId: number }[] = [];
  private next = 1;
  private claims = 0;

  constructor(private readonly desk: Desk) {}

  async take(one: Step): Promise<void> {
    const { desk } = this;
    switch (one.do) {
      case 'deposit':
        return desk.deposit(one.who, one.amount);
      case 'withdraw':
        await desk
          .settlement()
          .requestWithdrawal({ participantId: one.who, amount: one.amount })
          .catch((error: unknown) => expect(error).toMatchObject({ rule: 'money_must_cover_the_withdrawal' }));
        return desk.exchange.advance();
      case 'reserve':
        return this.reserve(one.who, one.amount, one.rateBp);
      case 'trade':
        return this.trade(one);
      case 'end':
        return this.open.length ? this.end(this.open.splice(one.which % this.open.length, 1)[0]!, one) : undefined;
      case 'lose':
        return this.open.length ? this.lose(this.open[one.which % this.open.length]!, one.dearer) : undefined;
      case 'close':
        return this.orders.length ? desk.closeOrder(this.orders.splice(one.which % this.orders.length, 1)[0]!.id) : undefined;
    }
  }

  private async reserve(participantId: number, wanted: bigint, rateBp: number): Promise<void> {
    const order = { id: 500 + this.next++, who: participantId, programmeId: 1 };
    await this.desk.ledger.reserveSubsidy({ programmeId: 1, orderId: order.id, buyerId: participantId, amount: wanted, rateBp });
    await this.desk.exchange.advance();
    this.orders.push(order);
  }

  private async trade({ who: buyerId, order, units, price, slots, gb, reclaimable }: Extract<Step, { do: 'trade' }>): Promise<void> {
    const own = this.orders.filter((known) => known.who === buyerId);
    const of = own[order % Math.max(1, own.length)] ?? { id: 9000 + this.next, programmeId: 0 };
    const cost = (BigInt(price) * BigInt(units * slots)) / 4n + gb;
    if (cost > this.desk.market.free(buyerId)) return;
    const from = this.desk.slot;
    const trade = await this.desk.trade({
      ...{ tradeId: this.next++, bidId: of.id, programmeId: of.programmeId, buyerId, units, price, window: { from, to: from + slots } },
      ...{ transferAmount: gb, linkOwnerId: gb > 0n ? linkOwner.participantId : 0 },
      book: { computeClass: 2, model: 'A100', unit: 1, tier: reclaimable ? Tier.RECLAIMABLE : Tier.FIRM },
    });
    this.open.push({ trade, units });
  }

  /** one unit goes; another provider has it at the old price or less, and asks more than that or not. */
  private async lose(lease: { trade: TradeMade; units: number }, dearer: number): Promise<void> {
    if (lease.units === 0) return;
    const { trade } = lease;
    await this.desk.lose(trade, --lease.units);
    const price = Math.max(100, trade.price + Math.min(0, dearer) * 100);
    if (price > trade.price) return;
    const { bidId, programmeId, buyerId, window, book } = trade;
    const owedAmount = BigInt(Math.max(0, dearer)) * 100n * BigInt(window!.to - window!.from);
    const anew = await this.desk.trade({
      ...{ tradeId: this.next++, bidId, programmeId, buyerId, window, book, price, units: 1 },
      ...{ providerId: linkOwner.participantId, replacesTradeId: trade.tradeId, owedAmount },
    });
    this.open.push({ trade: anew, units: 1 });
  }

  private async end(
    { trade, units }: { trade: TradeMade; units: number },
    { cut, up, used }: { cut: number; up: number; used: number | undefined },
  ): Promise<void> {
    const { from, to } = trade.window!;
    const delivered = { from, to: Math.max(from, to - (cut > 4 ? 0 : cut)) };
    await this.desk.exchange.advanceTo(Math.max(this.desk.exchange.now(), startOfSlot(to)));
    if (used !== undefined) {
      const unitSlots = Math.floor(units * (to - from) * used);
      const record = {
        recordId: `r${trade.tradeId}`,
        version: 1,
        leaseId: trade.tradeId,
        meterSequence: 1,
        window: trade.window,
        unitSlots,
      };
      await this.desk.settlement({ ...provider, participantId: trade.providerId }).reportUsage({ records: [record] });
    }
    await this.desk.settle(trade, { delivered, up, units });
  }

  /** Everything ends: leases, orders, the month, the claims, the refunds, the debts, the payouts. */
  async finish(): Promise<void> {
    const { desk } = this;
    for (const lease of this.open.splice(0)) await this.end(lease, { cut: 8, up: 1, used: 0.5 });
    for (const order of this.orders.splice(0)) await desk.closeOrder(order.id);
    const bills = await desk.closeMonth();
    for (const bill of bills) {
      const claims = Map.groupBy(
        bill.lines.filter((line) => line.subsidy !== 0n),
        (line) => line.bidId,
      );
      for (const [bidId, lines] of claims) {
        const claimed = lines.reduce((sum, line) => sum + line.subsidy, 0n);
        await desk.decide(
          bill,
          bidId,
          (claimed * BigInt(++this.claims % 3)) / 2n > claimed ? claimed : (claimed * BigInt(this.claims % 3)) / 2n,
          this.claims,
        );
      }
      await this.refund(
        bill.billId,
        bill.lines.findIndex((line) => line.kind === 'compute' && line.amount >= 20_000n),
      );
    }
    for (const participantId of buyers) await desk.deposit(participantId, yuan(1000));
    await desk.passFebruary();
    const { payouts } = await desk.settlement().createPayouts({ month: '2026-02' });
    for (const { payoutId } of payouts) await desk.settlement().confirmPayout({ payoutId, bankReference: `B${payoutId}` });
    await desk.exchange.advance(quarterHour);
  }

  private async refund(billId: number, at: number): Promise<void> {
    if (at < 0) return;
    const before = this.desk.market.refunds.length;
    const line = { billId, line: at + 1, amount: 10_000n, reason: 'test' };
    const { lines } = await this.desk.settlement().getBill({ billId });
    const credit = lines.find(({ kind, tradeId }) => kind === 'sla_credit' && tradeId === lines[at]!.tradeId)?.amount ?? 0n;
    if (lines[at]!.amount + credit < line.amount) return;
    await this.desk.settlement().refundBill(line);
    await this.desk.exchange.advance();
    for (const refunded of this.desk.market.refunds.slice(before))
      if (refunded.subsidy > 0n) await this.desk.clawBack(refunded, refunded.subsidy / 2n);
  }

  /** the engine's copy = money posted + reservations that no rated trade used − gap. */
  async checkBuyingPower(): Promise<void> {
    for (const participantId of buyers) {
      const [row] = await this.desk.exchange.database.query<{ has: string }>(
        `SELECT coalesce((SELECT credits_posted - debits_posted FROM settlement.accounts WHERE code = 'participant/' || $1 || '/money'), 0)
           + coalesce((SELECT sum(amount - in_trades - released) FROM settlement.reservations WHERE buyer_id = $1::int4), 0)
           + coalesce((SELECT sum(l.held_subsidy) FROM settlement.trades JOIN settlement.leases l USING (trade_id) WHERE buyer_id = $1::int4 AND NOT rated), 0)
           - coalesce((SELECT gap FROM settlement.buying_power WHERE participant_id = $1::int4), 0) AS has`,
        [String(participantId)],
      );
      expect(BigInt(row!.has)).toBe(this.desk.market.has(participantId));
    }
  }
}

describe('conservation', () => {
  it('R-25, R-26, R-27, R-32 any history ends with nothing held, nothing uncleared, and buying power equal to money', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const desk = await Desk.open();
        try {
          await desk.ledger.fundProgramme({ programmeId: 1, transferId: 'approved', amount: yuan(100) });
          const play = new Play(desk);
          for (const one of steps) {
            await play.take(one);
            await play.checkBuyingPower();
          }
          await play.finish();
          await play.checkBuyingPower();
          expect(await desk.leftOver()).toEqual(nothing);
          for (const participantId of buyers) {
            const balance = await desk.settlement().getBalance({ participantId });
            expect(balance).toMatchObject({
              moneyHeld: 0n,
              receivable: 0n,
              subsidyReserved: 0n,
              subsidyHeld: 0n,
              moneyAvailable: desk.market.free(participantId),
            });
          }
          const { issued, available, held, redeemed } = await desk.ledger.getProgrammeBalances({ programmeId: 1 });
          expect([issued, held]).toEqual([available + redeemed, 0n]);
          for (const { participantId } of [provider, linkOwner])
            expect(await desk.balanceOf(`participant/${participantId}/income`)).toBe(0n);
        } finally {
          await desk.stop();
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 240_000);
});
