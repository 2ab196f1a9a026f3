/**
 * watt-hours that a lease (trade t, measure m) used itself. What was resold of it others used, and it stands with their leases; each is measured by
 * itself and rounded down.
 */
export const ownWh = `greatest(0, m.energy_wh - coalesce((SELECT sum(sold.energy_wh) FROM trades r JOIN measurements sold USING (trade_id)
  WHERE r.resold_lease_id <> 0 AND r.resold_lease_id = t.trade_id), 0))::int8`;
