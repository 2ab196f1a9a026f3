-- What partners are asked for by this platform's bids (R-35), one row a reservation of the market. Money is micro-yuan, times are ms.
create table pieces (
  reservation_id text primary key,
  platform text not null references partners,
  -- The market's number of the reservation: the trade number of its first piece.
  number int8 not null unique,
  -- 1 asked, 2 committing, 3 cancelling, 4 made, 5 returned.
  state int4 not null check (state between 1 and 5),
  pool_id int4 not null,
  -- exchange.interconnect.v1.RemoteTerms, encoded.
  terms bytea not null,
  units int4 not null,
  from_slot int4 not null,
  to_slot int4 not null,
  amount int8 not null,
  asked_at int8 not null,
  -- By the partner's clock, as it told; 0: it has reserved nothing yet.
  until int8 not null default 0,
  -- By which rule the partner refused it.
  rule text not null default '',
  decided_at int8 not null default 0
);
create index pieces_open on pieces (platform) where state < 4;
create index pieces_of_pool on pieces (pool_id, to_slot) where state < 5;

-- The market's trades in them, …
create table piece_trades (
  trade_id int8 primary key,
  reservation_id text not null references pieces,
  units int4 not null
);
create index piece_trades_of on piece_trades (reservation_id);

-- … and the partner's leases.
create table piece_leases (
  platform text not null,
  lease_id int8 not null,
  reservation_id text not null references pieces,
  units int4 not null,
  primary key (platform, lease_id)
);

-- Pieces of a reservation of the market that has more of them, until all have come.
create table arriving_pieces (
  number int8 not null,
  trade_id int8 not null,
  -- exchange.scheduling.v1.TradeMade, encoded.
  piece bytea not null,
  primary key (number, trade_id)
);

-- Sites and pools under which the market knows what partners advertise. An id is given once.
create table remote_sites (
  site_id int4 generated always as identity (start with 1000000000 minvalue 1000000000) primary key,
  platform text not null references partners,
  zone int4 not null,
  region int4 not null,
  unique (platform, zone, region)
);
create table remote_pools (
  pool_id int4 generated always as identity (start with 1000000000 minvalue 1000000000) primary key,
  site_id int4 not null references remote_sites,
  platform text not null references partners,
  advert_id text not null,
  compute_class int4 not null,
  model text not null,
  domestic boolean not null,
  unit int4 not null,
  units_per_node int4 not null,
  -- exchange.interconnect.v1.RemoteSupply as the market was last told of it, encoded; empty: withdrawn.
  told bytea not null default '',
  unique (site_id, advert_id, compute_class, model, domestic, unit, units_per_node)
);
create index remote_pools_of on remote_pools (platform);

-- What partners reserve here.
create table reservations (
  platform text not null references partners,
  reservation_id text not null,
  primary key (platform, reservation_id),
  -- Who buys here for the partner.
  participant_id int4 not null,
  -- 1 asked, 2 reserved, 3 committed, 4 released, 5 lapsed, 6 refused.
  state int4 not null check (state between 1 and 6),
  -- exchange.interconnect.v1.RemoteTerms, encoded; empty where it was cancelled before it was asked for.
  terms bytea not null,
  asked_at int8 not null,
  until int8 not null,
  amount int8 not null,
  rule text not null default ''
);
create index reservations_open on reservations (platform, until) where state in (1, 2);

-- The market's leases in them.
create table reservation_leases (
  lease_id int8 primary key,
  platform text not null,
  reservation_id text not null,
  units int4 not null,
  foreign key (platform, reservation_id) references reservations
);

-- What the partner committed here and has not netted, in micro-yuan: with what is reserved it stays within its credit limit.
alter table partner_talk add column committed int8 not null default 0 check (committed >= 0);
