/**
 * What each rating, refund, broken green promise and loss changed of what a lease of a partner's costs here: of one on its platform what its buyer pays without the
 * transfer, of one that it bought here all. A row has the number of its rating (revision), refund or compensation, else 0.
 */
export const partnerCosts = `SELECT r.trade_id, r.revision, 0::int8 AS refund_id, false AS green, 0::int8 AS compensation_id,
    r.compute_change - r.credit_change + CASE WHEN p.partner_id = p.buyer_id THEN r.transfer_change ELSE 0 END AS amount
  FROM ratings r JOIN trades p USING (trade_id)
  UNION ALL SELECT f.trade_id, 0, f.refund_id, false, 0, -f.exact FROM refunds f JOIN bill_lines l USING (bill_id, line) WHERE l.kind <> 'transfer'
  UNION ALL SELECT g.trade_id, 0, 0, true, 0, -g.compensation FROM green_leases g WHERE g.by_statement AND g.compensation > 0
  UNION ALL SELECT c.trade_id, 0, 0, false, c.compensation_id, -c.amount FROM partner_compensations c`;
