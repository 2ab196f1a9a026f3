-- Query tables: projections of the journal, written by one projector in the journal's order. `sequence` is always that of the command.

create table projection (
  shard int primary key,
  -- Last command whose effects are in these tables and on the bus.
  sequence bigint not null,
  -- Its time.
  time bigint not null,
  -- Last number given to an event of this shard.
  published bigint not null
);

create table snapshot (
  shard int not null,
  sequence bigint not null,
  state_hash text not null,
  state bytea not null,
  taken_at bigint not null,
  primary key (shard, sequence)
);

create table book (
  book_id int primary key,
  compute_class int not null,
  model text not null,
  unit int not null,
  tier int not null,
  reference_price bigint not null,
  collar_bp int not null,
  last_price bigint not null default 0,
  unique (compute_class, model, unit, tier)
);

create table bid (
  bid_id bigint primary key,
  participant_id int not null,
  state int not null,
  -- BidTerms as of the last amend.
  terms bytea not null,
  -- Empty for a bid with a floor.
  books int[] not null,
  client_order_id text not null,
  project text not null,
  image text not null,
  public_key text not null,
  programme_id int not null,
  -- Counted: units, or millionths of a PFLOPS (R-2).
  filled bigint not null,
  open bigint not null,
  filled_units int not null,
  reason text not null,
  sequence bigint not null,
  placed_at bigint not null,
  closed_at bigint not null,
  -- Of the call that placed it (R-10a); its key is in the id.
  request_hash text not null,
  first_answer bytea not null
);
create index bid_by_participant on bid (participant_id, sequence desc);
create index bid_by_sequence on bid (sequence desc);
create index bid_by_client on bid (participant_id, client_order_id) where client_order_id <> '';
create index bid_by_book on bid using gin (books);

create table offer (
  offer_id bigint primary key,
  participant_id int not null,
  pool_id int not null,
  book_id int not null,
  state int not null,
  units int not null,
  from_slot int not null,
  to_slot int not null,
  min_slots int not null,
  ask bigint not null,
  time_in_force int not null,
  good_till bigint not null,
  client_order_id text not null,
  sold_unit_slots bigint not null,
  reason text not null,
  sequence bigint not null,
  placed_at bigint not null,
  closed_at bigint not null,
  request_hash text not null,
  first_answer bytea not null
);
create index offer_by_participant on offer (participant_id, sequence desc);
create index offer_by_sequence on offer (sequence desc);
create index offer_by_client on offer (participant_id, client_order_id) where client_order_id <> '';
create index offer_by_book on offer (book_id, sequence desc);

create table trade (
  trade_id bigint primary key,
  bid_id bigint not null,
  offer_id bigint not null,
  buyer_id int not null,
  provider_id int not null,
  pool_id int not null,
  site_id int not null,
  region int not null,
  book_id int not null,
  -- [[node, units], …]
  nodes jsonb not null,
  units int not null,
  -- What the units count for the bid: units, or millionths of a PFLOPS (R-2).
  counted bigint not null,
  from_slot int not null,
  to_slot int not null,
  price bigint not null,
  compute_amount bigint not null,
  transfer_amount bigint not null,
  project text not null,
  sequence bigint not null,
  made_at bigint not null,
  released boolean not null
);
create index trade_by_bid on trade (bid_id);
create index trade_by_offer on trade (offer_id);
create index trade_by_buyer on trade (buyer_id, trade_id desc);
create index trade_by_provider on trade (provider_id, trade_id desc);
create index trade_by_book on trade (book_id, trade_id desc);

-- One for each trade, of the same number.
create table lease (
  lease_id bigint primary key references trade (trade_id),
  state int not null,
  nodes jsonb not null,
  units int not null,
  pool_id int not null,
  provider_id int not null,
  delivered_from int not null,
  delivered_to int not null,
  client_order_id text not null,
  image text not null,
  public_key text not null,
  endpoint text not null,
  sealed_secret bytea not null,
  confirm_by bigint not null,
  confirmed_at bigint not null,
  -- Micro-yuan that its trade still holds, and unit-slots that stand.
  held bigint not null,
  unit_slots bigint not null,
  reason text not null,
  changed_at bigint not null
);
create index lease_by_state on lease (state, delivered_from);
create index lease_by_provider on lease (provider_id, lease_id desc);

create table explanation (
  bid_id bigint primary key,
  body bytea not null
);

-- First answers to changes of orders, by Idempotency-Key.
create table answer (
  participant_id int not null,
  key text not null,
  request_hash text not null,
  response bytea not null,
  sequence bigint not null,
  primary key (participant_id, key)
);

create table order_event (
  sequence bigint generated always as identity primary key,
  participant_id int not null,
  body bytea not null
);
create index order_event_by_participant on order_event (participant_id, sequence);

create table market_event (
  sequence bigint generated always as identity primary key,
  book_id int not null,
  body bytea not null
);
create index market_event_by_book on market_event (book_id, sequence);

-- Bids whose subsidy is being reserved, until the market has answered: a crash between leaves a row, and the reservation is given back.
create table reserving (
  order_id bigint primary key,
  began_at bigint not null
);
