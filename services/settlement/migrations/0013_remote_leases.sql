-- append only: remote_measurements

-- What a partner told of a lease on its platform (R-36): the newest version counts, and the first stands among the measurements too.
CREATE TABLE remote_measurements (
  trade_id int8 NOT NULL,
  version int4 NOT NULL,
  unit_slots int8 NOT NULL,
  unit_slots_due int8 NOT NULL,
  unit_slots_up int8 NOT NULL,
  energy_wh int8 NOT NULL,
  energy_measured bool NOT NULL,
  told_at int8 NOT NULL,
  PRIMARY KEY (trade_id, version)
);

-- The version that a rating came of; 0: the lease is not on another platform.
ALTER TABLE ratings ADD COLUMN measure_version int4 NOT NULL DEFAULT 0;
