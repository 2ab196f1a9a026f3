-- R-36: what changes of an item after it was netted is an item of its own, its adjustment: the difference, signed. The id of an item, in the column
-- reservation_id, is its reservation's; that of its nth adjustment has ~n behind it.
alter table statement_items drop constraint statement_items_ours_check, drop constraint statement_items_theirs_check,
  add constraint statement_items_signs check (ours >= 0 and theirs >= 0 or reservation_id like '%~%'),
  -- What this side counted last of the reservation, whatever amount it took of the partner since; null: not counted yet.
  add column counted int8;

-- Of bought, what goes back of what was sold and netted before; of sold, what comes back of what was bought.
alter table nettings add column sold_back int8 not null default 0, add column bought_back int8 not null default 0;

-- Counts what was measured of the lease, as the partner is told it.
alter table sold_leases add column usage_version int4 not null default 1;
