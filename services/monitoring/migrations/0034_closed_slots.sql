-- When the operator last forgave a pool: slots that had begun by then are not held against it.
alter table pools add column forgiven_at int8 not null default 0;

-- Locked while roll-ups of a pool are merged, so that its row in pools is free for a heartbeat meanwhile.
create table pool_merges (
  pool_id int4 primary key
);

-- Up to which slot closed ones were looked at.
create table closed_slots (
  is_one boolean primary key default true check (is_one),
  slot int4 not null
);

-- What of closed slots is not likely, once a node, rule and day.
create table telemetry_findings (
  number int8 generated always as identity primary key,
  pool_id int4 not null,
  node int4 not null,
  rule text not null,
  day int4 not null,
  from_slot int4 not null,
  to_slot int4 not null,
  evidence text not null,
  found_at int8 not null,
  unique (pool_id, node, rule, day)
);
create index telemetry_findings_by_time on telemetry_findings (found_at);
