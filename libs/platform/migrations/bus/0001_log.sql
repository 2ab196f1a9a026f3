-- The event bus as a log in PostgreSQL: a topic's events in the order of their positions, kept after they were read.
-- append only: log

create table topic (
  topic text primary key,
  -- of the event appended last; its row is locked while events are appended, so that positions become visible in their order
  position int8 not null
);

create table log (
  topic text not null,
  position int8 not null,
  source text not null,
  sequence int8 not null,
  type text not null,
  subject text not null,
  time int8 not null,
  traceparent text not null,
  data bytea not null,
  primary key (topic, position),
  unique (source, sequence)
);
