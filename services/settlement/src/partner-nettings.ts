import { Injectable } from '@nestjs/common';
import { PartnerNetted } from '#contracts';
import { type EventMeta, Logger, On, type Tx, numberArray } from '#platform';
import { type BySide, type Netted, marginOf, marginOrders, nettingOrders } from './core/partner-netting.js';
import { Ledger } from './ledger.js';
import { partnerCosts } from './partner-costs.js';

/**
 * what both platforms agree on becomes receivable and payable, on the partner's platform what it is here, to the micro-yuan. What the leases in it cost here
 * beside that is this platform's margin. A netting from before leases were told comes again with them; one that is netted again, since the service that speaks with
 * partners was restored from before it, comes again as it was.
 */
@Injectable()
export class PartnerNettings {
  constructor(
    private readonly ledger: Ledger,
    private readonly log: Logger,
  ) {}

  @On(PartnerNetted)
  async netted(netting: PartnerNetted, tx: Tx, { source, sequence, time }: EventMeta): Promise<void> {
    const { participantId: partnerId, platform, through, currency, sold, bought, items, soldBack, boughtBack } = netting;
    const before = await booked(tx, netting);
    if (before && !before.is_same)
      return this.log.error(
        { partnerId, through, currency },
        'netting_must_be_as_it_was: another through this day is booked, and this one is not',
      );
    await tx.query(
      `INSERT INTO partner_nettings (partner_id, currency, through, platform, sold, bought, items, netted_at, sold_back, bought_back)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (partner_id, currency, through) DO NOTHING`,
      [partnerId, currency, through, platform, sold, bought, items, time, soldBack, boughtBack],
    );
    const netted = { partnerId, currency, sold, bought, soldBack, boughtBack };
    const journal = `partner/${partnerId}/netting/${currency}/${through}`;
    const cause = `${source}/${sequence}`;
    await this.ledger.post(tx, { journal, cause, orders: nettingOrders(netted, journal) });
    if (netting.leaseIds.length === 0 || before?.is_settled) return;
    const margin = marginOf(netted, await settle(tx, netted, netting));
    await tx.query(
      'INSERT INTO partner_margins (partner_id, currency, through, of_bought, of_sold, booked_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [partnerId, currency, through, margin.bought, margin.sold, time],
    );
    await this.ledger.post(tx, { journal: `${journal}/margin`, cause, orders: marginOrders(netted, margin, `${journal}/margin`) });
  }
}

interface Booked {
  /** In all that is posted of it. */
  readonly is_same: boolean;
  /** Its leases are. */
  readonly is_settled: boolean;
}

async function booked(tx: Tx, netting: PartnerNetted): Promise<Booked | undefined> {
  const { participantId, currency, through, sold, bought, soldBack, boughtBack } = netting;
  const [row] = await tx.query<Booked>(
    `SELECT (sold, bought, sold_back, bought_back) = ($4::int8, $5::int8, $6::int8, $7::int8) AS is_same,
       EXISTS (SELECT FROM partner_margins m WHERE m.partner_id = n.partner_id AND m.currency = n.currency AND m.through = n.through) AS is_settled
     FROM partner_nettings n WHERE partner_id = $1 AND currency = $2 AND through = $3`,
    [participantId, currency, through, sold, bought, soldBack, boughtBack],
  );
  return row;
}

/**
 * Its own leases, and those that a netting before has settled and of which something has changed since; but for those of which an adjustment is still to be netted.
 * What is owed as a compensation that is still to be netted waits, too.
 * @returns what they cost here beyond what was settled of them before
 */
async function settle(tx: Tx, { partnerId, currency }: Netted, netting: PartnerNetted): Promise<BySide> {
  const { through, leaseIds, adjustedLeaseIds, compensatedLeaseIds } = netting;
  const rows = await tx.query<{ is_sold: boolean; cost: string }>(
    `WITH changed AS (SELECT change_id, trade_id FROM partner_lease_changes WHERE partner_id = $1 AND trade_id <> ALL ($5::int8[])),
     named AS (SELECT unnest($4::int8[]) AS trade_id UNION SELECT trade_id FROM changed
       WHERE EXISTS (SELECT FROM partner_netted_leases n WHERE n.trade_id = changed.trade_id AND n.partner_id = $1 AND n.currency = $2)),
     settled AS (DELETE FROM partner_lease_changes c USING changed JOIN named USING (trade_id) WHERE c.change_id = changed.change_id),
     before AS (SELECT trade_id, max(revision) AS revision, max(refund_id) AS refund_id, bool_or(green) AS green, max(compensation_id) AS compensation_id FROM partner_netted_leases JOIN named USING (trade_id)
       WHERE partner_id = $1 AND currency = $2 GROUP BY trade_id),
     due AS (SELECT trade_id, t.partner_id = t.buyer_id AS is_sold, b.trade_id IS NULL AS is_new, coalesce(b.revision, 0) AS revision, coalesce(b.refund_id, 0) AS refund_id, coalesce(b.green, false) AS green, coalesce(b.compensation_id, 0) AS compensation_id
       FROM named JOIN trades t USING (trade_id) LEFT JOIN before b USING (trade_id) WHERE t.partner_id = $1),
     changes AS (SELECT due.*, c.* FROM due CROSS JOIN LATERAL (
       SELECT max(c.revision) AS to_revision, max(c.refund_id) AS to_refund, bool_or(c.green) AS to_green, max(c.compensation_id) AS to_compensation, coalesce(sum(c.amount), 0) AS cost FROM (${partnerCosts}) c
       WHERE c.trade_id = due.trade_id AND (c.revision > due.revision OR c.refund_id > due.refund_id OR (c.green AND NOT due.green) OR c.compensation_id > due.compensation_id)
         AND NOT ((c.green OR c.compensation_id > 0) AND c.trade_id = ANY ($6::int8[]))) c),
     kept AS (INSERT INTO partner_netted_leases (trade_id, partner_id, currency, through, revision, refund_id, green, compensation_id)
       SELECT trade_id, $1, $2, $3, greatest(revision, to_revision), greatest(refund_id, to_refund), green OR coalesce(to_green, false), greatest(compensation_id, to_compensation) FROM changes WHERE is_new OR to_revision IS NOT NULL)
     SELECT is_sold, sum(cost) AS cost FROM changes GROUP BY is_sold`,
    [
      ...[partnerId, currency, through, numberArray(leaseIds)],
      ...[numberArray([...adjustedLeaseIds, ...compensatedLeaseIds]), numberArray(compensatedLeaseIds)],
    ],
  );
  const of = (isSold: boolean): bigint => BigInt(rows.find((row) => row.is_sold === isSold)?.cost ?? 0n);
  return { bought: of(false), sold: of(true) };
}
