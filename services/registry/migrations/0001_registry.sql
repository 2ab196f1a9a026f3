-- The register. What is registered has its details as columns named as in the contract, and beside them: owner_id, state (1 draft, 2 submitted,
-- 3 verified, 4 suspended, 5 retired), identifier (null until first verified), amendment (details that wait for the operator), changed_at (ms).
-- append only: history, list_publications, resource_lines, need_lines

create table participants (
  id serial primary key,
  owner_id int generated always as (id) stored,
  state smallint not null,
  identifier text unique,
  amendment jsonb,
  changed_at int8 not null,
  name text not null,
  roles int[] not null,
  owner_group int not null,
  region int not null,
  industry text not null,
  size int not null,
  credit_code text not null,
  contact text not null,
  order_rate_per_second int not null,
  order_value_cap int8 not null,
  tradable_classes int[] not null
);
create unique index participants_credit_code on participants (credit_code) where credit_code <> '' and state <> 5;
create index participants_region on participants (region, id);

create table sites (
  id serial primary key,
  owner_id int not null references participants,
  state smallint not null,
  identifier text unique,
  amendment jsonb,
  changed_at int8 not null,
  name text not null,
  region int not null,
  district int not null,
  zone int not null,
  security_grade int not null,
  standard_racks int not null,
  occupancy_bp int not null,
  pue_milli int not null,
  green_share_bp int not null,
  energy_mwh_per_year int8 not null
);
create index sites_owner on sites (owner_id, id);
create index sites_region on sites (region, district, id);

-- Nodes are numbered from 0. The first node_count are verified; those from there to registered_nodes wait.
create table pools (
  id serial primary key,
  owner_id int not null references participants,
  state smallint not null,
  identifier text unique,
  amendment jsonb,
  changed_at int8 not null,
  node_count int not null default 0,
  registered_nodes int not null default 0 check (registered_nodes >= node_count),
  site_id int not null references sites,
  name text not null,
  compute_class int not null,
  model text not null,
  unit int not null,
  units_per_node int not null,
  memory_gib_per_unit int not null,
  interconnect int not null,
  tflops_fp16_milli int8 not null,
  tflops_fp32_milli int8 not null,
  domestic boolean not null,
  reliability_bp int not null,
  confirms_at_once boolean not null,
  heartbeat_deadline_seconds int not null,
  power_watts_per_unit int not null
);
create index pools_owner on pools (owner_id, id);
create index pools_site on pools (site_id, id);
create index pools_model on pools (model, id);

-- A retired pool's machines may be registered again in another pool.
create table nodes (
  id bigserial unique,
  pool_id int not null references pools,
  number int not null,
  owner_id int not null,
  serial text not null,
  retired boolean not null default false,
  primary key (pool_id, number)
);
create unique index nodes_serial on nodes (owner_id, serial) where not retired;

create table links (
  id serial primary key,
  owner_id int not null references participants,
  state smallint not null,
  identifier text unique,
  amendment jsonb,
  changed_at int8 not null,
  from_region int not null,
  to_region int not null,
  to_site_id int not null,
  one_way_us int not null,
  round_trip_us int not null,
  gigabits_per_second int not null,
  price_per_gb int8 not null
);
create index links_owner on links (owner_id, id);

create table needs (
  id serial primary key,
  owner_id int not null references participants,
  state smallint not null,
  identifier text unique,
  amendment jsonb,
  changed_at int8 not null,
  region int not null,
  district int not null,
  compute_class int not null,
  model text not null,
  units int not null,
  unit int not null,
  petaflops_milli int8 not null,
  precision int not null,
  from_day int not null,
  to_day int not null,
  domestic_only boolean not null,
  purpose text not null
);
create index needs_owner on needs (owner_id, id);
create index needs_region on needs (region, district, id);

-- kind is the contract's RegisteredKind. What came from outside stands in content.
create table history (
  id bigserial primary key,
  at int8 not null,
  kind smallint not null,
  thing_id int not null,
  owner_id int not null,
  from_state smallint not null,
  to_state smallint not null,
  action text not null,
  by_participant_id int not null,
  by_name text not null,
  reason text not null,
  content jsonb not null
);
create index history_thing on history (kind, thing_id, id);
create index history_owner on history (owner_id, id);

-- state: 1 planned, 2 active, 3 ended, 4 cancelled. No nodes: the whole pool.
create table drains (
  id bigserial primary key,
  pool_id int not null references pools,
  nodes int[] not null,
  from_slot int not null,
  to_slot int not null check (to_slot > from_slot),
  state smallint not null,
  reason text not null
);
create index drains_pool on drains (pool_id, id);
create index drains_open on drains (from_slot) where state in (1, 2);

-- The lists as they would be published now. Columns are named as in the contract.
create view current_resources as
select
  s.id as site_id, coalesce(p.id, 0) as pool_id,
  s.identifier as site_identifier, s.name as site_name, o.name as provider_name, s.region, s.district, s.standard_racks, s.occupancy_bp, s.pue_milli,
  s.green_share_bp, s.security_grade, s.zone, s.energy_mwh_per_year,
  coalesce(p.identifier, '') as pool_identifier, coalesce(p.compute_class, 0) as compute_class, coalesce(p.model, '') as model,
  coalesce(p.unit, 0) as unit, coalesce(p.node_count, 0) as nodes, coalesce(p.node_count::int8 * p.units_per_node, 0) as units,
  coalesce(p.memory_gib_per_unit, 0) as memory_gib_per_unit, coalesce(p.interconnect, 0) as interconnect,
  coalesce(p.node_count::int8 * p.units_per_node * p.tflops_fp16_milli, 0) as tflops_fp16_milli,
  coalesce(p.node_count::int8 * p.units_per_node * p.tflops_fp32_milli, 0) as tflops_fp32_milli,
  coalesce(p.domestic, false) as domestic
from sites s join participants o on o.id = s.owner_id left join pools p on p.site_id = s.id and p.state = 3
where s.state = 3;

create view current_needs as
select
  id as need_id, identifier as need_identifier, region, district, compute_class, model, units, unit, petaflops_milli, precision, from_day, to_day,
  domestic_only, purpose
from needs where state = 3;

create table list_publications (
  quarter text primary key,
  published_at int8 not null,
  by_name text not null,
  resource_lines int not null,
  need_lines int not null
);
create table resource_lines (quarter text not null references list_publications, like current_resources, primary key (quarter, site_id, pool_id));
create table need_lines (quarter text not null references list_publications, like current_needs, primary key (quarter, need_id));

-- The operator is the first participant; its first key is made by the gateway. It is announced, with its identifier, at the first start.
insert into participants (
  state, changed_at, name, roles, owner_group, region, industry, size, credit_code, contact, order_rate_per_second, order_value_cap, tradable_classes
) values (3, 0, 'Exchange operator 运营方', '{4}', 1, 500000, 'I', 5, '', '', 100, 9000000000000000, '{}');
