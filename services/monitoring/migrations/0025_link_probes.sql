-- What agents measured of links. 0: not measured.
create table link_probes (
  link_id int4 not null,
  participant_id int4 not null,
  at int8 not null,
  by_operator boolean not null,
  round_trip_us int4 not null,
  one_way_us int4 not null,
  megabits_per_second int4 not null,
  primary key (link_id, participant_id, at)
);
create index link_probes_by_time on link_probes (at);

-- What the registry, and by it the market, was told last of each link; 0: nothing that is young, so the promise counts.
create table link_tellings (
  link_id int4 primary key,
  round_trip_us int4 not null default 0,
  by_operator boolean not null default false,
  told_at int8 not null default 0
);
