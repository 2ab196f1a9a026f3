-- R-24: what is placed anew here is noted of each trade that lost it, so that what the partner delivered counts for the trades that still had it.

-- Unit-slots that the market here places anew, of which the partner is owed none.
alter table piece_trades add column lost_unit_slots int8 not null default 0;
-- The first trades keep what is left. What several losses took, each at its time, is shared by the units that each trade has lost by now.
with kept as (
  select trade_id, reservation_id, p.lost_unit_slots, t.units, greatest(0, least(t.units, p.units_left - coalesce(sum(t.units) over before, 0))) as units_left
  from piece_trades t join pieces p using (reservation_id) where p.lost_unit_slots > 0
  window before as (partition by reservation_id order by trade_id rows between unbounded preceding and 1 preceding)
), gone as (
  select trade_id, lost_unit_slots, units - units_left as gone, sum(units - units_left) over (partition by reservation_id order by trade_id) as through,
    sum(units - units_left) over (partition by reservation_id) as of_all from kept
)
update piece_trades t set lost_unit_slots = div(g.lost_unit_slots * g.through, g.of_all) - div(g.lost_unit_slots * (g.through - g.gone), g.of_all)
from gone g where t.trade_id = g.trade_id;
alter table pieces drop column lost_unit_slots;
