-- Participants as the registry told them: state 1 draft, 2 submitted, 3 verified, 4 suspended, 5 retired; roles as in the contract.
create table participants (
  participant_id int primary key,
  name text not null,
  roles int[] not null,
  state smallint not null
);

-- Keys by the SHA-256 of their secrets, which are kept nowhere. Times in milliseconds, 0: never. is_first marks the key that the first start made.
create table keys (
  key_id serial primary key,
  participant_id int not null references participants,
  name text not null,
  roles int[] not null,
  hash bytea not null unique,
  is_first boolean not null default false,
  created_at int8 not null,
  expires_at int8 not null,
  revoked_at int8 not null default 0,
  last_used_day int not null default 0
);
create unique index keys_is_first on keys (is_first) where is_first;
create index keys_participant on keys (participant_id, key_id);
