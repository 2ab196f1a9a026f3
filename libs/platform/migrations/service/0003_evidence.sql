-- Evidence: rows that stand for good are closed into numbered blocks, each of which holds the hash of the one before. decisions/0015.
-- append only: seal_blocks, seals, signed_roots

-- Written with the rows themselves: what is in no block yet. `keys` is a JSON array of arrays of texts, one a row.
create table unsealed (
  number int8 generated always as identity primary key,
  evidence text not null,
  keys text not null
);

create table seal_blocks (
  block int8 primary key,
  -- Empty before the first.
  previous bytea not null,
  seals int4 not null,
  sealed_at int8 not null,
  -- Over all of the above and the block's seals.
  hash bytea not null
);

create table seals (
  block int8 not null,
  nth int4 not null,
  evidence text not null,
  -- Those of the table that the digests are over, a JSON array; what is added to the table later changes none.
  columns text not null,
  keys text not null,
  -- One after the other, as many as there are keys.
  digests bytea not null,
  primary key (block, nth)
);
alter table seals alter digests set storage external;

-- The hash of a block, signed by a key that is not in this database; numbered from 1, so that one that is taken away is missed.
create table signed_roots (
  root int8 primary key,
  block int8 not null,
  hash bytea not null,
  signed_at int8 not null,
  suite text not null,
  key_id text not null,
  signature bytea not null
);
