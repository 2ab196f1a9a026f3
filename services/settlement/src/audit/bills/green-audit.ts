import { shanghaiDay } from '#domain';
import { finding } from '#platform';
import type { AuditReader, Finding } from '#platform';
import { endOfMonth, monthOf, startOfMonth } from '../../core/month.js';
import { difference } from '../../core/recount/differences.js';
import { shortfallOf } from '../../core/recount/green.js';
import type { StatementSums } from './statement-sums.js';

interface Row {
  trade_id: bigint;
  month: string;
  promised_wh: bigint;
  covered_wh: bigint;
  compensation: bigint;
  buyer_id: number;
  delivered_by_id: number;
  green_share_bp: number;
  pue_milli: number;
  made_at: bigint;
  energy_wh: bigint | null;
  used_wh: string;
  per_kwh: bigint | null;
  settled_at: bigint | null;
  /** By a partner whose lease it is, in the statements. */
  of_partner: boolean;
  paid: string;
}

/** each settled lease's green energy from its energy less what was resold of it, its site's promise and the certificates used for it; and no certificate used for more than it is. */
export async function* auditGreen(read: AuditReader, sums: StatementSums): AsyncGenerator<Finding> {
  for await (const row of read.rows<Row>(
    `SELECT g.trade_id, g.month, g.promised_wh, g.covered_wh, g.compensation, coalesce(g.settled_at, p.closed_at) AS settled_at, g.by_statement AND t.partner_id <> t.buyer_id AS of_partner, t.buyer_id, t.delivered_by_id, t.green_share_bp, t.pue_milli, t.made_at, coalesce(u.wh, 0) AS used_wh,
       greatest(0, m.energy_wh - CASE WHEN g.settled_at IS NULL THEN 0 ELSE coalesce(sold.wh, 0) END)::int8 AS energy_wh,
       (SELECT shortfall_per_kwh FROM schedules s WHERE s.kind = 6 AND s.effective_from <= t.made_at ORDER BY s.effective_from DESC, s.version DESC LIMIT 1) AS per_kwh,
       coalesce((SELECT -sum(amount) FROM earnings e WHERE e.trade_id = g.trade_id AND e.kind = 'green_shortfall'), 0) AS paid
     FROM green_leases g JOIN trades t USING (trade_id) LEFT JOIN measurements m USING (trade_id) LEFT JOIN green_periods p USING (month)
       LEFT JOIN (SELECT trade_id, sum(wh) AS wh FROM certificate_uses GROUP BY trade_id) u USING (trade_id)
       LEFT JOIN (SELECT r.resold_lease_id, sum(energy_wh) AS wh FROM trades r JOIN measurements USING (trade_id) WHERE r.resold_lease_id <> 0 GROUP BY 1) sold
         ON sold.resold_lease_id = g.trade_id
     ORDER BY g.trade_id`,
  )) {
    read.count('green leases');
    const computed = shortfallOf({
      ...{ energyWh: row.energy_wh ?? 0n, pueMilli: BigInt(row.pue_milli), shareBp: BigInt(row.green_share_bp) },
      ...{ coveredWh: BigInt(row.used_wh), perKwh: row.per_kwh ?? 0n, isOwn: row.buyer_id === row.delivered_by_id },
    });
    const figures = { promised_wh: computed.promisedWh, covered_wh: computed.coveredWh, compensation: computed.compensation };
    const other = difference(
      { ...figures, promised_wh: row.promised_wh, covered_wh: row.covered_wh, compensation: row.compensation, earned: -BigInt(row.paid) },
      { ...figures, earned: row.of_partner ? 0n : -computed.compensation },
    );
    if (other)
      yield finding(
        read.service,
        'green_leases',
        String(row.trade_id),
        'figures_differ',
        `${row.month}, delivered by ${row.delivered_by_id}`,
        other,
      );
    if (computed.compensation !== 0n && !row.of_partner)
      sums.add(row.delivered_by_id, monthOf(Number(row.settled_at ?? 0n)), 'green_shortfall', -computed.compensation);
  }
  for await (const row of read.rows<{ certificate_id: bigint; wh: bigint; used: string }>(
    `SELECT c.certificate_id, c.wh, sum(u.wh) AS used FROM green_certificates c JOIN certificate_uses u USING (certificate_id)
     GROUP BY 1, 2 HAVING sum(u.wh) > c.wh ORDER BY 1`,
  ))
    yield finding(read.service, 'green_certificates', String(row.certificate_id), 'figures_differ', 'more of it is used than there is', {
      stored: `wh ${row.used}`,
      computed: `wh ${row.wh}`,
    });
  yield* wronglyUsed(read);
}

/** a certificate covers leases of who delivered them, of months that its days meet, and only those that were settled. */
async function* wronglyUsed(read: AuditReader): AsyncGenerator<Finding> {
  interface Use {
    readonly certificate_id: bigint;
    readonly trade_id: bigint;
    readonly of_deliverer: boolean;
    readonly month: string | null;
    readonly first_day: number | null;
    readonly last_day: number | null;
  }
  for await (const use of read.rows<Use>(
    `SELECT u.certificate_id, u.trade_id, coalesce(c.participant_id = t.delivered_by_id, false) AS of_deliverer, g.month, c.first_day, c.last_day
     FROM certificate_uses u LEFT JOIN green_certificates c USING (certificate_id) LEFT JOIN trades t USING (trade_id) LEFT JOIN green_leases g USING (trade_id)
     ORDER BY u.certificate_id, u.trade_id`,
  )) {
    read.count('uses of certificates');
    const why = wrongOf(use);
    if (why) yield finding(read.service, 'certificate_uses', `${use.certificate_id}, ${use.trade_id}`, 'figures_differ', why);
  }
}

function wrongOf(use: {
  of_deliverer: boolean;
  month: string | null;
  first_day: number | null;
  last_day: number | null;
}): string | undefined {
  if (use.month === null) return 'its lease was not settled';
  if (!use.of_deliverer || use.first_day === null) return 'it is of another than who delivered the lease';
  const isInMonth = use.first_day < shanghaiDay(endOfMonth(use.month)) && use.last_day! >= shanghaiDay(startOfMonth(use.month));
  return isInMonth ? undefined : `its days do not meet ${use.month}`;
}
