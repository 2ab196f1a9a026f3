import { Injectable } from '@nestjs/common';
import { GreenPeriod, PartnerCompensated } from '#contracts';
import type { CloseGreenPeriodRequest, ListGreenPeriodsRequest, ListGreenPeriodsResponse } from '#contracts';
import { shanghaiDay } from '#domain';
import { Clock, conflict, Database, nextPage, Outbox, pageOf } from '#platform';
import type { Call, Tx } from '#platform';
import { BuyingPower } from './buying-power.js';
import { money, partner } from './core/account.js';
import { facilityWh } from './core/energy.js';
import { compensationOf, cover, promisedWh } from './core/green.js';
import type { Certificate, Promised, Use } from './core/green.js';
import { endOfMonth, startOfMonth } from './core/month.js';
import { Earnings } from './earnings.js';
import { Ledger } from './ledger.js';
import { ownWh } from './own-energy.js';
import { isBought, isSold } from './rated-lease.js';
import { Schedules } from './schedules.js';

interface PeriodRow {
  readonly month: string;
  readonly leases: number;
  readonly promised_wh: bigint;
  readonly covered_wh: bigint;
  readonly compensated: bigint;
  readonly closed_at: bigint;
  readonly closed_by: string;
}

interface LeaseRow {
  readonly trade_id: bigint;
  readonly buyer_id: number;
  /** 0: no partner's. */
  readonly partner_id: number;
  readonly green_share_bp: number;
  readonly pue_milli: number;
  readonly energy_wh: bigint;
  readonly made_at: bigint;
}

/** A lease with what was promised, covered, and paid for the rest. */
interface Settled extends Promised {
  readonly lease: LeaseRow;
  readonly coveredWh: bigint;
  readonly compensation: bigint;
}

/** Leases t of month $1 that first stand on a bill of it, were promised a green share, whose energy is known, and that are not settled yet. */
const unsettled = `FROM bills b JOIN bill_lines l USING (bill_id) JOIN ratings rated USING (rating_id) JOIN trades t ON t.trade_id = rated.trade_id
    JOIN measurements m ON m.trade_id = t.trade_id
  WHERE b.month = $1 AND l.kind = 'compute' AND rated.revision = 1 AND t.green_share_bp > 0 AND t.pue_milli > 0 AND ${ownWh} > 0
    AND NOT EXISTS (SELECT 1 FROM green_leases g WHERE g.trade_id = t.trade_id)`;

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);

/**
 * settles a month's green energy. What was promised with each lease on the month's bills is covered, in the order of the trades, by certificates of who
 * delivered it whose days meet the month, those that end first first. What is left short the deliverer pays the buyer, by the table in force when the trade
 * was made: it is no part of the price, so neither fee nor programme has a share of it. What was resold of a lease is settled with who used it. What a partner owes, or is
 * owed, of it is in the statements between the platforms.
 */
@Injectable()
export class GreenPeriods {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly ledger: Ledger,
    private readonly earnings: Earnings,
    private readonly buyingPower: BuyingPower,
    private readonly schedules: Schedules,
  ) {}

  /** One deliverer after the other, each in a transaction of its own; who says it again after a fall goes on with those that are left. */
  async close({ month }: CloseGreenPeriodRequest, call: Call): Promise<GreenPeriod> {
    return this.db.answerOnce(call, GreenPeriod, async () => {
      const [closed] = await this.db.query<PeriodRow>('SELECT * FROM green_periods WHERE month = $1', [month]);
      if (closed) return periodOf(closed);
      const [billed] = await this.db.query('SELECT 1 FROM billing_periods WHERE month = $1', [month]);
      if (!billed) throw conflict('billing_period_must_be_closed', `the bills of ${month} are not issued yet`, 'month');
      const deliverers = await this.db.query<{ delivered_by_id: number }>(`SELECT DISTINCT t.delivered_by_id ${unsettled} ORDER BY 1`, [
        month,
      ]);
      for (const { delivered_by_id: id } of deliverers) await this.db.transaction((tx) => this.settle(tx, month, id, call.caller.name));
      return this.db.transaction((tx) => this.end(tx, month, call.caller.name));
    });
  }

  async list(request: ListGreenPeriodsRequest): Promise<ListGreenPeriodsResponse> {
    const { limit, after } = pageOf(request.page);
    const found = await this.db.query<PeriodRow>(`SELECT * FROM green_periods WHERE $1 = '' OR month < $1 ORDER BY month DESC LIMIT $2`, [
      after?.[0] ?? '',
      limit + 1,
    ]);
    const { rows, page } = nextPage(found, limit, (row) => [row.month]);
    return { periods: rows.map(periodOf), page };
  }

  /** Says what was settled of the month, once. */
  private async end(tx: Tx, month: string, by: string): Promise<GreenPeriod> {
    await tx.query(
      `INSERT INTO green_periods (month, leases, promised_wh, covered_wh, compensated, closed_at, closed_by)
       SELECT $1, count(*)::int4, coalesce(sum(promised_wh), 0)::int8, coalesce(sum(covered_wh), 0)::int8, coalesce(sum(compensation), 0)::int8, $2::int8, $3
       FROM green_leases WHERE month = $1 ON CONFLICT (month) DO NOTHING`,
      [month, this.clock.now(), by],
    );
    const [row] = await tx.query<PeriodRow>('SELECT * FROM green_periods WHERE month = $1', [month]);
    return periodOf(row!);
  }

  private async settle(tx: Tx, month: string, deliveredById: number, by: string): Promise<void> {
    // Of a deliverer's certificates and leases one at a time.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('green period'), $1)`, [deliveredById]);
    const leases = await tx.query<LeaseRow>(
      `SELECT t.trade_id, t.buyer_id, t.partner_id, t.green_share_bp, t.pue_milli, ${ownWh} AS energy_wh, t.made_at ${unsettled} AND t.delivered_by_id = $2 ORDER BY t.trade_id`,
      [month, deliveredById],
    );
    const schedules = await this.schedules.published(tx);
    const promises = leases.map((lease) => ({
      tradeId: lease.trade_id,
      wh: promisedWh(facilityWh(lease.energy_wh, lease.pue_milli), lease.green_share_bp),
    }));
    const uses = cover(promises, await this.certificates(tx, month, deliveredById));
    await rememberUses(tx, uses);
    const coveredOf = Map.groupBy(uses, ({ tradeId }) => tradeId);
    const settled = leases.map((lease, at): Settled => {
      const { tradeId, wh } = promises[at]!;
      const coveredWh = sum((coveredOf.get(tradeId) ?? []).map((use) => use.wh));
      const owed = compensationOf(wh - coveredWh, schedules.shortfallAt(Number(lease.made_at)));
      return { tradeId, wh, lease, coveredWh, compensation: lease.buyer_id === deliveredById ? 0n : owed };
    });
    const short = settled.filter(({ compensation }) => compensation > 0n);
    await this.compensate(tx, month, deliveredById, short, by);
    await this.remember(tx, month, settled);
  }

  private async certificates(tx: Tx, month: string, participantId: number): Promise<Certificate[]> {
    const rows = await tx.query<{ certificate_id: bigint; left_wh: string }>(
      `SELECT c.certificate_id, c.wh - coalesce((SELECT sum(wh) FROM certificate_uses u WHERE u.certificate_id = c.certificate_id), 0) AS left_wh
       FROM green_certificates c WHERE participant_id = $1 AND first_day < $3 AND last_day >= $2 ORDER BY last_day, certificate_id`,
      [participantId, shanghaiDay(startOfMonth(month)), shanghaiDay(endOfMonth(month))],
    );
    return rows.map((row) => ({ certificateId: row.certificate_id, leftWh: BigInt(row.left_wh) }));
  }

  /** One linked set for who delivered; each of its buyers has its part. */
  private async compensate(tx: Tx, month: string, deliveredById: number, short: readonly Settled[], by: string): Promise<void> {
    if (!short.length) return;
    const as = { id: `green/${month}/${deliveredById}`, kind: 'green_shortfall' };
    const single = { kind: as.kind, phase: 'single' } as const;
    const [ofPartner, ofPayee] = [short.filter(({ lease }) => isBought(lease)), short.filter(({ lease }) => !isBought(lease))];
    const orders = ofPayee.length ? await this.earnings.takeBack(tx, deliveredById, total(ofPayee), as) : [];
    for (const [partnerId, of] of Map.groupBy(ofPartner, ({ lease }) => lease.partner_id))
      orders.push({
        ...{ ...single, id: `${as.id}/partner/${partnerId}`, amount: total(of) },
        ...{ debit: partner(partnerId, 'bought'), credit: 'clearing/trade' },
      });
    const raises: { participantId: number; amount: bigint }[] = [];
    for (const [buyerId, of] of Map.groupBy(short, ({ lease }) => lease.buyer_id)) {
      const toPartner = total(of.filter(({ lease }) => isSold(lease)));
      const toBuyer = total(of) - toPartner;
      const given = { ...single, debit: 'clearing/trade' };
      if (toPartner > 0n)
        orders.push({ ...given, id: `${as.id}/buyer/${buyerId}/partner`, credit: partner(buyerId, 'sold'), amount: toPartner });
      if (toBuyer > 0n) orders.push({ ...given, id: `${as.id}/buyer/${buyerId}`, credit: money(buyerId), amount: toBuyer });
      if (toBuyer > 0n) raises.push({ participantId: buyerId, amount: toBuyer });
    }
    await this.ledger.post(tx, { journal: as.id, cause: by, orders });
    await this.buyingPower.raiseAll(tx, raises, 'refund');
    await this.earnings.add(
      tx,
      ofPayee.map(({ tradeId, compensation }) => ({
        participantId: deliveredById,
        kind: 'green_shortfall',
        amount: -compensation,
        tradeId,
      })),
    );
    await this.tellPartners(tx, short);
  }

  private async tellPartners(tx: Tx, short: readonly Settled[]): Promise<void> {
    const told = short.filter(({ lease }) => isByStatement(lease));
    await this.outbox.publishAll(
      tx,
      PartnerCompensated,
      told.map(({ lease, compensation }) => ({
        data: { tradeId: Number(lease.trade_id), partnerId: lease.partner_id, sold: isSold(lease), amount: compensation },
        subject: `partner/${lease.partner_id}`,
      })),
    );
  }

  private async remember(tx: Tx, month: string, settled: readonly Settled[]): Promise<void> {
    await tx.query(
      `INSERT INTO green_leases (trade_id, month, promised_wh, covered_wh, compensation, settled_at, by_statement)
       SELECT u.trade_id, $5, u.promised, u.covered, u.compensation, $6::int8, u.by_statement
       FROM unnest($1::int8[], $2::int8[], $3::int8[], $4::int8[], $7::bool[]) AS u (trade_id, promised, covered, compensation, by_statement)`,
      [
        settled.map(({ tradeId }) => tradeId),
        settled.map(({ wh }) => wh),
        settled.map(({ coveredWh }) => coveredWh),
        settled.map(({ compensation }) => compensation),
        month,
        this.clock.now(),
        settled.map(({ lease }) => isByStatement(lease)),
      ],
    );
  }
}

const total = (settled: readonly Settled[]): bigint => sum(settled.map(({ compensation }) => compensation));
const isByStatement = (lease: LeaseRow): boolean => isBought(lease) || isSold(lease);

async function rememberUses(tx: Tx, uses: readonly Use[]): Promise<void> {
  await tx.query('INSERT INTO certificate_uses (certificate_id, trade_id, wh) SELECT * FROM unnest($1::int8[], $2::int8[], $3::int8[])', [
    uses.map(({ certificateId }) => certificateId),
    uses.map(({ tradeId }) => tradeId),
    uses.map(({ wh }) => wh),
  ]);
}

const periodOf = (row: PeriodRow): GreenPeriod => ({
  month: row.month,
  leases: row.leases,
  promisedWh: Number(row.promised_wh),
  coveredWh: Number(row.covered_wh),
  compensated: row.compensated,
  closedAt: Number(row.closed_at),
  closedBy: row.closed_by,
});
