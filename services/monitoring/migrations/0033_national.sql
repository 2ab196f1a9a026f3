-- append only: national_returns
-- Reports to the national node. Times are ms.

-- What this region and the national node have told each other of how far they have come.
create table national_node (
  only_row boolean primary key default true check (only_row),
  -- Null: nothing is reported.
  opened_at int8,
  -- Of the last item written.
  serial int8 not null default 0,
  -- How many items the national node has said that it took.
  receipts int8 not null default 0,
  heard_at int8 not null default 0,
  -- A full report: 0 none, 1 what there is is to be listed, 2 it is gathered, 3 it is written and its end is not acknowledged.
  full_state int4 not null default 0 check (full_state between 0 and 3),
  full_from int8 not null default 0,
  -- First slot of the first period of which monitoring is not written.
  next_slot int4 not null default 0,
  return_cursor text not null default ''
);
insert into national_node default values;

-- One message of a lane is on its way at a time. kind is the contract's NationalKind; 0 asks for what is sent back.
create table national_lanes (
  kind int4 not null,
  is_current boolean not null,
  -- While a process has taken the lane up, when another may.
  next_at int8 not null default 0,
  attempts int4 not null default 0,
  failure text not null default '',
  primary key (kind, is_current)
);
insert into national_lanes (kind, is_current) values
  (0, true), (1, true), (1, false), (2, true), (2, false), (3, true), (3, false), (4, true), (4, false);

-- Providers, sites and pools. kind is the contract's RegisteredKind.
create table national_subjects (
  kind int4 not null,
  id int4 not null,
  -- Since when a change waits to be gathered, and how many there were; null: none waits.
  marked_at int8,
  marks int8 not null default 0,
  -- To be reported though nothing of it has changed.
  is_full boolean not null default false,
  identifier text not null default '',
  -- Of a pool its site, of a site its provider.
  owner_id int4 not null default 0,
  national_identifier text not null default '',
  -- The national node is known to know it.
  registered boolean not null default false,
  -- SHA-256 of what was reported last.
  digest text not null default '',
  primary key (kind, id)
);
create index national_subjects_marked on national_subjects (marked_at, kind, id) where marked_at is not null;
create index national_subjects_by_identifier on national_subjects (identifier);

-- What is to be reported, written in the transaction that causes it. kind and state are the contract's NationalKind and NationalItemState.
create table national_items (
  serial int8 primary key,
  kind int4 not null,
  item_id text not null,
  identifier text not null,
  -- Not sent before this provider, site or pool is registered there; empty: at once.
  needs text not null,
  -- exchange.monitoring.v1.NationalItem without its serial, encoded.
  item bytea not null,
  -- First moment of its period, 0 where it has none: the order of a lane.
  period_from int8 not null,
  caused_at int8 not null,
  due_at int8 not null,
  state int4 not null default 1 check (state between 1 and 4),
  attempts int4 not null default 0,
  acknowledged_at int8,
  receipt int8 not null default 0,
  rule text not null default '',
  detail text not null default '',
  by text not null default '',
  reason text not null default ''
);
create unique index national_items_open on national_items (kind, item_id) where state = 1;
create unique index national_items_refused on national_items (kind, item_id) where state = 3;
create index national_items_waiting on national_items (kind, period_from, serial) where state = 1;
create index national_items_of_id on national_items (kind, item_id, serial);
create index national_items_of_subject on national_items (identifier, serial);
create index national_items_by_due on national_items (due_at);
create index national_items_by_receipt on national_items (receipt) where state = 2;

-- Days whose items are forgotten, as they were.
create table national_days (
  day int4 not null,
  kind int4 not null,
  due int4 not null,
  acknowledged int4 not null,
  refused int4 not null,
  on_time int4 not null,
  delay_p50_ms int8 not null,
  delay_p90_ms int8 not null,
  delay_p99_ms int8 not null,
  primary key (day, kind)
);

-- What the national node sent back, once each. Where rule is not empty the entry broke it and was told to nobody else.
create table national_returns (
  number int8 generated always as identity primary key,
  entry_id text not null unique,
  kind int4 not null,
  received_at int8 not null,
  rule text not null,
  -- exchange.monitoring.v1.NationalReturnEntry, encoded.
  entry bytea not null
);
