-- All pools' rows of a slot are written together, so a pool's month lies on as many pages as it has slots; the index alone answers for it.
alter table pool_rollups drop constraint pool_rollups_pkey;
alter table pool_rollups add primary key (pool_id, slot, chunk) include (nodes, units_up, utilisation_bp, power_watts);
