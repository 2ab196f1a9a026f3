-- append only: indicator_declarations

-- What the registry told of each thing last: what indicators are computed from. state: 3 verified (exchange.registry.v1.RegistrationState).
create table indicator_sites (
  site_id int4 primary key,
  provider_id int4 not null,
  state int4 not null,
  name text not null,
  region int4 not null,
  district int4 not null,
  standard_racks int4 not null,
  occupancy_bp int4 not null,
  pue_milli int4 not null,
  green_share_bp int4 not null,
  energy_mwh_per_year int8 not null,
  commissioned_day int4 not null,
  wue_milli int4 not null,
  cue_milli int4 not null,
  storage_tb int8 not null,
  flash_storage_tb int8 not null
);

create table indicator_pools (
  pool_id int4 primary key,
  site_id int4 not null,
  provider_id int4 not null,
  state int4 not null,
  compute_class int4 not null,
  model text not null,
  units_per_node int4 not null,
  node_count int4 not null,
  tflops_fp16_milli int8 not null,
  tflops_fp32_milli int8 not null,
  domestic boolean not null
);
create index indicator_pools_of_site on indicator_pools (site_id);

create table indicator_links (
  link_id int4 primary key,
  owner_id int4 not null,
  state int4 not null,
  from_region int4 not null,
  to_region int4 not null,
  to_site_id int4 not null,
  one_way_us int4 not null,
  round_trip_us int4 not null
);

create table indicator_participants (
  participant_id int4 primary key,
  state int4 not null,
  name text not null,
  roles int4[] not null,
  region int4 not null,
  size int4 not null
);

-- Where the registry was heard before these tables were, they lack what it said then: it is asked once.
create table indicator_opening (carried boolean not null);
insert into indicator_opening select not exists (select from inbox where topic = 'registry');

create table indicator_declarations (
  declaration_id int8 generated always as identity primary key,
  indicator_id text not null,
  subject text not null,
  numerator int8 not null check (numerator >= 0),
  denominator int8 not null check (denominator >= 0),
  -- The Shanghai day from which it holds.
  day int4 not null,
  evidence_hash text not null,
  note text not null,
  by_participant_id int4 not null,
  by_name text not null,
  at int8 not null
);
create index indicator_declarations_of on indicator_declarations (indicator_id, subject, declaration_id);
