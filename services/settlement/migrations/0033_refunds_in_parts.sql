-- R-33: who had what of a refund. `taken` is what the programme took of its share, null until it has; `revision` the rating by which a late correction (line 0) asked.
ALTER TABLE refunds ADD COLUMN taken int8, ADD COLUMN revision int4 NOT NULL DEFAULT 0;

UPDATE refunds f SET taken = coalesce((SELECT t.amount FROM transfers t WHERE t.transfer_id = 'refund/' || f.refund_id || '/clawed-back/owed'), 0)
  WHERE f.subsidy_decided;

-- A correction asks in the transaction that remembers its rating, before it.
UPDATE refunds f SET revision = coalesce((SELECT r.revision FROM ratings r
    WHERE r.trade_id = f.trade_id AND r.revision > 1 AND r.compute_change = -f.amount AND r.rated_at >= f.refunded_at ORDER BY r.revision LIMIT 1), 0)
  WHERE f.line = 0;
