-- R-30: the energy of a lease that was resold is with who used it; carbon is told with its factor's source.

CREATE INDEX trades_resold ON trades (resold_lease_id) WHERE resold_lease_id <> 0;

-- Null of those that were settled before, together with their month and each with all energy of its nodes.
ALTER TABLE green_leases ADD COLUMN settled_at int8;

ALTER TABLE schedules ADD COLUMN source text NOT NULL DEFAULT '';
UPDATE schedules SET source = '生态环境部 Ministry of Ecology and Environment, national average of 2023' WHERE kind = 5 AND version = 1;
