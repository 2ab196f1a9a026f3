-- append only: journal

-- One row a shard: who may append, and where its journal ends.
create table journal_head (
  shard int4 primary key,
  epoch int8 not null,
  last_sequence int8 not null,
  last_hash bytea not null
);

-- A row is a batch of commands, chained by hash to the row before.
create table journal (
  shard int4 not null,
  first_sequence int8 not null,
  last_sequence int8 not null,
  epoch int8 not null,
  payload bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (shard, first_sequence)
);
