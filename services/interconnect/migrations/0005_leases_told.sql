-- What became of leases, as sellers tell buyers' platforms (R-36). Times are ms, windows are slots, energy is watt-hours.

-- Leases that participants who stand for partners have here. What is known of one comes in any order.
create table sold_leases (
  lease_id int8 primary key,
  -- The lease of the reservation whose lost units it places anew, or itself; null: its trade was not heard of yet.
  root_id int8,
  -- How often its state changed; 0: nothing is known of it.
  serial int8 not null default 0,
  -- As in exchange.scheduling.v1.LeaseState.
  state int4 not null default 0,
  from_slot int4 not null default 0,
  to_slot int4 not null default 0,
  unit_slots int8 not null default 0,
  reason text not null default '',
  changed_at int8 not null default 0,
  -- Null: not measured yet.
  due int8,
  up int8,
  energy_wh int8,
  energy_measured boolean,
  -- What the partner was told of it.
  said_serial int8 not null default 0,
  usage_said boolean not null default false,
  -- Something of it is to be told, from then on.
  is_due boolean not null default true,
  due_at int8 not null default 0
);
create index sold_leases_of_root on sold_leases (root_id);
create index sold_leases_due on sold_leases (due_at) where is_due;
create index reservation_leases_of on reservation_leases (platform, reservation_id);
insert into sold_leases (lease_id, root_id, is_due) select lease_id, lease_id, false from reservation_leases;

-- What partners told of the leases that this platform's bids have there.
create table heard_leases (
  platform text not null references partners,
  lease_id int8 not null,
  reservation_id text not null references pieces,
  serial int8 not null default 0,
  -- As in exchange.interconnect.v1.RemoteLeaseState.
  state int4 not null default 0,
  from_slot int4 not null default 0,
  to_slot int4 not null default 0,
  unit_slots int8 not null default 0,
  reason text not null default '',
  changed_at int8 not null default 0,
  -- 0: no usage told yet.
  version int4 not null default 0,
  due int8 not null default 0,
  up int8 not null default 0,
  energy_wh int8 not null default 0,
  energy_measured boolean not null default false,
  primary key (platform, lease_id)
);
create index heard_leases_of on heard_leases (reservation_id);
create index piece_leases_of on piece_leases (reservation_id);

-- What was told on of a piece; version 0: nothing yet.
alter table pieces add column measure_version int4 not null default 0, add column unit_slots int8, add column due int8, add column up int8, add column energy_wh int8;
-- What ended before there was usage was measured without.
update pieces set measure_version = 1 where state = 4 and to_slot::int8 * 900000 < extract(epoch from now()) * 1000;
create index pieces_to_measure on pieces (to_slot) where state = 4 and measure_version = 0;
