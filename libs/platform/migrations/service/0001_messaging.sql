-- What every service keeps for itself so that messages may be said again: what it is about to tell, what it has seen, what it has answered.

create table outbox_source (
  source text primary key,
  -- of the event published last
  sequence int8 not null
);

-- Rows leave once they are on the bus.
create table outbox (
  source text not null,
  sequence int8 not null,
  type text not null,
  subject text not null,
  time int8 not null,
  traceparent text not null,
  data bytea not null,
  primary key (source, sequence)
);

-- How far this service has read each topic.
create table inbox_cursor (
  topic text primary key,
  position int8 not null
);

-- All events of a source up to this sequence have been seen, …
create table inbox (
  topic text not null,
  source text not null,
  sequence int8 not null,
  primary key (topic, source)
);

-- … and these beyond it, which came before one that is still missing.
create table inbox_ahead (
  topic text not null,
  source text not null,
  sequence int8 not null,
  primary key (topic, source, sequence)
);

create table dead_letter (
  source text not null,
  sequence int8 not null,
  type text not null,
  subject text not null,
  time int8 not null,
  traceparent text not null,
  data bytea not null,
  cause text not null,
  attempts int4 not null,
  failed_at int8 not null,
  replayed_at int8,
  primary key (source, sequence)
);

create table idempotency (
  caller text not null,
  key text not null,
  -- method and hash of the request
  request text not null,
  response bytea,
  created_at int8 not null,
  primary key (caller, key)
);
create index idempotency_created_at on idempotency (created_at);
