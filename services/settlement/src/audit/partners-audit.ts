import { finding } from '#platform';
import type { Audit } from '#platform';
import { partner } from '../core/account.js';

type Part = Parameters<typeof partner>[1];

interface Row {
  readonly partner_id: number;
  readonly currency: string;
  readonly part: Part;
  readonly amount: string;
}

/** Payments that stand: those that came back moved nothing. */
const standing = 'partner_payments p WHERE NOT EXISTS (SELECT FROM partner_payment_returns r WHERE r.payment_id = p.payment_id)';

/**
 * What leases cost of partners' platforms (their price as ratings and refunds left it) or that partners bought here, less what was compensated; nettings of either; and
 * what was paid of these. What a netting has settled of a lease is margin, and so is what a netting that settled leases says of them.
 */
const expected = `WITH settled AS (SELECT trade_id, max(revision) AS revision, max(refund_id) AS refund_id, bool_or(green) AS green, max(compensation_id) AS compensation_id FROM partner_netted_leases GROUP BY trade_id),
  costs AS (
    SELECT t.partner_id, 'CNY' AS currency,
      CASE WHEN r.revision <= s.revision THEN 'margin' WHEN t.partner_id = t.buyer_id THEN 'sold' ELSE 'bought' END AS part,
      CASE WHEN t.partner_id = t.buyer_id THEN -(r.compute_change + r.transfer_change - r.credit_change) ELSE r.compute_change - r.credit_change END AS amount
    FROM trades t JOIN ratings r USING (trade_id) LEFT JOIN settled s USING (trade_id) WHERE t.partner_id <> 0
    UNION ALL SELECT t.partner_id, 'CNY', CASE WHEN f.refund_id <= s.refund_id THEN 'margin' ELSE 'bought' END, -f.exact
    FROM trades t JOIN refunds f USING (trade_id) JOIN bill_lines l USING (bill_id, line) LEFT JOIN settled s ON s.trade_id = t.trade_id
    WHERE t.partner_id <> 0 AND l.kind <> 'transfer'
    UNION ALL SELECT t.partner_id, 'CNY', CASE WHEN s.green THEN 'margin' WHEN t.partner_id = t.buyer_id THEN 'sold' ELSE 'bought' END,
      CASE WHEN t.partner_id = t.buyer_id THEN g.compensation ELSE -g.compensation END
    FROM trades t JOIN green_leases g USING (trade_id) LEFT JOIN settled s USING (trade_id) WHERE g.by_statement
    UNION ALL SELECT c.partner_id, 'CNY', CASE WHEN c.compensation_id <= s.compensation_id THEN 'margin' ELSE 'bought' END, -c.amount
    FROM partner_compensations c LEFT JOIN settled s USING (trade_id)
    UNION ALL SELECT n.partner_id, n.currency, CASE WHEN v.items AND m.through IS NOT NULL THEN 'margin' ELSE v.part END, v.amount
    FROM partner_nettings n LEFT JOIN partner_margins m USING (partner_id, currency, through) CROSS JOIN LATERAL
      (VALUES (true, 'sold', sold - bought_back - sold_back), (true, 'bought', bought_back + sold_back - bought),
        (false, 'payable', bought - least(sold, bought)), (false, 'receivable', least(sold, bought) - sold)) AS v (items, part, amount)
    UNION ALL SELECT p.partner_id, p.currency, CASE WHEN p.received THEN 'receivable' ELSE 'payable' END,
      CASE WHEN p.received THEN p.amount + p.rounded ELSE -(p.amount + p.rounded) END FROM ${standing}
  ) SELECT partner_id, currency, part, sum(amount) AS amount FROM costs GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;

/** Nettings of which more is paid than they left, or the other way round, and payments of none. */
const wronglyPaid = `SELECT p.partner_id, p.currency, p.through, sum(p.amount + p.rounded) AS paid, max(CASE WHEN p.received THEN n.sold - n.bought ELSE n.bought - n.sold END) AS left
  FROM (SELECT p.* FROM ${standing}) p LEFT JOIN partner_nettings n USING (partner_id, currency, through) GROUP BY 1, 2, 3, p.received
  HAVING sum(p.amount + p.rounded) > coalesce(max(CASE WHEN p.received THEN n.sold - n.bought ELSE n.bought - n.sold END), 0) ORDER BY 1, 2, 3`;

interface PaidRow {
  readonly partner_id: number;
  readonly currency: string;
  readonly through: number;
  readonly paid: string;
  /** Null: there is no such netting. */
  readonly left: string | null;
}

/** each partner's accounts and margins against the leases, nettings and payments that they come of; and each netting against what was paid of it. */
export const partnersAudit: Audit = {
  name: 'what is owed by and to partners',
  async *run(read) {
    const balances = new Map<string, bigint>();
    for await (const row of read.rows<{ code: string; balance: bigint }>(
      `SELECT code, credits_posted - debits_posted AS balance FROM accounts WHERE starts_with(kind, 'partner/') ORDER BY code`,
    ))
      balances.set(row.code, row.balance);
    const margins = new Map<string, bigint>();
    for await (const row of read.rows<Omit<Row, 'part'>>(
      'SELECT partner_id, currency, sum(of_bought + of_sold) AS amount FROM partner_margins GROUP BY 1, 2',
    ))
      margins.set(partner(row.partner_id, 'margin', row.currency), BigInt(row.amount));
    for await (const row of read.rows<Row>(expected)) {
      const code = partner(row.partner_id, row.part, row.currency);
      const stored = balances.get(code) ?? 0n;
      balances.delete(code);
      read.count('accounts of partners');
      if (stored !== BigInt(row.amount)) yield differs(read.service, code, stored, BigInt(row.amount));
      const kept = margins.get(code) ?? 0n;
      if (row.part === 'margin' && kept !== BigInt(row.amount))
        yield finding(
          read.service,
          'partner_margins',
          `${row.partner_id}, ${row.currency}`,
          'sum_differs',
          'leases and nettings say otherwise',
          {
            stored: `margin ${kept}`,
            computed: `margin ${row.amount}`,
          },
        );
    }
    for (const [code, stored] of balances) if (stored !== 0n) yield differs(read.service, code, stored, 0n);
    for await (const row of read.rows<PaidRow>(wronglyPaid))
      yield finding(
        read.service,
        'partner_nettings',
        `${row.partner_id}, ${row.currency}, ${row.through}`,
        'sum_differs',
        'more is paid of it',
        {
          stored: `paid ${row.paid}`,
          computed: `left ${row.left ?? 0}`,
        },
      );
  },
};

const differs = (service: string, code: string, stored: bigint, computed: bigint) =>
  finding(service, 'accounts', code, 'sum_differs', 'leases, nettings and payments of the partner say otherwise', {
    stored: `balance ${stored}`,
    computed: `balance ${computed}`,
  });
