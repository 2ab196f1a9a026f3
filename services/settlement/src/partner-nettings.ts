import { Injectable } from '@nestjs/common';
import { PartnerNetted } from '#contracts';
import { type EventMeta, On, type Tx, numberArray } from '#platform';
import { type BySide, type Netted, marginOf, marginOrders, nettingOrders } from './core/partner-netting.js';
import { Ledger } from './ledger.js';
import { partnerCosts } from './partner-costs.js';

/**
 * what both platforms agree on becomes receivable and payable, on the partner's platform what it is here, to the micro-yuan. What the leases in it cost here
 * beside that is this platform's margin. A netting from before leases were told comes again with them.
 */
@Injectable()
export class PartnerNettings {
  constructor(private readonly ledger: Ledger) {}

  @On(PartnerNetted)
  async netted(netting: PartnerNetted, tx: Tx, { source, sequence, time }: EventMeta): Promise<void> {
    const { participantId: partnerId, platform, through, currency, sold, bought, items, soldBack, boughtBack } = netting;
    await tx.query(
      `INSERT INTO partner_nettings (partner_id, currency, through, platform, sold, bought, items, netted_at, sold_back, bought_back)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (partner_id, currency, through) DO NOTHING`,
      [partnerId, currency, through, platform, sold, bought, items, time, soldBack, boughtBack],
    );
    const netted = { partnerId, currency, sold, bought, soldBack, boughtBack };
    const journal = `partner/${partnerId}/netting/${currency}/${through}`;
    const cause = `${source}/${sequence}`;
    await this.ledger.post(tx, { journal, cause, orders: nettingOrders(netted, journal) });
    if (netting.leaseIds.length === 0) return;
    const margin = marginOf(netted, await settle(tx, netted, netting));
    await tx.query(
      'INSERT INTO partner_margins (partner_id, currency, through, of_bought, of_sold, booked_at) VALUES ($1, $2, $3, $4, $5, $6)',
      [partnerId, currency, through, margin.bought, margin.sold, time],
    );
    await this.ledger.post(tx, { journal: `${journal}/margin`, cause, orders: marginOrders(netted, margin, `${journal}/margin`) });
  }
}

/**
 * Its own leases, and those that a netting before has settled and that cost otherwise since; but for those of which an adjustment is still to be netted.
 * @returns what they cost here beyond what was settled of them before
 */
async function settle(tx: Tx, { partnerId, currency }: Netted, { through, leaseIds, adjustedLeaseIds }: PartnerNetted): Promise<BySide> {
  const rows = await tx.query<{ is_sold: boolean; cost: string }>(
    `WITH before AS (SELECT trade_id, max(revision) AS revision, max(refund_id) AS refund_id, bool_or(green) AS green FROM partner_netted_leases
       WHERE partner_id = $1 AND currency = $2 GROUP BY trade_id),
     due AS (SELECT trade_id, t.partner_id = t.buyer_id AS is_sold, b.trade_id IS NULL AS is_new, coalesce(b.revision, 0) AS revision, coalesce(b.refund_id, 0) AS refund_id, coalesce(b.green, false) AS green
       FROM (SELECT unnest($4::int8[]) AS trade_id UNION SELECT trade_id FROM before WHERE trade_id <> ALL ($5::int8[])) named
       JOIN trades t USING (trade_id) LEFT JOIN before b USING (trade_id) WHERE t.partner_id = $1),
     changes AS (SELECT due.*, c.* FROM due CROSS JOIN LATERAL (
       SELECT max(c.revision) AS to_revision, max(c.refund_id) AS to_refund, bool_or(c.green) AS to_green, coalesce(sum(c.amount), 0) AS cost FROM (${partnerCosts}) c
       WHERE c.trade_id = due.trade_id AND (c.revision > due.revision OR c.refund_id > due.refund_id OR (c.green AND NOT due.green))) c),
     kept AS (INSERT INTO partner_netted_leases (trade_id, partner_id, currency, through, revision, refund_id, green)
       SELECT trade_id, $1, $2, $3, greatest(revision, to_revision), greatest(refund_id, to_refund), green OR coalesce(to_green, false) FROM changes WHERE is_new OR to_revision IS NOT NULL)
     SELECT is_sold, sum(cost) AS cost FROM changes GROUP BY is_sold`,
    [partnerId, currency, through, numberArray(leaseIds), numberArray(adjustedLeaseIds)],
  );
  const of = (isSold: boolean): bigint => BigInt(rows.find((row) => row.is_sold === isSold)?.cost ?? 0n);
  return { bought: of(false), sold: of(true) };
}
