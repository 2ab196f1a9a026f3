-- What R-7a, R-17, R-18 and R-23 add to the query tables.
-- append only: market_action

alter table book add column band_bp int not null default 0;

alter table trade
  -- R-7a: of the second fill.
  add column standby boolean not null default false,
  -- R-18: the lease that it resells, or is more of; 0: none.
  add column resold_lease_id bigint not null default 0,
  add column extended_lease_id bigint not null default 0;

-- R-18: the lease that it resells; 0: what the pool has.
alter table offer add column lease_id bigint not null default 0;

-- R-17: for whom it was reclaimed, and when; 0: it was not.
alter table lease
  add column reclaimed_by int not null default 0,
  add column reclaimed_at bigint not null default 0;

-- What was done to the market, by the operator or by a band. The last of a book's halts and reopenings is its state, as of a site's curtailments, as of
-- the market's stops and starts.
create table market_action (
  action_id bigint generated always as identity primary key,
  kind int not null,
  book_id int not null,
  site_id int not null,
  from_slot int not null,
  to_slot int not null,
  price bigint not null,
  reference_price bigint not null,
  reclaimed_leases int not null,
  -- The key that did it, the call's Idempotency-Key, and why; a band's halt has none.
  by text not null,
  key text not null,
  reason text not null,
  time bigint not null,
  sequence bigint not null
);
create index market_action_of_book on market_action (book_id, action_id desc) where book_id > 0;
create index market_action_of_site on market_action (site_id, action_id desc) where site_id > 0;
create index market_action_of_kind on market_action (kind, action_id desc);
create unique index market_action_of_call on market_action (by, key) where key <> '';
