/** Of a refund f, what its programme has again; its share while it has not answered. */
export const takenBack = 'coalesce(f.taken, f.subsidy)';

/** Of a line l with its rating r, what the late correction that it bills gave back to a programme: line 0 of the refunds, by its rating. */
export const takenByCorrection = `coalesce((SELECT ${takenBack} FROM refunds f
  WHERE f.trade_id = r.trade_id AND f.line = 0 AND f.revision = r.revision AND l.kind = 'adjustment'), 0)`;

/** Of a refund f of a bill's line, what refunds before it had taken of that line. */
export const creditedBefore = `(SELECT coalesce(sum(e.amount), 0)::int8 FROM refunds e WHERE e.bill_id = f.bill_id AND e.line = f.line AND e.refund_id < f.refund_id)`;
