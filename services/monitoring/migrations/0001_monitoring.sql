-- append only: health_changes

-- What the registry says of a pool, and how it is judged. health: 1 OK, 2 SUSPECT, 4 LOST (exchange.common.v1.Health).
create table pools (
  pool_id int4 primary key,
  provider_id int4 not null,
  state int4 not null,
  node_count int4 not null,
  units_per_node int4 not null,
  power_watts_per_unit int4 not null,
  deadline_seconds int4 not null,
  -- Null until it was first verified; only pools that are verified now are judged by their silence.
  verified_at int8,
  last_seen_at int8 not null,
  contradiction text not null default '',
  operator_health int4 not null default 1,
  operator_reason text not null default '',
  health int4 not null default 1 check (health in (1, 2, 4)),
  reason text not null default '',
  since int8 not null
);
create index pools_of_provider on pools (provider_id, pool_id);
create index pools_by_silence on pools (last_seen_at) where state = 3 and health <> 4;

-- Nodes that are not well.
create table unwell_nodes (
  pool_id int4 not null,
  node int4 not null,
  health int4 not null check (health in (2, 4)),
  primary key (pool_id, node)
);

create table health_changes (
  number int8 generated always as identity primary key,
  pool_id int4 not null,
  nodes int4[] not null,
  health int4 not null,
  reason text not null,
  at int8 not null,
  by text not null
);
create index health_changes_of_pool on health_changes (pool_id, number);

-- One row a node and slot: what availability, SLA and energy are judged by. The greatest sequence stands.
create table telemetry (
  pool_id int4 not null,
  node int4 not null,
  slot int4 not null,
  units_up int4 not null,
  sequence int8 not null,
  utilisation_bp int2 not null,
  power_watts int4 not null,
  primary key (pool_id, node, slot)
);

create table leases (
  lease_id int8 primary key,
  buyer_id int4 not null,
  provider_id int4 not null,
  state int4 not null,
  -- Pool and units by node as the scheduler last told them; a change is a re-placement (R-24).
  placement text not null,
  from_slot int4 not null,
  to_slot int4 not null,
  -- When it is to be measured, once it has ended; null after.
  measure_at int8,
  measured boolean not null default false,
  unit_slots_due int8 not null default 0,
  unit_slots_up int8 not null default 0,
  energy_wh int8 not null default 0,
  energy_measured boolean not null default false
);
create index leases_to_measure on leases (measure_at) where measure_at is not null;

-- Where a lease runs, and from when to when.
create table lease_nodes (
  lease_id int8 not null references leases,
  pool_id int4 not null,
  node int4 not null,
  units int4 not null,
  from_slot int4 not null,
  to_slot int4 not null,
  primary key (lease_id, pool_id, node, from_slot)
);
