-- Points are durable in the log, as the frames they came in, before they are acknowledged; from time to time they are merged into the roll-ups and leave it.
-- A process that receives is a writer: whoever deletes its row has its log to replay, and from then on it can neither append nor merge.
create table point_writers (
  writer_id int8 generated always as identity primary key,
  seen_at timestamptz not null default clock_timestamp()
);

create table point_log (
  writer_id int8 not null,
  position int8 not null,
  -- By the exchange's clock: by it points are late or not, however often they are replayed.
  received_at int8 not null,
  -- exchange.monitoring.v1.LoggedFrames
  frames bytea not null,
  primary key (writer_id, position)
);
-- Packed already.
alter table point_log alter column frames set storage external;

-- Which frames of each sender came: all up to `through`, and of the next ones those whose bit is set.
create table point_senders (
  sender_id int8 generated always as identity primary key,
  provider_id int4 not null,
  name text not null,
  through int8 not null default 0,
  beyond int4 not null default 0,
  heard_at int8 not null,
  unique (provider_id, name)
) with (fillfactor = 60);
create index point_senders_by_hearing on point_senders (heard_at);

-- One row for up to 256 nodes side by side and a slot. -1 in an array: no point of that node and metric.
create table node_rollups (
  pool_id int4 not null,
  slot int4 not null,
  chunk int4 not null,
  -- What is judged and billed by: units that worked through the slot, mean watts over it.
  units_up int2[] not null,
  power_watts int4[] not null,
  -- Count, sum, least, most and minutes of every metric and node (src/core/cell-codec.ts).
  cells bytea not null,
  primary key (pool_id, slot, chunk)
);
alter table node_rollups alter column cells set storage external;

-- The same rows' sums over their nodes: what a pool's month is read from.
create table pool_rollups (
  pool_id int4 not null,
  slot int4 not null,
  chunk int4 not null,
  nodes int4 not null,
  units_up int4 not null,
  utilisation_bp int4 not null,
  power_watts int8 not null,
  primary key (pool_id, slot, chunk)
);
